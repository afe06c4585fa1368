import * as z from "zod";
import { describe, expect, it } from "vitest";
import { createAuthenticator } from "../shared/authenticator.ts";
import { LIMITS } from "../shared/limits.ts";
import { ProblemBody } from "../shared/openapi.ts";
import { Problem, PROBLEMS, type ProblemSlug } from "../shared/problem.ts";
import { sha256Hex } from "../shared/digest.ts";
import type { EdgeServices } from "./app.ts";
import {
  constantScorer,
  edge,
  KEYS,
  memoryStores,
  NOW_MS,
  ORIGIN,
  purchase,
  withPublishable,
  withSecret,
} from "./test-edge.ts";

const Operation = z.looseObject({
  operationId: z.string(),
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })).optional() }),
  ),
});
const Document = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.record(z.string(), Operation)) });
const document = Document.parse(await (await edge().app.request("/openapi.json")).json());

/** The body of an answer, once the document says that it may be answered to this. */
async function conform(method: "get" | "post", path: string, response: Response): Promise<Record<string, unknown>> {
  const body = z.record(z.string(), z.unknown()).parse(await response.json());
  const [bare = ""] = path.split("?");
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  const schema = document.paths[bare]?.[method]?.responses[String(response.status)]?.content?.[type]?.schema;
  expect(schema, `${method} ${path} ${response.status} ${type}`).toBeDefined();
  if (type === "application/problem+json") {
    expect(ProblemBody.parse(body)).toMatchObject({
      status: response.status,
      instance: response.headers.get("x-request-id"),
    });
  } else {
    z.fromJSONSchema(schema ?? false).parse(body);
  }
  return body;
}

async function expectProblem(response: Response, slug: ProblemSlug, path = "/v1/events") {
  expect(response.status).toBe(PROBLEMS[slug].status);
  const body = await conform("post", path, response);
  expect(body).toMatchObject({ type: `/problems/${slug}` });
  return body;
}

