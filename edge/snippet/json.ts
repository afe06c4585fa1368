import { DEPTH, EXACT, ITEMS, NAMES, VALUES } from "./limits.ts";

/** What a page passed under names. It inherits nothing, whatever the page did to `Object.prototype`. */
export type Fields = Record<string, unknown>;

/** The parts' own fields in one object. What is no object has none. */
export function newFields(...parts: unknown[]): Fields {
  return Object.assign(Object.create(null), ...parts);
}

/** What the edge takes: not the names by which code could reach an object's prototype. */
const NAME = /^(?!(__proto__|constructor|prototype)$)[^]{1,100}$/;

/**
 * What a page passed as JSON, of bounded size and in ASCII, so that its length is its size in bytes: text, numbers that are exact,
 * booleans, null, arrays and simple objects of these. Anything else is left out: functions, elements of the page, cycles beyond their
 * depth, properties that throw, names that the edge refuses.
 *
 * Written by hand because pages replace `JSON.stringify` and define `toJSON` on arrays and strings.
 *
 * @returns empty when nothing is left
 */
export function toJson(given: unknown): string {
  let left = VALUES;
  const write = (value: unknown, depth: number): string => {
    if (typeof value === "string") return quote(value);
    if (value === null || typeof value === "boolean") return String(value);
    if (typeof value === "number") return Math.abs(value) <= EXACT ? String(value) : "";
    if (typeof value !== "object" || depth > DEPTH || left-- < 1) return "";
    if (Array.isArray(value))
      return `[${value
        .slice(0, ITEMS)
        .map((each) => write(each, depth + 1) || "null")
        .join()}]`;
    if ({}.toString.call(value) !== "[object Object]") return "";
    const parts: string[] = [];
    for (const name of Object.keys(value).slice(0, NAMES)) {
      try {
        const part = NAME.test(name) && write((value as Fields)[name], depth + 1);
        if (part) parts.push(`${quote(name)}:${part}`);
      } catch {
        // A property that throws when it is read is left out like other things that are no data.
      }
    }
    return `{${parts.join()}}`;
  };
  return write(given, 0);
}

/** What Postgres cannot store, lone surrogates and NUL, becomes U+FFFD. */
function quote(text: string): string {
  const storable = text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff\0]/g, (found) =>
    found[1] ? found : "\ufffd",
  );
  return `"${storable.replace(/[^ !#-[\]-~]/g, (unit) => `\\u${(65_536 + unit.charCodeAt(0)).toString(16).slice(1)}`)}"`;
}
