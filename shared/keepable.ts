import { LIMITS } from "./limits.ts";
import { pointerStep } from "./problem.ts";

/** Why a value cannot be kept, and where. */
export interface Unkeepable {
  slug: "unreadable" | "invalid";
  /** JSON pointer (RFC 6901). */
  pointer: string;
  detail: string;
}

/**
 * The one rule of what JSON may hold to be taken in: what passes can be written as JSON again, put on a queue and kept in Postgres,
 * and reads the same everywhere.
 *
 * - at most 32 arrays and objects inside one another, the outermost being the first
 * - no NUL and no half of a surrogate pair in a text or key, neither of which Postgres keeps
 * - no key that code could take for the object's prototype
 * - numbers finite (`1e400` is not), and whole ones within ±(2^53 - 1), beyond which they would be rounded
 *
 * @param value fresh from JSON.parse
 * @returns the first thing found, or null
 */
export function findUnkeepable(value: unknown, levels: number = LIMITS.jsonDepth): Unkeepable | null {
  if (typeof value === "string") return inText(value);
  if (typeof value === "number") return inNumber(value);
  return typeof value === "object" && value !== null ? inObject(value, levels) : null;
}

function inObject(value: object, levels: number): Unkeepable | null {
  if (levels === 0) return { slug: "unreadable", pointer: "", detail: `is nested more than ${LIMITS.jsonDepth} deep` };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = findUnkeepable(value[index], levels - 1);
      if (found !== null) return within(String(index), found);
    }
    return null;
  }
  for (const key in value) {
    const found = inKey(key) ?? findUnkeepable(value[key as keyof typeof value], levels - 1); // a key just read from this very object
    if (found !== null) return within(key, found);
  }
  return null;
}

function inNumber(value: number): Unkeepable | null {
  if (!Number.isFinite(value)) return invalid("is a number too large to be kept");
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return invalid("is a whole number that would be rounded: send it as text");
  }
  return null;
}

function inText(text: string): Unkeepable | null {
  if (!text.isWellFormed()) return invalid("holds half of a surrogate pair");
  return text.includes("\u0000") ? invalid("holds a NUL character") : null;
}

function inKey(key: string): Unkeepable | null {
  return isRefused(key) ? invalid("has a name that is not taken") : inText(key);
}

/** Own properties of these names are harmless until some code copies them onto an object of its own. */
function isRefused(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}

function invalid(detail: string): Unkeepable {
  return { slug: "invalid", pointer: "", detail };
}

function within(key: string, { slug, pointer, detail }: Unkeepable): Unkeepable {
  return { slug, pointer: pointerStep(key) + pointer, detail };
}

/** Bytes of a UTF-16 unit in JSON at most: a control character is written `\u0000`. */
export const UNIT_BYTES = 6;
/** Of one that was read from JSON without such an escape: a letter of three bytes, or half of one of four. */
const PLAIN_UNIT_BYTES = 3;
/** Of a number, `true`, `false` or `null` at most. */
const NUMBER_BYTES = 25;
/** Of what is around a text, a list or an object, with one to spare. */
const ROUND_BYTES = 3;
const COMMA_BYTES = 1;
/** Of what is around a name: its quotes, the colon and the comma. */
const NAME_BYTES = 4;

/**
 * Bytes that a UTF-16 unit of the texts and names in a JSON text takes at most when they are written again. Less than `UNIT_BYTES` means
 * also that all of them can be kept: a NUL and half of a pair are only read from an escape.
 *
 * @param bytes of the JSON in UTF-8
 */
export function unitBytesOf(json: string, bytes: number): number {
  if (json.includes("\\u")) return UNIT_BYTES;
  return json.includes("\\") || bytes > json.length ? PLAIN_UNIT_BYTES : 1;
}

/**
 * Whether a value is surely one that can be kept, and small: both answered in one walk, that most events pass. Of a value that does not
 * pass, `findUnkeepable` and its JSON say more.
 *
 * @param value fresh from JSON.parse
 * @param unitBytes of the JSON it was read from; see `unitBytesOf`
 * @returns false also where it is not sure
 */
export function isSurelyKept(value: unknown, mostBytes: number, unitBytes: number): boolean {
  return roomAfter(value, mostBytes, LIMITS.jsonDepth, unitBytes) >= 0;
}

/** What is left of so many bytes after a value, were its texts all of the widest letters; below 0 where it may have more or not be kept. */
function roomAfter(value: unknown, room: number, levels: number, unitBytes: number): number {
  return typeof value === "object" && value !== null
    ? roomAfterAll(value, room, levels, unitBytes)
    : roomAfterOne(value, room, unitBytes);
}

function roomAfterOne(value: unknown, room: number, unitBytes: number): number {
  if (typeof value === "string") return room - ROUND_BYTES - textBytesMost(value, unitBytes);
  return typeof value === "number" && inNumber(value) !== null ? -1 : room - NUMBER_BYTES;
}

function roomAfterAll(value: object, room: number, levels: number, unitBytes: number): number {
  if (levels === 0) return -1;
  let left = room - ROUND_BYTES;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index++) {
      left = roomAfter(value[index], left - COMMA_BYTES, levels - 1, unitBytes);
    }
    return left;
  }
  for (const key in value) {
    if (left < 0 || isRefused(key)) return -1;
    const before = left - NAME_BYTES - textBytesMost(key, unitBytes);
    left = roomAfter(value[key as keyof typeof value], before, levels - 1, unitBytes); // a key just read from this very object
  }
  return left;
}

/** Infinity for a text that cannot be kept. */
function textBytesMost(text: string, unitBytes: number): number {
  return unitBytes < UNIT_BYTES || inText(text) === null ? text.length * unitBytes : Infinity;
}
