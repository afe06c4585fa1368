import { gzipSync } from "node:zlib";
import { below, chance, type Random } from "../shared/random.ts";

/** A request as no honest sender makes it, or nearly one. */
export interface HostileRequest {
  path: "/v1/events" | "/v1/events/batch";
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

/** JSON texts that parsers, databases and people stumble over, to be put in the place of any value. */
const NASTY = [
  "null",
  "true",
  "[]",
  "{}",
  '""',
  "0",
  "-1",
  "-0",
  "1e400",
  "-1e400",
  "1e-400",
  "0.1e1",
  "9007199254740993",
  "123456789012345678901234567890",
  "99999999999",
  "49.999",
  "NaN",
  "Infinity",
  "undefined",
  "0x10",
  "01",
  "'single'",
  '"\\u0000"',
  '"\\ud83d"',
  '"\\ud83d\\ude00"',
  '"\\u202e\\u0007"',
  '"<script>alert(1)</script>"',
  '"\'; DROP TABLE events; --"',
  '"=HYPERLINK(1)"',
  '"0000-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59-23:59"',
  '"1970-01-21T10:00:00Z"',
  '"2026-02-30T10:00:00Z"',
  '"2026-11-21T10:00:00"',
  "1763719200",
  '"XXX"',
  '"JPY"',
  '"KWD"',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  `"${"a".repeat(501)}"`,
  `"${"é".repeat(2_100)}"`,
  `"${"4".repeat(40_000)}"`,
  `${"[".repeat(31)}${"]".repeat(31)}`,
  `${"[".repeat(200)}${"]".repeat(200)}`,
  `${'{"a":'.repeat(40)}1${"}".repeat(40)}`,
  `{${Array.from({ length: 201 }, (_each, index) => `"k${index}":1`).join(",")}}`,
  '{"a":1,"a":2}',
  '{"":1}',
];

const TYPES = [
  "application/json",
  "application/json; charset=utf-16",
  "text/plain;charset=UTF-8",
  "application/x-ndjson",
  "",
  "text/html",
];

const encoder = new TextEncoder();

/**
 * An endless source of hostile requests: bodies with values replaced, bytes flipped, cut, doubled or swapped, lists too long, in every
 * form a body may have, some under keys that are none.
 *
 * @param eventText the nth honest event as JSON
 */
export function hostileRequests(
  random: Random,
  keys: { secret: string; publishable: string },
  eventText: (index: number) => string,
): () => HostileRequest {
  let made = 0;
  const event = () => {
    const text = eventText(made++);
    return chance(random, 0.7) ? replaceValue(random, text) : text;
  };
  const authorization = () =>
    pick(random, [keys.secret, keys.secret, keys.secret, keys.secret, keys.publishable, `${keys.secret}x`]);
  return () => {
    const isBatch = chance(random, 0.5);
    const isLines = isBatch && chance(random, 0.4);
    const events = Array.from({ length: isBatch ? below(random, chance(random, 0.02) ? 120 : 6) : 1 }, event);
    const text = !isBatch ? (events[0] ?? "") : isLines ? events.join("\n") : `{"events":[${events.join(",")}]}`;
    let body = new Uint8Array(encoder.encode(text));
    if (chance(random, 0.4)) body = mutate(random, body);
    const headers: Record<string, string> = { "content-type": isLines ? "application/x-ndjson" : "application/json" };
    if (chance(random, 0.1)) headers["content-type"] = pick(random, TYPES);
    if (!chance(random, 0.02)) headers["authorization"] = `Bearer ${authorization()}`;
    if (chance(random, 0.2)) {
      body = new Uint8Array(gzipSync(body, { level: 1 }));
      headers["content-encoding"] = "gzip";
      if (chance(random, 0.3)) body = mutate(random, body);
    } else if (chance(random, 0.02)) headers["content-encoding"] = pick(random, ["br", "gzip", "gzip, gzip"]);
    if (chance(random, 0.05)) headers["origin"] = pick(random, ["http://localhost:1", "https://evil.example", "null"]);
    if (chance(random, 0.05)) headers["idempotency-key"] = pick(random, ["a", "b", "", "\t", "x".repeat(300)]);
    return { path: isBatch ? "/v1/events/batch" : "/v1/events", headers, body };
  };
}

/** Puts something nasty in the place of one value, or beside it under a key that is there already or that nobody knows. */
function replaceValue(random: Random, text: string): string {
  const places = [...text.matchAll(/":(?="|-?\d|\{|\[|t|f|n)/g)];
  const place = places[below(random, Math.max(1, places.length))];
  if (place === undefined) return text;
  const nasty = pick(random, NASTY);
  const start = place.index + 2;
  const end = valueEnd(text, start);
  if (chance(random, 0.15)) return `${text.slice(0, end)},"extra":${nasty}${text.slice(end)}`;
  return text.slice(0, start) + nasty + text.slice(end);
}

/** Where the JSON value that begins at `start` ends. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at];
    if (isText) {
      if (letter === "\\") at += 1;
      else if (letter === '"') isText = false;
    } else if (letter === '"') isText = true;
    else if (letter === "{" || letter === "[") depth += 1;
    else if ((letter === "}" || letter === "]") && depth > 0) depth -= 1;
    else if ((letter === "," || letter === "}" || letter === "]") && depth === 0) return at;
  }
  return text.length;
}

/** One to three changes at random places. */
function mutate(random: Random, body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let mutated = body;
  for (let changes = 1 + below(random, 3); changes > 0; changes -= 1) mutated = change(random, mutated);
  return mutated;
}

function change(random: Random, body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (body.length === 0) return body;
  const at = below(random, body.length);
  const to = Math.min(body.length, at + 1 + below(random, 64));
  switch (below(random, 5)) {
    case 0: // one byte becomes another
      return body.map((byte, index) => (index === at ? below(random, 256) : byte));
    case 1: // it breaks off
      return body.slice(0, at);
    case 2: // a part is missing
      return joined(body.slice(0, at), body.slice(to));
    case 3: // a part comes twice
      return joined(body.slice(0, to), body.slice(at));
    default: // something is put in
      return joined(body.slice(0, at), encoder.encode(pick(random, NASTY)), body.slice(at));
  }
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)] as T; // an index below the length
}
