import * as z from "zod";
import { describe, expect, it } from "vitest";
import { Problem, PROBLEMS, type ProblemSlug } from "./problem.ts";
import { readJson } from "./read-json.ts";
import { defineRoute, type Route } from "./route.ts";
import { describe as describeError, fieldErrors, operation, parse, serve, type RequestFacts } from "./serve.ts";

const getThing = defineRoute({
  method: "get",
  path: "/v1/things/{id}",
  operationId: "getThing",
  summary: "One thing.",
  access: "analyst",
  params: z.strictObject({ id: z.string().regex(/^\d+$/) }),
  query: z.strictObject({ limit: z.coerce.number().int().max(100).optional() }),
  status: 200,
  output: z.strictObject({ id: z.string(), limit: z.number().optional() }),
  problems: ["invalid", "not-found"],
});

const postThing = defineRoute({
  method: "post",
  path: "/v1/things/{id}",
  operationId: "putThing",
  summary: "Keeps a thing.",
  access: "operator",
  params: z.strictObject({ id: z.string() }),
  body: z.strictObject({ name: z.string().max(5), size: z.number() }),
  status: 201,
  output: z.strictObject({ name: z.string() }),
  problems: ["invalid", "unreadable", "too-large", "unsupported-media-type"],
});

const listThings = defineRoute({
  method: "get",
  path: "/v1/things",
  operationId: "listThings",
  summary: "All things.",
  access: "public",
  status: 200,
  output: z.strictObject({ type: z.string() }),
  exports: { "text/csv": z.string() },
  problems: ["not-acceptable"],
});

const deleteThing = defineRoute({
  method: "delete",
  path: "/v1/things/{id}",
  operationId: "deleteThing",
  summary: "Forgets a thing.",
  access: "operator",
  status: 204,
  problems: [],
});

/** A surface of three operations; `get` and `admit` are what a test is about. */
function surface({
  get = async () => ({ id: "1" }),
  admit = async () => undefined,
  quiet = false,
}: {
  get?: (limit: number | undefined) => Promise<{ id: string } | Response>;
  admit?: (route: Route, facts: RequestFacts) => Promise<void>;
  quiet?: boolean;
} = {}) {
  const lines: Record<string, unknown>[] = [];
  let requests = 0;
  const app = serve({
    info: { title: "Test", version: "1", description: "For tests." },
    operations: [
      operation(getThing, async (_facts, { query }) => get(query.limit)),
      operation(postThing, async (_facts, { body }) => ({ name: body.name })),
      operation(deleteThing, async () => undefined),
      operation(listThings, async ({ answerType }) => ({ type: answerType })),
    ],
    admit,
    readJson,
    newRequestId: () => `req_${++requests}`,
    nowMs: () => 1_000,
    log: (line) => void lines.push(line),
    quiet,
  });
  return { app, lines };
}

const json = (body: unknown) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

