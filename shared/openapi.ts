import * as z from "zod";
import { exampleOf } from "./docs/example.ts";
import type { JsonSchema } from "./docs/schema.ts";
import { PROBLEMS, type ProblemSlug } from "./problem.ts";
import { isRevalidated, type Access, type Route } from "./route.ts";

/** The body of a problem as the documents describe it. */
export const ProblemBody = z.strictObject({
  type: z.string().meta({ examples: ["/problems/invalid"] }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().meta({ description: "The request id, also in the x-request-id header." }),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
});

interface Info {
  title: string;
  version: string;
  description: string;
}

interface Media {
  schema: JsonSchema;
  example?: unknown;
  examples?: Record<string, { summary: string; value: unknown }>;
}

interface Response {
  description: string;
  headers?: Record<string, { description: string; schema: JsonSchema }>;
  content?: Record<string, Media>;
}

export interface DocumentedOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security?: Record<string, string[]>[];
  parameters: { name: string; in: "path" | "query"; required: boolean; description?: string; schema: JsonSchema }[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<string, Response>;
}

export type OpenApiDocument = ReturnType<typeof openApi>;

const ACCESS_NOTES: Record<Access, string> = {
  public: "No key needed.",
  "ingest-any": "A publishable key, or a secret key of any role.",
  ingest: "A secret key of any role.",
  analyst: "A secret key of role analyst or above.",
  operator: "A secret key of role operator or above.",
  admin: "A secret key of role admin.",
};

/** What a Worker may always answer beside what a route declares. */
const ALWAYS: readonly ProblemSlug[] = ["internal"];

/** The OpenAPI 3.1 document of a list of routes. */
export function openApi(info: Info, routes: readonly Route[]) {
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route);
  return {
    openapi: "3.1.0",
    info,
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: jsonSchema(ProblemBody, "output") },
      securitySchemes: {
        secretKey: { type: "http", scheme: "bearer", description: "sk_… or pk_…" },
        publishableKey: { type: "apiKey", in: "query", name: "key", description: "pk_… only" },
      },
    },
  };
}

/** Routes of one thing belong together: `/v1/alert-rules/{id}` to alert-rules; what is no resource is for whoever operates. */
function tagOf({ path }: Route): string {
  return /^\/v1\/([^/]+)/.exec(path)?.[1] ?? "operation";
}

function operation(route: Route): DocumentedOperation {
  return {
    operationId: route.operationId,
    tags: [tagOf(route)],
    summary: route.summary,
    description: [route.description, ACCESS_NOTES[route.access]].filter(Boolean).join("\n\n"),
    ...(route.access === "public" ? {} : { security: security(route.access) }),
    parameters: [...parameters(route.params, "path"), ...parameters(route.query, "query")],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse(undefined).success,
            content: content(route.body, route.bodyTypes ?? ["application/json"], "input"),
          },
        }),
    responses: {
      [String(route.status)]: success(route),
      ...(isRevalidated(route) ? { "304": { description: "What the `If-None-Match` header names is still so." } } : {}),
      ...problemResponses([...route.problems, ...ALWAYS]),
    },
  };
}

function security(access: Access) {
  return access === "ingest-any" ? [{ secretKey: [] }, { publishableKey: [] }] : [{ secretKey: [] }];
}

const ETAG = { ETag: { description: "For `If-None-Match`.", schema: { type: "string" } } };

function success(route: Route): Response {
  const { summary: description, output, outputType = "application/json", exports = {} } = route;
  if (output === undefined) return { description };
  const others = Object.entries(exports).flatMap(([type, row]) => Object.entries(content(row, [type], "output")));
  return {
    description,
    ...(isRevalidated(route) ? { headers: ETAG } : {}),
    content: { ...content(output, [outputType], "output"), ...Object.fromEntries(others) },
  };
}

function parameters(schema: z.ZodObject | undefined, place: "path" | "query"): DocumentedOperation["parameters"] {
  if (schema === undefined) return [];
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...rest } = jsonSchema(field as z.ZodType, "input"); // the shape of a ZodObject holds schemas
    const optional = (field as z.ZodType).safeParse(undefined).success;
    return {
      name,
      in: place,
      required: place === "path" || !optional,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** An example is only of JSON, and only one that the schema takes: what its patterns mean cannot be made up. */
function content(schema: z.ZodType, types: readonly string[], io: "input" | "output"): Record<string, Media> {
  const json = jsonSchema(schema, io);
  const example = exampleOf(json);
  const shown = schema.safeParse(example).success ? { example } : {};
  return Object.fromEntries(
    types.map((type) => [type, { schema: json, ...(type === "application/json" ? shown : {}) }]),
  );
}

const HEADERS: Partial<Record<ProblemSlug, Response["headers"]>> = {
  "rate-limited": { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } } },
  unavailable: { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } } },
};

/** The problems of a route by their status, which several may share. */
function problemResponses(slugs: readonly ProblemSlug[]): Record<string, Response> {
  const byStatus = Map.groupBy(new Set(slugs), (slug) => String(PROBLEMS[slug].status));
  return Object.fromEntries([...byStatus].map(([status, own]) => [status, problemResponse(own)]));
}

function problemResponse(slugs: readonly ProblemSlug[]): Response {
  const headers = Object.assign({}, ...slugs.map((slug) => HEADERS[slug])) as NonNullable<Response["headers"]>;
  return {
    description: slugs.map((slug) => PROBLEMS[slug].title).join(", or: "),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content: {
      "application/problem+json": {
        schema: PROBLEM_REF,
        examples: Object.fromEntries(slugs.map((slug) => [slug, problemExample(slug)])),
      },
    },
  };
}

const PROBLEM_REF: JsonSchema & { $ref: string } = { $ref: "#/components/schemas/Problem" };

function problemExample(slug: ProblemSlug) {
  const { title, status, help } = PROBLEMS[slug];
  const errors = slug === "invalid" ? { errors: [{ pointer: "/limit", detail: "must be a whole number" }] } : {};
  const instance = "req_01JD3F9K2M0000000000000000";
  return { summary: title, value: { type: `/problems/${slug}`, title, status, detail: help, instance, ...errors } };
}

/** @throws Error for a schema that refers to itself: its references would point nowhere once it lies inside the document */
function jsonSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  if (rest.$defs !== undefined) throw new Error("A schema of the surface refers to itself");
  return rest as JsonSchema; // zod writes no `type` but of one name
}
