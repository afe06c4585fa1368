import * as z from "zod";
import type { JsonSchema } from "./docs/schema.ts";
import { ProblemBody, type OpenApiDocument } from "./openapi.ts";

const PROBLEM = "application/problem+json";
const LINES = "application/x-ndjson";

interface Answered {
  method: string;
  path: string;
  status: number;
  headers: Headers;
  text: string;
}

/** What an answer's text holds: JSON parsed, lines of JSON as a list, anything else as it is, and undefined where there is none. */
export function contentOf(text: string, headers: Headers): unknown {
  const type = typeOf(headers);
  if (type === LINES)
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  if (text === "") return undefined;
  return type.endsWith("json") ? JSON.parse(text) : text;
}

/** @throws Error when a document does not say that this may be answered there */
export function conform(document: OpenApiDocument, { method, path, status, headers, text }: Answered): void {
  const type = typeOf(headers);
  const content = contentOf(text, headers);
  if (type === PROBLEM) {
    const { status: told, instance } = ProblemBody.parse(content);
    if (told !== status || instance !== headers.get("x-request-id"))
      throw new Error(`${method} ${path}: the problem does not agree with its response`);
  }
  const operation = operationAt(document, method, path);
  if (operation === null) {
    if (type === PROBLEM && (status === 404 || status === 405)) return;
    throw new Error(`${method} ${path} is not in the document and answered ${status}`);
  }
  const declared = operation.responses[String(status)];
  if (declared === undefined) throw new Error(`${method} ${path} answered ${status}, which the document does not say`);
  if (content === undefined && declared.content === undefined) return;
  const schema = declared.content?.[type]?.schema;
  if (schema === undefined) throw new Error(`${method} ${path} answered ${type}, which the document does not say`);
  if (type === PROBLEM) return;
  for (const part of type === LINES && Array.isArray(content) ? content : [content]) parserOf(schema).parse(part);
}

function typeOf(headers: Headers): string {
  return headers.get("content-type")?.split(";")[0] ?? "";
}

function operationAt(document: OpenApiDocument, method: string, path: string) {
  const [bare = ""] = path.split("?");
  const found = Object.entries(document.paths).filter(([template]) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(bare),
  );
  // As routers do: what is written out goes before what stands for anything.
  const [first] = found.toSorted(([a], [b]) => a.split("{").length - b.split("{").length);
  return first?.[1][method.toLowerCase()] ?? null;
}

const parsers = new WeakMap<JsonSchema, z.ZodType>();

function parserOf(schema: JsonSchema): z.ZodType {
  const made = parsers.get(schema) ?? z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]); // zod's own writing
  parsers.set(schema, made);
  return made;
}
