import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { alerting } from "../alert/test-alerting.ts";
import { daysAfter } from "../days/utc-days.ts";
import { insertFeatures, insertScores, promisedScores } from "../days/test-days.ts";
import { changeSettings } from "../detection/settings.ts";
import { FEATURE_NAMES } from "../../shared/features/features.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { checkDrift, driftNow } from "./check.ts";

/** The first of eight days on which nothing happens; what a test tells of is on those after. */
const FIRST = "2026-11-01";
const QUIET_DAYS = 8;
const NEXT = daysAfter(FIRST, QUIET_DAYS);
const EVENTS = 600;

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

interface Day {
  stretch?: number;
  events?: number;
  alerts?: number;
  /** Features that are larger, by how much. */
  larger?: Record<string, number>;
  calibration?: string;
}

const QUIET: Day[] = Array.from({ length: QUIET_DAYS }, () => ({}));

/** Counted days, one after another, from the first on; with features where a test tells of any. */
async function counted(...days: Day[]): Promise<void> {
  const hasFeatures = days.some(({ larger }) => larger !== undefined);
  for (const [
    index,
    { stretch = 1, events = EVENTS, alerts = 0, larger = {}, calibration = "global@v0" },
  ] of days.entries()) {
    const date = daysAfter(FIRST, index);
    await insertScores(database.db, date, promisedScores(index, events, stretch), { alerts, calibration });
    if (hasFeatures) await insertFeatures(database.db, date, index, larger);
  }
}

/** The check as it runs a quarter past the midnight after a day. */
async function checkAfter(date: string) {
  const { services, clock } = alerting(database.db);
  clock.nowMs = Date.parse(daysAfter(date, 1)) + 16 * 60_000;
  const begun: string[] = [];
  const startDriftRun = async (day: string) => void begun.push(day);
  const checked = await checkDrift({ ...services, startDriftRun });
  return { checked, begun, services: { ...services, startDriftRun } };
}

const checks = async () =>
  (
    await database.client.query<{ date: string; level: string | null; since: string | null }>(
      "SELECT date::text, level, since::text FROM drift_checks ORDER BY date",
    )
  ).rows;
const levels = async () => (await checks()).slice(-3).map(({ level }) => level);
const alerts = async () =>
  (
    await database.client.query<{ key: string; severity: string }>(
      "SELECT dedup_key AS key, data ->> 'severity' AS severity FROM alerts ORDER BY created_at",
    )
  ).rows;

describe("checkDrift", () => {
  it("finds nothing on days like those before, and checks each of them once", async () => {
    await counted(...QUIET, {}, {});
    const { checked, services } = await checkAfter(daysAfter(NEXT, 1));
    expect(checked).toBe(7);
    expect(await levels()).toEqual(["none", "none", "none"]);
    expect(await checkDrift(services)).toBe(0);
    expect(await alerts()).toEqual([]);
  });

  it("calls for action on the second day in a row that the score has moved, alerts once, and begins to learn once", async () => {
    await counted(...QUIET, { stretch: 1.5 }, { stretch: 1.5 }, { stretch: 1.5 });
    const runs = [];
    for (const after of [0, 1, 2]) runs.push(await checkAfter(daysAfter(NEXT, after)));
    expect(await levels()).toEqual(["warn", "act", "act"]);
    expect(runs.map(({ begun }) => begun)).toEqual([[], [daysAfter(NEXT, 1)], []]);
    expect((await checks()).at(-1)?.since).toBe(daysAfter(NEXT, 1));
    expect(await alerts()).toEqual([{ key: `drift:${daysAfter(NEXT, 1)}`, severity: "warning" }]);
  });

  it("takes one moved day for no drift when the next is as before", async () => {
    await counted(...QUIET, { stretch: 1.5 }, {}, { stretch: 1.5 });
    await checkAfter(daysAfter(NEXT, 2));
    expect(await levels()).toEqual(["warn", "none", "warn"]);
    expect(await alerts()).toEqual([]);
  });

  it.each([
    { larger: { amount_z: 1 }, level: "warn", because: "one top feature is not two" },
    { larger: { amount_z: 1, orders_1h: 1 }, level: "act", because: "two are" },
    { larger: { view_pace: 1, bot_evidence: 1 }, level: "none", because: "these are not among the top ones" },
  ])("makes $level of two days on which $larger moved: $because", async ({ larger, level }) => {
    await counted(...QUIET, { larger }, { larger });
    await checkAfter(daysAfter(NEXT, 1));
    expect((await levels()).at(-1)).toBe(level);
  });

  it("calls a person at once when the score is not what it was, once more than for what called for action, and begins nothing", async () => {
    await counted(...QUIET, { stretch: 1.5 }, { stretch: 1.5 }, { stretch: 3 }, { stretch: 1.6 });
    for (const after of [0, 1]) await checkAfter(daysAfter(NEXT, after));
    const { begun } = await checkAfter(daysAfter(NEXT, 2));
    await checkAfter(daysAfter(NEXT, 3));
    expect(begun).toEqual([]);
    const since = daysAfter(NEXT, 1);
    expect(await checks()).toContainEqual({ date: daysAfter(NEXT, 2), level: "stop", since });
    expect(await alerts()).toEqual([
      { key: `drift:${since}`, severity: "warning" },
      { key: `drift:${since}:stop`, severity: "critical" },
    ]);
  });

  it("calls a person for more than three times the alerts that were wished, or promised", async () => {
    await counted(...QUIET, { alerts: 8 });
    await checkAfter(NEXT);
    expect((await levels()).at(-1)).toBe("stop");
    await database.reset();
    const settings = { threshold: null, alert_budget: { share: 0.005 }, rules: {} };
    await changeSettings(database.db, settings, "key_1", Date.parse(FIRST));
    await counted(...QUIET, { alerts: 8 });
    await checkAfter(NEXT);
    expect((await levels()).at(-1)).toBe("none");
  });

  it("says nothing of a day with fewer than 500 payments, which ends no episode either", async () => {
    await counted(...QUIET, { stretch: 1.6 }, { stretch: 1.6 }, { events: 499 }, { stretch: 1.8 });
    await checkAfter(daysAfter(NEXT, 3));
    expect(await levels()).toEqual(["act", null, "act"]);
    expect((await checks()).at(-1)?.since).toBe(daysAfter(NEXT, 1));
  });

  it("says nothing in the first week, of which every day of the week is new", async () => {
    await counted({}, {}, {}, {}, {}, {}, { stretch: 3 });
    await checkAfter(daysAfter(FIRST, 6));
    expect((await levels()).at(-1)).toBeNull();
  });

  it("alerts of no episode that is over for days, as after a long stand-still", async () => {
    await counted(...QUIET, { stretch: 3 }, {}, {}, {});
    await checkAfter(daysAfter(NEXT, 3));
    expect(await checks()).toContainEqual({ date: NEXT, level: "stop", since: NEXT });
    expect(await alerts()).toEqual([]);
  });
});

