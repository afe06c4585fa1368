// oxlint-disable no-underscore-dangle -- what zod keeps for code that reads schemas is called _zod
import * as z from "zod";
import { isPlainIpv6 } from "./network.ts";

type Check = (value: unknown) => boolean;

/**
 * What a schema takes, as closures that only say yes or no: several times as fast as zod, which may not generate code in a Worker and
 * makes several objects for every field. For schemas that change nothing of what they take, so that a value found good is the result
 * of parsing it. Of a value found wrong zod then says what is wrong.
 *
 * The schema stays the only source: what is not known here is left to zod itself.
 */
export function compileCheck(schema: z.core.$ZodType): Check {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const checks = def.checks ?? [];
  return boundedCheck(def, checks.map(boundOf)) ?? checks.map(checkOf).reduce(both, checkOfType(def, schema));
}

/** A text or number with bounds and nothing else, as most fields are, asked in one go; null for any other. */
function boundedCheck(def: z.core.$ZodTypes["_zod"]["def"], bounds: readonly (Bound | null)[]): Check | null {
  let [least, most] = [-Infinity, Infinity];
  for (const bound of bounds) {
    if (bound === null) return null;
    least = Math.max(least, bound.least ?? least);
    most = Math.min(most, bound.most ?? most);
  }
  if (def.type === "string" && !("format" in def)) {
    return (value) => typeof value === "string" && value.length >= least && value.length <= most;
  }
  if (def.type !== "number") return null;
  if (!("format" in def)) return (value) => Number.isFinite(value) && isWithin(value as number, least, most);
  return def.format === "safeint"
    ? (value) => Number.isSafeInteger(value) && isWithin(value as number, least, most)
    : null;
}

function isWithin(number: number, least: number, most: number): boolean {
  return number >= least && number <= most;
}

/** Of a text's length or of a number; both ends belong to what is taken. */
interface Bound {
  least?: number;
  most?: number;
}

function boundOf(check: z.core.$ZodCheck): Bound | null {
  const { def } = (check as unknown as z.core.$ZodChecks)._zod; // the union of what zod has, told apart by `check`
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- what is not known here is left to zod
  switch (def.check) {
    case "min_length":
      return { least: def.minimum };
    case "max_length":
      return { most: def.maximum };
    case "greater_than":
      return def.inclusive && typeof def.value === "number" ? { least: def.value } : null;
    case "less_than":
      return def.inclusive && typeof def.value === "number" ? { most: def.value } : null;
    default:
      return null;
  }
}

function both(first: Check, second: Check): Check {
  return (value) => first(value) && second(value);
}

function either(first: Check, second: Check): Check {
  return (value) => first(value) || second(value);
}

function checkOfType(def: z.core.$ZodTypes["_zod"]["def"], schema: z.core.$ZodType): Check {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- what is not known here is left to zod
  switch (def.type) {
    case "object":
      return objectCheck(def, schema);
    case "array":
      return arrayCheck(compileCheck(def.element));
    case "optional": {
      const inner = compileCheck(def.innerType);
      return (value) => value === undefined || inner(value);
    }
    case "nullable": {
      const inner = compileCheck(def.innerType);
      return (value) => value === null || inner(value);
    }
    case "boolean":
      return (value) => typeof value === "boolean";
    case "union": {
      return def.options.map(compileCheck).reduce(either, () => false);
    }
    case "enum": {
      const values = new Set<unknown>(Object.values(def.entries));
      return (value) => values.has(value);
    }
    case "record":
      return recordCheck(compileCheck(def.keyType), compileCheck(def.valueType));
    case "unknown":
      return () => true;
    case "string":
      return stringCheck(def, schema);
    default:
      return byZod(schema);
  }
}

function objectCheck({ shape, catchall }: z.core.$ZodObjectDef, schema: z.core.$ZodType): Check {
  if (catchall?._zod.def.type !== "never") return byZod(schema);
  const fields = new Map(Object.entries(shape).map(([key, field]) => [key, compileCheck(givenOf(field))]));
  const required = Object.entries(shape).flatMap(([key, field]) => (compileCheck(field)(undefined) ? [] : [key]));
  return (value) => {
    if (!isPlainObject(value)) return false;
    for (const key in value) {
      const check = fields.get(key);
      if (check === undefined) return false;
      const given = value[key];
      if (given !== undefined && !check(given)) return false;
    }
    for (const key of required) if (value[key] === undefined) return false;
    return true;
  };
}

/** What a field has to be where it is there: in an object that is checked field by field nothing else needs to ask for what is missing. */
function givenOf(field: z.core.$ZodType): z.core.$ZodType {
  const { def } = (field as z.core.$ZodTypes)._zod;
  return def.type === "optional" && (def.checks ?? []).length === 0 ? def.innerType : field;
}

function arrayCheck(element: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (const each of value) if (!element(each)) return false;
    return true;
  };
}

function recordCheck(key: Check, entry: Check): Check {
  return (value) => {
    if (!isPlainObject(value)) return false;
    for (const name in value) if (!key(name) || !entry(value[name])) return false;
    return true;
  };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A form that zod checks with its pattern alone. */
const PATTERN_ALONE = new Set(["datetime", "email", "ipv4"]);

function stringCheck(def: z.core.$ZodStringDef, schema: z.core.$ZodType): Check {
  if (!("format" in def)) return (value) => typeof value === "string";
  const { format, pattern } = def as z.core.$ZodStringFormatDef;
  if (format === "ipv6") return ipv6Check(byZod(schema));
  if (pattern === undefined || !PATTERN_ALONE.has(format)) return byZod(schema);
  return (value) => typeof value === "string" && pattern.test(value);
}

/** zod asks the platform's URL parser, which takes as long as all else about an event; rare spellings are left to it. */
function ipv6Check(rest: Check): Check {
  return (value) => (typeof value === "string" && isPlainIpv6(value)) || rest(value);
}

/** A check beside the type's own. Values are of the type by then. */
function checkOf(check: z.core.$ZodCheck): Check {
  const { def } = (check as unknown as z.core.$ZodChecks)._zod; // as in `boundOf`
  if (def.check === "string_format" && def.format === "regex" && def.pattern !== undefined) {
    const { pattern } = def;
    return (value) => pattern.test(value as string);
  }
  if (def.check === "max_length") return (value) => (value as string | unknown[]).length <= def.maximum;
  return (value) => {
    const payload: z.core.ParsePayload = { value, issues: [] };
    void check._zod.check(payload as never);
    return payload.issues.length === 0;
  };
}

function byZod(schema: z.core.$ZodType): Check {
  return (value) => z.safeParse(schema, value).success;
}
