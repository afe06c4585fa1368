import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../store/test-database.ts";
import { NOW_MS } from "../test-events.ts";
import { raiseAlert } from "./raise.ts";
import { deliveryStates, insertHook } from "./test-alerting.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

const URL = "https://h.example/";
const drift = (over: Partial<Parameters<typeof raiseAlert>[1]> = {}) =>
  raiseAlert(database.db, {
    id: "alt_1",
    type: "drift.detected",
    dedupKey: "drift:2026-W47",
    title: "Orders have drifted",
    data: { drift: { share: 0.4 }, links: { self: "https://pulse.example/v1/drift" } },
    nowMs: NOW_MS,
    ...over,
  });

describe("raiseAlert", () => {
  it("goes to every enabled webhook that wants the type, leased for an attempt at once, and is on record for one that is disabled", async () => {
    await insertHook(database.db, { id: "wh_1", url: URL });
    await insertHook(database.db, { id: "wh_2", url: URL, types: ["drift.detected"] });
    await insertHook(database.db, { id: "wh_other", url: URL, types: ["anomaly.detected"] });
    await insertHook(database.db, { id: "wh_disabled", url: URL, enabled: false });
    await insertHook(database.db, { id: "wh_deleted", url: URL, deletedAt: new Date(NOW_MS) });
    const made = await drift();
    const all = await deliveryStates(database.db);
    const states = all.filter(({ id }) => made.includes(id));
    expect(states.map(({ webhookId }) => webhookId).toSorted()).toEqual(["wh_1", "wh_2"]);
    expect(all.map(({ webhookId }) => webhookId).toSorted()).toEqual(["wh_1", "wh_2", "wh_disabled"]);
    for (const { nextAttemptAt } of states) expect(nextAttemptAt).toEqual(new Date(NOW_MS + 30_000));
    const { rows } = await database.client.query("SELECT type, data, created_at FROM alerts");
    expect(rows).toEqual([
      {
        type: "drift.detected",
        created_at: new Date(NOW_MS),
        data: {
          alert: {
            id: "alt_1",
            type: "drift.detected",
            created_at: "2026-11-21T10:00:00.000Z",
            title: "Orders have drifted",
          },
          drift: { share: 0.4 },
          links: { self: "https://pulse.example/v1/drift" },
        },
      },
    ]);
  });

  it("alerts once for one cause, however often and however parallel it is seen", async () => {
    await insertHook(database.db, { id: "wh_1", url: URL });
    const seen = Array.from({ length: 5 }, (_, n) => drift({ id: `alt_${n}`, title: `seen ${n}` }));
    expect((await Promise.all(seen)).flat()).toHaveLength(1);
    expect(await drift({ id: "alt_9" })).toEqual([]);
    expect((await database.client.query("SELECT FROM alerts")).rows).toHaveLength(1);
  });

  it("stays on record when nobody wants it", async () => {
    expect(await drift()).toEqual([]);
    expect((await database.client.query("SELECT FROM alerts")).rows).toHaveLength(1);
  });
});
