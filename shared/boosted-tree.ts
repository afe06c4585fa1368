import { BINS_MAX, type BinnedRows } from "./boosted-bins.ts";
import { LEAF } from "./trees.ts";

/** One tree, its nodes in the order in which they were made: the root first, children after their parent, two at a time. */
export interface GrownTree {
  /** -1 for a leaf. */
  features: number[];
  /** A row goes left when its bin is at most this. */
  lastBinsLeft: number[];
  left: number[];
  right: number[];
  /** Of a leaf, what takes the loss down most; not scaled by a learning rate. */
  leafValues: number[];
}

/** What a tree is grown on: the first and second derivative of each row's loss by its log-odds. */
export interface Derivatives {
  slopes: Float64Array;
  bends: Float64Array;
}

/** Shape of a tree. */
const LEAVES_MAX = 8;
const LEAF_ROWS_MIN = 5;
/** Second derivatives a leaf adds up to, at least. */
const LEAF_BEND_MIN = 1e-3;
/** What squared leaf values cost. */
const PENALTY = 3;

/** Slope, bend and rows of each bin. */
const SUMS = 3;
const FEATURE_SUMS = SUMS * (BINS_MAX + 1);

/** Of a leaf that is not counted. */
const NO_SUMS = new Float64Array(0);

/** A node that may still be split: its rows are those at [start, end) of the row order. */
interface Growing {
  node: number;
  start: number;
  end: number;
  slope: number;
  bend: number;
  sums: Float64Array;
  split: Split | null;
}

interface Split {
  gain: number;
  feature: number;
  lastBinLeft: number;
}

/**
 * Grows trees on the same binned rows, each leaf by leaf: always the leaf whose split takes the loss down most. Sums over bins are
 * counted for the smaller side of a split and subtracted for the other.
 *
 * @see Ke et al. 2017, "LightGBM: a highly efficient gradient boosting decision tree"
 */
