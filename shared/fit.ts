import { fitCalibration, type CalibrationRows, type ClientRows } from "./calibration-fit.ts";
import type { Calibration } from "./calibration.ts";
import { FEATURE_SET, FEATURES, UNSEEN_POTS } from "./features/features.ts";
import { trainIsolationForest } from "./forest-train.ts";
import { scoreForest, type Forest } from "./forest.ts";
import type { Random } from "./random.ts";

const WIDTH = FEATURES.length;

/** What a fit needs of an event: its features, and what the rules that a shop's own rarity decides on made of it. */
export interface FitRow {
  vector: Float32Array;
  ruled: Readonly<Record<string, number>>;
}

/** An isolation forest of a shop's own payments. @throws RangeError with fewer than 2 */
export function growForest(vectors: readonly ArrayLike<number>[], random: Random): Forest {
  const rows = laidEndToEnd(vectors, WIDTH);
  return trainIsolationForest({ rows, rowCount: vectors.length, featureCount: WIDTH, random });
}

/**
 * The calibration of a forest on a shop's own events.
 *
 * @param client what a client model made of the payments, where there is one
 * @throws RangeError without payments
 */
export function calibrateForest(
  { version, model }: { version: string; model: string },
  forest: Forest,
  payments: readonly FitRow[],
  others: readonly FitRow[] = [],
  client: ClientRows | null = null,
): Calibration {
  const names = { version, model, featureSet: FEATURE_SET, featureCount: WIDTH, unseenPots: UNSEEN_POTS };
  return fitCalibration(names, calibrationRows(forest, payments), calibrationRows(forest, others), client);
}

/** Events as a calibration takes them, with what the forest makes of each. */
function calibrationRows(forest: Forest, events: readonly FitRow[]): CalibrationRows {
  const rows = laidEndToEnd(
    events.map(({ vector }) => vector),
    WIDTH,
  );
  const raw = scoreForest(forest, rows, events.length);
  return { rows, rowCount: events.length, raw, ruled: events.map(({ ruled }) => ruled) };
}

export function laidEndToEnd(vectors: readonly ArrayLike<number>[], width: number): Float32Array {
  const rows = new Float32Array(vectors.length * width);
  vectors.forEach((vector, index) => rows.set(vector, index * width));
  return rows;
}
