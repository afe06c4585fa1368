import type { DocumentedOperation, OpenApiDocument } from "../../shared/openapi.ts";
import { chance, pick, type Random } from "../../shared/random.ts";
import { broken, nasty, valueOf } from "./values.ts";

export interface FuzzRequest {
  /** Of its route. */
  tag: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

const ACCEPTED = ["*/*", "application/json", "text/csv", "application/x-ndjson", "text/html", "*/*;q=0", ";;,/,"];
const BODY_TYPES = ["application/json; charset=utf-8", "text/plain", "application/x-ndjson", "application/xml", ""];
const CURSORS = ["", "x", "W10", "WyIyMDI2LTExLTIxVDEwOjAwOjAwLjAwMDAwMFoiLCJhIl0", "bnVsbA"];

/** What is known beside a document, so that not everything is refused. */
export interface Known {
  /** Of what there is, by the tag of the routes that told it. */
  ids(tag: string): readonly string[];
  /** Bodies that are good, by operation, where a schema cannot say all that makes one so. */
  bodies?: Readonly<Record<string, () => unknown>>;
}

/** One request to every route of a document, half of them as it describes them and half with something wrong. */
export function requestsTo(document: OpenApiDocument, known: Known, random: Random): FuzzRequest[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => requestTo({ path, method, operation }, known, random)),
  );
}

interface Target {
  path: string;
  method: string;
  operation: DocumentedOperation;
}

function requestTo({ path, method, operation }: Target, known: Known, random: Random): FuzzRequest {
  const isBroken = chance(random, 0.5);
  const [tag = ""] = operation.tags;
  const given = (place: "path" | "query") => operation.parameters.filter((parameter) => parameter.in === place);
  let filled = path;
  for (const { name, schema } of given("path")) {
    const value =
      isBroken && chance(random, 0.3)
        ? nasty(random)
        : schema.enum === undefined && chance(random, 0.7)
          ? pick(random, known.ids(tag))
          : valueOf(schema, random);
    filled = filled.replace(`{${name}}`, inAddress(value) || "-");
  }
  const query = given("query").flatMap(({ name, required, schema }) => {
    if (!required && chance(random, 0.6)) return [];
    const value =
      name === "cursor"
        ? pick(random, CURSORS)
        : isBroken && chance(random, 0.4)
          ? nasty(random)
          : valueOf(schema, random);
    return [`${name}=${inAddress(value)}`];
  });
  if (isBroken && chance(random, 0.1)) query.push("unknown=1");
  const body = bodyOf(operation, known, isBroken, random);
  return {
    tag,
    method: method.toUpperCase(),
    path: query.length === 0 ? filled : `${filled}?${query.join("&")}`,
    headers: headersOf(body !== null, isBroken, random),
    body,
  };
}

function bodyOf(
  { operationId, requestBody }: DocumentedOperation,
  { bodies = {} }: Known,
  isBroken: boolean,
  random: Random,
): string | null {
  const media = Object.values(requestBody?.content ?? {})[0];
  if (media === undefined) return null;
  const good = bodies[operationId];
  const value = good !== undefined && chance(random, 0.6) ? good() : valueOf(media.schema, random);
  if (!isBroken) return JSON.stringify(value);
  if (chance(random, 0.1))
    return pick(random, ["", "{", "[]", "null", '"text"', `${"[".repeat(100)}${"]".repeat(100)}`, "\ud800"]);
  return JSON.stringify(broken(value, random)) ?? "";
}

function headersOf(hasBody: boolean, isBroken: boolean, random: Random): Record<string, string> {
  return {
    ...(hasBody
      ? { "content-type": isBroken && chance(random, 0.1) ? pick(random, BODY_TYPES) : "application/json" }
      : {}),
    ...(isBroken && hasBody && chance(random, 0.05) ? { "content-encoding": pick(random, ["gzip", "br"]) } : {}),
    ...(chance(random, 0.3) ? { accept: pick(random, ACCEPTED) } : {}),
    ...(chance(random, 0.1) ? { "if-none-match": pick(random, ["*", '"x"', ",,"]) } : {}),
  };
}

/** As a client writes it into an address; half a surrogate pair cannot be written. */
function inAddress(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed());
}
