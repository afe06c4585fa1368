import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { formatKey } from "../shared/keys.ts";
import { createDb } from "./store/db.ts";
import { testDatabase } from "./store/test-database.ts";
import { testApp } from "./test-app.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

type Method = NonNullable<NonNullable<Parameters<typeof app.call>[1]>["method"]>;

const Parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean(),
  schema: z.object({ examples: z.array(z.string()).optional() }),
});
const Documented = z.object({ security: z.unknown().optional(), parameters: z.array(Parameter) });

/** Every route of the document, with a path that could be real. */
function routes(): { method: Method; path: string; open: boolean }[] {
  return Object.entries(app.document.paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const { security, parameters } = Documented.parse(operation);
      const needed = parameters.filter((parameter) => parameter.in === "query" && parameter.required);
      const query = needed.map(({ name, schema }) => `${name}=${schema.examples?.[0]}`).join("&");
      return {
        method: z.enum(["GET", "POST", "PATCH", "DELETE"]).parse(method.toUpperCase()),
        path:
          template.replace("{kind}", "customer").replaceAll(/\{\w+\}/g, "unknown1") + (query === "" ? "" : `?${query}`),
        open: !security,
      };
    }),
  );
}
/** A WebSocket shows its key in its first message; live.test.ts has it. */
const LIVE = "/v1/live";
const guarded = () => routes().filter(({ open, path }) => !open && path !== LIVE);
/** A key of any role may ask what it is. */
const OWN_KEY = "/v1/me";

describe("every route", () => {
  it("is one of those that are published", () => {
    const own = ["GET /healthz", "GET /readyz", "GET /v1/events", "GET /v1/events/unknown1", "GET /v1/anomalies"];
    own.push("GET /v1/anomalies/unknown1", "POST /v1/anomalies/unknown1/feedback", "GET /v1/failed-events");
    expect(routes().map(({ method, path }) => `${method} ${path}`)).toEqual(expect.arrayContaining(own));
    expect(routes().flatMap(({ open, path }) => (open ? [path] : []))).toEqual(["/healthz", "/readyz"]);
  });

  it.each([
    { as: null, because: "no key" },
    { as: "expired", because: "a key no longer in force" },
  ] as const)("answers 401 to $because, before it looks at anything else", async ({ as }) => {
    for (const { method, path } of guarded()) {
      const { status, headers } = await app.call(path, { method, as });
      expect({ method, path, status }).toEqual({ method, path, status: 401 });
      expect(headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  it.each([
    { authorization: `Bearer ${formatKey("secret", "unknown000000000", "S".repeat(32))}`, because: "unknown" },
    {
      authorization: `Bearer ${formatKey("secret", "key3000000000000", "T".repeat(32))}`,
      because: "of a known id with another secret",
    },
    { authorization: "Bearer sk_nonsense", because: "not of the form of one" },
    { authorization: "Basic dXNlcjpwYXNz", because: "of another scheme" },
  ])("answers 401 to a key that is $because, and in the same words", async ({ authorization }) => {
    const { detail: expected } = z
      .object({ detail: z.string() })
      .parse((await app.call("/v1/events", { as: null })).body);
    for (const { method, path } of guarded()) {
      const { status, body } = await app.call(path, { method, as: null, headers: { authorization } });
      expect({ method, path, status, body }).toMatchObject({ method, path, status: 401, body: { detail: expected } });
    }
  });

  it.each(["publishable", "ingest"] as const)("answers 403 to a key that may only write events: %s", async (as) => {
    for (const { method, path } of guarded().filter((route) => as !== "ingest" || route.path !== OWN_KEY)) {
      const { status } = await app.call(path, { method, as });
      expect({ method, path, status }).toEqual({ method, path, status: 403 });
    }
  });

  it("answers 403 to an analyst who would change something", async () => {
    // A preview is asked for with a body and changes nothing.
    const changes = guarded().filter(({ method, path }) => method !== "GET" && !path.endsWith("/preview"));
    expect(changes.length).toBeGreaterThan(0);
    for (const { method, path } of changes) {
      const { status } = await app.call(path, { method, as: "analyst" });
      expect({ method, path, status }).toEqual({ method, path, status: 403 });
    }
  });

  it("answers an admin as its document says, whatever is not there", async () => {
    for (const { method, path } of routes()) {
      const { status } = await app.call(path, { method, as: "admin", ...(method === "GET" ? {} : { json: {} }) });
      expect({ method, path, known: status < 500 }).toEqual({ method, path, known: true });
    }
  });

  it("answers 405 with what is allowed to a method it does not offer", async () => {
    const { status, headers } = await app.call("/v1/events", { method: "PUT" });
    expect({ status, allow: headers.get("allow") }).toEqual({ status: 405, allow: "GET" });
  });

  it("answers 503 and when to come again while the database is away, because the fault is not the caller's", async () => {
    const away = createDb({ databaseUrl: "postgres://u:p@db.example/shop", databaseEndpoint: null }, () =>
      Promise.reject(new TypeError("fetch failed")),
    );
    const cut = await testApp(away);
    for (const { method, path } of routes().filter(
      ({ method: verb, path: at }) => verb === "GET" && at !== "/healthz" && at !== LIVE,
    )) {
      const { status, headers } = await cut.call(path, { as: "admin" });
      expect({ method, path, status }).toEqual({ method, path, status: 503 });
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await cut.call("/healthz")).status).toBe(200);
  });
});

describe("an unknown path", () => {
  it("is a problem like any other", async () => {
    const { status, body } = await app.call("/v1/nothing");
    expect({ status, body }).toMatchObject({ status: 404, body: { type: "/problems/not-found" } });
  });
});

describe("GET /readyz", () => {
  it("says ready when the database answers", async () => {
    expect((await app.call("/readyz", { as: null })).body).toEqual({ status: "ready", database: "ok" });
  });

  it("gives up on a silent database after 2 s, so that a probe learns of it", async () => {
    const silent = createDb(
      { databaseUrl: "postgres://u:p@db.example/shop", databaseEndpoint: null },
      () => new Promise(() => undefined),
    );
    const cut = await testApp(silent);
    const startMs = performance.now();
    expect((await cut.call("/readyz", { as: null })).status).toBe(503);
    expect(performance.now() - startMs).toBeLessThan(4_000);
  });
});

describe("the log", () => {
  it("has one line a request, with its id and without its query, key or body", async () => {
    const own = await testApp(database.db);
    const { headers } = await own.call("/v1/events?user_id=user-77&limit=0");
    expect(own.lines).toEqual([
      { requestId: headers.get("x-request-id"), route: "listEvents", status: 422, totalMs: 0 },
    ]);
  });
});