describe("POST /v1/events", () => {
  it("accepts an event, answers a secret key its assessment, and has it on the queue by then", async () => {
    const { post, sent, events } = edge();
    const event = purchase();
    const response = await post("/v1/events", event);
    expect(response.status).toBe(202);
    expect(response.headers.get("x-request-id")).toBe("req_1");
    const body = await conform("post", "/v1/events", response);
    expect(body).toMatchObject({
      id: event["id"],
      status: "accepted",
      assessment: { model: "global@v9", degraded: [] },
    });
    expect(sent).toMatchObject([
      {
        v: 4,
        arrivals: [{ request_id: "req_1", key_id: "sec0000000000001" }],
        events: [{ event: { id: event["id"] } }],
      },
    ]);
    expect(events()[0]?.assessment).toEqual(body["assessment"]);
  });

  it("never shows a publishable key what was made of the event", async () => {
    const { post, events } = edge();
    const event = purchase();
    for (const status of ["accepted", "duplicate"]) {
      const response = await post("/v1/events", event, withPublishable);
      expect(response.status).toBe(202);
      expect(await conform("post", "/v1/events", response)).toEqual({ id: event["id"], status });
    }
    expect(events()[0]).toMatchObject({ source: "publishable", assessment: { score: expect.any(Number) } });
  });

  it("answers a repeated event as the first time", async () => {
    const { post } = edge();
    const event = purchase();
    const first = await conform("post", "/v1/events", await post("/v1/events", event));
    const again = await post("/v1/events", event);
    expect(again.status).toBe(202);
    expect(await conform("post", "/v1/events", again)).toEqual({ ...first, status: "duplicate" });
  });

  it.each([
    {
      because: "in the header",
      path: "/v1/events",
      headers: { authorization: `Bearer ${KEYS.publishable}` },
      more: {},
    },
    { because: "in the query", path: `/v1/events?key=${KEYS.publishable}`, headers: {}, more: {} },
    { because: "in the body", path: "/v1/events", headers: {}, more: { key: KEYS.publishable } },
  ])("takes a publishable key $because, as a beacon sends it", async ({ path, headers, more }) => {
    const { post, events } = edge();
    const response = await post(path, purchase(more), {
      ...headers,
      "content-type": "text/plain;charset=UTF-8",
      origin: ORIGIN,
    });
    expect(response.status).toBe(202);
    expect(JSON.stringify(events())).not.toContain(KEYS.publishable);
  });

  it.each(["application/json", "application/json; charset=utf-8", "text/plain", "TEXT/PLAIN"])(
    "takes JSON as %s",
    async (type) => {
      const { post } = edge();
      expect((await post("/v1/events", purchase(), { ...withSecret, "content-type": type })).status).toBe(202);
    },
  );

  it("takes a body that names no type, as some beacons do", async () => {
    const body = new Blob([JSON.stringify(purchase())]).stream();
    const { app } = edge();
    // Node wants `duplex` beside a stream; the types of Workers do not know it.
    const init = { method: "POST", headers: { authorization: withSecret.authorization }, body, duplex: "half" };
    const request = new Request("http://edge.example/v1/events", init);
    expect(request.headers.get("content-type")).toBeNull();
    expect((await app.request(request)).status).toBe(202);
  });

  it.each([
    { because: "another type", headers: { "content-type": "application/xml" } },
    { because: "one event as lines", headers: { "content-type": "application/x-ndjson" } },
    { because: "a form", headers: { "content-type": "application/x-www-form-urlencoded" } },
    { because: "an encoding", headers: { "content-encoding": "br" } },
  ])("refuses $because as not offered", async ({ headers }) => {
    const { post } = edge();
    await expectProblem(await post("/v1/events", purchase(), { ...withSecret, ...headers }), "unsupported-media-type");
  });

  it.each([
    { because: "nothing", body: "" },
    { because: "half of an object", body: '{"id":"evt_1' },
    {
      because: "33 levels",
      body: JSON.stringify(purchase({ properties: JSON.parse(`${'{"a":'.repeat(31)}{}${"}".repeat(31)}`) })),
    },
  ])("calls $because unreadable", async ({ body }) => {
    await expectProblem(await edge().post("/v1/events", body), "unreadable");
  });

  it("takes 32 levels", async () => {
    const properties = JSON.parse(`${'{"a":'.repeat(30)}{}${"}".repeat(30)}`);
    expect((await edge().post("/v1/events", purchase({ properties }))).status).toBe(202);
  });

  it("calls an event above 32,000 bytes too large", async () => {
    const { post, sent } = edge();
    await expectProblem(await post("/v1/events", purchase({ properties: { t: "a".repeat(32_000) } })), "too-large");
    expect(sent).toEqual([]);
  });

  it.each([
    { because: "a NUL", text: '"\\u0000"' },
    { because: "a number beyond all numbers", text: "1e400" },
    { because: "a number that would be rounded", text: "9007199254740993" },
  ])("refuses $because and points at it", async ({ text }) => {
    const body = JSON.stringify(purchase({ properties: { a: [0] } })).replace("[0]", `[${text}]`);
    const answered = await expectProblem(await edge().post("/v1/events", body), "invalid");
    expect(answered["errors"]).toMatchObject([{ pointer: "/properties/a/0" }]);
  });

  it("takes a body as gzip", async () => {
    const { app, events } = edge();
    const packed = new Blob([JSON.stringify(purchase())]).stream().pipeThrough(new CompressionStream("gzip"));
    const body = await new Response(packed).arrayBuffer();
    const headers = { ...withSecret, "content-encoding": "gzip" };
    expect((await app.request("/v1/events", { method: "POST", headers, body })).status).toBe(202);
    expect(events().length).toBe(1);
  });

  it("refuses what does not match with a pointer each, and keeps nothing of it", async () => {
    const { post, sent } = edge();
    const response = await post("/v1/events", purchase({ value: -1, currencyy: "EUR", items: [{ price: "9" }] }));
    const body = await expectProblem(response, "invalid");
    expect(body["errors"]).toMatchObject([
      { pointer: "/value" },
      { pointer: "/items/0/price" },
      { pointer: "/currencyy" },
    ]);
    expect(sent).toEqual([]);
  });

  it.each([[], [purchase()], "event", 7, null])("refuses JSON that is no event: %j", async (body) => {
    const answered = await expectProblem(await edge().post("/v1/events", JSON.stringify(body)), "invalid");
    expect(answered["errors"]).toMatchObject([{ pointer: "" }]);
  });

  it.each([7, null, {}, ["pk"]])("refuses a key that is no text: %j", async (key) => {
    const body = await expectProblem(await edge().post("/v1/events", purchase({ key })), "invalid");
    expect(body["errors"]).toEqual([{ pointer: "/key", detail: "must be text" }]);
  });

  it.each<{
    because: string;
    headers: Record<string, string>;
    slug: ProblemSlug;
    path?: string;
    more?: Record<string, unknown>;
  }>([
    { because: "no key", headers: {}, slug: "unauthenticated" },
    { because: "an unknown key", headers: { authorization: `Bearer ${KEYS.unknown}` }, slug: "unauthenticated" },
    { because: "a key that is none", headers: { authorization: "Bearer sk_123" }, slug: "unauthenticated" },
    { because: "a secret key in the query", headers: {}, path: `/v1/events?key=${KEYS.secret}`, slug: "forbidden" },
    { because: "a secret key in the body", headers: {}, more: { key: KEYS.secret }, slug: "forbidden" },
    { because: "a secret key from a page", headers: { ...withSecret, origin: ORIGIN }, slug: "forbidden" },
    {
      because: "a page that is not listed",
      headers: { ...withPublishable, origin: "https://evil.example" },
      slug: "forbidden",
    },
    { because: "a page that hides where it is", headers: { ...withPublishable, origin: "null" }, slug: "forbidden" },
    {
      because: "two keys that differ",
      headers: withSecret,
      path: `/v1/events?key=${KEYS.publishable}`,
      slug: "unreadable",
    },
  ])("refuses $because", async ({ headers, slug, path = "/v1/events", more = {} }) => {
    const { post, sent } = edge();
    const response = await post(path, purchase(more), { "content-type": "application/json", ...headers });
    await expectProblem(response, slug);
    expect(response.headers.get("www-authenticate")).toBe(slug === "unauthenticated" ? "Bearer" : null);
    expect(sent).toEqual([]);
  });

  it("says 503, not 401, when a key cannot be looked up, because the key may be good", async () => {
    const authenticate = createAuthenticator({
      find: () =>
        Promise.reject(
          new Problem("unavailable", "The key could not be looked up.", { headers: { "retry-after": "2" } }),
        ),
      sha256Hex,
      nowMs: () => NOW_MS,
    });
    const response = await edge({ authenticate }).post("/v1/events", purchase());
    expect(response.headers.get("retry-after")).toBe("2");
    await expectProblem(response, "unavailable");
  });

  it("never answers 202 when the queue did not take the event, but says when to send it again", async () => {
    const { post } = edge({ send: () => Promise.reject(new Error("queue is away")) });
    const response = await post("/v1/events", purchase());
    expect(response.headers.get("retry-after")).toBe("2");
    await expectProblem(response, "unavailable");
  });

  it("answers 202 only after the queue has taken the event", async () => {
    let take = () => undefined as void;
    const queue = new Promise<void>((resolve) => (take = resolve));
    let answered = false;
    const asked = Promise.resolve(edge({ send: () => queue }).post("/v1/events", purchase())).finally(
      () => (answered = true),
    );
    await new Promise((done) => setTimeout(done, 20));
    expect(answered).toBe(false);
    take();
    expect((await asked).status).toBe(202);
  });

  it("goes on scoring without its profiles, and says so", async () => {
    const stores = memoryStores({ recall: () => Promise.reject(new Error("down")) });
    const body = await conform("post", "/v1/events", await edge({ stores }).post("/v1/events", purchase()));
    expect(body).toMatchObject({
      status: "accepted",
      assessment: { degraded: ["profile:customer", "profile:client", "profile:prices"] },
    });
  });

  it("repeats nothing that was sent, neither where it refuses nor in the log", async () => {
    const { post, lines } = edge();
    const secret = "hunter2hunter2";
    const answers = await Promise.all([
      post("/v1/events", purchase({ email: `${secret} at shop`, value: secret, coupon: [secret] })),
      post("/v1/events", `{"email":"${secret}`),
      post("/v1/events", purchase({ key: `sk_${secret}` })),
      post(`/v1/events?key=pk_${secret}`, purchase()),
      post("/v1/events", purchase(), { authorization: `Bearer ${secret}` }),
      post("/v1/events", purchase(), { ...withPublishable, origin: `https://${secret}.example` }),
      post("/v1/events", purchase(), { ...withSecret, "content-type": `text/${secret}` }),
      post("/v1/events", purchase({ timestamp: secret, currency: secret, payment: { bin: secret, outcome: secret } })),
      post(`/v1/${secret}`, purchase()),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([422, 400, 403, 400, 401, 403, 415, 422, 404]);
    const said = await Promise.all(
      answers.map(async (answer) => JSON.stringify([...answer.headers]) + (await answer.text())),
    );
    expect(said.join()).not.toContain(secret);
    expect(lines.length).toBe(answers.length);
    expect(JSON.stringify(lines)).not.toContain(secret);
  });

  it("logs no line for an event taken well, which is counted where it is stored", async () => {
    const { post, lines } = edge();
    await post("/v1/events", purchase());
    expect(lines).toEqual([]);
  });

  it("looks for a newer model beside the answer, not before it", async () => {
    let looked = false;
    const refresh = async () => {
      await new Promise((done) => setTimeout(done, 30));
      looked = true;
    };
    const later: Promise<unknown>[] = [];
    const stores = memoryStores({ waitUntil: (promise) => void later.push(promise) });
    const { post } = edge({ scorer: { ...constantScorer(), refresh }, stores });
    await post("/v1/events", purchase());
    expect(looked).toBe(false);
    await Promise.all(later);
    expect(looked).toBe(true);
  });
});

describe("POST /v1/events/batch", () => {
  const path = "/v1/events/batch";

  it("answers one result an event in order; one bad event in the middle spoils no other", async () => {
    const { post, events } = edge();
    const [first, last] = [purchase(), purchase()];
    const response = await post(path, {
      events: [first, { id: "evt_bad00001", name: "purchase" }, { name: "x" }, first, last],
    });
    expect(response.status).toBe(200);
    const { results } = await conform("post", path, response);
    expect(results).toMatchObject([
      { index: 0, id: first["id"], status: "accepted", assessment: {} },
      { index: 1, id: "evt_bad00001", status: "rejected", errors: [{ pointer: "/transaction_id" }, {}, {}, {}] },
      { index: 2, id: null, status: "rejected", errors: [{ pointer: "/id" }] },
      { index: 3, id: first["id"], status: "duplicate", assessment: {} },
      { index: 4, id: last["id"], status: "accepted", assessment: {} },
    ]);
    // In another order, as anomalies go in a message of their own; what is repeated goes again, should the first have been lost.
    expect(
      events()
        .map(({ event }) => event.id)
        .toSorted(),
    ).toEqual([first["id"], first["id"], last["id"]]);
  });

  it("shows a publishable key no assessment anywhere", async () => {
    const { post } = edge();
    const response = await post(
      path,
      { events: [purchase(), purchase(), { name: "x" }], key: KEYS.publishable },
      { "content-type": "text/plain" },
    );
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).not.toMatch(/assessment|score|anomaly|threshold|reasons/);
  });

  it.each([1, 100])("takes %i events", async (count) => {
    const { post, events } = edge();
    expect((await post(path, { events: Array.from({ length: count }, () => purchase()) })).status).toBe(200);
    expect(events().length).toBe(count);
  });

  it("refuses a batch that is none as a whole, and keeps nothing of it", async () => {
    const { post, sent } = edge();
    const answered = await expectProblem(await post(path, { events: [purchase()], event: 1 }), "invalid", path);
    expect(answered["errors"]).toEqual([{ pointer: "/event", detail: "is not a known field" }]);
    expect(sent).toEqual([]);
  });

  it("corrects every event by the batch's clock", async () => {
    const { post, events } = edge();
    const timestamp = new Date(NOW_MS + 60_000).toISOString();
    await post(path, {
      sent_at: new Date(NOW_MS + 61_000).toISOString(),
      events: [purchase({ timestamp }), purchase()],
    });
    const corrected = events().filter((event) => event.timestamp_source === "corrected");
    expect(corrected.map(({ event }) => event.timestamp).toSorted()).toEqual([
      "2026-11-21T09:57:59.000Z",
      "2026-11-21T09:59:59.000Z",
    ]);
  });

  it("refuses one event above 32,000 bytes, not the batch", async () => {
    const { post } = edge();
    const big = purchase({ properties: { t: "ü".repeat(16_000) } });
    const { results } = await conform("post", path, await post(path, { events: [purchase(), big] }));
    expect(results).toMatchObject([{ status: "accepted" }, { status: "rejected", errors: [{ pointer: "" }] }]);
  });

  it("takes a body of 500,000 bytes, and calls one more too large", async () => {
    const { post } = edge();
    const body = JSON.stringify({ events: [purchase()] });
    expect((await post(path, body.padEnd(LIMITS.bodyBytes))).status).toBe(200);
    await expectProblem(await post(path, body.padEnd(LIMITS.bodyBytes + 1)), "too-large", path);
  });

  it("says retry to every event that could not be queued, and that alone", async () => {
    const { post } = edge({ send: () => Promise.reject(new Error("queue is away")) });
    const event = purchase();
    const response = await post(path, { events: [event, { id: "bad" }] });
    expect(response.status).toBe(200);
    const { results } = await conform("post", path, response);
    expect(results).toMatchObject([
      { index: 0, id: event["id"], status: "retry" },
      { index: 1, status: "rejected" },
    ]);
  });

  it("takes one event a line, and answers for each line", async () => {
    const { post, events } = edge();
    const [first, last] = [purchase(), purchase()];
    const body = [JSON.stringify(first), '{"id":', JSON.stringify(last)].join("\n");
    const response = await post(path, body, { ...withSecret, "content-type": "application/x-ndjson" });
    expect(response.status).toBe(200);
    expect((await conform("post", path, response))["results"]).toMatchObject([
      { index: 0, id: first["id"], status: "accepted" },
      { index: 1, id: null, status: "rejected", errors: [{ pointer: "" }] },
      { index: 2, id: last["id"], status: "accepted" },
    ]);
    expect(events().length).toBe(2);
  });

  it("refuses an unknown key before it looks at the events", async () => {
    const response = await edge().post(path, { events: "none" }, { authorization: `Bearer ${KEYS.unknown}` });
    await expectProblem(response, "unauthenticated", path);
  });
});

describe("the rates", () => {
  const limited = new Problem("rate-limited", "Too many.", { headers: { "retry-after": "17" } });
  const open = { spend: async () => undefined, refuse: async () => undefined, isBarred: () => false };

  it.each([
    { path: "/v1/events", body: purchase() },
    { path: "/v1/events/batch", body: { events: [purchase()] } },
  ])("refuse $path beyond them and say when to come again", async ({ path, body }) => {
    const { post, sent } = edge({ allowance: { ...open, spend: () => Promise.reject(limited) } });
    const response = await post(path, body);
    expect(response.headers.get("retry-after")).toBe("17");
    await expectProblem(response, "rate-limited", path);
    expect(sent).toEqual([]);
  });

  it("count every event of a batch, for the key and the address it came from", async () => {
    const spent: unknown[] = [];
    const spend: EdgeServices["allowance"]["spend"] = async ({ id }, address, events) =>
      void spent.push([id, address, events]);
    const { post } = edge({ allowance: { ...open, spend } });
    const headers = { ...withSecret, "cf-connecting-ip": "192.0.2.1" };
    await post("/v1/events/batch", { events: [purchase(), {}, purchase()] }, headers);
    expect(spent).toEqual([["sec0000000000001", "192.0.2.1", 3]]);
  });

  it("count refused credentials by address, and answer 429 in their place beyond the limit", async () => {
    const refusedAt: string[] = [];
    const refuse = async (address: string) => {
      refusedAt.push(address);
      if (refusedAt.length > 1) throw limited;
    };
    const { post } = edge({ allowance: { ...open, refuse } });
    const headers = { authorization: `Bearer ${KEYS.unknown}`, "cf-connecting-ip": "192.0.2.1" };
    await expectProblem(await post("/v1/events", purchase(), headers), "unauthenticated");
    await expectProblem(await post("/v1/events", purchase(), headers), "rate-limited");
    await post("/v1/events", purchase());
    expect(refusedAt).toEqual(["192.0.2.1", "192.0.2.1"]);
  });
});

describe("the books", () => {
  it("hold every event twice: as received, and by what became of it", async () => {
    const { post, counted } = edge();
    const event = purchase();
    await post("/v1/events", event);
    await post("/v1/events", event);
    await post("/v1/events", "{");
    await post("/v1/events", purchase(), {});
    await post("/v1/events", purchase({ value: -1 }));
    await post("/v1/events/batch", {
      events: [purchase(), event, {}, purchase({ properties: { t: "a".repeat(32_000) } })],
    });
    await post("/v1/events/batch", { events: [] });
    expect(counted()).toEqual({
      received: 10,
      accepted: 2,
      duplicate: 2,
      unreadable: 1,
      unauthenticated: 1,
      invalid: 3,
      "too-large": 1,
    });
  });

  it("hold what could not be queued as not available, and what the edge broke on as its own fault", async () => {
    const away = edge({ send: () => Promise.reject(new Error("queue is away")) });
    await away.post("/v1/events", purchase());
    await away.post("/v1/events/batch", { events: [purchase(), purchase()] });
    expect(away.counted()).toEqual({ received: 3, unavailable: 3 });
    const broken = edge({ scorer: { ...constantScorer(), score: () => Promise.reject(new Error("broken")) } });
    await broken.post("/v1/events/batch", { events: [purchase(), purchase()] });
    expect(broken.counted()).toEqual({ received: 2, internal: 2 });
  });
});

describe("a page on another origin", () => {
  it.each(["/v1/events", "/v1/events/batch"])("may ask whether it may post to %s", async (path) => {
    const response = await edge().app.request(path, {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(response.headers.get("access-control-allow-methods")).toContain("POST");
    expect(response.headers.get("access-control-allow-headers")).toContain("authorization, content-type");
    expect(response.headers.get("vary")).toBe("origin");
  });

  it.each([
    { because: "its event was taken", event: purchase(), status: 202, headers: withPublishable },
    { because: "its event was refused", event: {}, status: 422, headers: withPublishable },
    { because: "its key was refused", event: purchase(), status: 401, headers: {} },
  ])("may read the answer when $because, and how long to wait", async ({ event, status, headers }) => {
    const response = await edge().post("/v1/events", event, {
      "content-type": "application/json",
      ...headers,
      origin: ORIGIN,
    });
    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(response.headers.get("access-control-expose-headers")).toBe("retry-after, x-request-id");
    expect(response.headers.get("vary")).toBe("origin");
  });

  it("is told at once when the key in the address does not list it", async () => {
    const ask = (origin: string) =>
      edge().app.request(`/v1/events?key=${KEYS.publishable}`, { method: "OPTIONS", headers: { origin } });
    const [listed, other] = await Promise.all([ask(ORIGIN), ask("https://evil.example")]);
    expect(listed.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
    expect(other.headers.get("vary")).toBe("origin");
  });

  it("may read nothing when it is not on the key's list", async () => {
    const response = await edge().post("/v1/events", purchase(), {
      ...withPublishable,
      origin: "https://evil.example",
    });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  });

  it("is not spoken of to who has no origin", async () => {
    const response = await edge().post("/v1/events", purchase());
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("GET /healthz and /readyz", () => {
  it("says that it runs", async () => {
    const response = await edge().app.request("/healthz");
    expect(await conform("get", "/healthz", response)).toEqual({ status: "ok" });
  });

  it("says what would score, after a look for a newer model", async () => {
    let looked = 0;
    const refresh = async () => void looked++;
    const response = await edge({ scorer: { ...constantScorer(), refresh } }).app.request("/readyz");
    const { status } = constantScorer();
    expect(await conform("get", "/readyz", response)).toEqual({ status: "ready", ...(await status()) });
    expect(looked).toBe(1);
  });

  it("is not ready while the queue cannot be reached, and says so to the operator", async () => {
    const { app, lines } = edge({ checkQueue: () => Promise.reject(new Error("no such queue")) });
    const response = await app.request("/readyz");
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(JSON.stringify(await conform("get", "/readyz", response))).not.toContain("no such queue");
    expect(lines).toMatchObject([{ status: 503, cause: "Error: no such queue" }]);
  });
});

describe("any other request", () => {
  it.each([
    ["GET", "/v1/events", "POST"],
    ["PUT", "/v1/events/batch", "POST"],
    ["POST", "/healthz", "GET"],
    ["OPTIONS", "/readyz", "GET"],
    ["POST", "/openapi.json", "GET"],
  ])("%s %s is not offered, and Allow says what is", async (method, path, allow) => {
    const response = await edge().app.request(path, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    const body = ProblemBody.parse(await response.json());
    expect(body).toMatchObject({
      type: "/problems/method-not-allowed",
      instance: response.headers.get("x-request-id"),
    });
  });

  it.each(["/", "/v1/events/", "/v1/events/evt_00000001", "/v1", "/v1/stream/x", "/problems/none"])(
    "finds nothing at %s, as a problem",
    async (path) => {
      const response = await edge().app.request(path);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(ProblemBody.parse(await response.json()).instance).toBe(response.headers.get("x-request-id"));
    },
  );

  it("leads from the type of a problem to its page", async () => {
    const { app, post } = edge();
    const { type } = ProblemBody.parse(await (await post("/v1/events", {})).json());
    const page = await app.request(type);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  });

  it("ends as a 500 that says nothing when the edge itself is broken", async () => {
    const scorer = { ...constantScorer(), score: () => Promise.reject(new Error("hunter2")) };
    const { post, lines } = edge({ scorer });
    const body = await expectProblem(await post("/v1/events", purchase()), "internal");
    expect(JSON.stringify(body)).not.toContain("hunter2");
    expect(lines).toMatchObject([{ requestId: "req_1", status: 500, cause: "Error: hunter2" }]);
  });
});

describe("GET /openapi.json", () => {
  /** Every value under a key of this name, anywhere. */
  function valuesOf(name: string, value: unknown): unknown[] {
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) =>
      key === name ? [inner, ...valuesOf(name, inner)] : valuesOf(name, inner),
    );
  }

  it("is OpenAPI 3.1 with every operation named once", () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const names = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(names.toSorted()).toEqual([
      "alive",
      "openStream",
      "ready",
      "sendEvent",
      "sendEvents",
      "snippet",
      "snippetVersion",
    ]);
  });

  it("leads somewhere with every reference", () => {
    const references = valuesOf("$ref", document);
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const steps = z.string().startsWith("#/").parse(reference).slice(2).split("/");
      let at: unknown = document;
      for (const step of steps) at = z.record(z.string(), z.unknown()).parse(at)[step];
      expect(at, String(reference)).toBeDefined();
    }
    expect(valuesOf("$defs", document)).toEqual([]);
    expect(valuesOf("$schema", document)).toEqual([]);
  });

  it("lists for each route what it may refuse", () => {
    const statuses = (path: string, method: string) => Object.keys(document.paths[path]?.[method]?.responses ?? {});
    expect(statuses("/v1/events", "post")).toEqual([
      "202",
      "400",
      "401",
      "403",
      "413",
      "415",
      "422",
      "429",
      "500",
      "503",
    ]);
    expect(statuses("/v1/events/batch", "post")).toEqual([
      "200",
      "400",
      "401",
      "403",
      "413",
      "415",
      "422",
      "429",
      "500",
      "503",
    ]);
    expect(statuses("/healthz", "get")).toEqual(["200", "500"]);
    expect(statuses("/readyz", "get")).toEqual(["200", "500", "503"]);
  });

  it("takes by its own words what the edge takes, a key in the body included, and refuses a misspelt field", () => {
    const body = z.looseObject({ content: z.record(z.string(), z.object({ schema: z.looseObject({}) })) });
    const schemaOf = (path: string) => {
      const { content } = body.parse(document.paths[path]?.["post"]?.["requestBody"]);
      expect(Object.keys(content).slice(0, 2)).toEqual(["application/json", "text/plain"]);
      return z.fromJSONSchema(content["application/json"]?.schema ?? false);
    };
    const keyed = purchase({ key: KEYS.publishable, properties: { a: [1, null] } });
    expect(schemaOf("/v1/events").safeParse(keyed).error).toBeUndefined();
    expect(schemaOf("/v1/events").safeParse(purchase({ valeu: 1 })).success).toBe(false);
    expect(
      schemaOf("/v1/events/batch").safeParse({ events: [purchase()], key: KEYS.publishable }).error,
    ).toBeUndefined();
    expect(schemaOf("/v1/events/batch").safeParse({ events: [] }).success).toBe(false);
  });
});
