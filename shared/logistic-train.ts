import { type Logistic, SCALE_MIN, standardised } from "./client-model.ts";
import { checkLabelledRows, type LabelledRows, logOddsOf } from "./client-rows.ts";

/** 1 / C: what the squared weights cost, against the summed loss of the rows. */
const PENALTY = 10;

/** Newton's method needs about ten steps; a step that gains less than this share of the loss is the last. */
const STEPS_MAX = 100;
const GAIN_LEAST = 1e-12;
const HALVINGS_MAX = 40;

/**
 * Learn a logistic regression with squared weights held small (C = 0.1), by Newton's method: the loss is strictly convex, so there is
 * one answer, which is found whatever the start. An input that never varies gets weight 0.
 *
 * Rows are standardised as they are read, so nothing is held beside them.
 *
 * @throws RangeError when rows are not as `LabelledRows` says
 */
export function trainLogistic(labelled: LabelledRows): Logistic {
  checkLabelledRows(labelled);
  const { featureCount } = labelled;
  const { means, scales } = momentsOf(labelled);
  const read = rowReader(labelled, means, scales);
  let parameters = new Float64Array(featureCount + 1); // the weights, then the intercept
  parameters[featureCount] = logOddsOf(labelled);

  let loss = lossOf(labelled, read, parameters);
  for (let step = 0; step < STEPS_MAX; step++) {
    const direction = newtonStep(labelled, read, parameters);
    const before = loss;
    let share = 1;
    for (let halving = 0; halving < HALVINGS_MAX; halving++, share /= 2) {
      const tried = parameters.map((value, index) => value - share * (direction[index] ?? 0));
      const triedLoss = lossOf(labelled, read, tried);
      if (triedLoss < loss) {
        parameters = tried;
        loss = triedLoss;
        break;
      }
    }
    if (before - loss <= GAIN_LEAST * before) break;
  }
  return {
    means,
    scales,
    weights: Float32Array.from(parameters.subarray(0, featureCount)),
    intercept: Math.fround(parameters[featureCount] ?? 0),
  };
}

/** Weighted mean and deviation of each input, unknown counting as 0; the deviation of an input that never varies is 1. */
function momentsOf({ rows, rowCount, featureCount, weights }: LabelledRows): Pick<Logistic, "means" | "scales"> {
  const totals = new Float64Array(featureCount);
  const squares = new Float64Array(featureCount);
  let weightSum = 0;
  // Indices of these loops stay inside rows, weights and sums: `checkLabelledRows` compared the lengths. So in all of this file.
  for (let row = 0, offset = 0; row < rowCount; row++, offset += featureCount) {
    const weight = weights[row] as number;
    weightSum += weight;
    for (let input = 0; input < featureCount; input++) {
      totals[input] = (totals[input] as number) + weight * Math.max(0, rows[offset + input] as number);
    }
  }
  const means = Float32Array.from(totals, (total) => total / weightSum);
  for (let row = 0, offset = 0; row < rowCount; row++, offset += featureCount) {
    const weight = weights[row] as number;
    for (let input = 0; input < featureCount; input++) {
      const deviation = Math.max(0, rows[offset + input] as number) - (means[input] as number);
      squares[input] = (squares[input] as number) + weight * deviation * deviation;
    }
  }
  const scales = Float32Array.from(squares, (square, input) => {
    const scale = Math.sqrt(square / weightSum);
    // Below a float32's precision of the mean the deviation is only rounding.
    return scale < Math.max(SCALE_MIN, 1e-6 * (means[input] as number)) ? 1 : scale;
  });
  return { means, scales };
}

type RowReader = (row: number) => Float64Array;

/** Reads one row at a time, standardised and with a 1 for the intercept, into the same array. */
function rowReader({ rows, featureCount }: LabelledRows, means: Float32Array, scales: Float32Array): RowReader {
  const inputs = new Float64Array(featureCount + 1).fill(1);
  return (row) => {
    for (let input = 0; input < featureCount; input++) {
      const value = rows[row * featureCount + input] as number;
      inputs[input] = standardised(value, means[input] as number, scales[input] as number);
    }
    return inputs;
  };
}

/** Weighted log-loss of all rows, and the cost of the weights. */
function lossOf({ rowCount, featureCount, labels, weights }: LabelledRows, read: RowReader, parameters: Float64Array) {
  let loss = 0;
  for (let row = 0; row < rowCount; row++) {
    const logOdds = dot(read(row), parameters);
    const against = labels[row] === 1 ? -logOdds : logOdds;
    // ln(1 + e^against), which neither overflows nor loses the small.
    loss += (weights[row] as number) * (Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against))));
  }
  for (let input = 0; input < featureCount; input++) loss += (PENALTY / 2) * (parameters[input] as number) ** 2;
  return loss;
}

/** The gradient through the inverse of the curvature: what to take off the parameters. */
function newtonStep(labelled: LabelledRows, read: RowReader, parameters: Float64Array): Float64Array {
  const { rowCount, featureCount, labels, weights } = labelled;
  const size = parameters.length;
  const gradient = new Float64Array(size);
  const curvature = new Float64Array(size * size);
  for (let input = 0; input < featureCount; input++) {
    gradient[input] = PENALTY * (parameters[input] as number);
    curvature[input * size + input] = PENALTY;
  }
  for (let row = 0; row < rowCount; row++) {
    const inputs = read(row);
    const weight = weights[row] as number;
    const probability = 1 / (1 + Math.exp(-dot(inputs, parameters)));
    const slope = weight * (probability - (labels[row] as number));
    const bend = weight * probability * (1 - probability);
    for (let input = 0; input < size; input++) {
      const value = inputs[input] as number;
      gradient[input] = (gradient[input] as number) + slope * value;
      const bent = bend * value;
      // The lower triangle; the upper is the same.
      for (let other = 0, at = input * size; other <= input; other++, at++) {
        curvature[at] = (curvature[at] as number) + bent * (inputs[other] as number);
      }
    }
  }
  return solve(curvature, gradient);
}

/**
 * x of a · x = b for a symmetric positive definite matrix, by Cholesky's decomposition in place.
 *
 * @param a lower triangle, row by row
 */
function solve(a: Float64Array, b: Float64Array): Float64Array {
  const size = b.length;
  const at = (row: number, column: number) => a[row * size + column] as number;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = at(row, column);
      for (let before = 0; before < column; before++) rest -= at(row, before) * at(column, before);
      // Rounding can take the last bit of a curvature that is almost none: what is left is not divided by.
      a[row * size + column] = row === column ? Math.sqrt(Math.max(rest, Number.EPSILON)) : rest / at(column, column);
    }
  }
  const x = Float64Array.from(b);
  for (let row = 0; row < size; row++) {
    for (let before = 0; before < row; before++) x[row] = (x[row] as number) - at(row, before) * (x[before] as number);
    x[row] = (x[row] as number) / at(row, row);
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let after = row + 1; after < size; after++)
      x[row] = (x[row] as number) - at(after, row) * (x[after] as number);
    x[row] = (x[row] as number) / at(row, row);
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}
