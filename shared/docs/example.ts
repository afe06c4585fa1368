import type { JsonSchema } from "./schema.ts";

/** When examples happen that do not say otherwise. */
const TIMES: Record<string, string> = {
  "date-time": "2026-11-21T10:00:00.000Z",
  date: "2026-11-21",
  uri: "https://shop.example/",
  email: "ann@shop.example",
};

/** A value such as a schema describes: its own example where it has one. Optional fields are there when they have one. */
export function exampleOf(schema: JsonSchema): unknown {
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if ("const" in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map(exampleOf)) as unknown;
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first !== undefined) return exampleOf(first);
  switch (schema.type) {
    case "string":
      return TIMES[schema.format ?? ""] ?? "text".padEnd(schema.minLength ?? 0, "t").slice(0, schema.maxLength);
    case "integer":
    case "number":
      return Math.max(schema.minimum ?? 0, Math.min(1, schema.maximum ?? 1));
    case "boolean":
      return false;
    case "array":
      return (schema.prefixItems ?? [schema.items ?? {}]).map(exampleOf);
    case "object":
      return exampleObject(schema);
    case "null":
    case undefined:
    default:
      return null;
  }
}

function exampleObject({ properties = {}, required = [] }: JsonSchema): Record<string, unknown> {
  const shown = Object.entries(properties).filter(([name, field]) => required.includes(name) || hasExample(field));
  return Object.fromEntries(shown.map(([name, field]) => [name, exampleOf(field)]));
}

/** Whether an example was written for a field, or for one inside it. */
function hasExample({ examples, properties, items, anyOf }: JsonSchema): boolean {
  if (examples !== undefined) return true;
  return [...Object.values(properties ?? {}), ...(items === undefined ? [] : [items]), ...(anyOf ?? [])].some(
    hasExample,
  );
}
