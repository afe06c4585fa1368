import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { webhooks } from "../store/schema.ts";
import { AlertAnswer, alertOperations } from "./alert-routes.ts";
import { DeliveryAnswer, WebhookAnswer } from "./answers.ts";
import { deliverDue, deliverNow } from "./deliver.ts";
import { deliveryOperations } from "./delivery-routes.ts";
import { webhookOperations } from "./routes.ts";
import { alerting, deliveryStates, insertAlerts, insertHook } from "./test-alerting.ts";
import { answering, reroute } from "./test-endpoint.ts";
import { db, endpoint, setUpEach, surfaceOf } from "./test-set-up.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Of kind webhook. */
const Created = z.strictObject({ ...WebhookAnswer.shape, secret: z.string() });
const Problem = z.object({
  type: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

setUpEach();

/** The surface of this folder alone; keys and roles are the app's. */
function surface(over: Parameters<typeof alerting>[1] = {}) {
  const world = alerting(db, over);
  const operations = [webhookOperations, deliveryOperations, alertOperations];
  const { app, call } = surfaceOf(
    operations.flatMap((of) => of(world.services)),
    world,
  );
  /** An answer of the status and form the route declares. */
  const ask = async <T extends z.ZodType>(answer: T, expected: number, ...args: Parameters<typeof call>) => {
    const response = await call(...args);
    expect(response.status).toBe(expected);
    return answer.parse(await response.json());
  };
  const refused = async (expected: number, ...args: Parameters<typeof call>) => {
    const response = await call(...args);
    expect(response.status).toBe(expected);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    return Problem.parse(await response.json());
  };
  const create = (body: object = {}) => ask(Created, 201, "POST", "/v1/webhooks", { url: endpoint.url, ...body });
  return { ...world, app, call, ask, refused, create };
}

const page = <T extends z.ZodType>(row: T) =>
  z.strictObject({ data: z.array(row), next_cursor: z.string().nullable() });

describe("POST /v1/webhooks", () => {
  it("adds a webhook for every type of alert, and shows its secret this once", async () => {
    const { create, call, clock } = surface();
    const { secret, ...webhook } = await create();
    expect(webhook).toMatchObject({
      url: endpoint.url,
      description: null,
      types: [
        "anomaly.detected",
        "metric.anomaly",
        "model.promoted",
        "drift.detected",
        "webhook.disabled",
        "webhook.test",
      ],
      enabled: true,
      disabled_reason: null,
      failing_since: null,
      created_at: new Date(clock.nowMs).toISOString(),
    });
    expect(atob(secret.replace(/^whsec_/, ""))).toHaveLength(32);
    for (const path of ["/v1/webhooks", `/v1/webhooks/${webhook.id}`]) {
      const text = await (await call("GET", path)).text();
      expect(text).toContain(webhook.id);
      expect(text).not.toContain(secret.slice(6));
      expect(text).not.toContain("whsec_");
    }
  });

  it("gives every webhook a secret of its own", async () => {
    const { create } = surface();
    expect((await create()).secret).not.toBe((await create()).secret);
  });

  it("keeps the URL in the spelling that was judged", async () => {
    const { create } = surface();
    expect((await create({ url: "HTTPS://Hooks.Example.COM:443/a/../b" })).url).toBe("https://hooks.example.com/b");
  });

  it.each([
    "https://127.0.0.1/",
    "https://0x7f.1/",
    "https://[::ffff:169.254.169.254]/",
    "https://localhost/",
    "https://metadata.google.internal/",
    "https://user:hunter2@hooks.example.com/",
    "https://pulse.shop.com/v1/webhooks",
    "http://hooks.example.com/",
    "nonsense",
    "",
  ])("refuses the URL %j, on creation as on a change, and keeps nothing of it", async (url) => {
    const { refused, ask, create } = surface();
    const problem = await refused(422, "POST", "/v1/webhooks", { url });
    expect(problem.type).toBe("/problems/invalid");
    expect(problem.errors).toEqual([{ pointer: "/url", detail: expect.stringMatching(/^must /) }]);
    expect(JSON.stringify(problem)).not.toContain("hunter2");
    expect((await ask(page(WebhookAnswer), 200, "GET", "/v1/webhooks")).data).toEqual([]);

    const { id } = await create();
    expect((await refused(422, "PATCH", `/v1/webhooks/${id}`, { url })).errors).toEqual(problem.errors);
    expect((await ask(WebhookAnswer, 200, "GET", `/v1/webhooks/${id}`)).url).toBe(endpoint.url);
  });

  it("refuses plain http to this machine where local webhooks are not allowed", async () => {
    const { refused } = surface({ config: { allowLocalWebhooks: false, publicUrl: "https://pulse.shop.com" } });
    const { errors } = await refused(422, "POST", "/v1/webhooks", { url: endpoint.url });
    expect(errors).toEqual([{ pointer: "/url", detail: "must be https" }]);
  });

  const url = "https://hooks.example.com/";
  it.each([
    { fault: "no URL", body: {}, pointer: "/url" },
    { fault: "a URL that is no text", body: { url: 1 }, pointer: "/url" },
    { fault: "no type", body: { url, types: [] }, pointer: "/types" },
    { fault: "a type twice", body: { url, types: ["webhook.test", "webhook.test"] }, pointer: "/types" },
    { fault: "a type that is none", body: { url, types: ["anomaly"] }, pointer: "/types/0" },
    { fault: "an endless description", body: { url, description: "a".repeat(501) }, pointer: "/description" },
    { fault: "a secret of one's own", body: { url, secret: "whsec_mine" }, pointer: "/secret" },
  ])("refuses $fault, pointing at it", async ({ body, pointer }) => {
    const { errors } = await surface().refused(422, "POST", "/v1/webhooks", body);
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
  });
});

const RESEND_KEY = "re_0123456789abcdef";
const ROUTING_KEY = "0123456789abcdef0123456789abcdef";
const SLACK_URL = "https://hooks.slack.com/services/T000/B000/verySecret";
const PROVIDERS = [
  {
    kind: "slack",
    given: { url: SLACK_URL },
    secret: "verySecret",
    shown: { url: "https://hooks.slack.com/services/T000/B000/…" },
    taken: 200,
    host: "hooks.slack.com",
  },
  {
    kind: "pagerduty",
    given: { routing_key: ROUTING_KEY, region: "eu" },
    secret: ROUTING_KEY,
    shown: { url: "https://events.eu.pagerduty.com/v2/enqueue" },
    taken: 202,
    host: "events.eu.pagerduty.com",
  },
  {
    kind: "email",
    given: { api_key: RESEND_KEY, from: "Pulse <alerts@shop.com>", to: ["ops@shop.com"] },
    secret: RESEND_KEY,
    shown: { url: "https://api.resend.com/emails", from: "Pulse <alerts@shop.com>", to: ["ops@shop.com"] },
    taken: 200,
    host: "api.resend.com",
  },
];

describe("a webhook of kind", () => {
  const made = (body: object, over?: Parameters<typeof alerting>[1]) => {
    const world = surface(over);
    return { ...world, webhook: world.ask(WebhookAnswer, 201, "POST", "/v1/webhooks", body) };
  };

  it.each(PROVIDERS)(
    "$kind is shown without its secret, from the first answer on",
    async ({ kind, given, secret, shown }) => {
      const { webhook, call } = made({ kind, ...given });
      const { id, ...answer } = await webhook;
      expect(answer).toMatchObject({ kind, ...shown });
      for (const path of ["/v1/webhooks", `/v1/webhooks/${id}`]) {
        const text = await (await call("GET", path)).text();
        expect(text).toContain(id);
        expect(text).not.toContain(secret);
      }
    },
  );

  it.each(PROVIDERS)(
    "$kind is tested by an alert that its provider takes",
    async ({ kind, given, secret, taken, host }) => {
      const { fetch, hosts } = reroute(endpoint);
      const { webhook, ask, logged } = made({ kind, ...given }, { fetch });
      endpoint.answer = answering(taken, {}, "ok");
      const delivery = await ask(DeliveryAnswer, 202, "POST", `/v1/webhooks/${(await webhook).id}/test`);
      expect(delivery).toMatchObject({ status: "delivered", attempts: [{ status: taken, error: null }] });
      expect(hosts).toEqual([host]);
      expect(endpoint.received[0]?.body).toContain("A test: alerts arrive here");
      expect(JSON.stringify([delivery, logged])).not.toContain(secret);
    },
  );

  it.each(PROVIDERS)("$kind waits as long as a 429 asks", async ({ kind, given }) => {
    const { webhook, ask, clock } = made({ kind, ...given }, { fetch: reroute(endpoint).fetch });
    endpoint.answer = answering(429, { "retry-after": "8" });
    expect(await ask(DeliveryAnswer, 202, "POST", `/v1/webhooks/${(await webhook).id}/test`)).toMatchObject({
      status: "pending",
      next_attempt_at: new Date(clock.nowMs + 8_000).toISOString(),
    });
  });

  it.each(PROVIDERS)("$kind has its secret forgotten when it is deleted", async ({ kind, given, secret }) => {
    const { webhook, call } = made({ kind, ...given });
    const kept = async () => JSON.stringify(await db.select().from(webhooks));
    const { id } = await webhook;
    expect(await kept()).toContain(secret);
    expect((await call("DELETE", `/v1/webhooks/${id}`)).status).toBe(204);
    expect(await kept()).not.toContain(secret);
    expect(await kept()).not.toContain("ops@shop.com");
  });

  it.each(PROVIDERS)("$kind has no secret that is made here to rotate", async ({ kind, given }) => {
    const { webhook, refused } = made({ kind, ...given });
    expect((await refused(409, "POST", `/v1/webhooks/${(await webhook).id}/rotate-secret`)).type).toBe(
      "/problems/conflict",
    );
  });

  it("email goes by another key and to other people from its change on, keeping the sender", async () => {
    const { fetch } = reroute(endpoint);
    const { webhook, ask } = made(
      { kind: "email", api_key: RESEND_KEY, from: "a@shop.com", to: ["b@shop.com"] },
      { fetch },
    );
    const path = `/v1/webhooks/${(await webhook).id}`;
    const change = { api_key: "re_another0", to: ["c@shop.com"] };
    expect(await ask(WebhookAnswer, 200, "PATCH", path, change)).toMatchObject({
      from: "a@shop.com",
      to: ["c@shop.com"],
    });
    await ask(DeliveryAnswer, 202, "POST", `${path}/test`);
    const [{ headers, body } = { headers: {}, body: "{}" }] = endpoint.received;
    expect(headers["authorization"]).toBe("Bearer re_another0");
    expect(JSON.parse(body)).toMatchObject({ from: "a@shop.com", to: ["c@shop.com"] });
  });

  it.each([
    { kind: "webhook", change: { routing_key: ROUTING_KEY }, pointer: "/routing_key" },
    { kind: "slack", change: { from: "a@shop.com" }, pointer: "/from" },
    { kind: "slack", change: { url: "https://hooks.example.com/" }, pointer: "/url" },
    { kind: "pagerduty", change: { url: "https://hooks.example.com/" }, pointer: "/url" },
    { kind: "email", change: { region: "eu" }, pointer: "/region" },
  ])("$kind refuses to be changed by $change", async ({ kind, change, pointer }) => {
    const given = PROVIDERS.find((provider) => provider.kind === kind)?.given ?? { url: "https://hooks.example.com/" };
    const { call, refused } = surface();
    const { id } = z
      .looseObject({ id: z.string() })
      .parse(await (await call("POST", "/v1/webhooks", { kind, ...given })).json());
    const { errors } = await refused(422, "PATCH", `/v1/webhooks/${id}`, change);
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it.each([
    { body: { kind: "sms" }, pointer: "/kind" },
    { body: { kind: "slack", url: "https://hooks.example.com/services/T0/B0/x" }, pointer: "/url" },
    { body: { kind: "slack", url: "http://127.0.0.1/services/T0/B0/x" }, pointer: "/url" },
    { body: { kind: "pagerduty", routing_key: "short" }, pointer: "/routing_key" },
    { body: { kind: "pagerduty", routing_key: ROUTING_KEY, region: "mars" }, pointer: "/region" },
    { body: { kind: "pagerduty", routing_key: ROUTING_KEY, url: "https://hooks.example.com/" }, pointer: "/url" },
    { body: { kind: "email", api_key: RESEND_KEY, from: "a@b.c\r\nBcc: d@e.f", to: ["a@shop.com"] }, pointer: "/from" },
    { body: { kind: "email", api_key: RESEND_KEY, from: "a@shop.com", to: [] }, pointer: "/to" },
    {
      body: { kind: "email", api_key: "re_12345678\r\nx: y", from: "a@shop.com", to: ["a@shop.com"] },
      pointer: "/api_key",
    },
  ])("refuses $body, pointing at $pointer", async ({ body, pointer }) => {
    const { errors } = await surface().refused(422, "POST", "/v1/webhooks", body);
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
  });
});

describe("PATCH /v1/webhooks/{id}", () => {
  it("changes what is given and nothing else", async () => {
    const { create, ask } = surface();
    const { secret: _, ...webhook } = await create({ description: "shop" });
    const path = `/v1/webhooks/${webhook.id}`;
    expect(await ask(WebhookAnswer, 200, "PATCH", path, { types: ["webhook.test"] })).toEqual({
      ...webhook,
      types: ["webhook.test"],
    });
    expect(await ask(WebhookAnswer, 200, "PATCH", path, { description: null })).toMatchObject({
      description: null,
      types: ["webhook.test"],
    });
    expect(await ask(WebhookAnswer, 200, "PATCH", path, { url: "https://hooks.example.com/" })).toMatchObject({
      url: "https://hooks.example.com/",
    });
  });

  it("says why a webhook is switched off, and clears its record when it is switched on", async () => {
    const { create, ask, services, clock } = surface();
    const { id } = await create();
    const path = `/v1/webhooks/${id}`;
    endpoint.answer = answering(500);
    await deliverNow(services, await insertAlerts(db, id, clock.nowMs));
    const failing_since = new Date(clock.nowMs).toISOString();
    expect(await ask(WebhookAnswer, 200, "PATCH", path, { enabled: false })).toMatchObject({
      enabled: false,
      disabled_reason: "it was switched off",
      failing_since,
    });
    expect(await ask(WebhookAnswer, 200, "PATCH", path, { enabled: true })).toMatchObject({
      enabled: true,
      disabled_reason: null,
      failing_since: null,
    });
  });

  it("keeps the reason a webhook was disabled for when it is switched off afterwards", async () => {
    const { create, ask, services, clock } = surface();
    const { id } = await create();
    endpoint.answer = answering(410);
    await deliverNow(services, await insertAlerts(db, id, clock.nowMs));
    expect(await ask(WebhookAnswer, 200, "PATCH", `/v1/webhooks/${id}`, { enabled: false })).toMatchObject({
      disabled_reason: "its endpoint answered 410 Gone",
    });
  });

  it("begins a clean record with a new URL, and with the same URL keeps the old", async () => {
    const { create, ask, services, clock } = surface();
    const { id } = await create();
    endpoint.answer = answering(500);
    await deliverNow(services, await insertAlerts(db, id, clock.nowMs));
    expect(
      (await ask(WebhookAnswer, 200, "PATCH", `/v1/webhooks/${id}`, { url: endpoint.url })).failing_since,
    ).not.toBeNull();
    expect(
      (await ask(WebhookAnswer, 200, "PATCH", `/v1/webhooks/${id}`, { url: `${endpoint.url}2` })).failing_since,
    ).toBeNull();
  });

  it.each([{}, { id: "wh_2" }, { secret: "whsec_mine" }, { enabled: "no" }])("refuses %j", async (body) => {
    const { create, refused } = surface();
    expect((await refused(422, "PATCH", `/v1/webhooks/${(await create()).id}`, body)).type).toBe("/problems/invalid");
  });
});

describe("POST /v1/webhooks/{id}/test", () => {
  it("sends a signed test alert by the way of all alerts, whichever types the webhook wants, and answers what came of it", async () => {
    const { create, ask } = surface();
    const { id, secret } = await create({ types: ["anomaly.detected"] });
    const delivery = await ask(DeliveryAnswer, 202, "POST", `/v1/webhooks/${id}/test`);

    expect(delivery).toMatchObject({ type: "webhook.test", status: "delivered", next_attempt_at: null });
    expect(delivery.attempts).toMatchObject([{ attempt: 1, status: 204, error: null }]);
    const [{ headers, body } = { headers: {}, body: "" }] = endpoint.received;
    expect(headers["webhook-id"]).toBe(delivery.id);
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({
      type: "webhook.test",
      data: {
        alert: { id: delivery.alert_id, type: "webhook.test" },
        links: { self: `https://pulse.shop.com/v1/webhooks/${id}` },
      },
    });
  });

  it("is for one webhook alone, though others want test alerts too", async () => {
    const { create, ask } = surface();
    const { id } = await create();
    await create();
    await ask(DeliveryAnswer, 202, "POST", `/v1/webhooks/${id}/test`);
    expect(await deliveryStates(db)).toMatchObject([{ webhookId: id }]);
  });

  it("answers a failure as what it is: one attempt, and when the next follows", async () => {
    const { create, ask, clock, queued } = surface();
    const { id } = await create();
    endpoint.answer = answering(500, {}, "oh no");
    const delivery = await ask(DeliveryAnswer, 202, "POST", `/v1/webhooks/${id}/test`);
    expect(delivery).toMatchObject({
      status: "pending",
      next_attempt_at: new Date(clock.nowMs + 5_000).toISOString(),
      finished_at: null,
      attempts: [{ attempt: 1, status: 500, error: "answered 500", answer: "oh no" }],
    });
    expect(queued).toEqual([{ deliveryId: delivery.id, delaySeconds: 5 }]);
  });

  it("is refused for a disabled webhook, and makes nothing", async () => {
    const { create, call, refused, ask } = surface();
    const { id } = await create();
    await call("PATCH", `/v1/webhooks/${id}`, { enabled: false });
    expect((await refused(409, "POST", `/v1/webhooks/${id}/test`)).type).toBe("/problems/conflict");
    expect((await ask(page(AlertAnswer), 200, "GET", "/v1/alerts")).data).toEqual([]);
  });
});

describe("POST /v1/webhooks/{id}/rotate-secret", () => {
  it("answers a new secret once, and says until when the one before signs as well", async () => {
    const { create, ask, clock } = surface();
    const { id, secret } = await create();
    const rotated = await ask(Created, 200, "POST", `/v1/webhooks/${id}/rotate-secret`);
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.previous_secret_until).toBe(new Date(clock.nowMs + DAY_MS).toISOString());

    await ask(DeliveryAnswer, 202, "POST", `/v1/webhooks/${id}/test`);
    const [{ headers, body } = { headers: {}, body: "" }] = endpoint.received;
    for (const held of [secret, rotated.secret])
      expect(new Webhook(held).verify(body, headers)).toMatchObject({ type: "webhook.test" });

    clock.nowMs += DAY_MS;
    expect((await ask(WebhookAnswer, 200, "GET", `/v1/webhooks/${id}`)).previous_secret_until).toBeNull();
  });

  it("ends the secret before the last at once, so that two rotations in a row lock a leaked one out", async () => {
    const { create, ask } = surface();
    const { id, secret } = await create();
    await ask(Created, 200, "POST", `/v1/webhooks/${id}/rotate-secret`);
    await ask(Created, 200, "POST", `/v1/webhooks/${id}/rotate-secret`);
    await ask(DeliveryAnswer, 202, "POST", `/v1/webhooks/${id}/test`);
    const [{ headers, body } = { headers: {}, body: "" }] = endpoint.received;
    expect(() => new Webhook(secret).verify(body, headers)).toThrow("No matching signature found");
  });
});

describe("DELETE /v1/webhooks/{id}", () => {
  it("leaves nothing to be found, and its alerts on record", async () => {
    const { create, call, ask, services, clock } = surface();
    const { id } = await create();
    await deliverNow(services, await insertAlerts(db, id, clock.nowMs));
    expect((await call("DELETE", `/v1/webhooks/${id}`)).status).toBe(204);
    expect((await ask(page(WebhookAnswer), 200, "GET", "/v1/webhooks")).data).toEqual([]);
    expect((await ask(page(AlertAnswer), 200, "GET", "/v1/alerts")).data).toMatchObject([
      { deliveries: [{ webhook_id: id, status: "delivered" }] },
    ]);
  });

  it.each([
    ["GET", ""],
    ["PATCH", "", { enabled: true }],
    ["DELETE", ""],
    ["POST", "/test"],
    ["POST", "/rotate-secret"],
    ["GET", "/deliveries"],
  ] as const)("makes %s …%s answer 404, as for an id that never was", async (method, suffix, body?: object) => {
    const { create, call, refused } = surface();
    const { id } = await create();
    await call("DELETE", `/v1/webhooks/${id}`);
    for (const gone of [id, "wh_never"]) {
      expect((await refused(404, method, `/v1/webhooks/${gone}${suffix}`, body)).type).toBe("/problems/not-found");
    }
  });
});

describe("GET /v1/webhooks/{id}/deliveries", () => {
  it("pages through a webhook's own deliveries, newest first, each with its attempts in order", async () => {
    const { services, clock, ask } = surface();
    await insertHook(db, { id: "wh_1", url: endpoint.url });
    await insertHook(db, { id: "wh_2", url: endpoint.url });
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.push(...(await insertAlerts(db, "wh_1", clock.nowMs + i)));
    await insertAlerts(db, "wh_2", clock.nowMs);
    endpoint.answer = answering(500);
    await deliverNow(services, [made[4] ?? ""]);
    endpoint.answer = answering(200, {}, "ok");
    clock.nowMs += 5_000;
    await deliverDue(services);

    const Page = page(DeliveryAnswer);
    const first = await ask(Page, 200, "GET", "/v1/webhooks/wh_1/deliveries?limit=2");
    const second = await ask(Page, 200, "GET", `/v1/webhooks/wh_1/deliveries?limit=3&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(made.toReversed());
    expect(second.next_cursor).toBeNull();
    expect(first.data[0]?.attempts).toMatchObject([
      { attempt: 1, status: 500, error: "answered 500", answer: "" },
      { attempt: 2, status: 200, error: null, answer: "ok" },
    ]);
    expect(first.data[1]).toMatchObject({ status: "pending", attempts: [] });
  });
});

describe("GET /v1/alerts", () => {
  it("pages through what was alerted, newest first, with where each went", async () => {
    const { services, clock, ask } = surface();
    await insertHook(db, { id: "wh_1", url: endpoint.url });
    const made: string[] = [];
    for (let i = 0; i < 3; i++) made.push(...(await insertAlerts(db, "wh_1", clock.nowMs + i)));
    await deliverNow(services, [made[2] ?? ""]);

    const first = await ask(page(AlertAnswer), 200, "GET", "/v1/alerts?limit=1");
    const rest = await ask(page(AlertAnswer), 200, "GET", `/v1/alerts?cursor=${first.next_cursor}`);
    const alerts = [...first.data, ...rest.data];
    expect(alerts.flatMap(({ deliveries }) => deliveries.map(({ id }) => id))).toEqual(made.toReversed());
    expect(alerts[0]).toMatchObject({ type: "anomaly.detected", data: { alert: { id: alerts[0]?.id } } });
    expect(alerts.map(({ deliveries }) => deliveries[0]?.status)).toEqual(["delivered", "pending", "pending"]);
  });
});

describe("every list", () => {
  it.each(["/v1/webhooks", "/v1/webhooks/wh_1/deliveries", "/v1/alerts"])(
    "of %s refuses a cursor or limit it did not offer",
    async (path) => {
      const { refused } = surface();
      await insertHook(db, { id: "wh_1", url: endpoint.url });
      expect((await refused(400, "GET", `${path}?cursor=nonsense`)).type).toBe("/problems/unreadable");
      for (const query of ["limit=0", "limit=many", "offset=5"]) {
        expect((await refused(422, "GET", `${path}?${query}`)).type).toBe("/problems/invalid");
      }
    },
  );
});

describe("webhookOperations", () => {
  it("lets analysts read and leaves every change to operators", () => {
    const { services } = surface();
    const access = [...webhookOperations(services), ...deliveryOperations(services)].map(
      ({ route }) => `${route.method} ${route.path}: ${route.access}`,
    );
    expect(access).toEqual([
      "get /v1/webhooks: analyst",
      "post /v1/webhooks: operator",
      "get /v1/webhooks/{id}: analyst",
      "patch /v1/webhooks/{id}: operator",
      "delete /v1/webhooks/{id}: operator",
      "post /v1/webhooks/{id}/test: operator",
      "post /v1/webhooks/{id}/rotate-secret: operator",
      "get /v1/webhooks/{id}/deliveries: analyst",
      "post /v1/deliveries/{id}/replay: operator",
      "post /v1/webhooks/{id}/replay: operator",
    ]);
  });

  it("is described by an OpenAPI document that names every body and answer", async () => {
    const { call } = surface();
    const document = z
      .object({
        paths: z.record(
          z.string(),
          z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.looseObject({}) })),
        ),
      })
      .parse(await (await call("GET", "/openapi.json")).json());
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(["/v1/webhooks/{id}/test", "/v1/webhooks/{id}/replay", "/v1/deliveries/{id}/replay"]),
    );
    expect(JSON.stringify(document.paths["/v1/webhooks"]?.["post"])).toContain("Where alerts are posted");
  });
});