async function expectProblem(response: Response, slug: ProblemSlug) {
  expect(response.status).toBe(PROBLEMS[slug].status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = z.looseObject({ instance: z.string(), detail: z.string() }).parse(await response.json());
  expect(body).toMatchObject({ type: `/problems/${slug}`, title: PROBLEMS[slug].title, status: PROBLEMS[slug].status });
  expect(body.instance).toBe(response.headers.get("x-request-id"));
  return body;
}

describe("serve", () => {
  it("answers what the handler returns, with the request's id", async () => {
    const { app } = surface({ get: async (limit) => ({ id: "7", ...(limit === undefined ? {} : { limit }) }) });
    const response = await app.request("/v1/things/7?limit=3");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ id: "7", limit: 3 });
    expect(response.headers.get("x-request-id")).toBe("req_1");
  });

  it("answers the declared status, and no body where none is declared", async () => {
    const { app } = surface();
    expect((await app.request("/v1/things/7", json({ name: "a", size: 1 }))).status).toBe(201);
    const deleted = await app.request("/v1/things/7", { method: "DELETE" });
    expect(deleted.status).toBe(204);
    expect(await deleted.text()).toBe("");
  });

  it("refuses an unknown path as a problem", async () => {
    await expectProblem(await surface().app.request("/v1/nothing"), "not-found");
  });

  it("names in Allow what a path answers instead", async () => {
    const response = await surface().app.request("/v1/things/7", { method: "PUT" });
    expect(response.headers.get("allow")).toBe("GET, POST, DELETE");
    await expectProblem(response, "method-not-allowed");
  });

  it.each(["/openapi.json", "/docs", "/docs/style.css", "/problems/invalid"])(
    "only reads %s, like any other path",
    async (path) => {
      const { app } = surface();
      expect((await app.request(path)).status).toBe(200);
      const response = await app.request(path, { method: "POST" });
      expect(response.headers.get("allow")).toBe("GET");
      await expectProblem(response, "method-not-allowed");
    },
  );

  it("answers HEAD like GET, without a body", async () => {
    const response = await surface().app.request("/v1/things/7", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it("tags what only a key lets read, and says no more than that it is the same to who has it", async () => {
    const { app } = surface();
    const first = await app.request("/v1/things/7");
    const etag = first.headers.get("etag") ?? "";
    expect([etag, first.headers.get("cache-control")]).toEqual([
      expect.stringMatching(/^W\/"\w+"$/),
      "private, no-cache",
    ]);
    for (const known of [etag, etag.replace("W/", ""), `"other", ${etag}`, "*"]) {
      const again = await app.request("/v1/things/7", { headers: { "if-none-match": known } });
      expect([known, again.status, await again.text(), again.headers.get("etag")]).toEqual([known, 304, "", etag]);
    }
  });

  it("answers anew when it is another answer, and tags nothing that is public or was done", async () => {
    let id = "1";
    const { app } = surface({ get: async () => ({ id }) });
    const etag = (await app.request("/v1/things/7")).headers.get("etag") ?? "";
    id = "2";
    expect((await app.request("/v1/things/7", { headers: { "if-none-match": etag } })).status).toBe(200);
    expect((await app.request("/v1/things")).headers.get("etag")).toBeNull();
    expect((await app.request("/v1/things/7", json({ name: "a", size: 1 }))).headers.get("etag")).toBeNull();
  });

  it("tells a handler which of its media types is asked for, and refuses others, saying that it depends", async () => {
    const { app } = surface();
    const ask = (accept: string) => app.request("/v1/things", { headers: { accept } });
    const plain = await ask("*/*");
    expect([await plain.json(), plain.headers.get("vary")]).toEqual([{ type: "application/json" }, "accept"]);
    expect(await (await ask("text/csv, application/json;q=0.5")).json()).toEqual({ type: "text/csv" });
    const refused = await ask("text/html");
    expect(refused.headers.get("vary")).toBe("accept");
    expect((await expectProblem(refused, "not-acceptable")).detail).toContain("text/csv");
  });

  it("does not care what is asked for where there is only JSON", async () => {
    expect((await surface().app.request("/v1/things/7", { headers: { accept: "text/html" } })).status).toBe(200);
  });

  it("points at every field that is wrong, in path, query and body", async () => {
    const { app } = surface();
    expect(await expectProblem(await app.request("/v1/things/x"), "invalid")).toHaveProperty("errors.0.pointer", "/id");
    const query = await expectProblem(await app.request("/v1/things/1?limit=101&offset=2"), "invalid");
    expect(query["errors"]).toMatchObject([{ pointer: "/limit" }, { pointer: "/offset" }]);
    const body = await expectProblem(
      await app.request("/v1/things/1", json({ name: "too long", extra: 1 })),
      "invalid",
    );
    expect(body["errors"]).toMatchObject([{ pointer: "/name" }, { pointer: "/size" }, { pointer: "/extra" }]);
  });

  it("lets nobody in before the key was looked at, so that a body cannot be probed without one", async () => {
    const { app } = surface({
      admit: async () => {
        throw new Problem("invalid", "Stands for any refusal.");
      },
    });
    const body = await expectProblem(await app.request("/v1/things/1", { ...json(null), body: "{broken" }), "invalid");
    expect(body.detail).toBe("Stands for any refusal.");
  });

  it("tells a declared problem as it is, with its headers", async () => {
    const { app } = surface({
      get: async () => {
        throw new Problem("not-found", "No thing has this id.", { headers: { "x-test": "1" } });
      },
    });
    const response = await app.request("/v1/things/1");
    expect(response.headers.get("x-test")).toBe("1");
    expect((await expectProblem(response, "not-found")).detail).toBe("No thing has this id.");
  });

  it("turns a problem that its route does not declare into a 500 that says nothing, so that the document cannot drift", async () => {
    const { app, lines } = surface({
      get: async () => {
        throw new Problem("conflict", "the inner reason");
      },
    });
    const response = await app.request("/v1/things/1");
    expect(JSON.stringify(await expectProblem(response, "internal"))).not.toContain("inner reason");
    expect(lines).toMatchObject([{ status: 500, cause: "Error: undeclared problem conflict: the inner reason" }]);
  });

  it("says nothing of what broke to the caller, and where it broke to the operator", async () => {
    const { app, lines } = surface({
      get: async () => {
        throw new TypeError("cannot read secretThing", {
          cause: Object.assign(new Error("row: 4242"), { code: "23505" }),
        });
      },
    });
    const text = await (await app.request("/v1/things/1")).text();
    expect(text).not.toMatch(/secretThing|4242|23505/);
    expect(lines).toEqual([
      {
        requestId: "req_1",
        route: "getThing",
        status: 500,
        totalMs: 0,
        cause: "TypeError: cannot read secretThing <- Error 23505",
      },
    ]);
  });

  it("repeats nothing that was sent, neither in the answer nor in the log", async () => {
    const { app, lines } = surface();
    const secret = "sk_abcdefgh01234567_hunter2hunter2hunter2hunter2hunt";
    const said = await Promise.all(
      [
        app.request(`/v1/things/${secret}?limit=${secret}`),
        app.request(`/v1/things/1?limit=${secret}`),
        app.request("/v1/things/1", json({ name: secret, size: secret })),
        app.request("/v1/things/1", { ...json(0), body: `{"name":"${secret}` }),
        app.request("/v1/things/1", { ...json(0), headers: { "content-type": `text/${secret}` } }),
        app.request(`/${secret}`),
        app.request("/v1/things/1", { method: "PUT", headers: { authorization: `Bearer ${secret}` } }),
      ].map(async (answer) => {
        const response = await answer;
        expect(response.status).toBeGreaterThanOrEqual(400);
        return response.text();
      }),
    );
    expect(said.join() + JSON.stringify(lines)).not.toContain("hunter2");
  });

  it("logs each request once, and a quiet surface only those it refused", async () => {
    const loud = surface();
    await loud.app.request("/v1/things/1");
    expect(loud.lines).toEqual([{ requestId: "req_1", route: "getThing", status: 200, totalMs: 0 }]);
    const quiet = surface({ quiet: true });
    await quiet.app.request("/v1/things/1");
    await quiet.app.request("/v1/nothing");
    expect(quiet.lines).toEqual([{ requestId: "req_2", route: "none", status: 404, totalMs: 0 }]);
  });

  it("has a page for every problem, which its type leads to, and for no other name", async () => {
    const { app } = surface();
    for (const [slug, { title }] of Object.entries(PROBLEMS)) {
      const page = await app.request(`/problems/${slug}`);
      expect(page.headers.get("content-type")).toContain("text/html");
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await page.text()).toContain(title);
    }
    for (const other of ["nothing", "constructor", "__proto__"]) {
      await expectProblem(await app.request(`/problems/${other}`), "not-found");
    }
  });
});

describe("fieldErrors", () => {
  const errorsOf = (schema: z.ZodType, value: unknown) => {
    const result = schema.safeParse(value);
    return result.success ? [] : fieldErrors(result.error);
  };

  it("tells at most 20, so that a hostile body is not answered by a longer one", () => {
    const value = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]));
    expect(errorsOf(z.strictObject({}), value).length).toBe(20);
  });

  it("cuts a name before it is escaped, so that the pointer stays one", () => {
    const [error] = errorsOf(z.strictObject({}), { ["~".repeat(101)]: 1 });
    expect(error?.pointer).toBe(`/${"~0".repeat(100)}`);
  });

  it("leaves no half of a character where it cuts", () => {
    const [error] = errorsOf(z.strictObject({}), { [`${"a".repeat(99)}😀`]: 1 });
    expect(error?.pointer.isWellFormed()).toBe(true);
  });
});

