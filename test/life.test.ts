import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openReceiver, type ReceivedWebhook, type Receiver } from "../local/receiver.ts";
import { eventually, startSystem, type System } from "./system.ts";

let system: System;
let receiver: Receiver;
let secret = "";
const received: ReceivedWebhook[] = [];

beforeAll(async () => {
  system = await startSystem();
  receiver = await openReceiver({
    secrets: () => (secret === "" ? [] : [secret]),
    onWebhook: (webhook) => received.push(webhook),
  });
  const created = await system.ask("POST", "/v1/webhooks", system.key("operator"), { url: String(receiver.url) });
  expect(created.status).toBe(201);
  secret = created.body.secret;
  await eventually("ONNX Runtime", async () => {
    const ready = await fetch(new URL("/readyz", system.workers.edge));
    const { runtime } = (await ready.json()) as { runtime: string };
    return runtime === "ort" ? true : null;
  });
});

afterAll(async () => {
  await system.stop();
  await receiver.close();
});

let made = 0;

/** A purchase by a customer with no history; `over` names what matters to the test. */
function purchase(over: Record<string, unknown> = {}) {
  made++;
  return {
    id: `evt_life_${made.toString().padStart(6, "0")}`,
    name: "purchase",
    timestamp: new Date().toISOString(),
    user_id: `user-${made}`,
    client_id: `client-${made}`,
    transaction_id: `T-${made}`,
    value: 40,
    currency: "EUR",
    items: [{ item_id: "mug", item_name: "Mug", price: 20, quantity: 2 }],
    payment: { method: "card", card_fingerprint: `card-${made}`, card_country: "DE", outcome: "authorized" },
    context: { ip: `203.0.${made % 250}.7`, user_agent: CHROME, geo: { country: "DE" } },
    ...over,
  };
}

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/** Thirty small payments with thirty stolen cards from one machine, most of them declined. */
function cardTesting(label: string, ip: string) {
  return Array.from({ length: 30 }, (_each, index) => {
    const declined = index % 6 !== 5;
    return purchase({
      id: `evt_${label}_${index.toString().padStart(4, "0")}`,
      name: declined ? "payment_failed" : "purchase",
      user_id: undefined,
      client_id: `client-${label}`,
      value: 1.5,
      payment: {
        method: "card",
        card_fingerprint: `stolen-${label}-${index}`,
        outcome: declined ? "declined" : "authorized",
      },
      context: { ip, user_agent: CHROME, geo: { country: "DE" } },
    });
  });
}

const stored = (id: string) =>
  eventually(`the row of ${id}`, async () => {
    const answer = await system.ask("GET", `/v1/events/${id}`, system.key("analyst"));
    return answer.status === 200 ? answer.body : null;
  });

/** The webhook about an attack: all of it is one alert. */
const webhookOf = (label: string) => eventually(`the webhook of ${label}`, async () => webhooksOf(label)[0] ?? null);
const webhooksOf = (label: string) =>
  received.filter(({ body }) => (body as AlertBody).data.event.id.startsWith(`evt_${label}_00`));

interface AlertBody {
  type: string;
  timestamp: string;
  data: {
    alert: { id: string };
    event: { id: string };
    assessment: { score: number; anomaly: boolean; reasons: { code: string; detail: string }[] };
    links: { self: string };
  };
}

