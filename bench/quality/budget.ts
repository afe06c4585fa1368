import { replay } from "../../models/replay.ts";
import type { Scoring } from "../../models/scoreboard.ts";
import {
  budgetStep,
  budgetThreshold,
  histogramOf,
  newBudgetState,
  withDays,
  type BudgetState,
  type ScoredDay,
} from "../../shared/alert-budget.ts";
import { thresholdOfShare, type AlertBudget } from "../../shared/detection-settings.ts";
import { factsOf, type Facts } from "../../shared/facts.ts";
import { newMemory, recallAll } from "../../shared/memory.ts";
import { readBundled, SETTINGS } from "./bundled.ts";
import { mean } from "./figures.ts";
import { fitRowOf, fitScoring, scoreOf, type FitRow } from "./fit.ts";
import { readPayments } from "./payments.ts";
import { readRetail } from "./retail.ts";

const DAY_MS = 86_400_000;
const SHARES = [0.001, 0.005, 0.01];
const ALERTS_PER_DAY = 2;
const FIT_DAYS = 28;
const WEEK_DAYS = 7;
const WEEKS = 6;
/** Of the week before a new calibration, one payment in so many is scored again. */
const RESCORED_ONE_IN = 5;
/** The shop is closed on Saturdays. */
const OPEN_DAYS = 6;
const SEED = 1;

interface Row extends FitRow {
  facts: Facts;
  isFraud: boolean;
}

interface Scored {
  score: number;
  isFraud: boolean;
}

/** One day of the test weeks. */
interface TestDay {
  day: number;
  first28: Scored[];
  last28: Scored[];
  /** Where a new calibration begins: what it makes of a fifth of each day of the week before. */
  rescored: Scored[][];
}

/** Whether the alerts come to what was wished, week by week: realised over wished. @returns a table, after about two minutes */
export async function budget(folder: string): Promise<string[]> {
  return [...paymentLines(await testDays(folder)), ...(await retailLines(folder))];
}

function paymentLines(days: readonly TestDay[]): string[] {
  const methods: [name: string, realised: (share: number) => number[]][] = [
    ["calibrated on the first 28 days", (share) => atPromise(days, share, "first28")],
    ["calibrated weekly on the last 28", (share) => atPromise(days, share, "last28")],
    ["the same, and the daily budget", (share) => withBudget(days, share, () => true)],
    ["of those that are not fraud", (share) => withBudget(days, share, ({ isFraud }) => !isFraud)],
  ];
  return [
    `Alerts over wished alerts on card payments, ${days.length / WEEK_DAYS} weeks: mean (lowest to highest week)`,
    columns(["", ...SHARES.map((share) => `${100 * share} % of payments`)]),
    ...methods.map(([name, realised]) => columns([name, ...SHARES.map((share) => range(realised(share)))])),
  ];
}

/** Realised over wished of each week, with the threshold that scores promise. */
function atPromise(days: readonly TestDay[], share: number, scorer: "first28" | "last28"): number[] {
  const threshold = thresholdOfShare(share);
  const realised = days.map((day) => {
    const scores = day[scorer].map(({ score }) => score);
    return alertsOf(scores, threshold) / (share * scores.length);
  });
  return blocks(realised, WEEK_DAYS);
}

/** The same, with the threshold set each night. What is not kept was found to be fraud by then. */
function withBudget(days: readonly TestDay[], share: number, keep: (payment: Scored) => boolean): number[] {
  const kept = (payments: readonly Scored[]) => payments.filter(keep).map(({ score }) => score);
  let state = newBudgetState();
  const realised = days.map(({ day, last28, rescored }) => {
    const before = rescored.map((sample, index) => {
      const scores = kept(sample);
      return scoredDay(day - rescored.length + index, scores, scores.length * RESCORED_ONE_IN);
    });
    if (before.length > 0) state = withDays(state, before);
    const scores = kept(last28);
    const stepped = stepThrough(state, { share }, day, scores);
    state = stepped.state;
    return stepped.alerts / (share * scores.length);
  });
  return blocks(realised, WEEK_DAYS);
}

/** One day under the threshold set the night before, and what that night makes of it. */
function stepThrough(before: BudgetState, wish: AlertBudget, day: number, scores: readonly number[]) {
  const threshold = budgetThreshold(wish, before)?.threshold ?? SETTINGS.threshold;
  const alerts = alertsOf(scores, threshold);
  return { alerts, state: budgetStep(before, wish, { ...scoredDay(day, scores, scores.length), alerts }) };
}

