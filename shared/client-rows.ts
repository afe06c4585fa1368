import type { Random } from "./random.ts";
import { checkRows, TREE_LIMITS } from "./trees.ts";

/** What a client model is learned from. */
export interface LabelledRows {
  /** `rowCount` rows of `featureCount` values, one row after the other, all finite; -1 is unknown. */
  rows: Float32Array;
  rowCount: number;
  featureCount: number;
  /** For each row, 1 for fraud and 0 for none. Both are there. */
  labels: Uint8Array;
  /** For each row, how much it counts: above 0, at most `WEIGHT_MAX`. Twice the weight is the same as the row twice. */
  weights: Float32Array;
  /** The only source of chance: the same numbers give the same model. */
  random: Random;
}

const WEIGHT_MAX = 100;

/** @throws RangeError when rows are not as `LabelledRows` says, with what is wrong in words */
export function checkLabelledRows({ rows, rowCount, featureCount, labels, weights }: LabelledRows): void {
  if (!Number.isInteger(featureCount) || featureCount < 1 || featureCount > TREE_LIMITS.features) {
    throw new RangeError(`featureCount is an integer from 1 to ${TREE_LIMITS.features}`);
  }
  checkRows(rows, rowCount, featureCount);
  if (labels.length !== rowCount || weights.length !== rowCount) {
    throw new RangeError(`Expected ${rowCount} labels and weights, got ${labels.length} and ${weights.length}`);
  }
  if (!weights.every((weight) => weight > 0 && weight <= WEIGHT_MAX)) {
    throw new RangeError(`A weight is above 0 and at most ${WEIGHT_MAX}`);
  }
  if (!labels.every((label) => label <= 1)) throw new RangeError("A label is 0 or 1");
  if (!labels.includes(0) || !labels.includes(1))
    throw new RangeError("There is nothing to tell apart: all labels are equal");
}

/** ln of the weight of fraud over the weight of the rest: what to expect before anything is known of a row. */
export function logOddsOf({ labels, weights }: Pick<LabelledRows, "labels" | "weights">): number {
  let fraud = 0;
  let rest = 0;
  for (const [row, weight] of weights.entries()) {
    if (labels[row] === 1) fraud += weight;
    else rest += weight;
  }
  return Math.log(fraud / rest);
}
