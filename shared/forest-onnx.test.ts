import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Forest, forestFault, scoreForest } from "./forest.ts";
import { FOREST_INPUT, FOREST_OUTPUT, ModelFormatError, readForestOnnx, writeForestOnnx } from "./forest-onnx.ts";
import { trainIsolationForest } from "./forest-train.ts";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
} from "./onnx_pb.ts";
import { normal, pick, seededRandom } from "./random.ts";

const FEATURES = 12;
const META = { version: "global@v0", "feature.1": "größe", note: "" };

function grow(rowCount: number, treeCount: number): Forest {
  const random = seededRandom(11);
  const rows = Float32Array.from({ length: rowCount * FEATURES }, () => Math.abs(normal(random)));
  return trainIsolationForest({ rows, rowCount, featureCount: FEATURES, treeCount, random });
}

const full = grow(2_000, 100);
const small = grow(6, 3);

describe("writeForestOnnx", () => {
  it("gives back an equal forest and its meta, and the same bytes from them", () => {
    for (const forest of [full, small]) {
      const bytes = writeForestOnnx(forest, META);
      const read = readForestOnnx(bytes);
      expect(read).toEqual({ forest, meta: META });
      expect(writeForestOnnx(read.forest, read.meta)).toEqual(bytes);
    }
  });

  it("writes the same bytes whatever the order of the meta, so that a hash names a model", () => {
    const { version, ...rest } = META;
    expect(writeForestOnnx(small, { ...rest, version })).toEqual(writeForestOnnx(small, META));
  });

  it("keeps meta under names that mean something to JavaScript", () => {
    const meta = Object.fromEntries([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["", "c"],
    ]);
    expect(readForestOnnx(writeForestOnnx(small, meta)).meta).toEqual(meta);
  });

  it("writes about 300 kB for 100 trees, small enough to bundle and to read at once", () => {
    expect(writeForestOnnx(full, {}).length).toBeLessThan(350_000);
  });

  it("refuses an unsound forest, so that no file is written that cannot be read", () => {
    const unsound = { ...small, left: small.left.map(() => 0) };
    expect(() => writeForestOnnx(unsound, {})).toThrow(RangeError);
  });
});

describe("scoreForest and ONNX Runtime", () => {
  beforeAll(() => {
    ort.env.wasm.numThreads = 1;
  });

  async function ortScores(forest: Forest, rows: Float32Array, rowCount: number) {
    const session = await ort.InferenceSession.create(writeForestOnnx(forest, META));
    const input = new ort.Tensor("float32", rows, [rowCount, forest.featureCount]);
    const output = (await session.run({ [FOREST_INPUT]: input }))[FOREST_OUTPUT];
    await session.release();
    if (output === undefined) throw new Error(`The graph has no output ${FOREST_OUTPUT}`);
    expect(output.dims).toEqual([rowCount, 1]);
    // The signature says float32, whose data is a Float32Array.
    return output.data as Float32Array;
  }

  /** Random values, missing ones (-1), and every fourth exactly on a threshold of its feature. */
  function trickyRows(forest: Forest, rowCount: number): Float32Array {
    const random = seededRandom(12);
    const thresholdsOf = (feature: number) =>
      [...forest.thresholds].filter((_, node) => forest.features[node] === feature);
    const thresholds = Array.from({ length: forest.featureCount }, (_, f) => thresholdsOf(f));
    return Float32Array.from({ length: rowCount * forest.featureCount }, (_, index) => {
      const own = thresholds[index % forest.featureCount] ?? [];
      const kind = random();
      if (kind < 0.15) return -1;
      if (kind < 0.4 && own.length > 0) return pick(random, own);
      return 2 * normal(random);
    });
  }

  it("agree to 1e-6 on 200 rows, on thresholds and missing values too, because either may answer", async () => {
    const rows = trickyRows(full, 200);
    const ours = scoreForest(full, rows, 200);
    const theirs = await ortScores(full, rows, 200);
    let largest = 0;
    for (const [row, score] of ours.entries()) {
      largest = Math.max(largest, Math.abs(score - (theirs[row] ?? NaN)));
    }
    expect(largest).toBeLessThan(1e-6);
    expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(0.1);
  });

  it("agree on a row alone, where the runtime takes another path than in a batch", async () => {
    const rows = trickyRows(full, 1);
    const [theirs] = await ortScores(full, rows, 1);
    expect(scoreForest(full, rows, 1)[0]).toBeCloseTo(theirs ?? NaN, 6);
  });

  it("agree on trees that are single leaves, as rows that are all the same make them", async () => {
    const rows = new Float32Array(20 * 3).fill(4);
    const random = seededRandom(1);
    const forest = trainIsolationForest({ rows, rowCount: 20, featureCount: 3, random });
    const [theirs] = await ortScores(forest, rows.subarray(0, 3), 1);
    expect(scoreForest(forest, rows.subarray(0, 3), 1)[0]).toBeCloseTo(theirs ?? NaN, 6);
  });
});