function scoredDay(day: number, scores: readonly number[], events: number): ScoredDay {
  return { date: new Date(day * DAY_MS).toISOString().slice(0, 10), events, scores: histogramOf(scores) };
}

function alertsOf(scores: readonly number[], threshold: number): number {
  return scores.filter((score) => score >= threshold).length;
}

/** The test weeks, each scored by a model and calibration of the first 28 days, and by those of the 28 days before it. */
async function testDays(folder: string): Promise<TestDay[]> {
  const tested: TestDay[] = [];
  const past: FitRow[][] = [];
  const samples: Row[][] = [];
  let first28: Scoring | null = null;
  let last28: Scoring | null = null;
  let day = 0;
  for await (const rows of paymentDays(folder)) {
    let rescored: Scored[][] = [];
    if (day >= FIT_DAYS && (day - FIT_DAYS) % WEEK_DAYS === 0) {
      if (tested.length === WEEKS * WEEK_DAYS) break;
      const refitted = fitScoring(past.flat(), SEED);
      first28 ??= refitted;
      last28 = refitted;
      rescored = samples.map((sample) => scored(sample, refitted));
    }
    if (first28 !== null && last28 !== null) {
      tested.push({ day, first28: scored(rows, first28), last28: scored(rows, last28), rescored });
    }
    past.push(rows.map(({ vector, ruled }) => ({ vector, ruled })));
    if (past.length > FIT_DAYS) past.shift();
    samples.push(rows.filter((_row, index) => index % RESCORED_ONE_IN === 0));
    if (samples.length > WEEK_DAYS) samples.shift();
    day++;
  }
  return tested;
}

/** Every payment through the profiles and features of live traffic, day by day. */
async function* paymentDays(folder: string): AsyncGenerator<Row[], void, undefined> {
  const memory = newMemory();
  let rows: Row[] = [];
  let current = 0;
  for await (const { event, signals, isFraud, day } of readPayments(folder)) {
    if (day !== current) {
      yield rows;
      rows = [];
      current = day;
    }
    const facts = factsOf(event, signals, recallAll(memory, event, signals));
    rows.push({ facts, ...fitRowOf(facts), isFraud });
  }
  yield rows;
}

function scored(rows: readonly Row[], scoring: Scoring): Scored[] {
  return rows.map(({ facts, vector, isFraud }) => ({ score: scoreOf(facts, vector, scoring), isFraud }));
}

/** A real shop with the bundled model, from its first day: so few alerts that a week is mostly chance, four less so. */
async function retailLines(folder: string): Promise<string[]> {
  const bundled = readBundled();
  const orders = (await readRetail(folder)).map((event) => ({ event, signals: {} }));
  const days = new Map<number, number[]>();
  for (const { event, facts, vector } of replay(orders)) {
    const day = Math.floor(Date.parse(event.timestamp) / DAY_MS);
    const scores = days.get(day) ?? [];
    scores.push(scoreOf(facts, vector, bundled));
    days.set(day, scores);
  }
  let state = newBudgetState();
  const withDailyBudget = [...days].map(([day, scores]) => {
    const stepped = stepThrough(state, { per_day: ALERTS_PER_DAY }, day, scores);
    state = stepped.state;
    return stepped.alerts / ALERTS_PER_DAY;
  });
  const atDefault = [...days.values()].map((scores) => alertsOf(scores, SETTINGS.threshold) / ALERTS_PER_DAY);
  const row = (name: string, realised: readonly number[]) =>
    columns([name, range(blocks(realised, OPEN_DAYS)), range(blocks(realised, 4 * OPEN_DAYS))]);
  return [
    `Alerts over ${ALERTS_PER_DAY} a day in a real shop's first year (UCI Online Retail, ${days.size} days): mean (lowest to highest)`,
    columns(["", "weeks", "four weeks"]),
    row(`at the default threshold ${SETTINGS.threshold}`, atDefault),
    row("with the daily budget", withDailyBudget),
  ];
}

/** Means of so many in a row; what is left over is left out. */
function blocks(values: readonly number[], length: number): number[] {
  return Array.from({ length: Math.floor(values.length / length) }, (_, block) =>
    mean(values.slice(block * length, (block + 1) * length)),
  );
}

function range(values: readonly number[]): string {
  return `${mean(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}

function columns([name = "", ...cells]: readonly string[]): string {
  return [name.padEnd(36), ...cells.map((cell) => cell.padEnd(22))].join("").trimEnd();
}
