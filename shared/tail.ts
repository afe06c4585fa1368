/**
 * How unusual it is for a number to be this large, learnt from a sample: the one scale on which
 * features, the forest's score and their sum are compared.
 *
 * A value's *pot* is -log10 of its exceedance probability P(X >= value): 0 is ordinary, 2 is one in
 * a hundred, 3 one in a thousand. Plain numbers, so that it survives JSON.
 *
 * Between two knots the pot is interpolated; above the last it grows by `perUnit` for each unit of
 * value, which is an exponential tail. Two knots of the same value are a jump: the value itself has
 * the lower pot, whatever exceeds it the higher.
 */
export interface Tail {
  /** Non-decreasing, at least one. */
  values: number[];
  /** Non-decreasing, as many; the first is 0. */
  pots: number[];
  /** At least 0. */
  perUnit: number;
}

/** One in a hundred million. A sample of thousands cannot tell rarer things apart. */
export const POT_MAX = 8;

/** The share of the sample whose excesses say how the tail falls. */
const TAIL_SHARE = 0.005;

/** Fewer rows than these are not trusted to count; what is rarer is left to the exponential. */
const COUNTED_ROWS_MIN = 10;

/** Halvings in the search for the finest spacing of knots: down to a millionth of the range. */
const SPACING_HALVINGS = 20;

/** A value of the sample, and how many rows are as large or larger. */
interface Level {
  value: number;
  rowsFromHere: number;
}

/**
 * Learn the right tail of a sample.
 *
 * Down to the ten largest rows (the larger half, of fewer than twenty) the pot is counted: exact at
 * every knot, and exact on both sides of a mass of equal values, since most features are 0 most of
 * the time. Knots are spread evenly over the pot, so they are dense in the far tail; with no more
 * different values than `points`, every value is one. Beyond, the pot follows an exponential whose
 * rate comes from the mean excess over the 99.5 % point, or over those ten rows when 0.5 % are fewer.
 * Where fewer than two rows exceed that point (a constant, a tied maximum) there is no tail to fit:
 * all values are counted, and what exceeds the maximum gets log10(rows + 1), the most that so many
 * rows can say about a value never seen.
 *
 * @param sample at least one number, all finite, in any order; left as it is
 * @param options.points knots at most, at least 4
 * @throws RangeError when sample or points are anything else
 * @see Davison & Smith 1990, "Models for exceedances over high thresholds"; of its generalised Pareto
 *   tail only the exponential is kept, since few rows cannot tell the shape
 */
export function fitTail(sample: Float64Array | readonly number[], { points = 200 }: { points?: number } = {}): Tail {
  if (!Number.isInteger(points) || points < 4) throw new RangeError("A tail has at least 4 points");
  const levels = levelsOf(sample);
  const rowCount = sample.length;
  const countedRows = Math.min(COUNTED_ROWS_MIN, Math.ceil(rowCount / 2));
  const tailRows = Math.max(countedRows, Math.floor(TAIL_SHARE * rowCount));

  const perUnit = excessRate(levels.slice(firstWithin(levels, tailRows))) / Math.LN10;
  const hasTail = perUnit > 0;
  const counted = hasTail ? levels.slice(0, firstWithin(levels, countedRows) + 1) : levels;
  const toPot = ({ rowsFromHere }: Level) => Math.log10(rowCount / rowsFromHere);
  const knots = spread(counted, toPot, hasTail ? points : points - 1);
  const tail = { values: knots.map(({ value }) => value), pots: knots.map(toPot), perUnit };
  if (!hasTail) {
    tail.values.push(...tail.values.slice(-1));
    tail.pots.push(Math.log10(rowCount + 1));
  }
  return tail;
}

/**
 * The pot of a value: 0 (ordinary) to `POT_MAX`, never falling as the value grows.
 *
 * @throws RangeError when `value` is not finite, so that a broken feature cannot pass for an ordinary one
 */
