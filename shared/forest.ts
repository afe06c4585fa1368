import { addLeaves, checkRows, LEAF, type Trees, treesFault } from "./trees.ts";

/**
 * An isolation forest: trees whose leaves hold path lengths, each its depth plus `averagePathLengths` of the rows that ended there.
 *
 * `forestFault` says whether arrays from outside keep to this; `scoreForest` takes it for granted.
 *
 * @see Liu, Ting & Zhou 2008, "Isolation forest"
 */
export interface Forest extends Trees {
  /** `normaliserOf(sampleSize)`: the path length that gives the score one half. */
  readonly normaliser: number;
}

/** No normaliser reaches this: 2^32 rows have 43. */
const NORMALISER_MAX = 100;

/** Leaves deeper than this many normalisers are no path lengths; scores stay above 2^-100, so above 0. */
const LEAF_NORMALISERS_MAX = 100;

/**
 * Average path length of an unsuccessful search in a binary search tree of n rows, the c(n) of Liu et
 * al.: 2·H(n-1) - 2·(n-1)/n. The harmonic number is summed, not approximated by a logarithm, so that
 * every engine gives the same bits.
 *
 * @param countMax integer, at least 1
 * @returns c(n) at index n, up to `countMax`: 0 for one row, 1 for two, 10.25 for 256
 */
export function averagePathLengths(countMax: number): Float64Array {
  const lengths = new Float64Array(countMax + 1);
  let harmonic = 0;
  for (let count = 2; count <= countMax; count++) {
    harmonic += 1 / (count - 1);
    lengths[count] = 2 * harmonic - (2 * (count - 1)) / count;
  }
  return lengths;
}

/**
 * c(sampleSize) as a forest keeps it: moved by less than 1e-7 of itself to where its reciprocal is a
 * float32, because the ONNX graph multiplies by that reciprocal and must give the normaliser back.
 *
 * @param sampleSize rows each tree was grown on; integer, at least 2
 */
export function normaliserOf(sampleSize: number): number {
  const length = averagePathLengths(sampleSize).at(-1) ?? 0;
  return 1 / Math.fround(1 / length);
}

/**
 * Isolation score of each row: 2^(-mean path length / normaliser). About 0.5 is ordinary, towards 1
 * is isolated. Sums in float32 in the order of the trees, as ONNX Runtime does; the two differ by
 * less than 1e-6.
 *
 * @param rows `rowCount` rows of `forest.featureCount` values, one row after the other, all finite
 * @returns one score per row, in (0, 1]
 * @throws RangeError when the length of `rows` does not fit or a value is not finite: what is
 *   missing is for the caller to encode (as -1), never NaN
 */
export function scoreForest(forest: Forest, rows: Float32Array, rowCount: number): Float32Array {
  checkRows(rows, rowCount, forest.featureCount);
  const scores = new Float32Array(rowCount);
  addLeaves(forest, rows, scores);

  const treeCount = forest.roots.length;
  const exponentScale = Math.fround(-1 / forest.normaliser);
  for (const [row, pathLengthSum] of scores.entries()) {
    const meanPathLength = Math.fround(pathLengthSum / treeCount);
    scores[row] = 2 ** Math.fround(meanPathLength * exponentScale);
  }
  return scores;
}

/** What is wrong with a forest, in words, or `null` when it keeps everything `Forest` promises. */
export function forestFault(forest: Forest): string | null {
  return treesFault(forest) ?? normaliserFault(forest) ?? leavesFault(forest);
}

function normaliserFault({ normaliser }: Forest): string | null {
  if (!(normaliser > 0 && normaliser <= NORMALISER_MAX)) {
    return `has the normaliser ${normaliser}, which no sample size has`;
  }
  const isReciprocal = 1 / Math.fround(1 / normaliser) === normaliser;
  return isReciprocal ? null : `has the normaliser ${normaliser}, whose reciprocal is no float32`;
}

function leavesFault({ normaliser, features, leafValues }: Forest): string | null {
  const highest = LEAF_NORMALISERS_MAX * normaliser;
  const isOff = (value: number, node: number) => features[node] === LEAF && !(value >= 0 && value <= highest);
  const node = leafValues.findIndex(isOff);
  return node === -1 ? null : `has a leaf with no path length (node ${node})`;
}