describe("the life of an event", () => {
  it("goes from the edge through queue and Postgres to a webhook whose signature the reference library verifies", async () => {
    const events = cardTesting("life", "198.51.100.66");
    const answers = [];
    for (const event of events) answers.push(await system.send("/v1/events", event));
    expect(answers.map(({ status }) => status)).toEqual(events.map(() => 202));

    const last = answers.at(-1)?.body;
    expect(last.assessment).toMatchObject({ anomaly: true, model: "global@v0", client_model: null, degraded: [] });
    expect(last.assessment.reasons[0].code).toBe("card_testing");
    expect(last.assessment.reasons[0].detail).toMatch(
      /^30 payment attempts with 30 cards through this (device|network) in 1 h, 25 declined$/,
    );
    expect(answers[0]?.body.assessment.anomaly).toBe(false);

    const webhook = await webhookOf("life");
    // Verified from its own bytes by the receiver already; here once more, and a changed byte must not pass.
    const text = JSON.stringify(webhook.body);
    expect(() => new Webhook(secret).verify(`${text} `, { ...webhook.headers })).toThrow();
    const { type, data } = webhook.body as AlertBody;
    expect(type).toBe("anomaly.detected");
    const told = answers.find(({ body }) => body.id === data.event.id)?.body;
    expect(data.assessment).toEqual(told.assessment);
    const anomaly = await eventually("the alert of the last event", async () => {
      const answer = await system.ask("GET", `/v1/anomalies/ano_${last.id}`, system.key("analyst"));
      return answer.status === 200 && answer.body.alerts.length > 0 ? answer.body : null;
    });
    expect(anomaly.alerts).toMatchObject([{ id: data.alert.id, rule: "Every anomaly" }]);
    expect(webhooksOf("life")).toHaveLength(1);

    const row = await stored(last.id);
    expect(row).toMatchObject({
      id: last.id,
      name: "purchase",
      source: "secret",
      runtime: "plain", // a single event is not worth a call to ONNX Runtime
      assessment: last.assessment,
    });
    expect(row.signals).toMatchObject({ country: "DE", browser: "Chrome", device_class: "desktop", bot: false });
    expect(row.features.counter_cards_1h).toBeCloseTo(Math.log(30), 5);
    expect(data.links.self).toContain("/v1/anomalies/");
  });

  it("lists the anomaly for triage, and a verdict by an operator changes its status", async () => {
    const list = await system.ask("GET", "/v1/anomalies?status=open&limit=500", system.key("analyst"));
    const anomaly = list.body.data.find(({ event }: { event: { id: string } }) => event.id === "evt_life_0029");
    expect(anomaly).toBeDefined();
    const path = `/v1/anomalies/${anomaly.id}/feedback`;
    expect((await system.ask("POST", path, system.key("analyst"), { label: "confirmed" })).status).toBe(403);
    const labelled = await system.ask("POST", path, system.key("operator"), {
      label: "confirmed",
      note: "chargeback followed",
    });
    expect(labelled.status).toBe(200);
    expect(labelled.body.status).toBe("confirmed");
  });

  it("keeps neither e-mail nor address, in no column, message or log", async () => {
    const event = purchase({
      email: "Secret.Shopper@example.org",
      context: { ip: "203.0.113.77", geo: { country: "DE" } },
    });
    await system.send("/v1/events", event);
    const row = await stored(event.id);
    expect(row.email_domain).toBe("example.org");
    expect(row.email_hash).toMatch(/^[0-9a-f]{32}$/);
    const dump = JSON.stringify([
      row,
      await system.postgres.query("SELECT * FROM events WHERE id = $1", [event.id]),
      system.logged,
    ]);
    expect(dump).not.toMatch(/secret\.shopper/i);
    expect(dump).not.toContain("203.0.113.77");
  });

  it("stores and alerts once for one id, however often and however parallel it is sent", async () => {
    const [first, ...rest] = cardTesting("once", "192.0.2.66");
    await system.send("/v1/events/batch", { events: [first, ...rest.slice(0, -1)] });
    const event = rest.at(-1);
    const answers = await Promise.all(Array.from({ length: 40 }, () => system.send("/v1/events", event)));
    const statuses = answers.map(({ body }) => body.status);
    expect(statuses.filter((status) => status === "accepted")).toHaveLength(1);
    expect(statuses.filter((status) => status === "duplicate")).toHaveLength(39);
    const scores = new Set(answers.map(({ body }) => body.assessment.score));
    expect(scores.size).toBe(1);
    await webhookOf("once");
    await untilQuiet();
    expect(await count("SELECT count(*)::int AS n FROM events WHERE id = 'evt_once_0029'")).toBe(1);
    expect(await count("SELECT count(*)::int AS n FROM alert_anomalies WHERE anomaly_id = 'ano_evt_once_0029'")).toBe(
      1,
    );
    expect(webhooksOf("once")).toHaveLength(1);
  });

  it("answers everyone else as usual when clients hang up, although concurrent requests share calls", async () => {
    const events = Array.from({ length: 120 }, () => purchase());
    const answers = await Promise.allSettled(
      events.map(async (event, index) => {
        const hangUp = new AbortController();
        const answering = fetch(new URL("/v1/events", system.workers.edge), {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${system.key("ingest")}` },
          body: JSON.stringify(event),
          signal: hangUp.signal,
        });
        if (index % 3 === 0) setTimeout(() => hangUp.abort(), index / 4);
        const answer = await answering;
        return {
          status: answer.status,
          body: (await answer.json()) as { id: string; assessment: { degraded: string[] } },
        };
      }),
    );
    const stayed = answers.flatMap((answer, index) => (index % 3 === 0 ? [] : [answer]));
    for (const answer of stayed) {
      expect(answer).toMatchObject({
        status: "fulfilled",
        value: { status: 202, body: { assessment: { degraded: [] } } },
      });
    }
    await untilQuiet();
    const ids = events.filter((_event, index) => index % 3 !== 0).map(({ id }) => id);
    const rows = await system.postgres.query("SELECT id FROM events WHERE id = ANY ($1::text[])", [ids]);
    expect(rows).toHaveLength(ids.length);
  });

  it("never shows a score to a publishable key, which may only write", async () => {
    const { context: _secretOnly, ...event } = purchase();
    const answer = await system.send(
      "/v1/events",
      { ...event, key: system.publishableKey },
      { key: "", headers: { origin: "http://localhost:3000", "content-type": "text/plain" } },
    );
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ id: event.id, status: "accepted" });
    expect(answer.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    expect((await system.ask("GET", "/v1/events", system.publishableKey)).status).toBe(403);
  });
});

describe("bad input", () => {
  const refused = async (
    answer: Promise<{ status: number; headers: Headers; body: { instance: string; type: string } }>,
    status: number,
    slug: string,
  ) => {
    const { status: given, headers, body } = await answer;
    expect(given).toBe(status);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toMatchObject({ status, type: `/problems/${slug}`, instance: headers.get("x-request-id") });
    return body;
  };

  it("answers each refusal as a problem with its status, and takes nothing in", async () => {
    const event = purchase();
    await refused(system.send("/v1/events", "{ not json"), 400, "unreadable");
    await refused(system.send("/v1/events", event, { key: "" }), 401, "unauthenticated");
    await refused(
      system.send("/v1/events", event, { key: `sk_${"0".repeat(16)}_${"0".repeat(32)}` }),
      401,
      "unauthenticated",
    );
    await refused(
      system.send("/v1/events", event, { headers: { "content-type": "image/png" } }),
      415,
      "unsupported-media-type",
    );
    await refused(system.send("/v1/events", { ...event, properties: { note: "x".repeat(33_000) } }), 413, "too-large");
    await refused(system.ask("GET", "/v1/events", system.key("ingest")), 403, "forbidden");
    await refused(
      system.ask("POST", "/v1/webhooks", system.key("analyst"), { url: "https://hooks.example.com" }),
      403,
      "forbidden",
    );
    await refused(
      system.ask("POST", "/v1/webhooks", system.key("operator"), { url: "https://10.0.0.1/" }),
      422,
      "invalid",
    );
    const { errors } = (await refused(
      system.send("/v1/events", { ...event, values: 3, items: [{ price: 1.005, quantity: 0 }] }),
      422,
      "invalid",
    )) as unknown as {
      errors: { pointer: string }[];
    };
    expect(errors.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(["/values", "/items/0/quantity"]));
    await untilQuiet();
    expect(await count(`SELECT count(*)::int AS n FROM events WHERE id = '${event.id}'`)).toBe(0);
  });

  it("takes the good events of a batch with bad ones among them", async () => {
    const good = [purchase(), purchase()];
    const { status, body } = await system.send("/v1/events/batch", { events: [good[0], { id: "short" }, good[1]] });
    expect(status).toBe(200);
    expect(body.results.map(({ status: each }: { status: string }) => each)).toEqual([
      "accepted",
      "rejected",
      "accepted",
    ]);
    await Promise.all(good.map(({ id }) => stored(id)));
  });
});

describe("a webhook endpoint that is down", () => {
  it("is tried again with the same webhook-id until it is back", async () => {
    receiver.respondWith(500);
    const events = cardTesting("down", "198.18.0.66").slice(0, 20);
    for (const event of events) await system.send("/v1/events", event);
    const failed = await webhookOf("down");
    receiver.respondWith(null);
    await eventually("the second attempt", async () => {
      const attempts = received.filter(({ headers }) => headers["webhook-id"] === failed.headers["webhook-id"]);
      return attempts.length >= 2 ? true : null;
    });
    await eventually("the delivery's end", async () => {
      const [row] = await system.postgres.query<{ status: string }>("SELECT status FROM deliveries WHERE id = $1", [
        failed.headers["webhook-id"],
      ]);
      return row?.status === "delivered" ? true : null;
    });
  });
});

describe("Postgres that is down", () => {
  it("costs no event: what arrives meanwhile is answered, and stored when it is back", async () => {
    await system.stopPostgres();
    const events = [purchase(), purchase(), purchase()];
    for (const event of events) expect((await system.send("/v1/events", event)).status).toBe(202);
    await eventually("the spool", async () => {
      const spool = await system.workers.miniflare.getR2Bucket("SPOOL", "pulseecom-aggregator");
      return (await spool.list()).objects.length > 0 ? true : null;
    });
    expect((await system.ask("GET", "/readyz", "")).status).toBe(503);
    expect((await fetch(new URL("/healthz", system.workers.aggregator))).status).toBe(200);
    await system.resumePostgres();
    await system.workers.runCron("* * * * *");
    for (const { id } of events) await stored(id);
    expect(await count("SELECT count(*)::int AS n FROM failed_events")).toBe(0);
  });
});

describe("both Workers' documents", () => {
  it.each([
    ["edge", "/v1/events/batch"],
    ["aggregator", "/v1/anomalies/{id}/feedback"],
  ] as const)("%s describes its surface as OpenAPI 3.1", async (worker, path) => {
    const answer = await fetch(new URL("/openapi.json", system.workers[worker]));
    const document = (await answer.json()) as { openapi: string; paths: Record<string, unknown> };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining([path, "/healthz", "/readyz"]));
  });
});

async function count(sql: string): Promise<number> {
  const [row] = await system.postgres.query<{ n: number }>(sql);
  return row?.n ?? NaN;
}

/** Until the queue is empty and what was in it has reached Postgres. */
async function untilQuiet(): Promise<void> {
  const marker = purchase();
  await system.send("/v1/events", marker);
  await stored(marker.id);
}