export function tailPot(tail: Tail, value: number): number {
  if (!Number.isFinite(value)) throw new RangeError("A pot is asked of a finite value");
  const { values, pots, perUnit } = tail;
  // Most of what is asked about is ordinary.
  const upper = value <= (values[0] as number) ? 0 : firstAtLeast(values, value);
  // Both arrays have at least one element and the same length; `upper` is at most that length.
  if (upper === values.length) {
    const beyond = value - (values[upper - 1] as number);
    return Math.min(POT_MAX, (pots[upper - 1] as number) + beyond * perUnit);
  }
  const pot = pots[upper] as number;
  const knot = values[upper] as number;
  if (upper === 0 || value === knot) return Math.min(POT_MAX, pot);
  const lowerPot = pots[upper - 1] as number;
  const lowerKnot = values[upper - 1] as number;
  const share = (value - lowerKnot) / (knot - lowerKnot);
  return Math.min(POT_MAX, lowerPot + share * (pot - lowerPot));
}

/** The exceedance probability of a value, 10^-`POT_MAX` to 1: the p-value `tailPot` is the logarithm of. */
export function conformalP(tail: Tail, value: number): number {
  return 10 ** -tailPot(tail, value);
}

/** The different values of a sample, ascending. */
function levelsOf(sample: Float64Array | readonly number[]): Level[] {
  const sorted = Float64Array.from(sample).sort();
  const levels: Level[] = [];
  for (const [index, value] of sorted.entries()) {
    if (!Number.isFinite(value)) throw new RangeError("A tail is learnt from finite values");
    if (value !== levels.at(-1)?.value) levels.push({ value, rowsFromHere: sorted.length - index });
  }
  if (levels.length === 0) throw new RangeError("A tail is learnt from at least one value");
  return levels;
}

/** Index of the first level with at most `rows` rows from there on, or of the last level. */
function firstWithin(levels: readonly Level[], rows: number): number {
  const index = levels.findIndex(({ rowsFromHere }) => rowsFromHere <= rows);
  return index === -1 ? levels.length - 1 : index;
}

/**
 * Rate of the exponential that fits the excesses over the first of these levels, per unit of value:
 * (m - 1) / (sum of m excesses), the reciprocal of their mean made unbiased, which matters when m is
 * small. 0 when m is below 2 and there is nothing to fit.
 */
function excessRate([threshold, ...above]: readonly Level[]): number {
  if (threshold === undefined) return 0;
  let excessSum = 0;
  for (const [index, { value, rowsFromHere }] of above.entries()) {
    const rows = rowsFromHere - (above[index + 1]?.rowsFromHere ?? 0);
    excessSum += rows * (value - threshold.value);
  }
  const excessCount = above[0]?.rowsFromHere ?? 0;
  if (excessCount < 2) return 0;
  return Math.min((excessCount - 1) / excessSum, Number.MAX_VALUE); // stays finite, as JSON needs
}

/**
 * At most `countMax` of the levels, the first and last among them, with as even and small a step in
 * pot as that allows. Two neighbours are further apart than the step only where the sample jumps, so
 * interpolation is off by less than a step at every level.
 */
function spread(levels: readonly Level[], toPot: (level: Level) => number, countMax: number): readonly Level[] {
  if (levels.length <= countMax) return levels;
  const pots = levels.map(toPot);
  let tooFine = 0;
  let step = pots.at(-1) ?? 0; // one step over all: first and last alone
  for (let halving = 0; halving < SPACING_HALVINGS; halving++) {
    const middle = (tooFine + step) / 2;
    if (stepAlong(pots, middle).length <= countMax) step = middle;
    else tooFine = middle;
  }
  const kept = new Set(stepAlong(pots, step));
  return levels.filter((_, index) => kept.has(index));
}

/** Indices from the first pot to the last, each as far on as it can be within `step`, or the next. */
function stepAlong(pots: readonly number[], step: number): number[] {
  const kept = [0];
  let from = 0;
  for (let index = 1; index < pots.length; index++) {
    // Past the last there is nothing to reach, so the last is always kept. Indices are in range.
    const next = pots[index + 1] ?? Infinity;
    if (next - (pots[from] as number) > step) {
      kept.push(index);
      from = index;
    }
  }
  return kept;
}

/** Index of the first of these ascending numbers that is at least `value`; their count when none is. */
function firstAtLeast(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    // low <= middle < high, which never leaves the array.
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