describe("driftNow", () => {
  it("answers what was found of the last whole day, and finds it where that was not checked yet", async () => {
    await counted(...QUIET, { stretch: 3 });
    const { services, clock } = alerting(database.db);
    clock.nowMs = Date.parse(daysAfter(NEXT, 1)) + 16 * 60_000;
    expect(await driftNow(services)).toEqual({ level: "stop", date: NEXT });
    await checkAfter(NEXT);
    expect(await driftNow(services)).toEqual({ level: "stop", date: NEXT });
  });
});

describe("GET /v1/drift", () => {
  const surface = (date: string) => testApp(database.db, { nowMs: () => Date.parse(daysAfter(date, 1)) + 16 * 60_000 });

  it("shows score and features with both distributions, their limits, and since when they have moved", async () => {
    await counted(...QUIET, { stretch: 1.5, larger: { amount_z: 0.5 } }, { stretch: 1.5 });
    await checkAfter(NEXT);
    await checkAfter(daysAfter(NEXT, 1));
    const app = await surface(daysAfter(NEXT, 1));
    const { status, body } = await app.call("/v1/drift");
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        from: daysAfter(NEXT, 1),
        to: daysAfter(NEXT, 1),
        level: "act",
        since: daysAfter(NEXT, 1),
        events: EVENTS,
        reference: { days: 9, events: 9 * EVENTS, one_release: true },
        score: { name: "score", level: "act", since: NEXT, limits: { act: 0.1, stop: 0.25 } },
        days: { 0: { level: "act" }, 1: { level: "warn" } },
      },
    });
    const { score, features } = body as { score: { bins: Bins }; features: { name: string; bins: Bins }[] }; // as just held against the document
    type Bins = { from: number; reference: number; current: number }[];
    expect(score.bins).toHaveLength(10);
    for (const of of ["reference", "current"] as const) {
      expect(score.bins.reduce((sum, bin) => sum + bin[of], 0)).toBeCloseTo(1, 3);
    }
    expect(features).toHaveLength(FEATURE_NAMES.length);
    expect(features.find(({ name }) => name === "amount_z")?.bins[0]?.from).toBe(0);
  });

  it("holds several days together against those before them", async () => {
    await counted(...QUIET, { stretch: 1.5 }, { stretch: 1.5 });
    const app = await surface(daysAfter(NEXT, 1));
    const { body } = await app.call("/v1/drift?window=2d");
    expect(body).toMatchObject({ from: NEXT, events: 2 * EVENTS, reference: { days: 8 }, score: { level: "act" } });
  });

  it("says that scores of several releases were held together where the newest has no week yet", async () => {
    await counted(...QUIET.map((day) => ({ ...day, calibration: "2026-W45" })), { calibration: "2026-W46" });
    const app = await surface(NEXT);
    expect((await app.call("/v1/drift")).body).toMatchObject({ reference: { one_release: false }, level: "none" });
  });

  it("holds scores of a calibration of the shop's own against none of the bundled one, which promises nothing there", async () => {
    await counted(...QUIET, { calibration: "2026-W46", stretch: 1.5 });
    const app = await surface(NEXT);
    expect((await app.call("/v1/drift")).body).toMatchObject({ reference: null, score: null, level: null });
  });

  it("answers for a shop that has nothing yet, and refuses a window it cannot have", async () => {
    const app = await surface(NEXT);
    expect((await app.call("/v1/drift")).body).toMatchObject({ level: null, score: null, features: [], stream: null });
    for (const window of ["29d", "0d", "24h"]) {
      expect(await app.call(`/v1/drift?window=${window}`)).toMatchObject({ status: 422 });
    }
  });
});
