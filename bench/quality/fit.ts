import type { Scoring } from "../../models/scoreboard.ts";
import { assess } from "../../shared/assess.ts";
import { fitCalibration } from "../../shared/calibration-fit.ts";
import type { Facts } from "../../shared/facts.ts";
import { FEATURE_SET, FEATURES, featureVector, UNSEEN_POTS } from "../../shared/features/features.ts";
import { trainIsolationForest } from "../../shared/forest-train.ts";
import { scoreForest } from "../../shared/forest.ts";
import { seededRandom } from "../../shared/random.ts";
import { relativeScores } from "../../shared/rules/rules.ts";
import { SETTINGS } from "./bundled.ts";

const WIDTH = FEATURES.length;
/** As many rows as a calibration is fitted on; more changes nothing. */
const CALIBRATION_ROWS = 40_000;

/** What a fit needs of an event: its features, and what the rules that a shop's own rarity decides on made of it. */
export interface FitRow {
  vector: Float32Array;
  ruled: Readonly<Record<string, number>>;
}

export function fitRowOf(facts: Facts): FitRow {
  return { vector: featureVector(facts), ruled: relativeScores(facts, SETTINGS.rules) };
}

/** A model and calibration of a shop's own events. */
export function fitScoring(past: readonly FitRow[], seed: number): Scoring {
  const vectors = past.map(({ vector }) => vector);
  const rows = laidEndToEnd(vectors, WIDTH);
  const random = seededRandom(seed);
  const forest = trainIsolationForest({ rows, rowCount: vectors.length, featureCount: WIDTH, random });
  const step = Math.ceil(vectors.length / CALIBRATION_ROWS);
  const chosen = past.filter((_row, index) => index % step === 0);
  const chosenRows = laidEndToEnd(
    chosen.map(({ vector }) => vector),
    WIDTH,
  );
  const ruled = chosen.map((row) => row.ruled);
  const names = {
    version: "refitted",
    model: "refitted",
    featureSet: FEATURE_SET,
    featureCount: WIDTH,
    unseenPots: UNSEEN_POTS,
  };
  const raw = scoreForest(forest, chosenRows, chosen.length);
  const calibration = fitCalibration(names, { rows: chosenRows, rowCount: chosen.length, raw, ruled });
  return { forest, version: "refitted", calibration };
}

/** What live traffic would be told of events. */
export function scoresOf(
  events: readonly { facts: Facts; vector: Float32Array }[],
  { forest, version, calibration }: Scoring,
): number[] {
  const rows = laidEndToEnd(
    events.map(({ vector }) => vector),
    WIDTH,
  );
  const raw = scoreForest(forest, rows, events.length);
  return events.map(({ facts, vector }, index) => {
    const model = { raw: raw[index] ?? 0, version };
    return assess(facts, vector, model, calibration, SETTINGS, []).score;
  });
}

export function scoreOf(facts: Facts, vector: Float32Array, scoring: Scoring): number {
  return scoresOf([{ facts, vector }], scoring)[0] ?? 0;
}

export function laidEndToEnd(vectors: readonly ArrayLike<number>[], width: number): Float32Array {
  const rows = new Float32Array(vectors.length * width);
  vectors.forEach((vector, index) => rows.set(vector, index * width));
  return rows;
}
