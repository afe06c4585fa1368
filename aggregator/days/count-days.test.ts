import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { KeptEvent } from "../../shared/event.ts";
import { FEATURE_NAMES, FEATURE_SET } from "../../shared/features/features.ts";
import { FEATURE_BINS } from "../drift/feature-bins.ts";
import { applyLabels } from "../labels/apply.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { ANOMALOUS, scoredEvent } from "../test-events.ts";
import { countFeatures } from "./count-features.ts";
import { countScores } from "./count-scores.ts";
import { readFeatureSums, readScoreDays, wholeDays } from "./read-days.ts";

const HOUR_MS = 3_600_000;
/** A quarter past midnight: the day before is just whole. */
const NOW_MS = Date.parse("2026-11-22T00:15:00.000Z");

let database: Awaited<ReturnType<typeof testDatabase>>;
const clock = { nowMs: NOW_MS };
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  clock.nowMs = NOW_MS;
  await database.reset();
});

const services = () => ({ db: database.db, nowMs: () => clock.nowMs });
const count = () => countScores(services());

let made = 0;
/** Stores an event of a time. @returns its id */
async function stored(
  time: string,
  event: Partial<KeptEvent> = {},
  ...[assessment, rest]: [Parameters<typeof scoredEvent>[1]?, Parameters<typeof scoredEvent>[2]?]
) {
  const id = `evt_${String(++made).padStart(8, "0")}`;
  const scored = scoredEvent({ ...event, id, timestamp: `2026-11-${time}.000Z` }, assessment, rest);
  await storeEvents(database.db, [eventRow(scored, { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS })]);
  return id;
}

const told = async (date = "2026-11-21") =>
  (await readScoreDays(database.db, date, date)).map(({ payments, fraud, events, alerts, scores }) => ({
    payments,
    fraud,
    events,
    alerts,
    bins: Object.fromEntries([...scores.entries()].filter(([, n]) => n > 0)),
  }));

describe("countScores", () => {
  it("counts every event of an hour that is over, once: payments and all else apart, by score, and the alerts", async () => {
    await stored("21T08:00:00", {}, { score: 0.2 });
    await stored("21T08:59:59", { name: "payment_failed" }, { score: 0.2 });
    await stored("21T09:30:00", {}, { ...ANOMALOUS, score: 1 });
    await stored("21T23:59:59", { name: "page_view" }, { score: 0.6 });
    await stored("22T00:00:00", {}, { score: 0.3 });
    expect(await count()).toBe(3);
    expect(await told()).toEqual([
      { payments: false, fraud: false, events: 1, alerts: 0, bins: { 120: 1 } },
      { payments: true, fraud: false, events: 3, alerts: 1, bins: { 40: 2, 200: 1 } },
    ]);
    expect(await count()).toBe(0);
    expect(await told("2026-11-22")).toEqual([]);
  });

  it("keeps apart what different releases scored, and how many alerts their scores promise", async () => {
    await stored("21T08:00:00", {}, { threshold: 0.4 });
    await stored("21T09:00:00", {}, { threshold: 0.6, calibration: "2026-W47", model: "global@v1" });
    await count();
    const days = await readScoreDays(database.db, "2026-11-21", "2026-11-21");
    expect(days.map(({ model, promised }) => [model, Number(promised.toFixed(6))])).toEqual([
      ["global@v0", 0.01],
      ["global@v1", 0.001],
    ]);
  });

  it("counts an hour anew for an event that came late, at the earliest an hour after it was counted", async () => {
    await stored("21T08:00:00");
    await count();
    await stored("21T08:30:00");
    expect(await count()).toBe(0);
    clock.nowMs += HOUR_MS;
    expect(await count()).toBe(1);
    expect(await told()).toMatchObject([{ events: 2 }]);
  });

  it("counts an hour anew when one of its events is labelled, and leaves none where it was", async () => {
    const id = await stored("21T08:00:00");
    await count();
    // Labels are recorded by the database's clock.
    clock.nowMs = Date.now() + 2 * HOUR_MS;
    await database.client.exec("UPDATE score_hours SET counted_at = now() - interval '1 hour', at = at");
    await applyLabels(database.db, new Map([[id, [{ source: "analyst", label: "fraud", keyId: "key_1" }]]]));
    expect(await count()).toBe(1);
    expect(await told()).toMatchObject([{ fraud: true, events: 1 }]);
  });
});

describe("wholeDays", () => {
  it("ends with the first day of which something is not counted, as days are taken in order", async () => {
    expect((await wholeDays(database.db, NOW_MS)).at(-1)).toBe("2026-11-21");
    expect(await wholeDays(database.db, NOW_MS)).toHaveLength(29);
    await stored("19T08:00:00");
    await stored("21T08:00:00");
    expect((await wholeDays(database.db, NOW_MS)).at(-1)).toBe("2026-11-18");
    await count();
    expect((await wholeDays(database.db, NOW_MS)).at(-1)).toBe("2026-11-21");
    expect((await wholeDays(database.db, NOW_MS - 60_000)).at(-1)).toBe("2026-11-20");
  });
});

describe("countFeatures", () => {
  /** Of a feature of the day, how many values are in each of its bins. */
  async function binsOf(index: number) {
    const [sums] = await readFeatureSums(database.db, "2026-11-21", "2026-11-21");
    const own = sums?.bins.slice(FEATURE_BINS * index, FEATURE_BINS * (index + 1)) ?? [];
    return Object.fromEntries([...own.entries()].filter(([, n]) => n > 0));
  }

  it("counts the features of a whole day's payments, the missing apart and what is far beyond as one", async () => {
    const vector = (value: number) => FEATURE_NAMES.map((_, index) => (index === 0 ? -1 : index === 1 ? value : 0));
    for (const value of [0, 0.05, 9.99, 10, 400]) await stored("21T08:00:00", {}, {}, { features: vector(value) });
    await stored("21T08:00:00", { name: "page_view" }, {}, { features: vector(3) });
    expect(await countFeatures(services())).toEqual({ days: 0, isMore: false });
    await count();
    expect(await countFeatures(services())).toEqual({ days: 1, isMore: false });
    expect(await countFeatures(services())).toEqual({ days: 0, isMore: false });
    const [sums] = await readFeatureSums(database.db, "2026-11-21", "2026-11-21");
    expect(sums).toMatchObject({ featureSet: FEATURE_SET, days: 1, sampled: 5 });
    expect(await binsOf(0)).toEqual({ 0: 5 });
    expect(await binsOf(1)).toEqual({ 1: 1, 2: 1, 200: 1, 201: 2 });
    expect(await binsOf(2)).toEqual({ 1: 5 });
  });

  it("counts a day anew when its payments became more", async () => {
    await stored("21T08:00:00");
    await count();
    await countFeatures(services());
    await stored("21T08:10:00");
    clock.nowMs += HOUR_MS;
    await count();
    expect(await countFeatures(services())).toEqual({ days: 1, isMore: false });
    expect(await readFeatureSums(database.db, "2026-11-21", "2026-11-21")).toMatchObject([{ sampled: 2, days: 1 }]);
  });
});
