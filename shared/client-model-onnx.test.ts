import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { clientFault, type ClientModel, scoreClient } from "./client-model.ts";
import {
  CLIENT_INPUT,
  CLIENT_OUTPUTS,
  ModelFormatError,
  readClientOnnx,
  writeClientOnnx,
} from "./client-model-onnx.ts";
import { trainClientModel } from "./client-train.ts";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
} from "./onnx_pb.ts";
import { chance, normal, pick, seededRandom } from "./random.ts";

const INPUTS = 12;
const META = { version: "client@v1", "feature.1": "größe", note: "" };

function learn(rowCount: number): ClientModel {
  const random = seededRandom(11);
  const rows = Float32Array.from({ length: rowCount * INPUTS }, () =>
    chance(random, 0.2) ? -1 : Math.abs(normal(random)),
  );
  const labels = Uint8Array.from({ length: rowCount }, (_, row) =>
    Number(chance(random, (rows[row * INPUTS] ?? 0) > 1 ? 0.7 : 0.1)),
  );
  const weights = Float32Array.from({ length: rowCount }, () => 0.02 + random());
  return trainClientModel({ rows, rowCount, featureCount: INPUTS, labels, weights, random });
}

/** The same model with only its first trees. */
function pruned({ boosted, ...model }: ClientModel, trees: number): ClientModel {
  const end = boosted.roots[trees] ?? boosted.features.length;
  return {
    ...model,
    boosted: {
      ...boosted,
      roots: boosted.roots.slice(0, trees),
      features: boosted.features.slice(0, end),
      thresholds: boosted.thresholds.slice(0, end),
      left: boosted.left.slice(0, end),
      right: boosted.right.slice(0, end),
      leafValues: boosted.leafValues.slice(0, end),
      covers: boosted.covers.slice(0, end),
    },
  };
}

const full = learn(400);
const small = pruned(full, 1);

describe("writeClientOnnx", () => {
  it("gives back an equal model and its meta, and the same bytes from them", () => {
    for (const model of [full, small]) {
      const bytes = writeClientOnnx(model, META);
      const read = readClientOnnx(bytes);
      expect(read).toEqual({ model, meta: META });
      expect(writeClientOnnx(read.model, read.meta)).toEqual(bytes);
    }
  });

  it("writes the same bytes whatever the order of the meta, so that a hash names a model", () => {
    const { version, ...rest } = META;
    expect(writeClientOnnx(small, { ...rest, version })).toEqual(writeClientOnnx(small, META));
  });

  it("writes about 40 kB for 100 trees", () => {
    expect(writeClientOnnx(full, {}).length).toBeLessThan(50_000);
  });

  it("refuses an unsound model, so that no file is written that cannot be read", () => {
    const unsound = { ...small, boosted: { ...small.boosted, left: small.boosted.left.map(() => 0) } };
    expect(() => writeClientOnnx(unsound, {})).toThrow(RangeError);
  });
});

