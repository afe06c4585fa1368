import * as z from "zod";
import { Event } from "../shared/event.ts";
import { LIMITS } from "../shared/limits.ts";
import { findUnkeepable, isSurelyKept, UNIT_BYTES, unitBytesOf } from "../shared/keepable.ts";
import { jsonBytes } from "../shared/portions.ts";
import { Problem, type FieldError } from "../shared/problem.ts";
import { mediaType, readBody } from "../shared/read-body.ts";
import { parseJson, parseText, readText } from "../shared/read-json.ts";
import { parse } from "../shared/serve.ts";

/** One event as it came. */
export interface ReadEvent {
  /** What was read of it; undefined when it was no JSON. */
  value: unknown;
  /** Why it cannot be taken, whatever it says. */
  fault: Fault | null;
}

export interface Fault {
  slug: "unreadable" | "too-large" | "invalid";
  errors: FieldError[];
}

/** What a request's body holds. */
export interface ReadRequest {
  events: ReadEvent[];
  /** The key beside the events, for a beacon, which can carry no header. */
  key: string | null;
  /** Of the batch; an event's own goes first. */
  sentAt: string | undefined;
  /** The body after decompression. */
  bytes: Uint8Array;
}

export const NDJSON = "application/x-ndjson";
export const BODY_TYPES = ["application/json", "text/plain"] as const;
/** A beacon may also name no type at all. */
const EVENT_TYPES = [...BODY_TYPES, ""];
const BATCH_TYPES = [...EVENT_TYPES, NDJSON];
/** A key beside an event's fields, `"key":"…",`, is no part of the event. */
const KEY_BYTES = 61;

/** The one event of a body. @throws Problem when the body or the event cannot be read or is too large */
export async function readEvent(request: Request): Promise<ReadRequest> {
  const bytes = await readBody(request, { bodyBytes: LIMITS.eventBytes + KEY_BYTES, mediaTypes: EVENT_TYPES });
  const { key, rest } = withoutKey(parseJson(bytes));
  const size = key === null ? bytes.byteLength : jsonBytes(rest);
  if (size > LIMITS.eventBytes) throw new Problem("too-large", `An event may have at most ${LIMITS.eventBytes} bytes.`);
  return { events: [{ value: rest, fault: faultOf(rest) }], key, sentAt: undefined, bytes };
}

/** The events of a batch: one JSON body with all of them, or one event a line. @throws Problem when the body cannot be read */
export async function readBatch(request: Request): Promise<ReadRequest> {
  const bytes = await readBody(request, { bodyBytes: LIMITS.bodyBytesDecompressed, mediaTypes: BATCH_TYPES });
  return mediaType(request) === NDJSON ? fromLines(bytes) : fromEnvelope(bytes);
}

const SentAt = z.object({ sent_at: Event.shape.sent_at });
const ENVELOPE_FIELDS = new Set(["events", "sent_at", "key"]);

function fromEnvelope(bytes: Uint8Array): ReadRequest {
  const text = readText(bytes);
  const body = parseText(text);
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw refused("", "must be an object");
  const { key, rest } = withoutKey(body);
  for (const field in rest) if (!ENVELOPE_FIELDS.has(field)) throw refused(`/${field}`, "is not a known field");
  const events: unknown = "events" in rest ? rest.events : undefined;
  if (!Array.isArray(events)) throw refused("/events", events === undefined ? "is required" : "must be a list");
  requireCount(events.length, "/events");
  const { sent_at: sentAt } = parse(SentAt, rest);
  const unitBytes = unitBytesOf(text, bytes.byteLength);
  const inner = events.map((value: unknown) => readInner(value, bytes.byteLength, unitBytes));
  return { events: inner, key, sentAt, bytes };
}

const NEW_LINE = 10;

function fromLines(bytes: Uint8Array): ReadRequest {
  const events: ReadEvent[] = [];
  for (let start = 0; start < bytes.byteLength;) {
    const found = bytes.indexOf(NEW_LINE, start);
    const end = found === -1 ? bytes.byteLength : found;
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) events.push(readLine(line));
    start = end + 1;
  }
  if (events.length === 0) throw new Problem("unreadable", "The body is empty.");
  requireCount(events.length, "");
  return { events, key: null, sentAt: undefined, bytes };
}

function readLine(line: Uint8Array): ReadEvent {
  try {
    if (line.byteLength > LIMITS.eventBytes) return { value: undefined, fault: tooLarge() };
    const value = parseJson(line);
    return { value, fault: faultOf(value) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return {
      value: undefined,
      fault: { slug: "unreadable", errors: [{ pointer: "", detail: "is not JSON in UTF-8" }] },
    };
  }
}

const BLANK = new Set([9, 13, 32]);

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => BLANK.has(byte));
}

/** JSON written anew is at most this many times as long as it was read: `1e15` becomes 16 digits. */
const GROWTH = 4;

/**
 * An event out of a larger body. Its own size is that of its JSON without white space.
 *
 * @param unitBytes of the body; see `unitBytesOf`
 */
export function readInner(value: unknown, bodyBytes: number, unitBytes = UNIT_BYTES): ReadEvent {
  if (isSurelyKept(value, LIMITS.eventBytes, unitBytes)) return { value, fault: null };
  const fault = faultOf(value);
  if (fault !== null || bodyBytes * GROWTH <= LIMITS.eventBytes) return { value, fault };
  return { value, fault: jsonBytes(value) <= LIMITS.eventBytes ? null : tooLarge() };
}

function faultOf(value: unknown): Fault | null {
  const found = findUnkeepable(value);
  if (found === null) return null;
  const { slug, pointer, detail } = found;
  return { slug, errors: [{ pointer, detail }] };
}

function tooLarge(): Fault {
  return { slug: "too-large", errors: [{ pointer: "", detail: `has more than ${LIMITS.eventBytes} bytes` }] };
}

/** A body without the key that may lie beside its fields; null when there is none. @throws Problem when it is no text */
function withoutKey<T>(body: T): { key: string | null; rest: T | Omit<T, "key"> } {
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, "key")) return { key: null, rest: body };
  const { key, ...rest } = body as T & { key: unknown }; // just checked
  if (typeof key !== "string") throw refused("/key", "must be text");
  return { key, rest };
}

function requireCount(events: number, pointer: string): void {
  if (events < 1) throw refused(pointer, "must hold an event");
  if (events > LIMITS.batchEvents) throw refused(pointer, `must hold at most ${LIMITS.batchEvents} events`);
}

function refused(pointer: string, detail: string): Problem {
  const place = pointer === "" ? "The body" : pointer.slice(1);
  return new Problem("invalid", `${place} ${detail}.`, { errors: [{ pointer, detail }] });
}
