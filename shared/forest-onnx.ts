import { type Forest, forestFault } from "./forest.ts";
import {
  attributeReader,
  decodeModel,
  demand,
  demandNodes,
  encodeModel,
  floatMatrix,
  type GraphNode,
  known,
  ModelFormatError,
  readTensor,
  readWidth,
  tensor,
} from "./onnx-file.ts";
import type { GraphProto } from "./onnx_pb.ts";
import type { Trees } from "./trees.ts";
import { readTrees, treeAttributes } from "./trees-onnx.ts";

export { ModelFormatError };

/** Name of the graph's input: float32 [N, featureCount]. */
export const FOREST_INPUT = "features";
/** Name of the graph's output: float32 [N, 1], the score. */
export const FOREST_OUTPUT = "score";

/** features → mean path length → × (-1 / normaliser) → 2 to that power = score */
const NODES: GraphNode[] = [
  { opType: "TreeEnsembleRegressor", domain: "ai.onnx.ml", input: [FOREST_INPUT], output: ["path_length"] },
  { opType: "Mul", domain: "", input: ["path_length", "exponent_scale"], output: ["exponent"] },
  { opType: "Pow", domain: "", input: ["two", "exponent"], output: [FOREST_OUTPUT] },
];
const TREES = 0;

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
  const graph = {
    name: "isolation_forest",
    node: NODES.map((node, index) =>
      index === TREES ? { ...node, attribute: treeAttributes(forest, "AVERAGE") } : node,
    ),
    initializer: [tensor("exponent_scale", [1], [Math.fround(-1 / forest.normaliser)]), tensor("two", [1], [2])],
    input: [floatMatrix(FOREST_INPUT, forest.featureCount)],
    output: [floatMatrix(FOREST_OUTPUT, 1)],
  };
  return encodeModel(graph, meta);
}

/**
 * Read a forest back from the file `writeForestOnnx` made of it, equal in every array. The bytes are not trusted: everything that is
 * not exactly such a file is refused. Takes time in proportion to the size of the file.
 *
 * @throws ModelFormatError for every file that is not such a forest, and nothing else
 */
export function readForestOnnx(bytes: Uint8Array): { forest: Forest; meta: Record<string, string> } {
  const { graph, meta } = decodeModel(bytes);
  demandNodes(graph, NODES, TREES);
  const forest = { ...readAverage(graph, readSignature(graph)), normaliser: readNormaliser(graph) };
  const fault = forestFault(forest);
  if (fault !== null) throw new ModelFormatError(`The forest ${fault}`);
  return { forest, meta };
}

/** The width of the only input, once the only output is the one there should be. */
function readSignature({ input, output }: GraphProto): number {
  demand(input.length === 1, `has other inputs than ${FOREST_INPUT}`);
  demand(output.length === 1, `has other outputs than ${FOREST_OUTPUT}`);
  demand(readWidth(output[0], FOREST_OUTPUT) === 1, "does not give one score per row");
  return readWidth(input[0], FOREST_INPUT);
}

/** The normaliser from the factor of the exponent, which is minus its reciprocal. */
function readNormaliser({ initializer }: GraphProto): number {
  const [scale, base, ...others] = initializer;
  demand(others.length === 0, "has constants that it does not use");
  demand(readTensor(base, "two", [1])[0] === 2, "does not raise 2 to the power of the exponent");
  return -1 / (readTensor(scale, "exponent_scale", [1])[0] ?? NaN);
}

function readAverage({ node }: GraphProto, featureCount: number): Trees {
  const read = attributeReader(known(node[TREES], "trees").attribute);
  const trees = readTrees(read, featureCount, "AVERAGE");
  read.end();
  return trees;
}
