import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { KeptEvent } from "../../shared/event.ts";
import { actOf } from "../../shared/observe.ts";
import type { Signals } from "../../shared/signals.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { eventRow, storeEvents } from "./events.ts";
import { testDatabase } from "./test-database.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

interface Told extends Partial<KeptEvent> {
  id: string;
  signals?: Signals;
  anomalous?: boolean;
}

async function store(...events: Told[]): Promise<void> {
  await storeEvents(
    database.db,
    events.map(({ signals = {}, anomalous = false, ...event }) =>
      eventRow(scoredEvent(event, anomalous ? ANOMALOUS : {}, { signals }), provenance),
    ),
  );
}

async function rows(query: string): Promise<unknown[]> {
  return (await database.client.query(query)).rows;
}

const DAY =
  "SELECT sum(events)::int AS events, sum(orders)::int AS orders, sum(declines)::int AS declines FROM rollups_1d";

describe("the rollups", () => {
  it.each([
    { name: "purchase" },
    { name: "purchase", payment: { outcome: "authorized" as const } },
    { name: "purchase", payment: { outcome: "declined" as const } },
    { name: "payment_failed" },
    { name: "payment_failed", payment: { outcome: "authorized" as const } },
    { name: "refund", payment: { outcome: "declined" as const } },
    { name: "login" },
  ])("take $name ($payment.outcome) for the act that the scores take it for", async (event) => {
    const scored = scoredEvent({ id: "evt_00000001", ...event });
    await storeEvents(database.db, [eventRow(scored, provenance)]);
    const act = actOf(scored.event);
    expect(await rows(`${DAY} WHERE dimension = 'all'`)).toEqual([
      { events: 1, orders: Number(act === "order"), declines: Number(act === "decline") },
    ]);
  });

  it("have every event in its own minute, hour and day in UTC, to the last millisecond", async () => {
    await store(
      { id: "evt_00000001", timestamp: "2026-11-20T23:59:59.999Z" },
      { id: "evt_00000002", timestamp: "2026-11-21T00:00:00.000Z" },
      { id: "evt_00000003", timestamp: "2026-11-21T01:59:59.999+01:00" },
    );
    const starts = (grain: string) =>
      rows(`SELECT to_char(at AT TIME ZONE 'UTC', 'DD HH24:MI') AS at, events::int FROM rollups_${grain}
            WHERE dimension = 'name' ORDER BY 1`);
    expect(await starts("1m")).toEqual([
      { at: "20 23:59", events: 1 },
      { at: "21 00:00", events: 1 },
      { at: "21 00:59", events: 1 },
    ]);
    expect(await starts("1h")).toEqual([
      { at: "20 23:00", events: 1 },
      { at: "21 00:00", events: 2 },
    ]);
    expect(await starts("1d")).toEqual([
      { at: "20 00:00", events: 1 },
      { at: "21 00:00", events: 2 },
    ]);
  });

  it("add money to the last decimal, where binary fractions would not", async () => {
    await store(...Array.from({ length: 10 }, (_, index) => ({ id: `evt_0000000${index}`, value: 0.1 })));
    await store({ id: "evt_00000010", value: 9_999_999_999 });
    expect(await rows("SELECT revenue FROM rollups_1d WHERE dimension = 'all' AND currency = 'EUR'")).toEqual([
      { revenue: "10000000000.0000" },
    ]);
  });

  it.each([
    { signals: {}, anomalous: false, trusted: true, because: "nothing speaks against it" },
    { signals: {}, anomalous: true, trusted: false, because: "it is an anomaly" },
    { signals: { bot: true }, anomalous: false, trusted: false, because: "a bot says that it is one" },
    { signals: { device_class: "bot" as const }, anomalous: false, trusted: false, because: "its device is a bot's" },
    { signals: { bot: false }, anomalous: false, trusted: true, because: "it is said to be no bot" },
  ])("have an event under trusted = $trusted when $because, and its session with it", async ({ trusted, ...told }) => {
    await store({ id: "evt_00000001", ...told });
    expect(
      await rows(
        "SELECT DISTINCT trusted, sum(sessions)::int AS sessions FROM rollups_1d WHERE dimension = 'all' GROUP BY 1",
      ),
    ).toEqual([{ trusted, sessions: 1 }]);
  });

  describe("by category", () => {
    const categories = () =>
      rows(
        `SELECT member, orders::int, quantity::int, revenue::float8 FROM rollups_1d WHERE dimension = 'category' ORDER BY 1`,
      );

    it("have price times quantity of each, and the order once", async () => {
      const items = [
        { item_category: "shoes", price: 19.9, quantity: 2 },
        { item_category: "shoes", price: 0.2 },
        { item_category: "hats", quantity: 3 },
        { price: 5 },
      ];
      await store({ id: "evt_00000001", items });
      expect(await categories()).toEqual([
        { member: "(not set)", orders: 1, quantity: 1, revenue: 5 },
        { member: "hats", orders: 1, quantity: 3, revenue: 0 },
        { member: "shoes", orders: 1, quantity: 3, revenue: 40 },
      ]);
    });

    it("tell 20 of an order apart, the largest, and add up the rest, as each costs rows to write", async () => {
      const items = Array.from({ length: 200 }, (_, index) => ({ item_category: `c${index}`, price: index }));
      await store({ id: "evt_00000001", items });
      const found = await categories();
      expect(found).toHaveLength(21);
      expect(found).toContainEqual({ member: "c180", orders: 1, quantity: 1, revenue: 180 });
      expect(found).toContainEqual({ member: "(other)", orders: 1, quantity: 180, revenue: (179 * 180) / 2 });
    });

    it("have nothing of an order that counted before, or that was declined", async () => {
      const items = [{ item_category: "shoes", price: 1 }];
      await store({ id: "evt_00000001", transaction_id: "order-1", items: [] });
      await store({ id: "evt_00000002", transaction_id: "order-1", items });
      await store({ id: "evt_00000003", items, payment: { outcome: "declined" } });
      expect(await categories()).toEqual([]);
    });
  });
});

