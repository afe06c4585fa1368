/** As much of JSON Schema as zod writes. */
export interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  description?: string;
  examples?: unknown[];
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

/** One field of a schema, wherever inside. */
export interface Field {
  /** `event.items[].price`; "" for the whole. */
  path: string;
  type: string;
  isRequired: boolean;
  description: string;
  example: string | null;
}

/** All fields of a schema in the order they are declared, each after what it lies in. */
export function fieldsOf(schema: JsonSchema, path = "", isRequired = true): Field[] {
  const own: Field = {
    path,
    type: typeWords(schema),
    isRequired,
    description: schema.description ?? "",
    example: schema.examples?.[0] === undefined ? null : JSON.stringify(schema.examples[0]),
  };
  const inner = innerFields(schema, path);
  return path === "" && inner.length > 0 ? inner : [own, ...inner];
}

function innerFields(schema: JsonSchema, path: string): Field[] {
  const below = (name: string) => (path === "" ? name : `${path}.${name}`);
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([name, field]) =>
      fieldsOf(field, below(name), schema.required?.includes(name) ?? false),
    );
  }
  if (schema.items !== undefined) return innerFields(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === "object") return innerFields(schema.additionalProperties, below("*"));
  return dedupe(optionsOf(schema).flatMap((option) => innerFields(option, path)));
}

/** What is alike in several forms of one thing is told once. */
function dedupe(fields: Field[]): Field[] {
  return [...new Map(fields.map((field) => [`${field.path} ${field.type}`, field])).values()];
}

function optionsOf(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
}

/** What a value may be, in a few words. */
export function typeWords(schema: JsonSchema): string {
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const options = optionsOf(schema);
  if (options.length > 0) return [...new Set(options.map(typeWords))].join(schema.allOf === undefined ? " | " : " & ");
  switch (schema.type) {
    case "string":
      return ["text", schema.format, span(schema.minLength, schema.maxLength, "characters")].filter(Boolean).join(", ");
    case "integer":
    case "number":
      return [schema.type === "integer" ? "whole number" : "number", span(least(schema), most(schema))]
        .filter(Boolean)
        .join(", ");
    case "array":
      return [
        `list of ${schema.items === undefined ? "anything" : typeWords(schema.items)}`,
        span(schema.minItems, schema.maxItems),
      ]
        .filter(Boolean)
        .join(", ");
    case "boolean":
      return "true | false";
    case "object":
    case "null":
      return schema.type;
    case undefined:
    default:
      return "anything";
  }
}

const least = ({ minimum, exclusiveMinimum }: JsonSchema) => minimum ?? exclusiveMinimum;
const most = ({ maximum, exclusiveMaximum }: JsonSchema) => maximum ?? exclusiveMaximum;

function span(from: number | undefined, to: number | undefined, unit = ""): string {
  const isFree = (bound: number | undefined) => bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
  if (isFree(from) && isFree(to)) return "";
  const words = isFree(to) ? `at least ${from}` : isFree(from) ? `at most ${to}` : `${from}..${to}`;
  return unit === "" ? words : `${words} ${unit}`;
}
