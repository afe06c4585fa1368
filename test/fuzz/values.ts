import { below, chance, pick, type Random } from "../../shared/random.ts";
import type { JsonSchema } from "../../shared/docs/schema.ts";

/** Texts that have broken programs before. */
const NASTY_TEXTS: readonly string[] = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\uffff\u202e😀",
  "__proto__",
  "constructor",
  "' OR 1=1 --",
  "%00",
  "..%2f..%2f",
  "${7*7}",
  "<script>",
  "null",
  "NaN",
  "-0",
  "1e999",
  "9".repeat(400),
  "x".repeat(5_000),
  "2026-02-30T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59+00:00",
  "2026-11-21T10:00:00.123456789+14:00",
];

const NASTY_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  Number.MAX_SAFE_INTEGER,
  0.1 + 0.2,
  [],
  {},
  [[[[]]]],
  { a: { b: { c: null } } },
  JSON.parse('{"__proto__":{"polluted":true}}'),
];

/** Something that is never what was meant. */
export function nasty(random: Random): unknown {
  return chance(random, 0.5) ? pick(random, NASTY_TEXTS) : pick(random, NASTY_VALUES);
}

/** A value as a schema describes it, as far as can be said without knowing what its patterns mean. */
export function valueOf(schema: JsonSchema, random: Random): unknown {
  if (schema.examples !== undefined && chance(random, 0.7)) return pick(random, schema.examples);
  if ("const" in schema) return schema.const;
  if (schema.enum !== undefined) return pick(random, schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return valueOf(pick(random, options), random);
  if (schema.allOf !== undefined)
    return Object.assign({}, ...schema.allOf.map((part) => valueOf(part, random))) as unknown;
  switch (schema.type) {
    case "string":
      return textOf(schema, random);
    case "integer":
      return Math.round(numberOf(schema, random));
    case "number":
      return numberOf(schema, random);
    case "boolean":
      return chance(random, 0.5);
    case "array":
      return Array.from({ length: below(random, 3) + (schema.minItems ?? 0) }, () =>
        valueOf(schema.items ?? {}, random),
      );
    case "object":
      return objectOf(schema, random);
    case "null":
      return null;
    case undefined:
    default:
      return nasty(random);
  }
}

/** The same with one thing wrong, somewhere. */
export function broken(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) return brokenList(value, random);
  if (typeof value !== "object" || value === null || chance(random, 0.2)) return nasty(random);
  const entries = Object.entries(value);
  const [name, inner] = entries[below(random, Math.max(1, entries.length))] ?? ["nothing", null];
  switch (below(random, 4)) {
    case 0:
      return Object.fromEntries(entries.filter(([other]) => other !== name));
    case 1:
      return { ...value, [pick(random, ["unknown_field", "__proto__x", "", "Id"])]: nasty(random) };
    case 2:
      return { ...value, [name]: nasty(random) };
    default:
      return { ...value, [name]: broken(inner, random) };
  }
}

function brokenList(list: readonly unknown[], random: Random): unknown {
  if (chance(random, 0.3)) return Array.from({ length: 300 }, () => list[0] ?? nasty(random));
  return [...list, chance(random, 0.5) ? nasty(random) : broken(list[0], random)];
}

const LETTERS = "abcdefgh0123_-";

function textOf({ format, minLength = 0, maxLength = 20 }: JsonSchema, random: Random): string {
  if (format === "date-time") return pick(random, ["2026-11-20T00:00:00Z", "2026-11-21T10:00:00.000+02:00"]);
  if (format === "date") return "2026-11-27";
  if (format === "uri") return "https://shop.example/hook";
  const length = Math.max(minLength, Math.min(maxLength, 1 + below(random, 12)));
  return Array.from({ length }, () => LETTERS.charAt(below(random, LETTERS.length))).join("");
}

function numberOf({ minimum = 0, maximum = 100 }: JsonSchema, random: Random): number {
  const most = Math.min(maximum, minimum + 1_000);
  return pick(random, [minimum, most, minimum + random() * (most - minimum)]);
}

function objectOf({ properties = {}, required = [], additionalProperties }: JsonSchema, random: Random): unknown {
  const shown = Object.entries(properties).filter(([name]) => required.includes(name) || chance(random, 0.4));
  const own = Object.fromEntries(shown.map(([name, field]) => [name, valueOf(field, random)]));
  if (typeof additionalProperties !== "object" || !chance(random, 0.5)) return own;
  return { ...own, some_name: valueOf(additionalProperties, random) };
}
