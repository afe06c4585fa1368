import type { ClientModel } from "./client-model.ts";
import { averagePathLengths, type Forest } from "./forest.ts";
import { LEAF, type Trees } from "./trees.ts";

/**
 * Why trees say what they say of a row. Each split of a row's way through a tree moves what is expected of the row, from the mean of all
 * rows at the root to the leaf's value; that move is put down to the feature split by. What all features moved adds up to how far the
 * row is from the mean.
 *
 * @see Saabas 2014, "Interpreting random forests"
 */

/**
 * What each input added to the log-odds of a client model's boosted trees: together, those of the row less the mean over the pool that
 * they were trained on. Positive speaks for fraud.
 *
 * @param row `featureCount` finite values
 */
export function explainBoosted({ featureCount, boosted }: ClientModel, row: ArrayLike<number>): Float64Array {
  const moved = new Float64Array(featureCount);
  addMoves(
    boosted,
    expectedBy(boosted, () => boosted.covers),
    row,
    moved,
  );
  return moved;
}

/**
 * How many splits sooner each feature isolated the row than is usual, on the average tree: together, the mean path length of the rows
 * the trees were grown on less that of the row. Positive makes it stranger.
 *
 * @param row `forest.featureCount` finite values
 */
export function explainForest(forest: Forest, row: ArrayLike<number>): Float64Array {
  const moved = new Float64Array(forest.featureCount);
  addMoves(
    forest,
    expectedBy(forest, () => rowsThrough(forest)),
    row,
    moved,
  );
  return moved.map((depth) => (depth === 0 ? 0 : -depth / forest.roots.length));
}

function addMoves(trees: Trees, expected: Float64Array, row: ArrayLike<number>, moved: Float64Array): void {
  const { roots, features, thresholds, left, right } = trees;
  // The casts rest on the invariants of `Trees`: no index leaves its array.
  for (const root of roots) {
    let node = root;
    let feature = features[node] as number;
    while (feature !== LEAF) {
      const goesLeft = Math.fround(row[feature] as number) <= (thresholds[node] as number);
      const next = (goesLeft ? left[node] : right[node]) as number;
      moved[feature] = (moved[feature] as number) + (expected[next] as number) - (expected[node] as number);
      node = next;
      feature = features[node] as number;
    }
  }
}

/** Of trees that were asked about before: they never change, and thousands of rows are asked of the same. */
const EXPECTED = new WeakMap<Trees, Float64Array>();

/** For each node the mean value of the leaves below it, as often as rows ended there. */
function expectedBy(trees: Trees, coversOf: () => ArrayLike<number>): Float64Array {
  const before = EXPECTED.get(trees);
  if (before !== undefined) return before;
  const { features, left, right, leafValues } = trees;
  const covers = coversOf();
  const expected = Float64Array.from(leafValues);
  // Children come after their parent, so from behind each is known before it.
  for (let node = features.length - 1; node >= 0; node--) {
    if (features[node] === LEAF) continue;
    const [one, other] = [left[node] as number, right[node] as number];
    const [oneCover, otherCover] = [covers[one] as number, covers[other] as number];
    const sum = oneCover * (expected[one] as number) + otherCover * (expected[other] as number);
    expected[node] = sum / (oneCover + otherCover);
  }
  EXPECTED.set(trees, expected);
  return expected;
}

/**
 * How many rows of a tree's sample went through each node. A forest keeps no such count, and needs none: the path length of a leaf is
 * its depth plus c(rows), and no two numbers of rows have the same c.
 */
function rowsThrough(forest: Forest): Float64Array {
  const { features, left, right, leafValues } = forest;
  const depths = new Int32Array(features.length);
  for (const [node, feature] of features.entries()) {
    if (feature === LEAF) continue;
    depths[left[node] as number] = depths[right[node] as number] = (depths[node] as number) + 1;
  }
  const lengths = pathLengthsUpTo(Math.max(...leafValues));
  const rows = new Float64Array(features.length);
  for (let node = features.length - 1; node >= 0; node--) {
    rows[node] =
      features[node] === LEAF
        ? nearest(lengths, (leafValues[node] as number) - (depths[node] as number))
        : (rows[left[node] as number] as number) + (rows[right[node] as number] as number);
  }
  return rows;
}

/** Rows of one leaf beyond which their number no longer matters. */
const LEAF_ROWS_MAX = 1 << 20;

/** c(n), for every n up to the first whose c is at least this. */
function pathLengthsUpTo(longest: number): Float64Array {
  let rows = 256;
  let lengths = averagePathLengths(rows);
  while ((lengths[rows] as number) < longest && rows < LEAF_ROWS_MAX) lengths = averagePathLengths((rows *= 2));
  return lengths;
}

/** The number of rows whose c is nearest, at least 1. */
function nearest(lengths: Float64Array, length: number): number {
  let low = 1;
  let high = lengths.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    // low <= middle < high, and above 1 there is one before.
    if (((lengths[middle] as number) + (lengths[middle + 1] as number)) / 2 < length) low = middle + 1;
    else high = middle;
  }
  return low;
}
