import type { Scoring } from "../../models/scoreboard.ts";
import { assess } from "../../shared/assess.ts";
import { fitCalibration } from "../../shared/calibration-fit.ts";
import { factsOf, FEATURE_SET, FEATURES, featureVector, type Facts } from "../../shared/features.ts";
import { trainIsolationForest } from "../../shared/forest-train.ts";
import { scoreForest } from "../../shared/forest.ts";
import { newMemory, recallAll } from "../../shared/memory.ts";
import { seededRandom } from "../../shared/random.ts";
import { SETTINGS } from "./bundled.ts";
import { readPayments } from "./payments.ts";
import { rank, type Ranking } from "./ranking.ts";

const WIDTH = FEATURES.length;
const FIT_DAYS = 28;
const TEST_DAYS = 7;
/** As many rows as a calibration is fitted on; more changes nothing. */
const CALIBRATION_ROWS = 40_000;

/** One test week: what each scorer made of its payments. */
export type Week = Record<"first28" | "last28" | "bundled", Ranking>;

/**
 * Labelled payments without the use of any label: scored by a model and calibration of the first 28 days, of the 28 days before each
 * test week, and by the bundled ones as they are. Every payment goes through the profiles, features and assessment of live traffic.
 */
export async function dayZero(folder: string, bundled: Scoring): Promise<Week[]> {
  const memory = newMemory();
  const days: Float32Array[][] = [];
  const weeks: Week[] = [];
  let scorers: Record<keyof Week, Scoring> | null = null;
  let first28: Scoring | null = null;
  let week = newScores();
  for await (const { event, isFraud, day } of readPayments(folder)) {
    if (day >= FIT_DAYS && days.length === day && (day - FIT_DAYS) % TEST_DAYS === 0) {
      if (scorers !== null) weeks.push(ranked(week));
      week = newScores();
      const last28 = fit(days.slice(day - FIT_DAYS, day).flat());
      first28 ??= last28;
      scorers = { first28, last28, bundled };
    }
    const facts = factsOf(event, {}, recallAll(memory, event, {}));
    const vector = featureVector(facts);
    (days[day] ??= []).push(vector);
    if (scorers === null) continue;
    week.isFraud.push(isFraud);
    for (const name of ["first28", "last28", "bundled"] as const)
      week[name].push(scoreOf(facts, vector, scorers[name]));
  }
  // What is left is a week only when it is a whole one.
  if ((days.length - FIT_DAYS) % TEST_DAYS === 0) weeks.push(ranked(week));
  return weeks;
}

function fit(vectors: readonly Float32Array[]): Scoring {
  const forest = trainIsolationForest({
    rows: laidEndToEnd(vectors),
    rowCount: vectors.length,
    featureCount: WIDTH,
    random: seededRandom(1),
  });
  const step = Math.ceil(vectors.length / CALIBRATION_ROWS);
  const chosen = vectors.filter((_vector, index) => index % step === 0);
  const rows = laidEndToEnd(chosen);
  const names = { version: "refitted", model: "refitted", featureSet: FEATURE_SET, featureCount: WIDTH };
  const raw = scoreForest(forest, rows, chosen.length);
  return { forest, version: "refitted", calibration: fitCalibration(names, { rows, rowCount: chosen.length, raw }) };
}

function scoreOf(facts: Facts, vector: Float32Array, { forest, version, calibration }: Scoring): number {
  const raw = scoreForest(forest, vector, 1)[0] ?? 0;
  return assess(facts, vector, { raw, version }, calibration, SETTINGS, []).score;
}

function newScores(): Record<keyof Week, number[]> & { isFraud: boolean[] } {
  return { first28: [], last28: [], bundled: [], isFraud: [] };
}

function ranked({ first28, last28, bundled, isFraud }: ReturnType<typeof newScores>): Week {
  return { first28: rank(first28, isFraud), last28: rank(last28, isFraud), bundled: rank(bundled, isFraud) };
}

function laidEndToEnd(vectors: readonly Float32Array[]): Float32Array {
  const rows = new Float32Array(vectors.length * WIDTH);
  vectors.forEach((vector, index) => rows.set(vector, index * WIDTH));
  return rows;
}
