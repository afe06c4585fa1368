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
  const errors = refusedOf(event, source);
  if (errors.length > 0) return invalid(event, errors);
  const time = occurredAt(event.timestamp, event.sent_at ?? batchSentAt, receivedMs);
  if (typeof time === "string") return invalid(event, [{ pointer: "/timestamp", detail: time }]);
  return { kind: "valid", event, timestamp: time.at, timestampSource: time.source };
}

function invalid(value: unknown, errors: FieldError[]): Rejected {
  return { kind: "rejected", slug: "invalid", id: idOf(value), errors };
}

/** What the schema cannot say: it knows neither who sends nor what a card's number is. */
function refusedOf(event: Event, source: "publishable" | "secret"): FieldError[] {
  const errors: FieldError[] = [];
  if (source === "publishable") {
    for (const field of SECRET_ONLY) {
      if (event.context?.[field] === undefined) continue;
      errors.push({ pointer: `/context/${field}`, detail: "may only be sent with a secret key" });
    }
  }
  // The id is what an event is known by, so it cannot be masked as a card's number elsewhere is.
  if (isCardNumber(event.id)) errors.push({ pointer: "/id", detail: "is the number of a card" });
  return errors;
}

/** When an event happened by our clock: received - (sent - timestamp). A little ahead is now; what cannot be is told in words. */
function occurredAt(
  timestamp: string | undefined,
  sentAt: string | undefined,
  receivedMs: number,
): { at: string; source: Valid["timestampSource"] } | string {
  if (timestamp === undefined) return { at: isoOf(receivedMs), source: "received" };
  const givenMs = msOf(timestamp);
  const atMs = sentAt === undefined ? givenMs : receivedMs - (Date.parse(sentAt) - givenMs);
  if (atMs > receivedMs + LIMITS.futureMs) return "is more than 24 h ahead";
  if (atMs < LIMITS.earliestMs) return "is before 1995: were seconds taken for milliseconds?";
  const ourMs = Math.min(atMs, receivedMs);
  const isAsGiven = ourMs === givenMs && isIso(timestamp);
  return { at: isAsGiven ? timestamp : isoOf(ourMs), source: sentAt === undefined ? "sender" : "corrected" };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Whether a good time is UTC with milliseconds already, as most are sent: only then it is of this length and end. */
function isIso(timestamp: string): boolean {
  return timestamp.length === "2026-11-21T10:00:00.000Z".length && timestamp.endsWith("Z");
}

/** Milliseconds since 1970 of a good time. Those of the usual form are read here, in a third of the time the platform takes. */
function msOf(timestamp: string): number {
  if (!isIso(timestamp) || timestamp.startsWith("0")) return Date.parse(timestamp); // to Date.UTC the year 99 is 1999
  const dayMs = Date.UTC(digits(timestamp, 0, 4), digits(timestamp, 5, 2) - 1, digits(timestamp, 8, 2));
  const minutes = digits(timestamp, 11, 2) * 60 + digits(timestamp, 14, 2);
  return dayMs + minutes * 60_000 + digits(timestamp, 17, 2) * 1_000 + digits(timestamp, 20, 3);
}

const ZERO = "0".charCodeAt(0);

/** The number that so many digits at a place are. */
function digits(text: string, from: number, count: number): number {
  let number = 0;
  for (let at = from; at < from + count; at++) number = number * 10 + text.charCodeAt(at) - ZERO;
  return number;
}

/** The id of what may be no event, when it has one of the right form. */
export function idOf(raw: unknown): string | null {
  const found = EventIdOnly.safeParse(raw);
  return found.success ? found.data.id : null;
}
