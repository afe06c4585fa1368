import type { Calibration } from "./calibration.ts";
import { writeClientOnnx } from "./client-model-onnx.ts";
import { scoreClient } from "./client-model.ts";
import { trainClientModel } from "./client-train.ts";
import { sha256Hex } from "./digest.ts";
import { FEATURE_NAMES, FEATURE_SET } from "./features/features.ts";
import { writeForestOnnx } from "./forest-onnx.ts";
import { trainIsolationForest } from "./forest-train.ts";
import { scoreForest } from "./forest.ts";
import { CLIENT_WIDTH } from "./judge.ts";
import type { ClientCard, ForestCard } from "./model-card.ts";
import { type Random, seededRandom } from "./random.ts";
import type { Tail } from "./tail.ts";
import type { Artefact } from "./verify-release.ts";

/** A release small enough to be grown for every test, whole in all that is verified of one. */
export interface TestRelease extends Artefact {
  card: ForestCard;
  calibration: Calibration;
  client: { onnx: Uint8Array; card: ClientCard } | null;
}

interface Made {
  version?: string;
  /** Of the client model; none without. */
  client?: string | null;
  /** Models of different seeds score differently. */
  seed?: number;
  trees?: number;
  depth?: number;
  rows?: number;
}

const WIDTH = FEATURE_NAMES.length;
const GOLDEN = 3;

export async function testRelease({
  version = "global@v1",
  client = null,
  seed = 1,
  trees = 5,
  depth = 4,
  rows = 64,
}: Made = {}): Promise<TestRelease> {
  return {
    ...(await testForest(version, { seed, trees, depth, rows })),
    calibration: testCalibration(version, { client }),
    client: client === null ? null : await testClient(client, seed, rows),
  };
}

async function testForest(
  version: string,
  { seed, trees, depth, rows: rowCount }: Record<"seed" | "trees" | "depth" | "rows", number>,
) {
  const random = seededRandom(seed);
  const rows = randomRows(random, rowCount, WIDTH);
  const forest = trainIsolationForest({
    rows,
    rowCount,
    featureCount: WIDTH,
    treeCount: trees,
    depthMax: depth,
    random,
  });
  const onnx = writeForestOnnx(forest, {});
  const golden = rows.slice(0, GOLDEN * WIDTH);
  const card: ForestCard = {
    ...(await aboutFile(version, onnx)),
    kind: "isolation-forest",
    golden: { rows: apart(golden, WIDTH), scores: [...scoreForest(forest, golden, GOLDEN)] },
    trained_on: trainedOn(rowCount, seed),
    parameters: { trees, sample: rowCount, depth },
  };
  return { onnx, card };
}

/** One that learned from random labels. */
async function testClient(version: string, seed: number, rowCount: number) {
  const random = seededRandom(1_000 + seed);
  const rows = randomRows(random, rowCount, CLIENT_WIDTH);
  const labels = Uint8Array.from({ length: rowCount }, (_, row) => (row % 4 === 0 || random() < 0.2 ? 1 : 0));
  const weights = new Float32Array(rowCount).fill(1);
  const model = trainClientModel({ rows, rowCount, featureCount: CLIENT_WIDTH, labels, weights, random });
  const onnx = writeClientOnnx(model, {});
  const golden = rows.slice(0, GOLDEN * CLIENT_WIDTH);
  const { logistic, boosted } = scoreClient(model, golden, GOLDEN);
  const fraud = labels.filter((label) => label === 1).length;
  const card: ClientCard = {
    ...(await aboutFile(version, onnx)),
    kind: "client-blend",
    golden: { rows: apart(golden, CLIENT_WIDTH), logistic: [...logistic], boosted: [...boosted] },
    trained_on: { ...trainedOn(rowCount, seed), labels: { fraud, legitimate: rowCount - fraud, unlabelled: 0 } },
    parameters: {},
    lineage: { run: "run_test", parent: null },
  };
  return { onnx, card };
}

/** @param options.version of the calibration; by default it says what it was fitted on */
export function testCalibration(
  model: string,
  { client = null, version }: { client?: string | null; version?: string } = {},
): Calibration {
  const on = client === null ? model : `${model} and ${client}`;
  return {
    version: version ?? `fitted on ${on}`,
    model,
    feature_set: FEATURE_SET,
    feature_tails: FEATURE_NAMES.map(testTail),
    evidence_tails: null,
    feature_known: FEATURE_NAMES.map(() => 1),
    rule_tails: {},
    model_tail: testTail(),
    rules_tail: testTail(),
    combined_tail: testTail(),
    others: null,
    client:
      client === null
        ? null
        : {
            version: client,
            confirmed: 40,
            logistic_tail: logOddsTail(),
            boosted_tail: logOddsTail(),
            tail: testTail(),
          },
  };
}

function testTail(): Tail {
  return { values: [0, 1], pots: [0, 1], perUnit: 1 };
}

function logOddsTail(): Tail {
  return { values: [-10, 10], pots: [0, 4], perUnit: 0.2 };
}

function randomRows(random: Random, rowCount: number, width: number): Float32Array {
  return Float32Array.from({ length: rowCount * width }, () => random() * 4);
}

function apart(rows: Float32Array, width: number): number[][] {
  return Array.from({ length: rows.length / width }, (_, row) => [...rows.subarray(row * width, (row + 1) * width)]);
}

async function aboutFile(version: string, onnx: Uint8Array) {
  return {
    version,
    feature_set: FEATURE_SET,
    features: [...FEATURE_NAMES],
    sha256: await sha256Hex(onnx),
    bytes: onnx.byteLength,
    metrics: {},
    limits: "for tests",
  };
}

function trainedOn(rows: number, seed: number) {
  return { source: "random rows", rows, seed, from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" };
}
