import { beforeAll, describe, expect, it } from "vitest";
import { SHOPS, simulate, type Simulated } from "../../models/simulator.ts";
import { countFeatures } from "../days/count-features.ts";
import { countScores } from "../days/count-scores.ts";
import { daysAfter } from "../days/utc-days.ts";
import { readReport } from "../drift/read-report.ts";
import { levelOfReport } from "../drift/report.ts";
import { activeRelease, type LoadedRelease } from "../models/load-release.ts";
import { rollback } from "../models/rollback.ts";
import { testDatabase } from "../store/test-database.ts";
import { averagePrecision } from "./ranking.ts";
import { DAY_MS, type LearningRow } from "./row.ts";
import { readRows } from "./rows.ts";
import type { TrainingRun } from "./run.ts";
import { scoreRows } from "./score-rows.ts";
import { testLearning } from "./test-learning.ts";
import { openShop, SETTINGS, type Seen } from "./test-shop.ts";

const WEEK_MS = 7 * DAY_MS;
const WARM_UP_DAYS = 7;
const WEEKS = 8;
/** Mondays. */
const FIRST_MS = Date.parse("2026-06-01T00:00:00Z");
const OPEN_MS = FIRST_MS + WARM_UP_DAYS * DAY_MS;
/** From the fifth week on everything costs half as much again. */
const DEARER_MS = OPEN_MS + 4 * WEEK_MS;
const DEARER = 1.5;

const SIMULATION = {
  shop: { ...SHOPS.fashion, ordersPerDay: 70, customers: 700 },
  seed: 11,
  fromMs: FIRST_MS,
  days: WARM_UP_DAYS + (WEEKS * WEEK_MS) / DAY_MS,
  attacksPerDay: { account_takeover: 0.6, geo_anomaly: 0.4, unusual_cart: 0.4, bulk_reseller: 0.2 },
};

function* traffic(): Generator<Simulated, void, undefined> {
  for (const one of simulate(SIMULATION)) {
    yield Date.parse(one.event.timestamp) < DEARER_MS ? one : { ...one, event: dearer(one.event) };
  }
}

function dearer(event: Simulated["event"]): Simulated["event"] {
  const { value, items } = event;
  const up = (price: number) => Math.round(price * DEARER * 100) / 100;
  return {
    ...event,
    ...(value !== undefined && { value: up(value) }),
    ...(items && {
      items: items.map((item) => ({ ...item, ...(item.price !== undefined && { price: up(item.price) }) })),
    }),
  };
}

interface Week {
  seen: Seen[];
  release: LoadedRelease;
  run: TrainingRun;
  /** Whether the week has moved so far from those before that it is to be learned from; null where nobody can tell. */
  isMoved: boolean | null;
}

let database: Awaited<ReturnType<typeof testDatabase>>;
let learning: Awaited<ReturnType<typeof testLearning>>;
let weeks: Week[];
let neverLearned: LoadedRelease;

/** Eight weeks of a shop, each scored by what decides then, stored, labelled as people find out, and learned from on the Monday after. */
async function liveThrough(): Promise<Week[]> {
  const shop = openShop(database.db, traffic(), { chargebackShare: 0.6, chargebackDays: 7 });
  shop.warmUp(OPEN_MS);
  const lived: Week[] = [];
  for (let week = 0; week < WEEKS; week++) {
    const fromMs = OPEN_MS + week * WEEK_MS;
    const release = await activeRelease(learning.services);
    const seen: Seen[] = [];
    for (let day = 0; day < 7; day++) seen.push(...(await shop.day(fromMs + day * DAY_MS, release)));
    learning.clock.nowMs = fromMs + WEEK_MS + 3 * 3_600_000;
    const isMoved = week === 3 || week === 4 ? await hasMoved(learning.clock.nowMs) : null;
    lived.push({ seen, release, run: await learning.run(), isMoved });
  }
  return lived;
}

async function hasMoved(nowMs: number): Promise<boolean> {
  const services = { db: database.db, nowMs: () => nowMs };
  await countScores(services);
  while ((await countFeatures(services)).isMore);
  const yesterday = daysAfter(new Date(nowMs).toISOString().slice(0, 10), -1);
  return levelOfReport(await readReport(database.db, yesterday, 7), false).actMet;
}

beforeAll(async () => {
  database = await testDatabase();
  learning = await testLearning(database.db);
  neverLearned = await activeRelease(learning.services);
  weeks = await liveThrough();
}, 240_000);

async function storedIn(first: number, last: number): Promise<LearningRow[]> {
  const window = { fromMs: OPEN_MS + (first - 1) * WEEK_MS, endMs: OPEN_MS + last * WEEK_MS };
  const reading = { ...window, asOfMs: window.endMs, shares: { payments: 1, others: 1, labelled: 1 } };
  const rows: LearningRow[] = [];
  for await (const page of readRows(database.db, reading)) rows.push(...page);
  return rows;
}