describe("scoreClient and ONNX Runtime", () => {
  beforeAll(() => {
    ort.env.wasm.numThreads = 1;
  });

  async function ortScores(model: ClientModel, rows: Float32Array, rowCount: number) {
    const session = await ort.InferenceSession.create(writeClientOnnx(model, META));
    const input = new ort.Tensor("float32", rows, [rowCount, model.featureCount]);
    const outputs = await session.run({ [CLIENT_INPUT]: input });
    await session.release();
    return Object.fromEntries(
      Object.values(CLIENT_OUTPUTS).map((name) => {
        expect(outputs[name]?.dims).toEqual([rowCount, 1]);
        // The signature says float32, whose data is a Float32Array.
        return [name, outputs[name]?.data as Float32Array];
      }),
    );
  }

  /** Random values, huge ones, missing ones (-1), and every fourth exactly on a threshold of its input. */
  function trickyRows({ boosted, featureCount }: ClientModel, rowCount: number): Float32Array {
    const random = seededRandom(12);
    const thresholds = Array.from({ length: featureCount }, (_, input) =>
      [...boosted.thresholds].filter((_threshold, node) => boosted.features[node] === input),
    );
    return Float32Array.from({ length: rowCount * featureCount }, (_, index) => {
      const own = thresholds[index % featureCount] ?? [];
      const kind = random();
      if (kind < 0.15) return -1;
      if (kind < 0.4 && own.length > 0) return pick(random, own);
      return kind < 0.45 ? 3e38 * random() : 2 * Math.abs(normal(random));
    });
  }

  it.each([1, 2, 37, 200])("agree to 1e-5 on %s rows, on thresholds and missing values too", async (rowCount) => {
    const rows = trickyRows(full, rowCount);
    const ours = scoreClient(full, rows, rowCount);
    const theirs = await ortScores(full, rows, rowCount);
    for (const name of Object.values(CLIENT_OUTPUTS)) {
      const differences = Array.from(ours[name], (score, row) => Math.abs(score - (theirs[name]?.[row] ?? NaN)));
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    }
  });

  it("tell rows apart where they agree", () => {
    const { logistic, boosted } = scoreClient(full, trickyRows(full, 200), 200);
    for (const scores of [logistic, boosted]) expect(Math.max(...scores) - Math.min(...scores)).toBeGreaterThan(1);
  });

  it("agree on one input and on a tree that is a single leaf", async () => {
    const rows = new Float32Array(20).fill(4);
    const labels = Uint8Array.from({ length: 20 }, (_, row) => row % 2);
    const weights = new Float32Array(20).fill(1);
    const model = trainClientModel({ rows, rowCount: 20, featureCount: 1, labels, weights, random: seededRandom(1) });
    const theirs = await ortScores(model, rows, 20);
    const ours = scoreClient(model, rows, 20);
    expect(theirs[CLIENT_OUTPUTS.boosted]).toEqual(ours.boosted);
    expect(theirs[CLIENT_OUTPUTS.logistic]).toEqual(ours.logistic);
  });
});

