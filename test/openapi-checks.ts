import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { DocumentedOperation, OpenApiDocument } from "../shared/openapi.ts";
import { PROBLEMS } from "../shared/problem.ts";

/** What the OpenAPI 3.1 schema of the OpenAPI Initiative says of the parts that are used here. */
const Schema = z.record(z.string(), z.unknown());
const Header = z.strictObject({ description: z.string().optional(), schema: Schema });
const Example = z.strictObject({ summary: z.string().optional(), value: z.unknown() });
const Media = z.strictObject({
  schema: Schema,
  example: z.unknown().optional(),
  examples: z.record(z.string(), Example).optional(),
});
const Content = z.record(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/), Media);
const Parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(["path", "query", "header", "cookie"]),
  required: z.boolean(),
  description: z.string().optional(),
  schema: Schema,
});
const Operation = z.strictObject({
  operationId: z.string().regex(/^[a-z]\w*$/i),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(Parameter),
  requestBody: z.strictObject({ required: z.boolean(), content: Content }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({
      description: z.string(),
      headers: z.record(z.string(), Header).optional(),
      content: Content.optional(),
    }),
  ),
});
const OpenApi = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  tags: z.array(z.strictObject({ name: z.string() })),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(z.enum(["get", "post", "put", "patch", "delete"]), Operation),
  ),
  components: z.strictObject({
    schemas: z.record(z.string(), Schema),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.enum(["http", "apiKey"]) })),
  }),
});

/** Patterns are Unicode's in JSON Schema, which zod's reading of them is not: those that only Unicode has are left out. */
function parserOf(schema: object): z.ZodType {
  const isReadable = (key: string, value: unknown) => key !== "pattern" || !String(value).includes("\\p{");
  const readable = JSON.stringify(schema, (key, value: unknown) => (isReadable(key, value) ? value : undefined));
  return z.fromJSONSchema(JSON.parse(readable) as Parameters<typeof z.fromJSONSchema>[0]); // zod's own writing
}

function operationsOf({ paths }: OpenApiDocument): { path: string; operation: DocumentedOperation }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, operation })),
  );
}

/** What holds of each Worker's document, and of the page that shows it. @param ask answers a path */
export function describeDocument(worker: string, ask: (path: string) => Promise<Response>): void {
  const load = async () => (await (await ask("/openapi.json")).json()) as OpenApiDocument; // the Worker's own
  describe(`the ${worker}'s openapi.json`, () => checkDocument(load, ask));
}

function checkDocument(load: () => Promise<OpenApiDocument>, ask: (path: string) => Promise<Response>): void {
  it("is an OpenAPI 3.1 document", async () => {
    expect(OpenApi.safeParse(await load()).error).toBeUndefined();
  });

  it("names every operation once, and every tag it uses", async () => {
    const document = await load();
    const operations = operationsOf(document);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids).toEqual([...new Set(ids)]);
    const tags = document.tags.map(({ name }) => name);
    for (const { operation } of operations) expect(tags).toEqual(expect.arrayContaining(operation.tags));
  });

  it("declares exactly the parameters that stand in each path, and no two alike", async () => {
    for (const { path, operation } of operationsOf(await load())) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters.filter((parameter) => parameter.in === "path");
      expect([path, declared.map(({ name }) => name)]).toEqual([path, inPath]);
      const all = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect([path, all.length]).toEqual([path, new Set(all).size]);
    }
  });

  it("refers to nothing that is not there", async () => {
    const document = await load();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
    expect(new Set(references)).toEqual(new Set(["#/components/schemas/Problem"]));
    expect(document.components.schemas.Problem).toBeDefined();
    const schemes = Object.keys(document.components.securitySchemes);
    for (const { operation } of operationsOf(document)) {
      for (const one of operation.security ?? []) expect(schemes).toEqual(expect.arrayContaining(Object.keys(one)));
    }
  });

  it("shows examples that their schemas allow", async () => {
    let shown = 0;
    for (const { path, operation } of operationsOf(await load())) {
      const media = [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
        Object.entries(part?.content ?? {}),
      );
      for (const [type, { schema, example }] of media) {
        if (type !== "application/json" || example === undefined) continue;
        shown++;
        const parsed = parserOf(schema).safeParse(example);
        expect([path, operation.operationId, parsed.error?.issues.slice(0, 3)]).toEqual([
          path,
          operation.operationId,
          undefined,
        ]);
      }
    }
    expect(shown).toBeGreaterThan(3);
  });

  it("tells of every problem a route may answer what it means", async () => {
    for (const { operation } of operationsOf(await load())) {
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        for (const [slug, { value }] of Object.entries(content["application/problem+json"]?.examples ?? {})) {
          const { title, help } = PROBLEMS[slug as keyof typeof PROBLEMS]; // or the next line fails
          expect(value).toMatchObject({ type: `/problems/${slug}`, title, status: Number(status), detail: help });
        }
      }
    }
  });

  it("is a page to read as well, with every route on it", async () => {
    const document = await load();
    const page = await (await ask("/docs")).text();
    for (const { path, operation } of operationsOf(document)) {
      expect(page).toContain(`id="${operation.operationId}"`);
      expect(page).toContain(path);
    }
    expect(page).not.toContain("<script");
  });
}
