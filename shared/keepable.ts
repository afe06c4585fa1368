import { LIMITS } from "./limits.ts";
import { pointerStep } from "./problem.ts";

/** Why a value cannot be kept, and where. */
export interface Unkeepable {
  slug: "unreadable" | "invalid";
  /** JSON pointer (RFC 6901). */
  pointer: string;
  detail: string;
}

/** Own properties of these names are harmless until some code copies them onto an object of its own. */
const KEYS_REFUSED = new Set(["__proto__", "constructor", "prototype"]);

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
  return KEYS_REFUSED.has(key) ? invalid("has a name that is not taken") : inText(key);
}

function invalid(detail: string): Unkeepable {
  return { slug: "invalid", pointer: "", detail };
}

function within(key: string, { slug, pointer, detail }: Unkeepable): Unkeepable {
  return { slug, pointer: pointerStep(key) + pointer, detail };
}