describe("a session", () => {
  const sessions = () =>
    rows(`SELECT to_char(at AT TIME ZONE 'UTC', 'HH24:MI') AS at, member, trusted, sessions::int, converted::int FROM rollups_1m
          WHERE dimension = 'country' AND sessions <> 0 ORDER BY 1, 2`);
  const view = (id: string, at: string, country: string) => ({
    id,
    name: "page_view",
    timestamp: `2026-11-21T${at}:00.000Z`,
    signals: { country },
  });

  it("moves to when its earliest event was, with that event's country, however late that comes", async () => {
    await store(view("evt_00000002", "09:30", "FR"));
    expect(await sessions()).toEqual([{ at: "09:30", member: "FR", trusted: true, sessions: 1, converted: 0 }]);
    await store(view("evt_00000001", "08:10", "DE"), view("evt_00000003", "09:40", "JP"));
    expect(await sessions()).toEqual([{ at: "08:10", member: "DE", trusted: true, sessions: 1, converted: 0 }]);
  });

  it("is converted from its first order on, once", async () => {
    await store(view("evt_00000001", "08:10", "DE"));
    await store({ id: "evt_00000002", name: "purchase" }, { id: "evt_00000003", name: "purchase" });
    await store({ id: "evt_00000004", name: "purchase" });
    expect(await sessions()).toEqual([{ at: "08:10", member: "DE", trusted: true, sessions: 1, converted: 1 }]);
  });

  it("is trusted no more from its first event that is not", async () => {
    await store(view("evt_00000001", "08:10", "DE"));
    await store({ ...view("evt_00000002", "08:20", "DE"), anomalous: true });
    expect(await sessions()).toEqual([{ at: "08:10", member: "DE", trusted: false, sessions: 1, converted: 0 }]);
  });
});