const scoresOf = (rows: readonly LearningRow[], release: LoadedRelease) =>
  scoreRows(rows, { ...release, client: release.client?.model ?? null }).score;

/** How well scores find the frauds of some weeks, known to the simulation alone. */
function precision(rows: readonly LearningRow[], scores: ArrayLike<number>): number {
  const frauds = new Set(weeks.flatMap(({ seen }) => seen.filter(({ isFraud }) => isFraud).map(({ id }) => id)));
  return (
    averagePrecision(
      scores,
      rows.map(({ id }) => frauds.has(id)),
      rows.map(() => 1),
    ) ?? NaN
  );
}

/** The same payments as they were scored when they came. */
function scoresThen(rows: readonly LearningRow[]): number[] {
  const then = new Map(
    weeks.flatMap(({ seen }) => seen.map(({ id, scored }) => [id, scored.assessment.score] as const)),
  );
  return rows.map(({ id }) => then.get(id) ?? NaN);
}

describe("eight weeks of a shop that learns", () => {
  it("release a model of the shop's own each week, from the first in which there are 500 payments to learn from", () => {
    expect(weeks[0]?.run).toMatchObject({ status: "kept", findings: [{ code: "too_few_rows" }] });
    expect(weeks.slice(1).map(({ run }) => run.status)).toEqual(weeks.slice(1).map(() => "released"));
    const calibrations = weeks.map(({ release }) => release.names.calibration);
    expect(new Set(calibrations.slice(2)).size).toBe(WEEKS - 2);
    expect(calibrations.slice(0, 2)).toEqual(["global@v0", "global@v0"]);
  });

  it("notice in the fifth that prices went up, and nothing in the week before", () => {
    expect(weeks.map(({ isMoved }) => isMoved)).toEqual([null, null, null, false, true, null, null, null]);
  });

  it("find frauds better afterwards than what never learned, and than what learned before prices went up alone", async () => {
    const rows = await storedIn(6, 8);
    const live = precision(rows, scoresThen(rows));
    expect(live).toBeGreaterThan(precision(rows, scoresOf(rows, neverLearned)) + 0.05);
    const before = weeks[4]?.release;
    if (before === undefined) throw new Error("there was a fifth week");
    expect(live).toBeGreaterThan(precision(rows, scoresOf(rows, before)));
  });

  it("keep their promise of how many alerts there are about what is no fraud: below one a day, with the threshold at 1 in 1,000", () => {
    const learned = weeks.slice(3).flatMap(({ seen }) => seen);
    const falseAlerts = learned.filter(({ isFraud, scored }) => scored.assessment.anomaly && !isFraud);
    expect(SETTINGS.threshold).toBe(0.6);
    expect(falseAlerts.length).toBeLessThan(5 * 7);
  });

  it("are scored again from what is stored of them as they were when they came, to the bit, week by week", async () => {
    for (const [index, { release }] of weeks.entries()) {
      const rows = await storedIn(index + 1, index + 1);
      expect(rows.length).toBe(weeks[index]?.seen.length);
      expect([...scoresOf(rows, release)]).toEqual(scoresThen(rows));
    }
  });

  it("go back to the scores of before, to the bit, when a release is rolled back", async () => {
    const rows = await storedIn(8, 8);
    const before = weeks.at(-1)?.release;
    const now = await activeRelease(learning.services);
    expect([...scoresOf(rows, now)]).not.toEqual(scoresThen(rows));
    await rollback(learning.services, { by: "key_1", reason: "a look at the week before" });
    const restored = await activeRelease(learning.services);
    expect(restored.names).toEqual(before?.names);
    expect([...scoresOf(rows, restored)]).toEqual(scoresThen(rows));
  });

  it("keep out what was trained on a wave of fraud that nobody has reviewed, and say which week it was", async () => {
    const weekSeven = new Date(OPEN_MS + 6 * WEEK_MS).toISOString();
    await database.client.query(
      `INSERT INTO events (id, name, occurred_at, received_at, timestamp_source, source, request_id, key_id, score, anomaly, event,
          signals, feature_set, features, assessment, runtime, v)
        SELECT 'wave_' || number || id, name, $1::timestamptz + number * interval '1 hour', received_at, timestamp_source, source,
          request_id, key_id, score, false, event, signals, feature_set, features, assessment, runtime, v
        FROM events, generate_series(1, 3) AS number WHERE label = 'fraud' AND rules = '{}'`,
      [weekSeven],
    );
    learning.clock.nowMs += 60_000;
    const run = await learning.run();
    expect(run).toMatchObject({ status: "kept", findings: [{ code: "poisoned_window" }] });
    expect(run.findings[0]?.detail).toContain(`In the week from ${weekSeven.slice(0, 10)}`);
  });
});
