import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { giveFeedback } from "./anomalies.ts";
import { countEarlierEvents } from "./earlier-events.ts";
import { eventRow } from "./events.ts";
import { testDatabase } from "./test-database.ts";
import { storeAsBefore } from "./test-traffic.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS, publicUrl: "https://pulse.example" };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

const events = (count: number) =>
  Array.from({ length: count }, (_, index) => eventRow(scoredEvent({ id: `evt_${10_000_000 + index}` }), provenance));

async function counted(): Promise<unknown> {
  const { rows } = await database.client.query(
    "SELECT trusted, sum(events)::int AS events FROM rollups_1d WHERE dimension = 'all' GROUP BY 1 HAVING sum(events) <> 0",
  );
  return rows;
}

describe("countEarlierEvents", () => {
  it("brings in what has no part in the aggregates, once", async () => {
    await storeAsBefore(database.db, events(3));
    expect(await counted()).toEqual([]);
    const services = { db: database.db, nowMs: () => NOW_MS };
    expect([await countEarlierEvents(services), await countEarlierEvents(services)]).toEqual([3, 0]);
    expect(await counted()).toEqual([{ trusted: true, events: 3 }]);
  });

  it("begins no portion when its time is up, and goes on the next time", async () => {
    await storeAsBefore(database.db, events(501));
    let nowMs = NOW_MS;
    const services = { db: database.db, nowMs: () => (nowMs += 20_000) };
    expect(await countEarlierEvents(services)).toBe(501);
    await database.reset();
    await storeAsBefore(database.db, events(501));
    const slow = { db: database.db, nowMs: () => (nowMs += 30_000) };
    expect([await countEarlierEvents(slow), await countEarlierEvents(slow)]).toEqual([500, 1]);
    expect(await counted()).toEqual([{ trusted: true, events: 501 }]);
  });

  it.each([
    { isBefore: true, because: "was given before" },
    { isBefore: false, because: "is given after" },
  ])("has an event where its anomaly's verdict puts it, whether that $because", async ({ isBefore }) => {
    await storeAsBefore(database.db, [eventRow(scoredEvent({ id: "evt_00000001" }, ANOMALOUS), provenance)]);
    const steps = [
      () => giveFeedback(database.db, "ano_evt_00000001", { label: "dismissed", note: null, keyId: "key_1" }),
      () => countEarlierEvents({ db: database.db, nowMs: () => NOW_MS }),
    ];
    for (const step of isBefore ? steps : steps.toReversed()) await step();
    expect(await counted()).toEqual([{ trusted: true, events: 1 }]);
  });
});
