import { create, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type Forest, FOREST_LIMITS, forestFault, LEAF } from "./forest.ts";
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx_pb.ts";

/** A file that is not a forest as `writeForestOnnx` writes it; `message` says where it differs. */
export class ModelFormatError extends Error {
  override readonly name = "ModelFormatError";
}

/** Name of the graph's input: float32 [N, featureCount]. */
export const FOREST_INPUT = "features";
/** Name of the graph's output: float32 [N, 1], the score. */
export const FOREST_OUTPUT = "score";

/** Larger than any forest within `FOREST_LIMITS` needs by far; checked before anything is decoded. */
const FILE_BYTES_MAX = 64_000_000;

/** IR 8 and opset 17 are of 2022: old enough for any runtime in use. */
const IR_VERSION = 8n;
const OPSETS = [
  { domain: "", version: 17n },
  { domain: "ai.onnx.ml", version: 3n },
];
const FLOAT = 1;
const ATTRIBUTE = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;

/** features → mean path length → × (-1 / normaliser) → 2 to that power = score */
const TREES = {
  opType: "TreeEnsembleRegressor",
  domain: "ai.onnx.ml",
  input: [FOREST_INPUT],
  output: ["path_length"],
};
const MUL = {
  opType: "Mul",
  domain: "",
  input: ["path_length", "exponent_scale"],
  output: ["exponent"],
};
const POW = { opType: "Pow", domain: "", input: ["two", "exponent"], output: [FOREST_OUTPUT] };
const NODES = [TREES, MUL, POW];

const BRANCH = new TextEncoder().encode("BRANCH_LEQ");
const LEAF_MODE = new TextEncoder().encode("LEAF");
const AVERAGE = new TextEncoder().encode("AVERAGE");
const NONE = new TextEncoder().encode("NONE");

/**
 * Write a forest as an ONNX model that any runtime scores as `scoreForest` does: input `features`
 * float32 [N, featureCount], output `score` float32 [N, 1].
 *
 * @param meta free text kept with the model (`metadata_props`), written in the order of its keys
 * @returns the file; the same forest and meta give the same bytes
 * @throws RangeError when the forest is not sound (`forestFault`)
 */
