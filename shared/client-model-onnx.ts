import { type Boosted, clientFault, type ClientModel, CLIP, type Logistic } from "./client-model.ts";
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
import { floats, readTrees, treeAttributes } from "./trees-onnx.ts";

export { ModelFormatError };

/** Name of the graph's input: float32 [N, featureCount]. */
export const CLIENT_INPUT = "features";
/** Names of the graph's outputs, log-odds: float32 [N, 1] each. */
export const CLIENT_OUTPUTS = { logistic: "logistic", boosted: "boosted" } as const;

/** features → harmful (unknown is 0) → deviations from the mean → in standard deviations → at most ±6 → weighted sum = logistic; features → boosted */
const NODES: GraphNode[] = [
  { opType: "Relu", domain: "", input: [CLIENT_INPUT], output: ["harmful"] },
  { opType: "Sub", domain: "", input: ["harmful", "means"], output: ["deviations"] },
  { opType: "Div", domain: "", input: ["deviations", "scales"], output: ["standardised"] },
  { opType: "Clip", domain: "", input: ["standardised", "lowest", "highest"], output: ["clipped"] },
  { opType: "Gemm", domain: "", input: ["clipped", "weights", "intercept"], output: [CLIENT_OUTPUTS.logistic] },
  {
    opType: "TreeEnsembleRegressor",
    domain: "ai.onnx.ml",
    input: [CLIENT_INPUT],
    output: [CLIENT_OUTPUTS.boosted],
  },
];
const TREES = NODES.length - 1;

/**
 * Write a client model as an ONNX model that any runtime scores as `scoreClient` does: input `features` float32 [N, featureCount],
 * outputs `logistic` and `boosted` float32 [N, 1]. The nodes' covers go into the attribute that ONNX has for them
 * (`nodes_hitrates`), which runtimes ignore.
 *
 * @param meta free text kept with the model (`metadata_props`), written in the order of its keys
 * @returns the file; the same model and meta give the same bytes
 * @throws RangeError when the model is not sound (`clientFault`)
 */
export function writeClientOnnx(model: ClientModel, meta: Readonly<Record<string, string>>): Uint8Array {
  const fault = clientFault(model);
  if (fault !== null) throw new RangeError(`The client model ${fault}`);
  const { featureCount, logistic, boosted } = model;
  const graph = {
    name: "client_model",
    node: NODES.map((node, index) => (index === TREES ? { ...node, attribute: boostedAttributes(boosted) } : node)),
    initializer: [
      tensor("means", [featureCount], logistic.means),
      tensor("scales", [featureCount], logistic.scales),
      tensor("lowest", [], [-CLIP]),
      tensor("highest", [], [CLIP]),
      tensor("weights", [featureCount, 1], logistic.weights),
      tensor("intercept", [1], [logistic.intercept]),
    ],
    input: [floatMatrix(CLIENT_INPUT, featureCount)],
    output: [floatMatrix(CLIENT_OUTPUTS.logistic, 1), floatMatrix(CLIENT_OUTPUTS.boosted, 1)],
  };
  return encodeModel(graph, meta);
}

function boostedAttributes(boosted: Boosted) {
  return [
    ...treeAttributes(boosted, "SUM"),
    floats("base_values", [boosted.base]),
    floats("nodes_hitrates", boosted.covers),
  ];
}

/**
 * Read a client model back from the file `writeClientOnnx` made of it, equal in every number. The bytes are not trusted: everything
 * that is not exactly such a file is refused. Takes time in proportion to the size of the file.
 *
 * @throws ModelFormatError for every file that is not such a model, and nothing else
 */
export function readClientOnnx(bytes: Uint8Array): { model: ClientModel; meta: Record<string, string> } {
  const { graph, meta } = decodeModel(bytes);
  demandNodes(graph, NODES, TREES);
  const featureCount = readSignature(graph);
  const model = {
    featureCount,
    logistic: readLogistic(graph, featureCount),
    boosted: readBoosted(graph, featureCount),
  };
  const fault = clientFault(model);
  if (fault !== null) throw new ModelFormatError(`The client model ${fault}`);
  return { model, meta };
}

/** The width of the only input, once the outputs are the two there should be. */
function readSignature({ input, output }: GraphProto): number {
  const outputNames = Object.values(CLIENT_OUTPUTS);
  demand(input.length === 1, `has other inputs than ${CLIENT_INPUT}`);
  demand(output.length === outputNames.length, `has other outputs than ${outputNames.join(" and ")}`);
  for (const [index, name] of outputNames.entries()) {
    demand(readWidth(output[index], name) === 1, `does not give one ${name} per row`);
  }
  return readWidth(input[0], CLIENT_INPUT);
}

function readLogistic({ initializer }: GraphProto, featureCount: number): Logistic {
  const [means, scales, lowest, highest, weights, intercept, ...others] = initializer;
  demand(others.length === 0, "has constants that it does not use");
  demand(readTensor(lowest, "lowest", [])[0] === -CLIP, `does not clip at ${-CLIP}`);
  demand(readTensor(highest, "highest", [])[0] === CLIP, `does not clip at ${CLIP}`);
  return {
    means: readTensor(means, "means", [featureCount]),
    scales: readTensor(scales, "scales", [featureCount]),
    weights: readTensor(weights, "weights", [featureCount, 1]),
    intercept: readTensor(intercept, "intercept", [1])[0] ?? NaN,
  };
}

function readBoosted({ node }: GraphProto, featureCount: number): Boosted {
  const read = attributeReader(known(node[TREES], "trees").attribute);
  const trees = readTrees(read, featureCount, "SUM");
  const base = read.floats("base_values", 1)[0] ?? NaN;
  const covers = read.floats("nodes_hitrates", trees.features.length);
  read.end();
  return { ...trees, base, covers };
}
