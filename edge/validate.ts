import * as z from "zod";
import { compileCheck } from "../shared/checker.ts";
import { Event } from "../shared/event.ts";
import { LIMITS } from "../shared/limits.ts";
import type { ScoredEvent } from "../shared/message.ts";
import type { FieldError } from "../shared/problem.ts";
import { fieldErrors } from "../shared/serve.ts";
import { translate } from "../shared/vocabulary/translate.ts";
import type { Fault, ReadEvent } from "./read-events.ts";
import { isCardNumber } from "./redact.ts";

export interface Valid {
  kind: "valid";
  event: Event;
  /** UTC with milliseconds, corrected for the sender's clock. */
  timestamp: string;
  timestampSource: ScoredEvent["timestamp_source"];
}

export interface Rejected extends Fault {
  kind: "rejected";
  /** The event's id when it has one of the right form. */
  id: string | null;
}

const isEvent = compileCheck(Event);

/** What the schema takes it takes as it is, so the quick check is enough for a good event; of any other zod says what is wrong. */
function parseEvent(value: unknown): z.ZodSafeParseResult<Event> {
  return isEvent(value) ? { success: true, data: value as Event } : Event.safeParse(value); // just checked
}

const EventIdOnly = z.looseObject({ id: Event.shape.id });
const SECRET_ONLY = ["ip", "user_agent", "geo"] as const;

/**
 * One event as it was read, in our terms and checked against the contract.
 *
 * @param batchSentAt `sent_at` of the batch, for events without their own
 */
export function validate(
  { value, fault }: ReadEvent,
  batchSentAt: string | undefined,
  source: "publishable" | "secret",
  receivedMs: number,
): Valid | Rejected {
  if (fault !== null) return { kind: "rejected", id: idOf(value), ...fault };
  const translated = translate(value, source);
  if (translated.kind === "rejected") return invalid(value, translated.errors);
  const parsed = parseEvent(translated.event);
  if (!parsed.success) return invalid(translated.event, fieldErrors(parsed.error));
  const event = parsed.data;
  const errors = [...reservedFields(event, source), ...cardAsId(event)];
  if (errors.length > 0) return invalid(event, errors);
  const time = occurredAt(event.timestamp, event.sent_at ?? batchSentAt, receivedMs);
  if (typeof time === "string") return invalid(event, [{ pointer: "/timestamp", detail: time }]);
  return { kind: "valid", event, timestamp: new Date(time.atMs).toISOString(), timestampSource: time.source };
}

function invalid(value: unknown, errors: FieldError[]): Rejected {
  return { kind: "rejected", slug: "invalid", id: idOf(value), errors };
}

/** The id is what an event is known by, so it cannot be masked as a card's number elsewhere is. */
function cardAsId({ id }: Event): FieldError[] {
  return isCardNumber(id) ? [{ pointer: "/id", detail: "is the number of a card" }] : [];
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
  if (atMs < LIMITS.earliestMs) return "is before 1995: were seconds taken for milliseconds?";
  return { atMs: Math.min(atMs, receivedMs), source: sentAt === undefined ? "sender" : "corrected" };
}

/** The id of what may be no event, when it has one of the right form. */
export function idOf(raw: unknown): string | null {
  const found = EventIdOnly.safeParse(raw);
  return found.success ? found.data.id : null;
}