export function treeGrower({ rowCount, bins }: BinnedRows) {
  const order = new Int32Array(rowCount);
  const aside = new Int32Array(rowCount);
  const orderedSlopes = new Float64Array(rowCount);
  const orderedBends = new Float64Array(rowCount);
  let spare: Float64Array[] = [];

  /**
   * @param rows those to grow on
   * @param features those to split by, ascending
   */
  return function grow(rows: Int32Array, features: Int32Array, { slopes, bends }: Derivatives): GrownTree {
    order.set(rows);
    const tree: GrownTree = { features: [], lastBinsLeft: [], left: [], right: [], leafValues: [] };
    const root = open(0, rows.length);
    root.sums = emptySums();
    count(root);
    const growing = [root];
    while (growing.length < LEAVES_MAX) {
      const parent = growing.reduce((best, one) => ((one.split?.gain ?? 0) > (best.split?.gain ?? 0) ? one : best));
      if (parent.split === null) break;
      const [smaller, larger] = divide(parent, parent.split);
      growing.splice(growing.indexOf(parent), 1, smaller, larger);
      if (growing.length < LEAVES_MAX) countBoth(smaller, larger, parent.sums);
      else spare.push(parent.sums);
    }
    spare.push(...growing.flatMap(({ sums }) => (sums === NO_SUMS ? [] : [sums])));
    return tree;

    /** A new leaf over these rows. */
    function open(start: number, end: number): Growing {
      let slope = 0;
      let bend = 0;
      for (let at = start; at < end; at++) {
        const row = order[at] as number; // of the row order, whose rows have derivatives
        slope += slopes[row] as number;
        bend += bends[row] as number;
      }
      const node = tree.features.push(LEAF) - 1;
      tree.lastBinsLeft.push(0);
      tree.left.push(0);
      tree.right.push(0);
      tree.leafValues.push(-slope / (bend + PENALTY));
      return { node, start, end, slope, bend, sums: NO_SUMS, split: null };
    }

    /** Two leaves in place of one, the one with fewer rows first. */
    function divide(parent: Growing, { feature, lastBinLeft }: Split): [Growing, Growing] {
      const middle = part(parent, feature, lastBinLeft);
      const left = open(parent.start, middle);
      const right = open(middle, parent.end);
      tree.features[parent.node] = feature;
      tree.lastBinsLeft[parent.node] = lastBinLeft;
      tree.left[parent.node] = left.node;
      tree.right[parent.node] = right.node;
      tree.leafValues[parent.node] = 0;
      return middle - parent.start <= parent.end - middle ? [left, right] : [right, left];
    }

    /** Counts the smaller leaf, and takes it from what was counted of both. */
    function countBoth(smaller: Growing, larger: Growing, sums: Float64Array): void {
      smaller.sums = emptySums();
      count(smaller);
      for (const feature of features) {
        const end = (feature + 1) * FEATURE_SUMS;
        for (let at = feature * FEATURE_SUMS; at < end; at++) {
          sums[at] = (sums[at] as number) - (smaller.sums[at] as number); // both as long as all features' sums
        }
      }
      larger.sums = sums;
      larger.split = bestSplit(larger);
    }

    /** Adds up a leaf's rows by bin, and finds its best split. */
    function count(leaf: Growing): void {
      const { start, end, sums } = leaf;
      for (let at = start; at < end; at++) {
        const row = order[at] as number;
        orderedSlopes[at] = slopes[row] as number;
        orderedBends[at] = bends[row] as number;
      }
      for (const feature of features) {
        const ofRow = feature * rowCount;
        const ofBin = feature * FEATURE_SUMS;
        for (let at = start; at < end; at++) {
          // A row of the order has a bin below 64 in every feature.
          const sum = ofBin + SUMS * (bins[ofRow + (order[at] as number)] as number);
          sums[sum] = (sums[sum] as number) + (orderedSlopes[at] as number);
          sums[sum + 1] = (sums[sum + 1] as number) + (orderedBends[at] as number);
          sums[sum + 2] = (sums[sum + 2] as number) + 1;
        }
      }
      leaf.split = bestSplit(leaf);
    }

    function bestSplit({ start, end, slope, bend, sums }: Growing): Split | null {
      const rowsInAll = end - start;
      let best: Split | null = null;
      if (rowsInAll < 2 * LEAF_ROWS_MIN) return best;
      const gainAlready = gainOf(slope, bend);
      for (const feature of features) {
        let slopeLeft = 0;
        let bendLeft = 0;
        let rowsLeft = 0;
        for (let bin = 0; bin < BINS_MAX; bin++) {
          const sum = feature * FEATURE_SUMS + SUMS * bin;
          slopeLeft += sums[sum] as number;
          bendLeft += sums[sum + 1] as number;
          rowsLeft += sums[sum + 2] as number;
          if (sums[sum + 2] === 0 || rowsLeft < LEAF_ROWS_MIN || bendLeft < LEAF_BEND_MIN) continue;
          if (rowsInAll - rowsLeft < LEAF_ROWS_MIN || bend - bendLeft < LEAF_BEND_MIN) break;
          const gain = gainOf(slopeLeft, bendLeft) + gainOf(slope - slopeLeft, bend - bendLeft) - gainAlready;
          if (gain > (best?.gain ?? GAIN_MIN)) best = { gain, feature, lastBinLeft: bin };
        }
      }
      return best;
    }
  };

  /** Brings a leaf's rows that go left before the others, each side in the order it had; where the right begins. */
  function part({ start, end }: Growing, feature: number, lastBinLeft: number): number {
    const ofRow = feature * rowCount;
    let middle = start;
    let set = 0;
    for (let at = start; at < end; at++) {
      const row = order[at] as number;
      if ((bins[ofRow + row] as number) <= lastBinLeft) order[middle++] = row;
      else aside[set++] = row;
    }
    order.set(aside.subarray(0, set), middle);
    return middle;
  }

  function emptySums(): Float64Array {
    const [sums = new Float64Array((bins.length / rowCount) * FEATURE_SUMS), ...rest] = spare;
    spare = rest;
    return sums.fill(0);
  }
}

/** A gain below is rounding. */
const GAIN_MIN = 1e-9;

/** How much one leaf over rows with these derivatives takes the loss down, twice over. */
function gainOf(slope: number, bend: number): number {
  return (slope * slope) / (bend + PENALTY);
}
