import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Signals } from "../../shared/signals.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { giveFeedback, type FeedbackLabel } from "./anomalies.ts";
import { eventRow, storeEvents } from "./events.ts";
import { testDatabase } from "./test-database.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

async function found(signals: Signals = {}): Promise<void> {
  const order = { ...scoredEvent({ id: "evt_00000001" }, ANOMALOUS), signals };
  await storeEvents(database.db, [eventRow(order, provenance)]);
}

const judge = (label: FeedbackLabel) =>
  giveFeedback(database.db, "ano_evt_00000001", { label, note: null, keyId: "key_1" });

/** What of the day is in the sums of trusted traffic, and of the rest. */
async function sums() {
  const { rows } = await database.client.query(
    `SELECT trusted, sum(events)::int AS events, sum(anomalies)::int AS anomalies, sum(orders)::int AS orders,
       sum(revenue)::float8 AS revenue, sum(sessions)::int AS sessions, sum(converted)::int AS converted
     FROM rollups_1d WHERE dimension = 'all' GROUP BY trusted HAVING sum(events) <> 0 ORDER BY trusted`,
  );
  return rows;
}

const FLAGGED = { trusted: false, events: 1, anomalies: 1, orders: 1, revenue: 49.9, sessions: 1, converted: 1 };
const CLEARED = { ...FLAGGED, trusted: true, anomalies: 0 };

describe("giveFeedback", () => {
  it("brings a dismissed anomaly to trusted traffic, with its order and its session, and a confirmed one back", async () => {
    await found();
    expect(await sums()).toEqual([FLAGGED]);
    await judge("dismissed");
    expect(await sums()).toEqual([CLEARED]);
    await judge("confirmed");
    expect(await sums()).toEqual([FLAGGED]);
  });

  it.each([
    { labels: ["confirmed"], because: "an open anomaly was not trusted before", sum: FLAGGED },
    { labels: ["dismissed", "dismissed"], because: "a verdict given twice is one", sum: CLEARED },
    { labels: ["dismissed", "confirmed", "confirmed"], because: "and so is the other", sum: FLAGGED },
  ] as const)("corrects the sums by $labels only for what changes: $because", async ({ labels, sum }) => {
    await found();
    for (const label of labels) await judge(label);
    expect(await sums()).toEqual([sum]);
    expect((await database.client.query("SELECT FROM feedback")).rows).toHaveLength(labels.length);
  });

  it("does not make a bot trusted, whose event is an anomaly no more", async () => {
    await found({ bot: true });
    await judge("dismissed");
    expect(await sums()).toEqual([{ ...FLAGGED, anomalies: 0 }]);
  });

  it("leaves what is refunded of the order as it was", async () => {
    const refund = scoredEvent({ id: "evt_00000001", name: "refund" }, ANOMALOUS);
    await storeEvents(database.db, [eventRow(refund, provenance)]);
    const refunds = async () => (await database.client.query("SELECT * FROM transaction_refunds")).rows;
    const before = await refunds();
    await judge("dismissed");
    expect(before).toHaveLength(1);
    expect(await refunds()).toEqual(before);
  });
});
