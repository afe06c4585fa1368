import { addLeaves, checkRows, LEAF, type Trees, treesFault } from "./trees.ts";

/**
 * What a shop's own labels teach: two models that say how likely an event is fraud, each as log-odds. Both were learned on a pool
 * in which fraud is far commoner than in traffic, so their outputs rank events and are no probabilities; calibration makes pots of them.
 *
 * The input is the feature vector followed by two pots, the unsupervised model's and the feature tails'. Every input is one-sided:
 * 0 is harmless, more is stranger, -1 is unknown.
 *
 * `clientFault` says whether numbers from outside keep to what is promised here; `scoreClient` takes it for granted.
 */
export interface ClientModel {
  readonly featureCount: number;
  readonly logistic: Logistic;
  readonly boosted: Boosted;
}

/**
 * Logistic regression on standardised inputs, of which what is unknown counts as harmless: with x the larger of 0 and the input,
 * intercept + Σ weight · clip((x - mean) / scale, ±CLIP). All float32.
 */
export interface Logistic {
  readonly means: Float32Array;
  readonly scales: Float32Array;
  readonly weights: Float32Array;
  readonly intercept: number;
}

/** Boosted trees, which see what is unknown as -1: `base` plus the leaf of each tree. */
export interface Boosted extends Trees {
  /** Log-odds of the pool, float32. */
  readonly base: number;
  /**
   * Training weight that went through each node; of a splitting node the float32 sum of its children's. What a node is expected to
   * say follows from it, on which explanations rest.
   */
  readonly covers: Float32Array;
}

/** Standard deviations beyond which an input says no more. */
export const CLIP = 6;

/** No log-odds are larger: e^-100 is no probability anyone learned. */
const LOG_ODDS_MAX = 100;
/** Scales below are rounding errors of a constant. */
export const SCALE_MIN = 1e-6;

/** Log-odds of fraud, one per row. */
export interface ClientScores {
  logistic: Float32Array;
  boosted: Float32Array;
}

/**
 * What both models make of each row. ONNX Runtime's answers differ from these by less than 1e-5.
 *
 * @param rows `rowCount` rows of `model.featureCount` values, one row after the other, all finite
 * @throws RangeError when the length of `rows` does not fit or a value is not finite
 */
export function scoreClient(model: ClientModel, rows: Float32Array, rowCount: number): ClientScores {
  checkRows(rows, rowCount, model.featureCount);
  return {
    logistic: scoreLogistic(model.logistic, rows, rowCount),
    boosted: scoreBoosted(model.boosted, rows, rowCount),
  };
}

function scoreLogistic({ means, scales, weights, intercept }: Logistic, rows: Float32Array, rowCount: number) {
  const width = means.length;
  const scores = new Float32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    let sum = intercept;
    for (let input = 0; input < width; input++) {
      // As long as the rows are wide, all of them.
      const weight = weights[input] as number;
      if (weight === 0) continue;
      const value = rows[row * width + input] as number;
      sum += weight * standardised(value, means[input] as number, scales[input] as number);
    }
    scores[row] = sum;
  }
  return scores;
}

/** An input as logistic regression sees it, rounded at each step like ONNX Runtime's. */
export function standardised(value: number, mean: number, scale: number): number {
  const deviations = Math.fround(Math.fround(Math.max(0, value) - mean) / scale);
  return Math.max(-CLIP, Math.min(CLIP, deviations));
}

function scoreBoosted(boosted: Boosted, rows: Float32Array, rowCount: number): Float32Array {
  const scores = new Float32Array(rowCount);
  addLeaves(boosted, rows, scores);
  return scores.map((sum) => sum + boosted.base);
}

/** What is wrong with a client model, in words, or `null` when it keeps everything `ClientModel` promises. */
export function clientFault({ featureCount, logistic, boosted }: ClientModel): string | null {
  if (boosted.featureCount !== featureCount) return "has trees for another number of features";
  return treesFault(boosted) ?? boostedFault(boosted) ?? logisticFault(logistic, featureCount);
}

function boostedFault({ base, features, leafValues, left, right, covers }: Boosted): string | null {
  if (!isLogOdds(base)) return "has trees that begin with no log-odds";
  if (covers.length !== features.length) return "does not have as many covers as nodes";
  for (const [node, cover] of covers.entries()) {
    if (!(cover > 0 && cover < Infinity)) return `has a node that no rows went through (node ${node})`;
    if (features[node] === LEAF) {
      if (!isLogOdds(leafValues[node])) return `has a leaf with no log-odds (node ${node})`;
      continue;
    }
    // `treesFault` found both children to be nodes.
    const below = Math.fround((covers[left[node] as number] as number) + (covers[right[node] as number] as number));
    if (cover !== below) return `has a node with another cover than its children's (node ${node})`;
  }
  return null;
}

function logisticFault({ means, scales, weights, intercept }: Logistic, featureCount: number): string | null {
  if ([means, scales, weights].some(({ length }) => length !== featureCount)) {
    return "does not have as many means, scales and weights as features";
  }
  if (!isLogOdds(intercept)) return "has an intercept that is no log-odds";
  if (!means.every((mean) => mean >= 0 && mean < Infinity)) return "has a mean that no one-sided input has";
  if (!scales.every((scale) => scale >= Math.fround(SCALE_MIN) && scale < Infinity)) return "has a scale that is none";
  return weights.every(isLogOdds) ? null : "has a weight beyond all log-odds";
}

/** Finite, of a size that can be, and what a file of float32 can hold. */
function isLogOdds(value: number | undefined): boolean {
  return value !== undefined && Math.abs(value) <= LOG_ODDS_MAX && Math.fround(value) === value;
}
