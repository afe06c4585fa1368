import * as z from "zod";
import { PROBLEMS, type ProblemSlug } from "./problem.ts";
import type { Access, Route } from "./route.ts";

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
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route);
  return {
    openapi: "3.1.0",
    info,
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

function operation(route: Route) {
  return {
    operationId: route.operationId,
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
      [String(route.status)]: {
        description: route.summary,
        ...(route.output === undefined
          ? {}
          : { content: content(route.output, [route.outputType ?? "application/json"], "output") }),
      },
      ...Object.fromEntries([...route.problems, ...ALWAYS].map(problemResponse)),
    },
  };
}

function security(access: Access) {
  return access === "ingest-any" ? [{ secretKey: [] }, { publishableKey: [] }] : [{ secretKey: [] }];
}

function parameters(schema: z.ZodObject | undefined, place: "path" | "query") {
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

function content(schema: z.ZodType, types: readonly string[], io: "input" | "output") {
  const json = jsonSchema(schema, io);
  return Object.fromEntries(types.map((type) => [type, { schema: json }]));
}

function problemResponse(slug: ProblemSlug): [string, unknown] {
  const { status, title } = PROBLEMS[slug];
  return [
    String(status),
    {
      description: title,
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  ];
}

/** @throws Error for a schema that refers to itself: its references would point nowhere once it lies inside the document */
function jsonSchema(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> & { description?: string } {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  if (rest.$defs !== undefined) throw new Error("A schema of the surface refers to itself");
  return rest;
}
