import type { Calibration } from "../shared/calibration.ts";
import { FEATURE_NAMES, FEATURE_SET } from "../shared/features/features.ts";
import { writeForestOnnx } from "../shared/forest-onnx.ts";
import { trainIsolationForest } from "../shared/forest-train.ts";
import { scoreForest } from "../shared/forest.ts";
import type { ModelCard } from "../shared/model-card.ts";
import { seededRandom } from "../shared/random.ts";
import type { Tail } from "../shared/tail.ts";
import type { Artefact } from "./model/load.ts";
import { sha256Hex } from "../shared/digest.ts";

/** A model small enough to be grown for every test, whole in all that is verified of one. */
export interface TestArtefact extends Artefact {
  card: ModelCard;
  calibration: Calibration;
}

const WIDTH = FEATURE_NAMES.length;
const ROWS = 64;
const GOLDEN = 3;

/** Models of different seeds score differently. */
export async function testArtefact(version = "global@v1", seed = 1): Promise<TestArtefact> {
  const random = seededRandom(seed);
  const rows = Float32Array.from({ length: ROWS * WIDTH }, () => random() * 4);
  const forest = trainIsolationForest({ rows, rowCount: ROWS, featureCount: WIDTH, treeCount: 5, depthMax: 4, random });
  const onnx = writeForestOnnx(forest, {});
  const golden = rows.slice(0, GOLDEN * WIDTH);
  return {
    onnx,
    card: {
      version,
      kind: "isolation-forest",
      feature_set: FEATURE_SET,
      features: [...FEATURE_NAMES],
      sha256: await sha256Hex(onnx),
      bytes: onnx.byteLength,
      golden: {
        rows: Array.from({ length: GOLDEN }, (_, row) => Array.from(golden.slice(row * WIDTH, (row + 1) * WIDTH))),
        scores: [...scoreForest(forest, golden, GOLDEN)],
      },
      trained_on: {
        source: "random rows",
        rows: ROWS,
        seed,
        from: "2026-11-01T00:00:00Z",
        to: "2026-11-02T00:00:00Z",
      },
      parameters: { trees: 5, sample: ROWS, depth: 4 },
      metrics: {},
      limits: "for tests",
    },
    calibration: testCalibration(version),
  };
}

export function testCalibration(model: string, version = `fitted on ${model}`): Calibration {
  return {
    version,
    model,
    feature_set: FEATURE_SET,
    feature_tails: FEATURE_NAMES.map(testTail),
    feature_known: FEATURE_NAMES.map(() => 1),
    rule_tails: {},
    model_tail: testTail(),
    rules_tail: testTail(),
    combined_tail: testTail(),
    others: null,
  };
}

function testTail(): Tail {
  return { values: [0, 1], pots: [0, 1], perUnit: 1 };
}
