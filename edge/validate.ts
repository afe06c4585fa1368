import * as z from "zod";
import { Event } from "../shared/event.ts";
import { LIMITS } from "../shared/limits.ts";
import type { ScoredEvent } from "../shared/message.ts";
import { jsonBytes } from "../shared/portions.ts";
import type { FieldError } from "../shared/problem.ts";
import { fieldErrors } from "../shared/serve.ts";

export interface Valid {
  kind: "valid";
  event: Event;
  /** UTC with milliseconds, corrected for the sender's clock. */
  timestamp: string;
  timestampSource: ScoredEvent["timestamp_source"];
}

export interface Rejected {
  kind: "rejected";
  /** The event's id when it has one of the right form. */
  id: string | null;
  errors: FieldError[];
}

const EventIdOnly = z.looseObject({ id: Event.shape.id });
const SECRET_ONLY = ["ip", "user_agent", "geo"] as const;

/**
 * One event as sent, checked against the contract.
 *
 * @param batchSentAt `sent_at` of the batch, for events without their own
 */
export function validate(
  raw: unknown,
  batchSentAt: string | undefined,
  source: "publishable" | "secret",
  receivedMs: number,
): Valid | Rejected {
  const parsed = Event.safeParse(raw);
  const errors = parsed.success ? reservedFields(parsed.data, source) : fieldErrors(parsed.error);
  if (!parsed.success || errors.length > 0) return { kind: "rejected", id: idOf(raw), errors };
  const event = parsed.data;
  const time = occurredAt(event.timestamp, event.sent_at ?? batchSentAt, receivedMs);
  if (typeof time === "string") {
    return { kind: "rejected", id: event.id, errors: [{ pointer: "/timestamp", detail: time }] };
  }
  return { kind: "valid", event, timestamp: new Date(time.atMs).toISOString(), timestampSource: time.source };
}

/** JSON written anew is at most this many times as long as it was read: `1e20` becomes 21 digits. */
const GROWTH = 5.25;

/** An event that is too large on its own, as it will be written on; null when it is not. */
export function checkSize(raw: unknown, bodyBytes: number): Rejected | null {
  if (bodyBytes * GROWTH <= LIMITS.eventBytes) return null;
  if (jsonBytes(raw) <= LIMITS.eventBytes) return null;
  return {
    kind: "rejected",
    id: idOf(raw),
    errors: [{ pointer: "", detail: `has more than ${LIMITS.eventBytes} bytes` }],
  };
}

/** What only a shop's server may say of a shopper. */
function reservedFields(event: Event, source: "publishable" | "secret"): FieldError[] {
  if (source === "secret") return [];
  return SECRET_ONLY.filter((field) => event.context?.[field] !== undefined).map((field) => ({
    pointer: `/context/${field}`,
    detail: "may only be sent with a secret key",
  }));
}

/** When an event happened by our clock: received - (sent - timestamp). A little ahead is now; what cannot be is told in words. */
function occurredAt(
  timestamp: string | undefined,
  sentAt: string | undefined,
  receivedMs: number,
): { atMs: number; source: Valid["timestampSource"] } | string {
  if (timestamp === undefined) return { atMs: receivedMs, source: "received" };
  const givenMs = Date.parse(timestamp);
  const atMs = sentAt === undefined ? givenMs : receivedMs - (Date.parse(sentAt) - givenMs);
  if (atMs > receivedMs + LIMITS.futureMs) return "is more than 24 h ahead";
  // A clock that was never set: years that other programs cannot write, and no shop was online then.
  if (atMs < 0) return "is before 1970";
  return { atMs: Math.min(atMs, receivedMs), source: sentAt === undefined ? "sender" : "corrected" };
}

function idOf(raw: unknown): string | null {
  const found = EventIdOnly.safeParse(raw);
  return found.success ? found.data.id : null;
}
