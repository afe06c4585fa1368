import type { Scoring } from "../../models/scoreboard.ts";
import { assess } from "../../shared/assess.ts";
import type { Facts } from "../../shared/facts.ts";
import { FEATURES, featureVector } from "../../shared/features/features.ts";
import { calibrateForest, growForest, laidEndToEnd, type FitRow } from "../../shared/fit.ts";
import { scoreForest } from "../../shared/forest.ts";
import { seededRandom } from "../../shared/random.ts";
import { relativeScores } from "../../shared/rules/rules.ts";
import { SETTINGS } from "./bundled.ts";

export type { FitRow } from "../../shared/fit.ts";

const WIDTH = FEATURES.length;
/** As many rows as a calibration is fitted on; more changes nothing. */
const CALIBRATION_ROWS = 40_000;

export function fitRowOf(facts: Facts): FitRow {
  return { vector: featureVector(facts), ruled: relativeScores(facts, SETTINGS.rules) };
}

/** A model and calibration of a shop's own events. */
export function fitScoring(past: readonly FitRow[], seed: number): Scoring {
  const vectors = past.map(({ vector }) => vector);
  const forest = growForest(vectors, seededRandom(seed));
  const step = Math.ceil(vectors.length / CALIBRATION_ROWS);
  const chosen = past.filter((_row, index) => index % step === 0);
  const calibration = calibrateForest({ version: "refitted", model: "refitted" }, forest, chosen);
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
