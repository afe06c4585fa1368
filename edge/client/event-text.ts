import type { Event, EVENT_NAMES } from "../../shared/event.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { FieldError } from "../../shared/problem.ts";
import { SENT_AT_BYTES } from "./limits.ts";

type KnownName = (typeof EVENT_NAMES)[number];

/**
 * An event as a shop's server tells it: `Event` of the contract, whose `id` and `timestamp` are made when they are missing.
 *
 * Give an `id` of your own where you can name the same event again after a crash, such as `order-1042-purchase`: then it counts once
 * whatever happens. `timestamp` is when it happened by this server's clock; a clock that is wrong is corrected.
 */
export type TrackedEvent = Omit<Event, "id" | "name"> & {
  id?: string | undefined;
  // Any other name in the form is a custom event; written so that editors still offer the known ones.
  name: KnownName | (string & {});
};

/** An event as it is sent. */
export type SentEvent = Event & { timestamp: string };

/** An event in JSON, written when it was tracked, so that what its object becomes later does not matter. */
export interface Written {
  id: string;
  text: string;
  /** Of the text in UTF-8. */
  bytes: number;
  /** Whether it says itself when it was sent. */
  hasSentAt: boolean;
}

const encoder = new TextEncoder();

/**
 * An event as JSON.
 *
 * @param id for an event without one
 * @returns what is wrong with it, where it cannot be sent: it is larger than the edge takes, or no JSON (a cycle, a BigInt)
 */
export function writeEvent(
  event: TrackedEvent,
  id: string,
  nowMs: number,
): Written | { id: string; errors: FieldError[] } {
  const whole = { ...event, id: event.id ?? id, timestamp: event.timestamp ?? new Date(nowMs).toISOString() };
  const text = toJson(whole);
  if (text === null) return { id: whole.id, errors: [{ pointer: "", detail: "cannot be written as JSON" }] };
  const bytes = encoder.encode(text).byteLength;
  if (bytes > LIMITS.eventBytes) {
    return { id: whole.id, errors: [{ pointer: "", detail: `has more than ${LIMITS.eventBytes} bytes` }] };
  }
  return { id: whole.id, text, bytes, hasSentAt: whole.sent_at !== undefined };
}

function toJson(event: object): string | null {
  try {
    return JSON.stringify(event);
  } catch {
    // The error may quote the event.
    return null;
  }
}

/** The body of a batch. `sent_at` is this attempt's, from which the edge learns how far this clock is off. */
export function batchText(events: readonly Pick<Written, "text">[], nowMs: number): string {
  return `{"sent_at":"${new Date(nowMs).toISOString()}","events":[${events.map(({ text }) => text).join(",")}]}`;
}

/** The body of a single event. Without `sent_at` where it has its own, or not the room. */
export function singleText({ text, bytes, hasSentAt }: Written, nowMs: number): string {
  if (hasSentAt || bytes + SENT_AT_BYTES > LIMITS.eventBytes) return text;
  return `${text.slice(0, -1)},"sent_at":"${new Date(nowMs).toISOString()}"}`;
}