describe("parse", () => {
  it("throws the problem with the pointers, and gives the parsed value otherwise", () => {
    const schema = z.strictObject({ count: z.coerce.number().max(3) });
    expect(parse(schema, { count: "2" })).toEqual({ count: 2 });
    expect(() => parse(schema, { count: 4 })).toThrow(expect.objectContaining({ slug: "invalid" }));
  });
});

describe("describe", () => {
  it("tells of a failed query neither its text nor its parameters", () => {
    const cause = Object.assign(new Error('duplicate key: "ann@shop.example"'), { name: "NeonDbError", code: "23505" });
    const failed = Object.assign(new Error("Failed query: insert …\nparams: ann@shop.example"), {
      name: "DrizzleQueryError",
      query: "insert into people values ($1)",
      params: ["ann@shop.example"],
      cause,
    });
    expect(describeError(failed)).toBe("DrizzleQueryError <- NeonDbError 23505");
  });

  it("tells of unreadable JSON only that it was, because the parser quotes it", () => {
    let thrown: unknown;
    try {
      JSON.parse("hunter2");
    } catch (error) {
      thrown = error;
    }
    expect(describeError(new Error("reading failed", { cause: thrown }))).toBe("Error: reading failed <- SyntaxError");
  });

  it("cuts a message to its first line and 200 characters, and a chain to four", () => {
    expect(describeError(new Error(`${"a".repeat(300)}\nsecond line`))).toBe(`Error: ${"a".repeat(200)}`);
    let chain = new Error("5");
    for (const name of ["4", "3", "2", "1"]) chain = new Error(name, { cause: chain });
    expect(describeError(chain)).toBe("Error: 1 <- Error: 2 <- Error: 3 <- Error: 4");
  });

  it("ends with a chain that leads back to itself", () => {
    const error = new Error("round");
    error.cause = error;
    expect(describeError(error).split(" <- ").length).toBe(4);
  });

  it("names no more than the type of what is no error", () => {
    expect(describeError("hunter2")).toBe("string");
  });
});
