import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

async function store(...scored: ReturnType<typeof scoredEvent>[]): Promise<void> {
  const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
  await storeEvents(
    database.db,
    scored.map((one) => eventRow(one, provenance)),
  );
}

const at = (hour: number) => `2026-11-21T0${hour}:00:00.000Z`;

/** What one thief did through one device: a look around, a basket, two cards, one order that went through; and somebody else's order. */
const story = () =>
  store(
    scoredEvent({ id: "evt_view_001", name: "page_view", timestamp: at(0), client_id: "dev/1", user_id: "ann" }),
    scoredEvent({ id: "evt_cart_001", name: "add_to_cart", timestamp: at(1), client_id: "dev/1", user_id: "ann" }),
    scoredEvent(
      {
        id: "evt_fail_001",
        name: "payment_failed",
        timestamp: at(2),
        client_id: "dev/1",
        user_id: "ann",
        value: 10,
        payment: { card_fingerprint: "card-1", outcome: "declined" },
      },
      ANOMALOUS,
      { signals: { country: "FR", ip_hash: "net-1" } },
    ),
    scoredEvent({
      id: "evt_order_01",
      timestamp: at(3),
      client_id: "dev/1",
      user_id: "bob",
      email_hash: "mail-1",
      value: 30,
      payment: { card_fingerprint: "card-2", outcome: "authorized" },
    }),
    scoredEvent({ id: "evt_other_01", timestamp: at(4), client_id: "dev-2", user_id: "eve" }),
  );

describe("GET /v1/entities/{kind}/{key}", () => {
  it("tells what a device did, whom else it was seen with, and when it was first seen", async () => {
    await story();
    const { status, body } = await app.call("/v1/entities/client/dev%2F1");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: "client",
      key: "dev/1",
      first_at: at(1),
      last_at: at(3),
      events: 3,
      anomalies: 1,
      fraud: 0,
      names: { add_to_cart: 1, payment_failed: 1, purchase: 1 },
      countries: { DE: 2, FR: 1 },
      money: [
        { name: "add_to_cart", currency: "EUR", events: 1, value: 49.9 },
        { name: "purchase", currency: "EUR", events: 1, value: 30 },
      ],
    });
  });

  it("names the related with the most anomalies first", async () => {
    await story();
    const { body } = await app.call("/v1/entities/client/dev%2F1");
    expect(
      (body as { related: { kind: string; key: string; events: number; anomalies: number }[] }).related,
    ).toMatchObject([
      { kind: "card", key: "card-1", events: 1, anomalies: 1, last_at: at(2) },
      { kind: "card", key: "card-2", events: 1, anomalies: 0 },
      { kind: "customer", key: "ann", events: 2, anomalies: 1 },
      { kind: "customer", key: "bob", events: 1, anomalies: 0 },
      { kind: "email", key: "mail-1", events: 1, anomalies: 0 },
      { kind: "ip", key: "net-1", events: 1, anomalies: 1 },
    ]);
  });

  it("tells its events newest first, with what was made of each", async () => {
    await story();
    const { body } = await app.call("/v1/entities/client/dev%2F1");
    expect((body as { timeline: unknown[] }).timeline).toMatchObject([
      { id: "evt_order_01", occurred_at: at(3), status: null, outcome: "authorized", value: 30 },
      {
        id: "evt_fail_001",
        score: ANOMALOUS.score,
        anomaly: true,
        status: "open",
        reason: ANOMALOUS.reasons[0]?.detail,
      },
      { id: "evt_cart_001", score: 0.2, anomaly: false, label: null },
    ]);
  });

  it("tells of a customer the views as well", async () => {
    await story();
    const { body } = await app.call("/v1/entities/customer/ann");
    expect(body).toMatchObject({
      events: 3,
      first_at: at(0),
      names: { page_view: 1, add_to_cart: 1, payment_failed: 1 },
    });
  });

  it.each(["customer/bob", "email/mail-1", "card/card-2", "client/dev%2F1", "ip/net-1"])("knows %s", async (path) => {
    await story();
    expect((await app.call(`/v1/entities/${path}`)).status).toBe(200);
  });

  it.each([
    { path: "client/nobody", status: 404 },
    { path: "customer/card-1", status: 404 },
    { path: "planet/mars", status: 422 },
    { path: "card/a%00b", status: 422 },
  ])("answers $status to $path", async ({ path, status }) => {
    expect((await app.call(`/v1/entities/${path}`)).status).toBe(status);
  });

  it("looks at the newest 1,000 of what did more, and tells the newest 100 one by one", async () => {
    const events = Array.from({ length: 1_010 }, (_each, index) =>
      scoredEvent({
        id: `evt_bot_${index}`,
        name: "add_to_cart",
        client_id: "bot",
        timestamp: new Date(NOW_MS - index * 1_000).toISOString(),
      }),
    );
    await store(...events);
    const { body } = await app.call("/v1/entities/client/bot");
    expect(body).toMatchObject({ events: 1_000, first_at: new Date(NOW_MS - 1_009_000).toISOString() });
    expect((body as { timeline: { id: string }[] }).timeline.map(({ id }) => id)).toEqual(
      events.slice(0, 100).map(({ event }) => event.id),
    );
  });
});
