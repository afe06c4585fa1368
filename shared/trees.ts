/**
 * Decision trees as flat arrays over all nodes of all trees, laid out one tree after the other: tree `t` holds the nodes from `roots[t]`
 * up to the next root, its root first. A row goes to `left` when `row[feature] <= threshold`, else to `right`; children come after
 * their parent. A leaf has feature -1, threshold 0 and both children 0; a splitting node has leaf value 0.
 *
 * `treesFault` says whether arrays from outside keep to this; `addLeaves` takes it for granted.
 */
export interface Trees {
  readonly featureCount: number;
  readonly roots: Int32Array;
  readonly features: Int32Array;
  readonly thresholds: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly leafValues: Float32Array;
}

export const LEAF = -1;

/** Bounds on trees, wide for any use here, that keep a file from elsewhere from filling memory. */
export const TREE_LIMITS = { features: 1_000, trees: 10_000, nodes: 1_000_000 } as const;

/**
 * Adds to the sum of each row the value of the leaf it ends in, tree after tree: in float32, as ONNX Runtime does.
 *
 * @param rows as many as there are sums, of `trees.featureCount` values each, one row after the other
 */
export function addLeaves(trees: Trees, rows: Float32Array, sums: Float32Array): void {
  const { featureCount, leafValues, roots } = trees;
  // One tree at a time fits the fastest cache.
  for (const root of roots) {
    for (let row = 0; row < sums.length; row++) {
      // `row` is an index of the sums, and a walk ends in a leaf.
      const leaf = leafOf(trees, root, rows, row * featureCount);
      sums[row] = (sums[row] as number) + (leafValues[leaf] as number);
    }
  }
}

/** The node in which the row at `offset` ends. The casts rest on the invariants of `Trees`: no index leaves its array. */
export function leafOf(trees: Trees, root: number, rows: ArrayLike<number>, offset: number): number {
  const { features, thresholds, left, right } = trees;
  let node = root;
  let feature = features[node] as number;
  while (feature !== LEAF) {
    const goesLeft = (rows[offset + feature] as number) <= (thresholds[node] as number);
    node = (goesLeft ? left[node] : right[node]) as number;
    feature = features[node] as number;
  }
  return node;
}

/**
 * Refuse rows that no trees can be grown on or asked about.
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
 * What is wrong with trees, in words, or `null` when they keep everything `Trees` promises. Looks at every node once; no content of
 * the arrays makes it loop or read out of range.
 */
export function treesFault(trees: Trees): string | null {
  return shapeFault(trees) ?? rootsFault(trees) ?? nodesFault(trees);
}

function shapeFault({ featureCount, roots, features, thresholds, left, right, leafValues }: Trees): string | null {
  const nodeCount = features.length;
  if (!isIntegerWithin(featureCount, 1, TREE_LIMITS.features)) {
    return `has ${featureCount} features, not 1 to ${TREE_LIMITS.features}`;
  }
  if (!isIntegerWithin(roots.length, 1, TREE_LIMITS.trees)) {
    return `has ${roots.length} trees, not 1 to ${TREE_LIMITS.trees}`;
  }
  if (nodeCount > TREE_LIMITS.nodes) return `has ${nodeCount} nodes, more than ${TREE_LIMITS.nodes}`;
  if ([thresholds, left, right, leafValues].some((array) => array.length !== nodeCount)) {
    return "does not have as many thresholds, children and leaf values as nodes";
  }
  return null;
}

function rootsFault({ roots, features }: Trees): string | null {
  if (roots[0] !== 0) return "does not begin with a root";
  let previous = -1;
  for (const [tree, root] of roots.entries()) {
    if (root <= previous || root >= features.length) return `has no nodes for tree ${tree}`;
    previous = root;
  }
  return null;
}

function nodesFault(trees: Trees): string | null {
  const nodeCount = trees.features.length;
  const hasParent = new Uint8Array(nodeCount);
  for (const [tree, root] of trees.roots.entries()) {
    const end = trees.roots[tree + 1] ?? nodeCount;
    for (let node = root; node < end; node++) {
      if (node !== root && hasParent[node] === 0) return `does not reach node ${node}`;
      const fault = nodeFault(trees, node, end);
      if (fault !== null) return `${fault} (node ${node})`;
      if (trees.features[node] === LEAF) continue;
      for (const child of [trees.left[node], trees.right[node]]) {
        // `nodeFault` found both children inside the tree.
        const index = child as number;
        if (hasParent[index] === 1) return `reaches node ${index} twice`;
        hasParent[index] = 1;
      }
    }
  }
  return null;
}

function nodeFault(trees: Trees, node: number, end: number): string | null {
  // The caller walks inside the arrays, whose lengths `shapeFault` compared.
  const feature = trees.features[node] as number;
  const threshold = trees.thresholds[node] as number;
  const left = trees.left[node] as number;
  const right = trees.right[node] as number;
  if (feature === LEAF) {
    return threshold === 0 && left === 0 && right === 0 ? null : "has a leaf that also splits";
  }
  if (!(feature >= 0 && feature < trees.featureCount)) return `splits by feature ${feature} of ${trees.featureCount}`;
  if (!Number.isFinite(threshold)) return "splits at a threshold that is not finite";
  if (trees.leafValues[node] !== 0) return "has a splitting node with a leaf's value";
  const inside = (child: number) => child > node && child < end;
  return inside(left) && inside(right) ? null : "has a child outside its tree or before its parent";
}

function isIntegerWithin(value: number, lowest: number, highest: number): boolean {
  return Number.isInteger(value) && value >= lowest && value <= highest;
}