export function writeForestOnnx(forest: Forest, meta: Readonly<Record<string, string>>): Uint8Array {
  const fault = forestFault(forest);
  if (fault !== null) throw new RangeError(`The forest ${fault}`);

  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    opsetImport: OPSETS,
    producerName: "pulseecom",
    graph: {
      name: "isolation_forest",
      node: [{ ...TREES, attribute: treeAttributes(forest) }, MUL, POW],
      initializer: [scalar("exponent_scale", Math.fround(-1 / forest.normaliser)), scalar("two", 2)],
      input: [floatMatrix(FOREST_INPUT, forest.featureCount)],
      output: [floatMatrix(FOREST_OUTPUT, 1)],
    },
    metadataProps: Object.entries(meta)
      .map(([key, value]) => ({ key, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  });
  return toBinary(ModelProtoSchema, model);
}

function scalar(name: string, value: number) {
  return { name, dataType: FLOAT, dims: [1n], floatData: [value] };
}

function floatMatrix(name: string, width: number) {
  const rows = { value: { case: "dimParam" as const, value: "N" } };
  const columns = { value: { case: "dimValue" as const, value: BigInt(width) } };
  return {
    name,
    type: {
      value: {
        case: "tensorType" as const,
        value: { elemType: FLOAT, shape: { dim: [rows, columns] } },
      },
    },
  };
}

/** Nodes are numbered from 0 in each tree, in the order of the forest; so are the leaves' targets. */
function treeAttributes(forest: Forest) {
  const trees = treeOfEachNode(forest);
  const rootOf = (node: number) => forest.roots[trees[node] ?? 0] ?? 0;
  const nodes = [...trees.keys()];
  const leaves = nodes.filter((node) => forest.features[node] === LEAF);
  const inTree = (child: number, node: number) => (forest.features[node] === LEAF ? 0n : BigInt(child - rootOf(node)));

  return [
    { name: "aggregate_function", type: ATTRIBUTE.string, s: AVERAGE },
    { name: "n_targets", type: ATTRIBUTE.int, i: 1n },
    ints("nodes_falsenodeids", nodes, (node) => inTree(forest.right[node] ?? 0, node)),
    ints("nodes_featureids", nodes, (node) => BigInt(Math.max(0, forest.features[node] ?? 0))),
    {
      name: "nodes_modes",
      type: ATTRIBUTE.strings,
      strings: nodes.map((node) => (forest.features[node] === LEAF ? LEAF_MODE : BRANCH)),
    },
    ints("nodes_nodeids", nodes, (node) => BigInt(node - rootOf(node))),
    ints("nodes_treeids", nodes, (node) => BigInt(trees[node] ?? 0)),
    ints("nodes_truenodeids", nodes, (node) => inTree(forest.left[node] ?? 0, node)),
    { name: "nodes_values", type: ATTRIBUTE.floats, floats: [...forest.thresholds] },
    { name: "post_transform", type: ATTRIBUTE.string, s: NONE },
    ints("target_ids", leaves, () => 0n),
    ints("target_nodeids", leaves, (node) => BigInt(node - rootOf(node))),
    ints("target_treeids", leaves, (node) => BigInt(trees[node] ?? 0)),
    {
      name: "target_weights",
      type: ATTRIBUTE.floats,
      floats: leaves.map((node) => forest.leafValues[node] ?? 0),
    },
  ];
}

function ints(name: string, nodes: readonly number[], value: (node: number) => bigint) {
  return { name, type: ATTRIBUTE.ints, ints: nodes.map(value) };
}

function treeOfEachNode({ roots, features }: Forest): Int32Array {
  const trees = new Int32Array(features.length);
  for (const [tree, root] of roots.entries()) trees.fill(tree, root);
  return trees;
}

/**
 * Read a forest back from the file `writeForestOnnx` made of it, equal in every array.
 *
 * The bytes are not trusted. Anything the graph says that this reader would not take into account
 * (another operator, version, attribute or field) is refused, so that a file never means one thing
 * here and another to ONNX Runtime. Takes time in proportion to the size of the file.
 *
 * @throws ModelFormatError for every file that is not such a forest, and nothing else
 */
export function readForestOnnx(bytes: Uint8Array): {
  forest: Forest;
  meta: Record<string, string>;
} {
  const model = decode(bytes);
  const graph = known(model.graph, "graph");
  const featureCount = readSignature(model, graph);
  const forest = readTrees(graph.node[0], featureCount, readNormaliser(graph));
  const fault = forestFault(forest);
  if (fault !== null) throw new ModelFormatError(`The forest ${fault}`);
  return { forest, meta: readMeta(model) };
}

function decode(bytes: Uint8Array): ModelProto {
  if (bytes.length > FILE_BYTES_MAX) {
    throw new ModelFormatError(`The file is larger than ${FILE_BYTES_MAX} bytes`);
  }
  try {
    return known(fromBinary(ModelProtoSchema, bytes), "model");
  } catch (error) {
    if (error instanceof ModelFormatError) throw error;
    throw new ModelFormatError("The file is no ONNX model, or is cut short", { cause: error });
  }
}

/** Everything about the model that is the same for every forest; the number of features it takes. */
function readSignature(model: ModelProto, graph: GraphProto): number {
  const opsets = model.opsetImport.map((opset) => known(opset, "operator set"));
  demand(model.irVersion === IR_VERSION, `is not of IR version ${IR_VERSION}`);
  demand(
    opsets.length === OPSETS.length &&
      OPSETS.every(({ domain, version }, index) => {
        const opset = opsets[index];
        return opset?.domain === domain && opset.version === version;
      }),
    "does not import the operator sets of a forest",
  );

  const nodes = graph.node.map((node) => known(node, "node"));
  demand(nodes.length === NODES.length, "does not have the three nodes of a forest");
  for (const [index, { opType, domain, input, output }] of NODES.entries()) {
    const node = nodes[index];
    demand(
      node?.opType === opType &&
        node.domain === domain &&
        sameNames(node.input, input) &&
        sameNames(node.output, output),
      `does not have ${opType} of ${input.join(" and ")} as node ${index}`,
    );
    demand(index === 0 || node.attribute.length === 0, `gives ${opType} an attribute`);
  }

  demand(readWidth(graph.output, FOREST_OUTPUT) === 1, "does not give one score per row");
  return readWidth(graph.input, FOREST_INPUT);
}

/** The second dimension of the only float32 matrix in `values`, which has the given name. */
function readWidth(values: readonly ValueInfoProto[], name: string): number {
  const [value] = values;
  const type = known(known(value, name).type, "type").value;
  demand(values.length === 1 && value?.name === name, `has other values than ${name}`);
  const tensor = known(type.value, "tensor type");
  const dimensions = known(tensor.shape, "shape").dim.map((dim) => known(dim, "dimension").value);
  const [rows, columns] = dimensions;
  demand(
    tensor.elemType === FLOAT && dimensions.length === 2 && rows?.case === "dimParam" && columns?.case === "dimValue",
    `does not have ${name} as float32 [N, width]`,
  );
  return toIndex(columns.value, FOREST_LIMITS.features + 1, `width of ${name}`);
}

/** The normaliser from the factor of the exponent, which is minus its reciprocal. */
function readNormaliser(graph: GraphProto): number {
  const [scale, base] = graph.initializer;
  demand(graph.initializer.length === 2, "does not have the two constants of a forest");
  demand(readScalar(base, "two") === 2, "does not raise 2 to the power of the exponent");
  return -1 / readScalar(scale, "exponent_scale");
}

function readScalar(tensor: TensorProto | undefined, name: string): number {
  const { name: actual, dataType, dims, floatData } = known(tensor, name);
  const [value] = floatData;
  demand(
    actual === name &&
      dataType === FLOAT &&
      dims.length === 1 &&
      dims[0] === 1n &&
      floatData.length === 1 &&
      value !== undefined,
    `does not have ${name} as one float32`,
  );
  return value;
}

function readTrees(node: NodeProto | undefined, featureCount: number, normaliser: number): Forest {
  const read = attributeReader(known(node, "node").attribute);
  demand(sameBytes(read.string("aggregate_function"), AVERAGE), "does not average its trees");
  demand(sameBytes(read.string("post_transform"), NONE), "transforms the mean of its trees");
  demand(read.int("n_targets") === 1n, "has more than one target");

  const modes = read.strings("nodes_modes");
  const nodeCount = modes.length;
  demand(nodeCount <= FOREST_LIMITS.nodes, `has more than ${FOREST_LIMITS.nodes} nodes`);
  const isLeaf = modes.map((mode, index) => {
    const leaf = sameBytes(mode, LEAF_MODE);
    demand(leaf || sameBytes(mode, BRANCH), `has node ${index} in an unknown mode`);
    return leaf;
  });
  const { roots, rootOfNode } = readNumbering(
    read.indices("nodes_treeids", nodeCount, FOREST_LIMITS.trees),
    read.indices("nodes_nodeids", nodeCount, FOREST_LIMITS.nodes),
  );
  const leaves = [...isLeaf.keys()].filter((index) => isLeaf[index]);
  const features = read.indices("nodes_featureids", nodeCount, featureCount);
  const left = read.indices("nodes_truenodeids", nodeCount, nodeCount);
  const right = read.indices("nodes_falsenodeids", nodeCount, nodeCount);
  const thresholds = read.floats("nodes_values", nodeCount);
  const leafValues = new Float32Array(nodeCount);
  // A leaf says nothing in these places that a runtime would use.
  for (const [index, leaf] of isLeaf.entries()) {
    const root = rootOfNode[index] ?? 0;
    features[index] = leaf ? LEAF : (features[index] ?? LEAF);
    left[index] = leaf ? 0 : root + (left[index] ?? 0);
    right[index] = leaf ? 0 : root + (right[index] ?? 0);
    thresholds[index] = leaf ? 0 : (thresholds[index] ?? NaN);
  }

  const targetTrees = read.indices("target_treeids", leaves.length, FOREST_LIMITS.trees);
  const targetNodes = read.indices("target_nodeids", leaves.length, FOREST_LIMITS.nodes);
  const weights = read.floats("target_weights", leaves.length);
  read.indices("target_ids", leaves.length, 1);
  for (const [index, leaf] of leaves.entries()) {
    const target = (roots[targetTrees[index] ?? -1] ?? NaN) + (targetNodes[index] ?? NaN);
    demand(target === leaf, `does not have the targets in the order of its leaves (${index})`);
    leafValues[leaf] = weights[index] ?? NaN;
  }
  read.end();
  return { featureCount, normaliser, roots, features, thresholds, left, right, leafValues };
}

/** Trees are numbered from 0 without a gap, and so are the nodes of each tree, in the order given. */
function readNumbering(trees: Int32Array, nodes: Int32Array) {
  const roots: number[] = [];
  const rootOfNode = new Int32Array(trees.length);
  for (const [index, tree] of trees.entries()) {
    if (tree === roots.length) roots.push(index);
    const root = roots.at(-1) ?? NaN;
    demand(tree === roots.length - 1 && nodes[index] === index - root, `does not number its nodes in order (${index})`);
    rootOfNode[index] = root;
  }
  return { roots: Int32Array.from(roots), rootOfNode };
}

/** Takes attributes by name and type, each once; `end` refuses what was not asked for. */
function attributeReader(list: readonly AttributeProto[]) {
  const rest = new Map<string, AttributeProto>();
  for (const attribute of list) {
    const { name } = known(attribute, "attribute");
    demand(!rest.has(name), `has the attribute ${name} twice`);
    rest.set(name, attribute);
  }
  function take(name: string, type: number): AttributeProto {
    const attribute = rest.get(name);
    demand(attribute?.type === type, `has no attribute ${name} of type ${type}`);
    rest.delete(name);
    return attribute;
  }
  function sized<T>(name: string, values: readonly T[], count: number): readonly T[] {
    demand(values.length === count, `has ${values.length} of ${count} values in ${name}`);
    return values;
  }
  return {
    int: (name: string) => take(name, ATTRIBUTE.int).i,
    string: (name: string) => take(name, ATTRIBUTE.string).s,
    strings: (name: string) => take(name, ATTRIBUTE.strings).strings,
    floats: (name: string, count: number) => Float32Array.from(sized(name, take(name, ATTRIBUTE.floats).floats, count)),
    /** `count` integers in [0, limit). */
    indices: (name: string, count: number, limit: number) =>
      Int32Array.from(sized(name, take(name, ATTRIBUTE.ints).ints, count), (value) => toIndex(value, limit, name)),
    end: () => demand(rest.size === 0, `has unknown attributes (${rest.size})`),
  };
}

function readMeta(model: ModelProto): Record<string, string> {
  const entries = model.metadataProps.map((entry) => known(entry, "metadata"));
  const meta = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  demand(Object.keys(meta).length === entries.length, "has two metadata entries of one name");
  return meta;
}

/** The message itself, once it is there and holds no field that this subset of ONNX leaves out. */
function known<T extends Message>(message: T | undefined, what: string): T {
  demand(message !== undefined, `has no ${what}`);
  demand(!message.$unknown?.length, `has an unknown field in its ${what}`);
  return message;
}

function toIndex(value: bigint, limit: number, what: string): number {
  demand(value >= 0n && value < BigInt(limit), `has ${value} in ${what}, not 0 to ${limit - 1}`);
  return Number(value);
}

function demand(condition: boolean | undefined, otherwise: string): asserts condition {
  if (condition !== true) throw new ModelFormatError(`The model ${otherwise}`);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
