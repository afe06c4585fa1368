import { create, fromBinary, type Message, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  type GraphProto,
  type GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx_pb.ts";
import { TREE_LIMITS } from "./trees.ts";

/**
 * What is the same for all ONNX files written here, and the doubt with which they are read: whatever a graph says that a reader would
 * not take into account is refused, so that a file never means one thing here and another to ONNX Runtime.
 */

/** A file that is no model as it is written here; `message` says where it differs. */
export class ModelFormatError extends Error {
  override readonly name = "ModelFormatError";
}

/** IR 8 and opset 17 are of 2022: old enough for any runtime in use. */
const IR_VERSION = 8n;
const OPSETS = [
  { domain: "", version: 17n },
  { domain: "ai.onnx.ml", version: 3n },
];
const FLOAT = 1;
export const ATTRIBUTE = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;

/** Larger than any model within limits needs by far; checked before anything is decoded. */
const FILE_BYTES_MAX = 64_000_000;

/** An operator as a graph of ours uses it. */
export interface GraphNode {
  opType: string;
  domain: string;
  input: string[];
  output: string[];
}

/**
 * @param meta free text kept with the model, written in the order of its keys
 * @returns the same bytes for the same graph and meta
 */
export function encodeModel(
  graph: MessageInitShape<typeof GraphProtoSchema>,
  meta: Readonly<Record<string, string>>,
): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    opsetImport: OPSETS,
    producerName: "pulseecom",
    graph,
    metadataProps: Object.entries(meta)
      .map(([key, value]) => ({ key, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  });
  return toBinary(ModelProtoSchema, model);
}

/** A constant. No dimensions are a single number. */
export function tensor(name: string, dims: readonly number[], values: Iterable<number>) {
  return { name, dataType: FLOAT, dims: dims.map(BigInt), floatData: [...values] };
}

/** An input or output: float32 [N, width]. */
export function floatMatrix(name: string, width: number) {
  const rows = { value: { case: "dimParam" as const, value: "N" } };
  const columns = { value: { case: "dimValue" as const, value: BigInt(width) } };
  const shape = { dim: [rows, columns] };
  return { name, type: { value: { case: "tensorType" as const, value: { elemType: FLOAT, shape } } } };
}

/** @throws ModelFormatError when the bytes are no model of the versions that are written here */
export function decodeModel(bytes: Uint8Array): { graph: GraphProto; meta: Record<string, string> } {
  const model = decode(bytes);
  demand(model.irVersion === IR_VERSION, `is not of IR version ${IR_VERSION}`);
  const opsets = model.opsetImport.map((opset) => known(opset, "operator set"));
  demand(
    opsets.length === OPSETS.length &&
      OPSETS.every(({ domain, version }, index) => {
        const opset = opsets[index];
        return opset?.domain === domain && opset.version === version;
      }),
    "does not import the operator sets it needs",
  );
  return { graph: known(model.graph, "graph"), meta: readMeta(model) };
}

function decode(bytes: Uint8Array): ModelProto {
  if (bytes.length > FILE_BYTES_MAX) throw new ModelFormatError(`The file is larger than ${FILE_BYTES_MAX} bytes`);
  try {
    return known(fromBinary(ModelProtoSchema, bytes), "model");
  } catch (error) {
    if (error instanceof ModelFormatError) throw error;
    throw new ModelFormatError("The file is no ONNX model, or is cut short", { cause: error });
  }
}

function readMeta(model: ModelProto): Record<string, string> {
  const entries = model.metadataProps.map((entry) => known(entry, "metadata"));
  const meta = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  demand(Object.keys(meta).length === entries.length, "has two metadata entries of one name");
  return meta;
}

/** Demands exactly these operators, wired exactly like this. @param withAttributes index of the only one that has any */
export function demandNodes({ node }: GraphProto, wanted: readonly GraphNode[], withAttributes: number): void {
  const nodes = node.map((each) => known(each, "node"));
  demand(nodes.length === wanted.length, `does not have ${wanted.length} nodes`);
  for (const [index, { opType, domain, input, output }] of wanted.entries()) {
    const found = nodes[index];
    demand(
      found?.opType === opType &&
        found.domain === domain &&
        sameNames(found.input, input) &&
        sameNames(found.output, output),
      `does not have ${opType} of ${input.join(" and ")} as node ${index}`,
    );
    demand(index === withAttributes || found.attribute.length === 0, `gives ${opType} an attribute`);
  }
}

/** The width of a float32 matrix of the given name. */
export function readWidth(value: ValueInfoProto | undefined, name: string): number {
  const type = known(known(value, name).type, "type").value;
  demand(value?.name === name, `has another value in the place of ${name}`);
  const matrix = known(type.value, "tensor type");
  const dimensions = known(matrix.shape, "shape").dim.map((dim) => known(dim, "dimension").value);
  const [rows, columns] = dimensions;
  demand(
    matrix.elemType === FLOAT && dimensions.length === 2 && rows?.case === "dimParam" && columns?.case === "dimValue",
    `does not have ${name} as float32 [N, width]`,
  );
  return toIndex(columns.value, TREE_LIMITS.features + 1, `width of ${name}`);
}

/** The numbers of a constant of known name and dimensions. */
export function readTensor(found: TensorProto | undefined, name: string, dims: readonly number[]): Float32Array {
  const { name: actual, dataType, dims: has, floatData } = known(found, name);
  const isShaped = has.length === dims.length && dims.every((extent, index) => has[index] === BigInt(extent));
  const count = dims.reduce((product, extent) => product * extent, 1);
  demand(
    actual === name && dataType === FLOAT && isShaped && floatData.length === count,
    `does not have ${name} as float32 [${dims.join(", ")}]`,
  );
  return Float32Array.from(floatData);
}

export type AttributeReader = ReturnType<typeof attributeReader>;

/** Takes attributes by name and type, each once; `end` refuses what was not asked for. */
export function attributeReader(list: readonly AttributeProto[]) {
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
    indices(name: string, count: number, limit: number) {
      const values = sized(name, take(name, ATTRIBUTE.ints).ints, count);
      const indices = new Int32Array(count);
      for (let at = 0; at < count; at++) indices[at] = toIndex(values[at] ?? -1n, limit, name);
      return indices;
    },
    end: () => demand(rest.size === 0, `has unknown attributes (${rest.size})`),
  };
}

/** The message itself, once it is there and holds no field that our subset of ONNX leaves out. */
export function known<T extends Message>(message: T | undefined, what: string): T {
  demand(message !== undefined, `has no ${what}`);
  demand(!message.$unknown?.length, `has an unknown field in its ${what}`);
  return message;
}

export function demand(condition: boolean | undefined, otherwise: string): asserts condition {
  if (condition !== true) throw new ModelFormatError(`The model ${otherwise}`);
}

function toIndex(value: bigint, limit: number, what: string): number {
  const index = Number(value); // rounded where it is beyond any limit, and beyond it still
  // The words are put together for what is refused alone: a forest has a hundred thousand of these.
  if (!(index >= 0 && index < limit)) demand(false, `has ${value} in ${what}, not 0 to ${limit - 1}`);
  return index;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