describe("readClientOnnx", () => {
  const bytes = writeClientOnnx(small, META);
  const probe = new Float32Array(2 * INPUTS).fill(-1, 0, INPUTS);

  /** Reads a damaged file: refused with a ModelFormatError, or a model that scores. True if read. */
  function survives(damaged: Uint8Array): boolean {
    let model: ClientModel;
    try {
      ({ model } = readClientOnnx(damaged));
    } catch (error) {
      if (error instanceof ModelFormatError) return false;
      throw error;
    }
    expect(clientFault(model)).toBeNull();
    if (model.featureCount !== INPUTS) return true;
    const { logistic, boosted } = scoreClient(model, probe, 2);
    expect([...logistic, ...boosted].every(Number.isFinite)).toBe(true);
    return true;
  }

  it("refuses the file cut short at any byte", () => {
    for (let length = 0; length < bytes.length; length++) {
      // Meta comes last: a file cut between two of its entries is a whole file with less meta.
      if (survives(bytes.subarray(0, length))) {
        expect(Object.keys(readClientOnnx(bytes.subarray(0, length)).meta).length).toBeLessThan(3);
      }
    }
  });

  it("refuses or reads soundly the file with a bit flipped in any byte; it never hangs", () => {
    let read = 0;
    const damaged = Uint8Array.from(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const at = bit >>> 3;
      const original = damaged[at] ?? 0;
      damaged[at] = original ^ (1 << (bit & 7));
      if (survives(damaged)) read++;
      damaged[at] = original;
    }
    // Bits of thresholds, weights, input numbers and meta make another sound model; few others do.
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(bytes.length);
  });

  it("refuses or reads soundly the file with a run of random bytes anywhere", () => {
    const random = seededRandom(13);
    for (let round = 0; round < 1_000; round++) {
      const damaged = Uint8Array.from(bytes);
      const start = Math.floor(random() * bytes.length);
      const noise = Uint8Array.from({ length: 1 + random() * 16 }, () => random() * 256);
      damaged.set(noise.subarray(0, bytes.length - start), start);
      survives(damaged);
    }
  });

  it.each([
    { name: "nothing", file: new Uint8Array(0) },
    { name: "a page of HTML", file: new TextEncoder().encode("<!doctype html><p>Not found</p>") },
    { name: "zeros", file: new Uint8Array(1_000) },
    { name: "a length far beyond the end", file: Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x07) },
    { name: "groups within groups", file: new Uint8Array(100_000).fill(0x5b) },
    { name: "more than any model needs", file: new Uint8Array(64_000_001) },
  ])("refuses $name", ({ file }) => {
    expect(() => readClientOnnx(file)).toThrow(ModelFormatError);
  });

  /** The file after `change` has been made to the model it holds. */
  function changed(change: (graph: GraphProto, trees: NodeProto, model: ModelProto) => void) {
    const model = fromBinary(ModelProtoSchema, bytes);
    const trees = model.graph?.node.at(-1);
    if (model.graph === undefined || trees === undefined) throw new Error("No trees to change");
    change(model.graph, trees, model);
    return toBinary(ModelProtoSchema, model);
  }

  const inAttribute = (name: string, change: (attribute: AttributeProto) => void) =>
    changed((_graph, trees) => {
      const attribute = trees.attribute.find((each) => each.name === name);
      if (attribute === undefined) throw new Error(`No attribute ${name}`);
      change(attribute);
    });
  const inConstant = (name: string, change: (constant: TensorProto) => void) =>
    changed(({ initializer }) => {
      const constant = initializer.find((each) => each.name === name);
      if (constant === undefined) throw new Error(`No constant ${name}`);
      change(constant);
    });
  const ascii = (text: string) => new TextEncoder().encode(text);
  const widthOf = ({ type }: GraphProto["input"][number]) => type?.value.value?.shape?.dim[1]?.value;

  it.each([
    {
      because: "a child is its own parent",
      file: inAttribute("nodes_truenodeids", ({ ints }) => (ints[0] = 0n)),
      message: /before its parent/,
    },
    {
      because: "a child is in no tree",
      file: inAttribute("nodes_truenodeids", ({ ints }) => (ints[0] = 1n << 40n)),
      message: /nodes_truenodeids/,
    },
    {
      because: "both children are one node",
      file: inAttribute("nodes_falsenodeids", ({ ints }) => (ints[0] = 1n)),
      message: /twice/,
    },
    {
      because: "an input is beyond the row",
      file: inAttribute("nodes_featureids", ({ ints }) => (ints[0] = 12n)),
      message: /nodes_featureids/,
    },
    {
      because: "the input is narrower than what is done with it",
      file: changed(({ input }) => {
        const width = input[0] && widthOf(input[0]);
        if (width?.case === "dimValue") width.value = 11n;
      }),
      message: /means as float32 \[11\]/,
    },
    {
      because: "there is a second input",
      file: changed(({ input }) => input.push(...input)),
      message: /other inputs/,
    },
    {
      because: "an output is missing",
      file: changed(({ output }) => output.pop()),
      message: /other outputs/,
    },
    {
      because: "the outputs are swapped",
      file: changed(({ output }) => output.reverse()),
      message: /in the place of logistic/,
    },
    {
      because: "an output has two columns",
      file: changed(({ output }) => {
        const width = output[1] && widthOf(output[1]);
        if (width?.case === "dimValue") width.value = 2n;
      }),
      message: /one boosted per row/,
    },
    {
      because: "a threshold is not finite",
      file: inAttribute("nodes_values", ({ floats }) => (floats[0] = NaN)),
      message: /not finite/,
    },
    {
      because: "a leaf is not finite",
      file: inAttribute("target_weights", ({ floats }) => (floats[0] = Infinity)),
      message: /leaf with no log-odds/,
    },
    {
      because: "a leaf is beyond all odds",
      file: inAttribute("target_weights", ({ floats }) => (floats[0] = -1e6)),
      message: /leaf with no log-odds/,
    },
    {
      because: "the base is beyond all odds",
      file: inAttribute("base_values", ({ floats }) => (floats[0] = 1e6)),
      message: /begin with no log-odds/,
    },
    {
      because: "there is a base for each of two targets",
      file: inAttribute("base_values", ({ floats }) => floats.push(0)),
      message: /values in base_values/,
    },
    {
      because: "a cover is not what went on below",
      file: inAttribute("nodes_hitrates", ({ floats }) => (floats[0] = 1)),
      message: /another cover/,
    },
    {
      because: "the covers are missing",
      file: changed((_graph, trees) => {
        trees.attribute = trees.attribute.filter(({ name }) => name !== "nodes_hitrates");
      }),
      message: /no attribute nodes_hitrates/,
    },
    {
      because: "a node compares in another way",
      file: inAttribute("nodes_modes", ({ strings }) => (strings[0] = ascii("BRANCH_LT"))),
      message: /unknown mode/,
    },
    {
      because: "trees are averaged instead of summed",
      file: inAttribute("aggregate_function", (attribute) => (attribute.s = ascii("AVERAGE"))),
      message: /sum of its trees/,
    },
    {
      because: "the sum is transformed",
      file: inAttribute("post_transform", (attribute) => (attribute.s = ascii("LOGISTIC"))),
      message: /transforms/,
    },
    {
      because: "there are two targets",
      file: inAttribute("n_targets", (attribute) => (attribute.i = 2n)),
      message: /target/,
    },
    {
      because: "an unknown attribute could change the meaning",
      file: changed((_graph, trees) =>
        trees.attribute.push(
          create(AttributeProtoSchema, { name: "nodes_missing_value_tracks_true", type: 7, ints: [1n] }),
        ),
      ),
      message: /unknown attributes/,
    },
    {
      because: "arithmetic has an attribute",
      file: changed(({ node }) => node[4]?.attribute.push(create(AttributeProtoSchema, { name: "alpha", type: 1 }))),
      message: /gives Gemm an attribute/,
    },
    {
      because: "a field outside the subset could change the meaning",
      file: changed((graph) => {
        graph.$unknown = [{ no: 15, wireType: 2, data: Uint8Array.of(0) }];
      }),
      message: /unknown field in its graph/,
    },
    {
      because: "a weight is not finite",
      file: inConstant("weights", ({ floatData }) => (floatData[0] = NaN)),
      message: /weight beyond/,
    },
    {
      because: "a weight is missing",
      file: inConstant("weights", ({ floatData }) => floatData.pop()),
      message: /weights as float32 \[12, 1\]/,
    },
    {
      because: "a constant has another shape",
      file: inConstant("means", ({ dims }) => dims.push(1n)),
      message: /means as float32 \[12\]/,
    },
    {
      because: "a constant is of another type",
      file: inConstant("scales", (constant) => (constant.dataType = 7)),
      message: /scales as float32/,
    },
    {
      because: "a scale is 0",
      file: inConstant("scales", ({ floatData }) => (floatData[0] = 0)),
      message: /scale that is none/,
    },
    {
      because: "a mean is below all inputs",
      file: inConstant("means", ({ floatData }) => (floatData[0] = -1)),
      message: /mean that no one-sided input has/,
    },
    {
      because: "it clips elsewhere",
      file: inConstant("highest", ({ floatData }) => (floatData[0] = 7)),
      message: /clip at 6/,
    },
    {
      because: "it does not clip below",
      file: inConstant("lowest", ({ floatData }) => (floatData[0] = -Infinity)),
      message: /clip at -6/,
    },
    {
      because: "there is a constant more",
      file: changed(({ initializer }) => initializer.push(...initializer.slice(0, 1))),
      message: /does not use/,
    },
    {
      because: "a constant is missing",
      file: changed(({ initializer }) => initializer.pop()),
      message: /no intercept/,
    },
    {
      because: "a node is missing",
      file: changed(({ node }) => node.pop()),
      message: /6 nodes/,
    },
    {
      because: "a node is another operator",
      file: changed(({ node }) => node.slice(2, 3).forEach((div) => (div.opType = "Mul"))),
      message: /does not have Div/,
    },
    {
      because: "a node takes another input",
      file: changed(({ node }) => node[1]?.input.reverse()),
      message: /does not have Sub/,
    },
    {
      because: "operators are of another version",
      file: changed((_graph, _trees, { opsetImport }) => opsetImport.forEach((set) => (set.version += 1n))),
      message: /operator sets/,
    },
    {
      because: "the format is of another version",
      file: changed((_graph, _trees, model) => (model.irVersion = 3n)),
      message: /IR version/,
    },
    {
      because: "there is no graph",
      file: changed((_graph, _trees, model) => delete model.graph),
      message: /no graph/,
    },
    {
      because: "meta says two things under one name",
      file: changed((_graph, _trees, { metadataProps }) => metadataProps.push(...metadataProps.slice(0, 1))),
      message: /two metadata entries/,
    },
  ])("refuses a file in which $because", ({ file, message }) => {
    expect(() => readClientOnnx(file)).toThrow(ModelFormatError);
    expect(() => readClientOnnx(file)).toThrow(message);
  });
});
