import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { KeptEvent } from "../../shared/event.ts";
import { NOW_MS, scoredEvent } from "../test-events.ts";
import { eventRow, storeEvents } from "./events.ts";
import { testDatabase } from "./test-database.ts";
import { transactionOf } from "./transactions.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

const purchase = (id: string, event: Partial<KeptEvent> = {}) => ({ id, transaction_id: "order-1", ...event });
const refund = (id: string, event: Partial<KeptEvent> = {}) => purchase(id, { name: "refund", value: 10, ...event });

/** Each list is one statement. */
async function store(...batches: ReturnType<typeof purchase>[][]): Promise<void> {
  for (const batch of batches)
    await storeEvents(
      database.db,
      batch.map((event) => eventRow(scoredEvent(event), provenance)),
    );
}

async function totals() {
  const { rows } = await database.client.query(
    `SELECT currency, orders, revenue::float8, refunded_orders, refunded::float8
     FROM rollups_1d WHERE dimension = 'all' AND (orders, revenue, refunded_orders, refunded) <> (0, 0, 0, 0) ORDER BY currency`,
  );
  return rows;
}

const ONE_ORDER = [{ currency: "EUR", orders: 1, revenue: 49.9, refunded_orders: 0, refunded: 0 }];

describe("a transaction", () => {
  it.each([
    {
      batches: [[purchase("evt_00000001")], [purchase("evt_00000002", { value: 70 })]],
      because: "the first stored counts",
    },
    { batches: [[purchase("evt_00000001"), purchase("evt_00000002")]], because: "of a batch one counts" },
    {
      batches: [
        [purchase("evt_00000002", { timestamp: "2026-11-21T09:59:59.500Z", value: 70 }), purchase("evt_00000001")],
      ],
      because: "of a batch the earliest counts",
    },
    {
      batches: [
        [purchase("evt_00000000", { value: 70, payment: { outcome: "declined" } })],
        [purchase("evt_00000001")],
      ],
      because: "a declined purchase is no order",
    },
    {
      batches: [[purchase("evt_00000001")], [purchase("evt_00000002", { currency: "USD" })]],
      because: "another currency is the same order",
    },
  ])("that is reported more than once is one order: $because", async ({ batches }) => {
    await store(...batches);
    expect(await totals()).toEqual(ONE_ORDER);
    expect((await transactionOf(database.db, "evt_00000001"))?.purchase_event_id).toBe("evt_00000001");
  });

  it("that was only declined is none", async () => {
    await store([purchase("evt_00000001", { payment: { outcome: "declined" } })]);
    expect(await totals()).toEqual([]);
    expect(await transactionOf(database.db, "evt_00000001")).toEqual({
      id: "order-1",
      purchase_event_id: null,
      refunds: [],
    });
  });

  it.each([
    { order: [["refunds"], ["purchase"]], because: "before its purchase" },
    { order: [["purchase"], ["refunds"]], because: "after it" },
    { order: [["purchase", "refunds"]], because: "together with it" },
  ])("adds up what is refunded, by currency, when it comes $because", async ({ order }) => {
    const events: Record<string, ReturnType<typeof purchase>[]> = {
      purchase: [purchase("evt_00000001")],
      refunds: [
        refund("evt_00000002", { timestamp: "2026-11-23T08:00:00.000Z" }),
        refund("evt_00000003", { timestamp: "2026-11-22T08:00:00.000Z", value: 0.1 }),
        refund("evt_00000004", { timestamp: "2026-11-24T08:00:00.000Z", currency: "JPY", value: 500 }),
      ],
    };
    await store(...order.map((names) => names.flatMap((name) => events[name] ?? [])));
    expect(await transactionOf(database.db, "evt_00000003")).toEqual({
      id: "order-1",
      purchase_event_id: "evt_00000001",
      refunds: [
        {
          currency: "EUR",
          count: 2,
          amount: 10.1,
          first_at: new Date("2026-11-22T08:00:00.000Z"),
          last_at: new Date("2026-11-23T08:00:00.000Z"),
        },
        {
          currency: "JPY",
          count: 1,
          amount: 500,
          first_at: new Date("2026-11-24T08:00:00.000Z"),
          last_at: new Date("2026-11-24T08:00:00.000Z"),
        },
      ],
    });
    const { rows } = await database.client.query(
      "SELECT sum(refunded_orders)::int AS once, sum(refunded)::float8 AS all FROM rollups_1d WHERE dimension = 'all'",
    );
    expect(rows).toEqual([{ once: 1, all: 510.1 }]);
  });

  it("is none for an event that names none, or that is not there", async () => {
    const { transaction_id: _, ...login } = purchase("evt_00000001", { name: "login" });
    const { event, ...rest } = scoredEvent(login);
    const { transaction_id: __, ...bare } = event;
    await storeEvents(database.db, [eventRow({ event: bare, ...rest }, provenance)]);
    expect(await transactionOf(database.db, "evt_00000001")).toBeNull();
    expect(await transactionOf(database.db, "evt_00000009")).toBeNull();
  });
});
