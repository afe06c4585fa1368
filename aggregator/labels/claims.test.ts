import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { applyLabels } from "./apply.ts";
import { placeClaims } from "./claims.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

type Stored = Parameters<typeof scoredEvent>;
const stored = (...[event, assessment, rest]: Stored) =>
  storeEvents(database.db, [
    eventRow(scoredEvent({ transaction_id: "order-1", ...event }, assessment, rest), provenance),
  ]);

const purchase = (assessment: Stored[1] = {}) => stored({ id: "evt_purchase" }, assessment);
const dispute = (name: string, day: number, reason?: string, rest?: Stored[2]) =>
  stored(
    {
      id: `evt_${name}_${day}`,
      name,
      timestamp: `2026-11-0${day}T00:00:00.000Z`,
      ...(reason !== undefined && { properties: { reason } }),
    },
    {},
    rest,
  );

const place = () => placeClaims({ db: database.db, nowMs: () => NOW_MS });

async function one<Row extends object>(query: string): Promise<Row | undefined> {
  return (await database.client.query<Row>(query)).rows[0];
}
const label = async () =>
  (await one<{ label: string }>("SELECT label FROM events WHERE id = 'evt_purchase'"))?.label ?? null;
const waiting = async () => (await database.client.query("SELECT event_id FROM label_claims")).rows.length;
const history = async () =>
  (
    await database.client.query(
      "SELECT source, label, reason, cause_event_id AS cause, at FROM event_labels WHERE event_id = 'evt_purchase' ORDER BY id",
    )
  ).rows;

describe("placeClaims", () => {
  it("makes the purchase of a chargeback fraud, with where that comes from and when it was, and tells the edge once", async () => {
    await purchase();
    await dispute("chargeback", 5, "fraudulent");
    expect(await place()).toEqual({ placed: 1, dropped: 0 });
    expect(await label()).toBe("fraud");
    expect(await history()).toEqual([
      {
        source: "chargeback",
        label: "fraud",
        reason: "fraudulent",
        cause: "evt_chargeback_5",
        at: new Date("2026-11-05T00:00:00Z"),
      },
    ]);
    await dispute("chargeback", 5, "fraudulent");
    expect(await place()).toEqual({ placed: 0, dropped: 0 });
    expect(await one("SELECT count(*)::int AS told FROM fraud_labels")).toEqual({ told: 1 });
    expect(await one("SELECT labels FROM events WHERE id = 'evt_purchase'")).toEqual({ labels: 1 });
  });

  it("waits for a purchase that is stored later than its chargeback", async () => {
    await dispute("chargeback", 5);
    expect(await place()).toEqual({ placed: 0, dropped: 0 });
    await purchase();
    expect(await place()).toEqual({ placed: 0, dropped: 0 });
    expect(await waiting()).toBe(1);
    await database.client.exec("UPDATE label_claims SET due_at = now()");
    expect(await place()).toEqual({ placed: 1, dropped: 0 });
    expect(await label()).toBe("fraud");
  });

  it("looks again after as long again as it has waited, at most a day, and gives up after 200 days", async () => {
    await dispute("chargeback", 5);
    const waits = async (age: string) => {
      await database.client.query(`UPDATE label_claims SET due_at = now(), created_at = now() - interval '${age}'`);
      await place();
      return one("SELECT round(extract(epoch FROM due_at - now()) / 60)::int AS minutes FROM label_claims");
    };
    expect(await waits("0 s")).toEqual({ minutes: 1 });
    expect(await waits("2 hours 10 seconds")).toEqual({ minutes: 120 });
    expect(await waits("20 days")).toEqual({ minutes: 1_440 });
    expect(await waits("201 days")).toBeUndefined();
  });

  it.each([
    { order: [1, 2], because: "in order" },
    { order: [2, 1], because: "in the other order" },
  ])("leaves no label when the dispute was won, with the two stored $because", async ({ order }) => {
    await purchase(ANOMALOUS);
    for (const which of order) {
      await (which === 1 ? dispute("chargeback", 1, "fraudulent") : dispute("chargeback_reversed", 2));
      await place();
    }
    expect(await label()).toBeNull();
    expect(await history()).toHaveLength(2);
    expect(await one("SELECT status FROM anomalies")).toEqual({ status: "open" });
    expect(await one("SELECT coalesce(sum(by), 0)::int AS sum FROM fraud_labels")).toEqual({ sum: 0 });
  });

  it("leaves what a person said, and keeps beside it what the shop's events say", async () => {
    await purchase();
    const word = { source: "analyst", label: "legitimate", keyId: "key_1" } as const;
    await applyLabels(database.db, new Map([["evt_purchase", [word]]]));
    await dispute("chargeback", 5, "fraudulent");
    await place();
    expect(await label()).toBe("legitimate");
    await applyLabels(database.db, new Map([["evt_purchase", [{ ...word, label: null }]]]));
    expect(await label()).toBe("fraud");
  });

  it("keeps a chargeback for another reason, and makes no label of it", async () => {
    await purchase();
    await dispute("chargeback", 5, "product_not_received");
    await place();
    expect(await label()).toBeNull();
    expect(await history()).toMatchObject([{ source: "chargeback", label: null, reason: "product_not_received" }]);
  });

  it("makes fraud of a refund for fraud, and nothing of any other", async () => {
    await purchase();
    await dispute("refund", 3, "changed my mind");
    expect(await place()).toEqual({ placed: 0, dropped: 1 });
    expect(await label()).toBeNull();
    await dispute("refund", 4, "fraud");
    await place();
    expect(await label()).toBe("fraud");
    expect(await waiting()).toBe(0);
  });

  it("heeds nothing that a browser sent, which anybody can", async () => {
    await purchase();
    await dispute("chargeback", 5, "fraudulent", { source: "publishable" });
    expect(await place()).toEqual({ placed: 0, dropped: 0 });
    expect(await label()).toBeNull();
  });
});
