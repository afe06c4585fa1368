import { ATTRIBUTE, type AttributeReader, demand } from "./onnx-file.ts";
import { LEAF, TREE_LIMITS, type Trees } from "./trees.ts";

/** How ONNX makes one number of a row's leaves. */
type Aggregate = "AVERAGE" | "SUM";

const BRANCH = bytesOf("BRANCH_LEQ");
const LEAF_MODE = bytesOf("LEAF");
const NONE = bytesOf("NONE");

/**
 * Trees as attributes of ONNX's `TreeEnsembleRegressor`, for one target. Nodes are numbered from 0 in each tree, in the order of the
 * arrays; so are the leaves' targets.
 */
export function treeAttributes(trees: Trees, aggregate: Aggregate) {
  const treeOf = treeOfEachNode(trees);
  const rootOf = (node: number) => trees.roots[treeOf[node] ?? 0] ?? 0;
  const nodes = [...treeOf.keys()];
  const leaves = nodes.filter((node) => trees.features[node] === LEAF);
  const inTree = (child: number, node: number) => (trees.features[node] === LEAF ? 0n : BigInt(child - rootOf(node)));

  return [
    { name: "aggregate_function", type: ATTRIBUTE.string, s: bytesOf(aggregate) },
    { name: "n_targets", type: ATTRIBUTE.int, i: 1n },
    ints("nodes_falsenodeids", nodes, (node) => inTree(trees.right[node] ?? 0, node)),
    ints("nodes_featureids", nodes, (node) => BigInt(Math.max(0, trees.features[node] ?? 0))),
    {
      name: "nodes_modes",
      type: ATTRIBUTE.strings,
      strings: nodes.map((node) => (trees.features[node] === LEAF ? LEAF_MODE : BRANCH)),
    },
    ints("nodes_nodeids", nodes, (node) => BigInt(node - rootOf(node))),
    ints("nodes_treeids", nodes, (node) => BigInt(treeOf[node] ?? 0)),
    ints("nodes_truenodeids", nodes, (node) => inTree(trees.left[node] ?? 0, node)),
    floats("nodes_values", trees.thresholds),
    { name: "post_transform", type: ATTRIBUTE.string, s: NONE },
    ints("target_ids", leaves, () => 0n),
    ints("target_nodeids", leaves, (node) => BigInt(node - rootOf(node))),
    ints("target_treeids", leaves, (node) => BigInt(treeOf[node] ?? 0)),
    floats(
      "target_weights",
      leaves.map((node) => trees.leafValues[node] ?? 0),
    ),
  ];
}

export function floats(name: string, values: Iterable<number>) {
  return { name, type: ATTRIBUTE.floats, floats: [...values] };
}

function ints(name: string, nodes: readonly number[], value: (node: number) => bigint) {
  return { name, type: ATTRIBUTE.ints, ints: nodes.map(value) };
}

function treeOfEachNode({ roots, features }: Trees): Int32Array {
  const trees = new Int32Array(features.length);
  for (const [tree, root] of roots.entries()) trees.fill(tree, root);
  return trees;
}

/**
 * Takes from a node's attributes what `treeAttributes` writes, and leaves the others to the caller. Indices are in range; whether the
 * arrays are trees is for `treesFault` to say.
 */
export function readTrees(read: AttributeReader, featureCount: number, aggregate: Aggregate): Trees {
  demand(
    sameBytes(read.string("aggregate_function"), bytesOf(aggregate)),
    `does not take the ${aggregate.toLowerCase()} of its trees`,
  );
  demand(sameBytes(read.string("post_transform"), NONE), "transforms what its trees come to");
  demand(read.int("n_targets") === 1n, "has more than one target");

  const modes = read.strings("nodes_modes");
  const nodeCount = modes.length;
  demand(nodeCount <= TREE_LIMITS.nodes, `has more than ${TREE_LIMITS.nodes} nodes`);
  const isLeaf = modes.map((mode, index) => {
    const leaf = sameBytes(mode, LEAF_MODE);
    if (!leaf && !sameBytes(mode, BRANCH)) demand(false, `has node ${index} in an unknown mode`);
    return leaf;
  });
  const { roots, rootOfNode } = readNumbering(
    read.indices("nodes_treeids", nodeCount, TREE_LIMITS.trees),
    read.indices("nodes_nodeids", nodeCount, TREE_LIMITS.nodes),
  );
  const features = read.indices("nodes_featureids", nodeCount, featureCount);
  const left = read.indices("nodes_truenodeids", nodeCount, nodeCount);
  const right = read.indices("nodes_falsenodeids", nodeCount, nodeCount);
  const thresholds = read.floats("nodes_values", nodeCount);
  // A leaf says nothing in these places that a runtime would use.
  for (const [index, leaf] of isLeaf.entries()) {
    const root = rootOfNode[index] ?? 0;
    features[index] = leaf ? LEAF : (features[index] ?? LEAF);
    left[index] = leaf ? 0 : root + (left[index] ?? 0);
    right[index] = leaf ? 0 : root + (right[index] ?? 0);
    thresholds[index] = leaf ? 0 : (thresholds[index] ?? NaN);
  }
  const leaves = [...isLeaf.keys()].filter((index) => isLeaf[index]);
  const leafValues = readLeafValues(read, leaves, roots, nodeCount);
  return { featureCount, roots, features, thresholds, left, right, leafValues };
}

function readLeafValues(read: AttributeReader, leaves: readonly number[], roots: Int32Array, nodeCount: number) {
  const leafValues = new Float32Array(nodeCount);
  const targetTrees = read.indices("target_treeids", leaves.length, TREE_LIMITS.trees);
  const targetNodes = read.indices("target_nodeids", leaves.length, TREE_LIMITS.nodes);
  const weights = read.floats("target_weights", leaves.length);
  read.indices("target_ids", leaves.length, 1);
  for (const [index, leaf] of leaves.entries()) {
    const target = (roots[targetTrees[index] ?? -1] ?? NaN) + (targetNodes[index] ?? NaN);
    if (target !== leaf) demand(false, `does not have the targets in the order of its leaves (${index})`);
    leafValues[leaf] = weights[index] ?? NaN;
  }
  return leafValues;
}

/** Trees are numbered from 0 without a gap, and so are the nodes of each tree, in the order given. */
function readNumbering(trees: Int32Array, nodes: Int32Array) {
  const roots: number[] = [];
  const rootOfNode = new Int32Array(trees.length);
  for (const [index, tree] of trees.entries()) {
    if (tree === roots.length) roots.push(index);
    const root = roots.at(-1) ?? NaN;
    const isNext = tree === roots.length - 1 && nodes[index] === index - root;
    if (!isNext) demand(false, `does not number its nodes in order (${index})`);
    rootOfNode[index] = root;
  }
  return { roots: Int32Array.from(roots), rootOfNode };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