describe("readForestOnnx", () => {
  const bytes = writeForestOnnx(small, META);
  const probe = new Float32Array(2 * FEATURES).fill(-1, 0, FEATURES);

  /** Reads a damaged file: refused with a ModelFormatError, or a forest that scores. True if read. */
  function survives(damaged: Uint8Array): boolean {
    let forest: Forest;
    try {
      ({ forest } = readForestOnnx(damaged));
    } catch (error) {
      if (error instanceof ModelFormatError) return false;
      throw error;
    }
    expect(forestFault(forest)).toBeNull();
    if (forest.featureCount !== FEATURES) return true;
    const scores = scoreForest(forest, probe, 2);
    expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
    return true;
  }

  it("refuses the file cut short at any byte", () => {
    for (let length = 0; length < bytes.length; length++) {
      // Meta comes last: a file cut between two of its entries is a whole file with less meta.
      if (survives(bytes.subarray(0, length))) {
        expect(Object.keys(readForestOnnx(bytes.subarray(0, length)).meta).length).toBeLessThan(3);
      }
    }
  });

  it("refuses or reads soundly the file with any one bit flipped; it never hangs", () => {
    let read = 0;
    const damaged = Uint8Array.from(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const at = bit >>> 3;
      const original = damaged[at] ?? 0;
      damaged[at] = original ^ (1 << (bit & 7));
      if (survives(damaged)) read++;
      damaged[at] = original;
    }
    // Bits of thresholds, weights, feature numbers and meta make another sound file; few others do.
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(bytes.length * 4);
  });

  it("refuses or reads soundly the file with a run of random bytes anywhere", () => {
    const random = seededRandom(13);
    for (let round = 0; round < 2_000; round++) {
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
    {
      name: "a length far beyond the end",
      file: Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x07),
    },
    { name: "groups within groups", file: new Uint8Array(100_000).fill(0x5b) },
    { name: "more than any forest needs", file: new Uint8Array(64_000_001) },
  ])("refuses $name", ({ file }) => {
    expect(() => readForestOnnx(file)).toThrow(ModelFormatError);
  });

  /** The file after `change` has been made to the model it holds. */
  function changed(change: (model: ModelProto, graph: GraphProto, trees: NodeProto) => void) {
    const model = fromBinary(ModelProtoSchema, bytes);
    const trees = model.graph?.node[0];
    if (model.graph === undefined || trees === undefined) throw new Error("No trees to change");
    change(model, model.graph, trees);
    return toBinary(ModelProtoSchema, model);
  }

  const inAttribute = (name: string, change: (attribute: AttributeProto) => void) =>
    changed((_, __, trees) => {
      const attribute = trees.attribute.find((each) => each.name === name);
      if (attribute === undefined) throw new Error(`No attribute ${name}`);
      change(attribute);
    });
  const ascii = (text: string) => new TextEncoder().encode(text);
  const aLeaf = small.features.indexOf(-1);

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
      because: "a child is negative",
      file: inAttribute("nodes_falsenodeids", ({ ints }) => (ints[0] = -1n)),
      message: /nodes_falsenodeids/,
    },
    {
      because: "both children are one node",
      file: inAttribute("nodes_falsenodeids", ({ ints }) => (ints[0] = 1n)),
      message: /twice/,
    },
    {
      because: "a feature is beyond the row",
      file: inAttribute("nodes_featureids", ({ ints }) => (ints[0] = 12n)),
      message: /nodes_featureids/,
    },
    {
      because: "the input is narrower than the features used",
      file: changed((_, { input }) => {
        const type = input[0]?.type?.value;
        const width = type?.value?.shape?.dim[1]?.value;
        if (width?.case === "dimValue") width.value = 1n;
      }),
      message: /nodes_featureids/,
    },
    {
      because: "the input has no width",
      file: changed((_, { input }) => input[0]?.type?.value.value?.shape?.dim.pop()),
      message: /float32 \[N, width\]/,
    },
    {
      because: "there is a second output",
      file: changed((_, { output }) => output.push(...output)),
      message: /other outputs than score/,
    },
    {
      because: "a threshold is not finite",
      file: inAttribute("nodes_values", ({ floats }) => (floats[0] = NaN)),
      message: /not finite/,
    },
    {
      because: "a path length is negative",
      file: inAttribute("target_weights", ({ floats }) => (floats[0] = -1)),
      message: /no path length/,
    },
    {
      because: "a path length is infinite",
      file: inAttribute("target_weights", ({ floats }) => (floats[0] = Infinity)),
      message: /no path length/,
    },
    {
      because: "a node compares in another way",
      file: inAttribute("nodes_modes", ({ strings }) => (strings[0] = ascii("BRANCH_LT"))),
      message: /unknown mode/,
    },
    {
      because: "a leaf is called a split",
      file: inAttribute("nodes_modes", ({ strings }) => (strings[aLeaf] = ascii("BRANCH_LEQ"))),
      message: /values in target_/,
    },
    {
      because: "a list is shorter than the nodes",
      file: inAttribute("nodes_values", ({ floats }) => floats.pop()),
      message: /values in nodes_values/,
    },
    {
      because: "trees are summed instead of averaged",
      file: inAttribute("aggregate_function", (attribute) => (attribute.s = ascii("SUM"))),
      message: /average/,
    },
    {
      because: "the mean is transformed",
      file: inAttribute("post_transform", (attribute) => (attribute.s = ascii("LOGISTIC"))),
      message: /transforms/,
    },
    {
      because: "there are two targets",
      file: inAttribute("n_targets", (attribute) => (attribute.i = 2n)),
      message: /target/,
    },
    {
      because: "a tree number is skipped",
      file: inAttribute("nodes_treeids", ({ ints }) => ints.fill(1n)),
      message: /number its nodes/,
    },
    {
      because: "node numbers are shuffled",
      file: inAttribute("nodes_nodeids", ({ ints }) => ints.reverse()),
      message: /number its nodes/,
    },
    {
      because: "a path length is given to another leaf",
      file: inAttribute("target_nodeids", ({ ints }) => ints.reverse()),
      message: /order of its leaves/,
    },
    {
      because: "an attribute is of another type",
      file: inAttribute("nodes_values", (attribute) => (attribute.type = 7)),
      message: /no attribute nodes_values/,
    },
    {
      because: "an attribute comes twice",
      file: changed((_, __, trees) => trees.attribute.push(...trees.attribute.slice(0, 1))),
      message: /twice/,
    },
    {
      because: "an attribute would shift every score unseen",
      file: changed((_, __, trees) =>
        trees.attribute.push(create(AttributeProtoSchema, { name: "base_values", type: 6, floats: [1] })),
      ),
      message: /unknown attributes/,
    },
    {
      because: "a field outside the subset could change the meaning",
      file: changed((_, graph) => {
        graph.$unknown = [{ no: 15, wireType: 2, data: Uint8Array.of(0) }];
      }),
      message: /unknown field in its graph/,
    },
    {
      because: "the exponent is not scaled by a normaliser",
      file: changed((_, { initializer }) => initializer[0]?.floatData.fill(0)),
      message: /normaliser/,
    },
    {
      because: "the exponent would raise scores above 1",
      file: changed((_, { initializer }) => initializer[0]?.floatData.fill(0.5)),
      message: /normaliser/,
    },
    {
      because: "another number than 2 is raised",
      file: changed((_, { initializer }) => initializer[1]?.floatData.fill(3)),
      message: /raise 2/,
    },
    {
      because: "a node is missing",
      file: changed((_, { node }) => node.pop()),
      message: /3 nodes/,
    },
    {
      because: "a node is another operator",
      file: changed((_, { node }) => node.slice(1, 2).forEach((mul) => (mul.opType = "Add"))),
      message: /does not have Mul/,
    },
    {
      because: "a node takes another input",
      file: changed((_, { node }) => node[2]?.input.reverse()),
      message: /does not have Pow/,
    },
    {
      because: "operators are of another version",
      file: changed(({ opsetImport }) => opsetImport.forEach((set) => (set.version += 1n))),
      message: /operator sets/,
    },
    {
      because: "the format is of another version",
      file: changed((model) => (model.irVersion = 3n)),
      message: /IR version/,
    },
    {
      because: "there is no graph",
      file: changed((model) => delete model.graph),
      message: /no graph/,
    },
    {
      because: "meta says two things under one name",
      file: changed(({ metadataProps }) => metadataProps.push(...metadataProps.slice(0, 1))),
      message: /two metadata entries/,
    },
  ])("refuses a file in which $because", ({ file, message }) => {
    expect(() => readForestOnnx(file)).toThrow(ModelFormatError);
    expect(() => readForestOnnx(file)).toThrow(message);
  });
});
