/**
 * An isolation forest as flat arrays over all nodes of all trees.
 *
 * Tree `t` holds the nodes from `roots[t]` up to the next root (the last tree: up to the end), its
 * root first. A node splits when `feature` is 0 or more: a row goes to `left` when
 * `row[feature] <= threshold`, else to `right`. Children are node indices and always come after
 * their parent, so every walk ends. A leaf has feature -1, threshold 0 and both children 0; a
 * splitting node has leaf value 0.
 *
 * `forestFault` says whether arrays from outside keep to this; `scoreForest` takes it for granted.
 *
 * @see Liu, Ting & Zhou 2008, "Isolation forest"
 */
export interface Forest {
  readonly featureCount: number;
  /** `normaliserOf(sampleSize)`: the path length that gives the score one half. */
  readonly normaliser: number;
  readonly roots: Int32Array;
  readonly features: Int32Array;
  readonly thresholds: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Path length of a leaf: its depth plus `averagePathLengths` of the rows that ended there. */
  readonly leafValues: Float32Array;
}

export const LEAF = -1;

/** Bounds on a forest, wide for any use here, that keep a file from elsewhere from filling memory. */
export const FOREST_LIMITS = { features: 1_000, trees: 10_000, nodes: 1_000_000 } as const;

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
  const { featureCount, features, thresholds, left, right, leafValues, roots } = forest;
  const scores = new Float32Array(rowCount);

  // Trees outside, rows inside: one tree fits the fastest cache. The casts of this loop rest on the
  // invariants of `Forest` and on `checkRows`: no index leaves its array.
  for (const root of roots) {
    for (let row = 0, offset = 0; row < rowCount; row++, offset += featureCount) {
      let node = root;
      let feature = features[node] as number;
      while (feature !== LEAF) {
        const goesLeft = (rows[offset + feature] as number) <= (thresholds[node] as number);
        node = (goesLeft ? left[node] : right[node]) as number;
        feature = features[node] as number;
      }
      scores[row] = (scores[row] as number) + (leafValues[node] as number);
    }
  }

  const treeCount = roots.length;
  const exponentScale = Math.fround(-1 / forest.normaliser);
  for (const [row, pathLengthSum] of scores.entries()) {
    const meanPathLength = Math.fround(pathLengthSum / treeCount);
    scores[row] = 2 ** Math.fround(meanPathLength * exponentScale);
  }
  return scores;
}

/**
 * Refuse rows that no forest can be grown on or asked about.
 *
 * @throws RangeError when the length is not `rowCount` times `featureCount`, or a value is not finite
 */
export function checkRows(rows: Float32Array, rowCount: number, featureCount: number): void {
  if (!Number.isInteger(rowCount) || rowCount < 0 || rows.length !== rowCount * featureCount) {
    throw new RangeError(`Expected ${rowCount} rows of ${featureCount} features, got ${rows.length} values`);
  }
  for (let index = 0; index < rows.length; index++) {
    if (!Number.isFinite(rows[index])) {
      const row = Math.floor(index / featureCount);
      throw new RangeError(`Feature ${index % featureCount} of row ${row} is not finite`);
    }
  }
}

/**
 * What is wrong with a forest, in words, or `null` when it keeps everything `Forest` promises.
 * Looks at every node once; no content of the arrays makes it loop or read out of range.
 */
export function forestFault(forest: Forest): string | null {
  return shapeFault(forest) ?? rootsFault(forest) ?? nodesFault(forest);
}

function shapeFault(forest: Forest): string | null {
  const { featureCount, normaliser, roots, features } = forest;
  const nodeCount = features.length;
  if (!isIntegerWithin(featureCount, 1, FOREST_LIMITS.features)) {
    return `has ${featureCount} features, not 1 to ${FOREST_LIMITS.features}`;
  }
  if (!isIntegerWithin(roots.length, 1, FOREST_LIMITS.trees)) {
    return `has ${roots.length} trees, not 1 to ${FOREST_LIMITS.trees}`;
  }
  if (nodeCount > FOREST_LIMITS.nodes) {
    return `has ${nodeCount} nodes, more than ${FOREST_LIMITS.nodes}`;
  }
  const perNode = [forest.thresholds, forest.left, forest.right, forest.leafValues];
  if (perNode.some((array) => array.length !== nodeCount)) {
    return "does not have as many thresholds, children and leaf values as nodes";
  }
  if (!(normaliser > 0 && normaliser <= NORMALISER_MAX)) {
    return `has the normaliser ${normaliser}, which no sample size has`;
  }
  if (1 / Math.fround(1 / normaliser) !== normaliser) {
    return `has the normaliser ${normaliser}, whose reciprocal is no float32`;
  }
  return null;
}

function rootsFault({ roots, features }: Forest): string | null {
  if (roots[0] !== 0) return "does not begin with a root";
  let previous = -1;
  for (const [tree, root] of roots.entries()) {
    if (root <= previous || root >= features.length) return `has no nodes for tree ${tree}`;
    previous = root;
  }
  return null;
}

function nodesFault(forest: Forest): string | null {
  const nodeCount = forest.features.length;
  const hasParent = new Uint8Array(nodeCount);
  for (const [tree, root] of forest.roots.entries()) {
    const end = forest.roots[tree + 1] ?? nodeCount;
    for (let node = root; node < end; node++) {
      if (node !== root && hasParent[node] === 0) return `does not reach node ${node}`;
      const fault = nodeFault(forest, node, end);
      if (fault !== null) return `${fault} (node ${node})`;
      if (forest.features[node] === LEAF) continue;
      for (const child of [forest.left[node], forest.right[node]]) {
        // `nodeFault` found both children inside the tree.
        const index = child as number;
        if (hasParent[index] === 1) return `reaches node ${index} twice`;
        hasParent[index] = 1;
      }
    }
  }
  return null;
}

function nodeFault(forest: Forest, node: number, end: number): string | null {
  // The caller walks inside the arrays, whose lengths `shapeFault` compared.
  const feature = forest.features[node] as number;
  const threshold = forest.thresholds[node] as number;
  const left = forest.left[node] as number;
  const right = forest.right[node] as number;
  const leafValue = forest.leafValues[node] as number;
  if (feature === LEAF) {
    if (threshold !== 0 || left !== 0 || right !== 0) return "has a leaf that also splits";
    const highest = LEAF_NORMALISERS_MAX * forest.normaliser;
    return leafValue >= 0 && leafValue <= highest ? null : "has a leaf with no path length";
  }
  if (!(feature >= 0 && feature < forest.featureCount)) {
    return `splits by feature ${feature} of ${forest.featureCount}`;
  }
  if (!Number.isFinite(threshold)) return "splits at a threshold that is not finite";
  if (leafValue !== 0) return "has a splitting node with a path length";
  const inside = (child: number) => child > node && child < end;
  return inside(left) && inside(right) ? null : "has a child outside its tree or before its parent";
}

function isIntegerWithin(value: number, lowest: number, highest: number): boolean {
  return Number.isInteger(value) && value >= lowest && value <= highest;
}
