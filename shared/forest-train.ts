import { averagePathLengths, type Forest, normaliserOf } from "./forest.ts";
import { below, type Random, shuffleFirst } from "./random.ts";
import { checkRows, LEAF, TREE_LIMITS } from "./trees.ts";

/** What an isolation forest is grown from. */
export interface ForestRecipe {
  /** `rowCount` rows of `featureCount` values, one row after the other, all finite. */
  rows: Float32Array;
  /** At least 2. */
  rowCount: number;
  featureCount: number;
  /** 100 unless told. */
  treeCount?: number;
  /** Rows each tree is grown on, drawn without replacement: 256 unless told, all when there are fewer. */
  sampleSize?: number;
  /** Splits between a root and its deepest leaf: 8 unless told, the average for 256 rows. */
  depthMax?: number;
  /** The only source of chance: the same numbers give the same forest. */
  random: Random;
}

/** 2^24 leaves a tree; deeper trees would only exhaust memory. */
const DEPTH_MAX = 24;

/**
 * Grow an isolation forest: each tree on its own sample, each node split at a uniform point of a
 * random feature's range, features that are constant in the node left out.
 *
 * Each threshold is rounded to float32 *before* rows are parted by it, so that a row scored later
 * takes the way it took here. Every split leaves rows on both sides.
 *
 * @returns a forest in which `forestFault` finds nothing
 * @throws RangeError when rows or sizes are not as `ForestRecipe` says
 * @see Liu, Ting & Zhou 2008, "Isolation forest", algorithms 1 and 2
 */
export function trainIsolationForest(recipe: ForestRecipe): Forest {
  const { rows, rowCount, featureCount, treeCount = 100, depthMax = 8, random } = recipe;
  const sampleSize = Math.min(recipe.sampleSize ?? 256, rowCount);
  checkInteger("featureCount", featureCount, 1, TREE_LIMITS.features);
  checkInteger("rowCount", rowCount, 2, Number.MAX_SAFE_INTEGER);
  checkInteger("treeCount", treeCount, 1, TREE_LIMITS.trees);
  checkInteger("sampleSize", sampleSize, 2, Number.MAX_SAFE_INTEGER);
  checkInteger("depthMax", depthMax, 1, DEPTH_MAX);
  checkRows(rows, rowCount, featureCount);

  const nodes = emptyNodes();
  const pathLengths = averagePathLengths(sampleSize);
  const roots = new Int32Array(treeCount);
  const rowOrder = countingUp(rowCount);
  const featureOrder = countingUp(featureCount);
  const picked = { feature: LEAF, lowest: 0, highest: 0 };

  for (let tree = 0; tree < treeCount; tree++) {
    shuffleFirst(random, rowOrder, sampleSize);
    roots[tree] = grow(0, sampleSize, 0);
    if (nodes.features.length > TREE_LIMITS.nodes) {
      throw new RangeError(`The forest would have more than ${TREE_LIMITS.nodes} nodes`);
    }
  }
  return {
    featureCount,
    normaliser: normaliserOf(sampleSize),
    roots,
    features: Int32Array.from(nodes.features),
    thresholds: Float32Array.from(nodes.thresholds),
    left: Int32Array.from(nodes.left),
    right: Int32Array.from(nodes.right),
    leafValues: Float32Array.from(nodes.leafValues),
  };

  /** Grow a node and all below it on the rows at [`start`, `end`) of `rowOrder`; its index. */
  function grow(start: number, end: number, depth: number): number {
    const node = nodes.features.length;
    if (depth >= depthMax || end - start < 2 || !pickFeature(start, end)) {
      // A node holds at most `sampleSize` rows, which the table covers.
      addNode(LEAF, 0, depth + (pathLengths[end - start] as number));
      return node;
    }
    const { feature, lowest, highest } = picked;
    const threshold = thresholdBetween(lowest, highest, random());
    addNode(feature, threshold, 0);
    const middle = part(start, end, feature, threshold);
    nodes.left[node] = grow(start, middle, depth + 1);
    nodes.right[node] = grow(middle, end, depth + 1);
    return node;
  }

  function addNode(feature: number, threshold: number, leafValue: number): void {
    nodes.features.push(feature);
    nodes.thresholds.push(threshold);
    nodes.left.push(0);
    nodes.right.push(0);
    nodes.leafValues.push(leafValue);
  }

  /** Set `picked` to a random feature that varies among these rows; false when none does. */
  function pickFeature(start: number, end: number): boolean {
    for (let tried = 0; tried < featureCount; tried++) {
      // Draws without replacement. Indices stay inside both orders, hence the casts.
      const other = tried + below(random, featureCount - tried);
      const feature = featureOrder[other] as number;
      featureOrder[other] = featureOrder[tried] as number;
      featureOrder[tried] = feature;

      let lowest = Infinity;
      let highest = -Infinity;
      for (let at = start; at < end; at++) {
        const value = rows[(rowOrder[at] as number) * featureCount + feature] as number;
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
      }
      if (lowest < highest) {
        picked.feature = feature;
        picked.lowest = lowest;
        picked.highest = highest;
        return true;
      }
    }
    return false;
  }

  /** Reorder the rows at [`start`, `end`) so that those that go left come first; where the right begins. */
  function part(start: number, end: number, feature: number, threshold: number): number {
    let middle = start;
    for (let at = start; at < end; at++) {
      // `at` and `middle` stay inside the row order, hence the casts.
      const row = rowOrder[at] as number;
      if ((rows[row * featureCount + feature] as number) <= threshold) {
        rowOrder[at] = rowOrder[middle] as number;
        rowOrder[middle] = row;
        middle++;
      }
    }
    return middle;
  }
}

/**
 * A float32 in [`lowest`, `highest`), so that both sides of the split get a row.
 *
 * @param position where in the range, in [0, 1)
 */
function thresholdBetween(lowest: number, highest: number, position: number): number {
  const threshold = Math.fround(lowest + position * (highest - lowest));
  return threshold < highest ? threshold : lowest; // rounding may reach the upper end
}

function emptyNodes() {
  const list = (): number[] => [];
  return {
    features: list(),
    thresholds: list(),
    left: list(),
    right: list(),
    leafValues: list(),
  };
}

function countingUp(length: number): Int32Array {
  return Int32Array.from({ length }, (_, index) => index);
}

function checkInteger(name: string, value: number, lowest: number, highest: number): void {
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw new RangeError(`${name} is an integer from ${lowest} to ${highest}`);
  }
}
