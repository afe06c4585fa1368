import * as z from "zod";
import { describe, expect, it } from "vitest";
import { openApi } from "./openapi.ts";
import { PROBLEMS } from "./problem.ts";
import { defineRoute } from "./route.ts";

const INFO = { title: "Test", version: "1", description: "For tests." };

const route = defineRoute({
  method: "post",
  path: "/v1/things/{id}",
  operationId: "keepThing",
  summary: "Keeps a thing.",
  access: "ingest-any",
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({
    limit: z.coerce.number().optional(),
    from: z.iso.datetime().meta({ description: "Since." }),
  }),
  body: z.strictObject({ name: z.string(), size: z.number().default(1) }),
  bodyTypes: ["application/json", "text/plain"],
  status: 202,
  output: z.strictObject({ name: z.string(), size: z.number().default(1) }),
  problems: ["invalid", "unavailable"],
});

describe("openApi", () => {
  const document = openApi(INFO, [route]);
  const operation = z
    .looseObject({ responses: z.record(z.string(), z.unknown()) })
    .parse(document.paths["/v1/things/{id}"]?.["post"]);

  it("describes success, every declared problem, and the 500 that is always possible", () => {
    expect(Object.keys(operation.responses)).toEqual(["202", "422", "500", "503"]);
    const { title, status, help } = PROBLEMS.unavailable;
    expect(operation.responses["503"]).toMatchObject({
      description: title,
      headers: { "Retry-After": {} },
      content: {
        "application/problem+json": {
          schema: { $ref: "#/components/schemas/Problem" },
          examples: { unavailable: { summary: title, value: { title, status, detail: help } } },
        },
      },
    });
  });

  it("describes what may be sent as it may be sent, and what is answered as it is answered", () => {
    const content = expect.objectContaining({ schema: expect.objectContaining({ required: ["name"] }) });
    expect(operation["requestBody"]).toEqual({
      required: true,
      content: { "application/json": content, "text/plain": content },
    });
    expect(operation.responses["202"]).toHaveProperty(
      ["content", "application/json", "schema", "required"],
      ["name", "size"],
    );
  });

  it("takes every parameter from the schemas, with what is required of it", () => {
    expect(operation["parameters"]).toMatchObject([
      { name: "id", in: "path", required: true },
      { name: "limit", in: "query", required: false },
      { name: "from", in: "query", required: true, description: "Since." },
    ]);
  });

  it("says which keys a route takes", () => {
    expect(operation["security"]).toEqual([{ secretKey: [] }, { publishableKey: [] }]);
    const open = openApi(INFO, [{ ...route, access: "public" }]);
    expect(open.paths["/v1/things/{id}"]?.["post"]).not.toHaveProperty("security");
  });

  it("keeps the operations of one path together", () => {
    const both = openApi(INFO, [route, { ...route, method: "get", operationId: "readThing" }]);
    expect(Object.keys(both.paths["/v1/things/{id}"] ?? {})).toEqual(["post", "get"]);
  });

  it("refuses a schema that refers to itself, whose references would lead nowhere", () => {
    expect(() => openApi(INFO, [{ ...route, body: z.strictObject({ any: z.json() }) }])).toThrow(/refers to itself/);
  });
});
