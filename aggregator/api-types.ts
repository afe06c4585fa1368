/** As much of JSON Schema as zod writes. */
interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  prefixItems?: Schema[];
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

interface Operation {
  parameters: { name: string; in: "path" | "query"; required?: boolean; schema: Schema }[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

/** The paths of an OpenAPI document of ours. */
export type Paths = Record<string, Record<string, Operation>>;

const HEAD = `/**
 * What each route is asked with and answers. Written from the routes themselves: \`vitest run aggregator/api-types.test.ts -u\`; a test
 * holds it equal to them.
 */
export interface Paths {
`;

/** The routes of a document as one TypeScript interface, by path and method. */
export function apiTypes(paths: Paths): string {
  const lines = Object.entries(paths)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, operations]) => [
      `  "${path}": {`,
      ...Object.entries(operations).map(([method, operation]) => `    ${method}: ${operationType(operation)};`),
      "  };",
    ]);
  return `${HEAD}${lines.join("\n")}\n}\n`;
}

function operationType({ parameters, requestBody, responses }: Operation): string {
  const input = (place: "path" | "query") => {
    const own = parameters.filter((parameter) => parameter.in === place);
    if (own.length === 0) return "undefined";
    return fields(
      own.map(({ name, required = false, schema }) => [name, queryType(schema), place === "path" || required]),
    );
  };
  const [, answer] = Object.entries(responses).find(([status]) => status.startsWith("2")) ?? [];
  return fields([
    ["params", input("path"), true],
    ["query", input("query"), true],
    ["body", contentType(requestBody), true],
    ["answer", contentType(answer), true],
  ]);
}

/** Of a query all is text in the end; numbers and flags may be given as they are. */
function queryType(schema: Schema): string {
  const type = schemaType(schema);
  return type === "unknown" ? "string | number | boolean" : type;
}

function contentType(content: Content | undefined): string {
  const schema = content?.content?.["application/json"]?.schema;
  return schema === undefined ? "undefined" : schemaType(schema);
}

function schemaType(schema: Schema): string {
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return options.map(schemaType).join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map((part) => `(${schemaType(part)})`).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => schemaType({ ...schema, type })).join(" | ");
  const { type = "" } = schema;
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return arrayType(schema);
    case "object":
      return objectType(schema);
    default:
      return "unknown";
  }
}

function arrayType({ prefixItems, items }: Schema): string {
  if (prefixItems !== undefined) return `[${prefixItems.map(schemaType).join(", ")}]`;
  return typeof items === "object" ? `(${schemaType(items)})[]` : "unknown[]";
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const named = Object.entries(properties);
  if (named.length > 0)
    return fields(named.map(([name, schema]) => [name, schemaType(schema), required.includes(name)]));
  return `Record<string, ${typeof additionalProperties === "object" ? schemaType(additionalProperties) : "unknown"}>`;
}

function fields(all: [name: string, type: string, required: boolean][]): string {
  const one = ([name, type, required]: (typeof all)[number]) =>
    `${/^\w+$/.test(name) ? name : JSON.stringify(name)}${required ? "" : "?"}: ${type}`;
  return `{ ${all.map(one).join("; ")} }`;
}
