// oxlint-disable no-underscore-dangle -- what zod keeps for code that reads schemas is called _zod
import * as z from "zod";
import { networkOf } from "./network.ts";

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
  const inner = checkOfType(def, schema);
  const checks = (def.checks ?? []).map(checkOf);
  return checks.length === 0 ? inner : (value) => inner(value) && checks.every((check) => check(value));
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
    case "union": {
      const options = def.options.map(compileCheck);
      return (value) => options.some((option) => option(value));
    }
    case "enum": {
      const values = new Set<unknown>(Object.values(def.entries));
      return (value) => values.has(value);
    }
    case "record":
      return recordCheck(compileCheck(def.keyType), compileCheck(def.valueType));
    case "unknown":
      return () => true;
    case "number":
      return numberCheck(def, schema);
    case "string":
      return stringCheck(def, schema);
    default:
      return byZod(schema);
  }
}

function numberCheck(def: z.core.$ZodNumberDef, schema: z.core.$ZodType): Check {
  if (!("format" in def)) return Number.isFinite;
  return def.format === "safeint" ? Number.isSafeInteger : byZod(schema);
}

function objectCheck({ shape, catchall }: z.core.$ZodObjectDef, schema: z.core.$ZodType): Check {
  if (catchall?._zod.def.type !== "never") return byZod(schema);
  const fields = new Map(Object.entries(shape).map(([key, field]) => [key, compileCheck(field)]));
  const required = [...fields].flatMap(([key, check]) => (check(undefined) ? [] : [key]));
  return (value) => {
    if (!isPlainObject(value)) return false;
    for (const key in value) {
      const check = fields.get(key);
      if (check === undefined || !check(value[key])) return false;
    }
    for (const key of required) if (value[key] === undefined) return false;
    return true;
  };
}

function arrayCheck(element: Check): Check {
  return (value) => Array.isArray(value) && value.every(element);
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
  return (value) =>
    (typeof value === "string" && value.includes(":") && !/[.%]/.test(value) && networkOf(value) !== null) ||
    rest(value);
}

/** A check beside the type's own. Values are of the type by then. */
function checkOf(check: z.core.$ZodCheck): Check {
  const { def } = (check as unknown as z.core.$ZodChecks)._zod; // the union of what zod has, told apart by `check`
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- what is not known here is left to zod
  switch (def.check) {
    case "string_format":
      if (def.format === "regex" && def.pattern !== undefined) {
        const { pattern } = def;
        return (value) => pattern.test(value as string);
      }
      break;
    case "min_length":
      return (value) => (value as string | unknown[]).length >= def.minimum;
    case "max_length":
      return (value) => (value as string | unknown[]).length <= def.maximum;
    case "greater_than":
      if (def.inclusive) return (value) => (value as number) >= (def.value as number);
      break;
    case "less_than":
      if (def.inclusive) return (value) => (value as number) <= (def.value as number);
      break;
  }
  return (value) => {
    const payload: z.core.ParsePayload = { value, issues: [] };
    void check._zod.check(payload as never);
    return payload.issues.length === 0;
  };
}

function byZod(schema: z.core.$ZodType): Check {
  return (value) => z.safeParse(schema, value).success;
}
