import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { assess } from "../shared/assess.ts";
import { Calibration } from "../shared/calibration.ts";
import type { KeptEvent } from "../shared/event.ts";
import { factsOf } from "../shared/facts.ts";
import { FEATURE_NAMES, FEATURE_SET, FEATURES, MISSING } from "../shared/features/features.ts";
import { FOREST_INPUT, FOREST_OUTPUT, readForestOnnx } from "../shared/forest-onnx.ts";
import { scoreForest } from "../shared/forest.ts";
import { ForestCard, GOLDEN_TOLERANCE } from "../shared/model-card.ts";
import { RuleSettings } from "../shared/rules/settings.ts";
import { BASELINE_VERSION, buildBaseline, DEFAULT_THRESHOLD } from "./baseline.ts";
import { serialized } from "./files.ts";
import { scoreTraffic } from "./scoreboard.ts";
import { ATTACK_NAMES, SHOPS } from "./simulator.ts";

const committed = (ending: string) => readFileSync(new URL(`${BASELINE_VERSION}.${ending}`, import.meta.url));

const onnx = committed("onnx");
const card = ForestCard.parse(JSON.parse(committed("card.json").toString()));
const calibration = Calibration.parse(JSON.parse(committed("calibration.json").toString()));
const { forest } = readForestOnnx(onnx);
const SETTINGS = { threshold: DEFAULT_THRESHOLD, rules: RuleSettings.parse({}) };

/** It takes some 20 s on a quiet core, so it is built anew in CI alone. */
const BUILD_MS = 120_000;
const IN_CI = process.env["CI"] === "true";

describe("the committed baseline", () => {
  it.runIf(IN_CI)(
    "is what the builder makes, byte for byte, so that nobody has to trust the files",
    { timeout: BUILD_MS },
    () => {
      for (const [name, bytes] of Object.entries(serialized(buildBaseline()))) {
        const file = readFileSync(new URL(name, import.meta.url));
        expect(Buffer.compare(file, bytes), `${name} differs: run \`npm run build:model\``).toBe(0);
      }
    },
  );

  it("has a card that fits the file, the feature table and the calibration", () => {
    expect(card).toMatchObject({
      version: BASELINE_VERSION,
      sha256: createHash("sha256").update(onnx).digest("hex"),
      bytes: onnx.length,
      feature_set: FEATURE_SET,
      features: FEATURE_NAMES,
    });
    expect(calibration).toMatchObject({ model: BASELINE_VERSION, feature_set: FEATURE_SET });
    expect(calibration.feature_tails.length).toBe(FEATURES.length);
    expect(forest.featureCount).toBe(FEATURES.length);
  });

  it("is small: well under half a megabyte of model and 150 KB of JSON", () => {
    expect(onnx.length).toBeLessThan(400_000);
    expect(committed("card.json").length + committed("calibration.json").length).toBeLessThan(150_000);
  });
});

describe("golden rows", () => {
  const { rows, scores } = card.golden;
  const flat = Float32Array.from(rows.flat());

  beforeAll(() => {
    ort.env.wasm.numThreads = 1;
  });

  it("cover what is missing, nothing strange, everything extreme, and each feature alone", () => {
    expect(rows.length).toBeGreaterThanOrEqual(32);
    for (const value of [MISSING, 0, 100]) expect(rows).toContainEqual(FEATURES.map(() => value));
    for (const index of FEATURES.keys()) {
      expect(rows.some((row) => (row[index] ?? 0) > 0 && row.every((value, at) => at === index || value === 0))).toBe(
        true,
      );
    }
  });

  it("are reproduced by the plain reader", () => {
    const plain = scoreForest(forest, flat, rows.length);
    expect(largestDifference(plain, scores)).toBeLessThan(GOLDEN_TOLERANCE);
  });

  it("are reproduced by ONNX Runtime, in a batch and alone", async () => {
    const session = await ort.InferenceSession.create(onnx);
    const run = async (values: Float32Array, count: number) => {
      const output = await session.run({ [FOREST_INPUT]: new ort.Tensor("float32", values, [count, FEATURES.length]) });
      return output[FOREST_OUTPUT]?.data as Float32Array; // the graph's only output, of type float32
    };
    expect(largestDifference(await run(flat, rows.length), scores)).toBeLessThan(GOLDEN_TOLERANCE);
    const alone = await run(flat.subarray(0, FEATURES.length), 1);
    expect(largestDifference(alone, scores.slice(0, 1))).toBeLessThan(GOLDEN_TOLERANCE);
    await session.release();
  });
});

describe("the baseline's scores", () => {
  const nobody: KeptEvent = { id: "evt_00000000", name: "purchase", timestamp: "2026-03-10T12:00:00.000Z" };

  function scoreOf(values: readonly number[]): number {
    const vector = Float32Array.from(values);
    const facts = factsOf(nobody, {}, { profiles: {}, prices: [] });
    const model = { raw: scoreForest(forest, vector, 1)[0] ?? NaN, version: BASELINE_VERSION };
    return assess(facts, vector, model, calibration, SETTINGS, []).score;
  }

  it.each([
    { what: "nothing is known of", values: FEATURES.map(() => MISSING) },
    { what: "nothing is strange about", values: FEATURES.map(() => 0) },
    ...FEATURES.map(({ name }, index) => ({
      what: `only ${name} is unknown of`,
      values: FEATURES.map(() => 0).with(index, MISSING),
    })),
  ])("are below 0.3 for an event $what", ({ values }) => {
    expect(scoreOf(values)).toBeLessThan(0.3);
  });

  it("are what they promise on shops never seen: about 1 in 1,000 clean attempts at 0.6 or more, and what the named rules add", () => {
    const scored = Object.values(SHOPS).flatMap((shop, index) =>
      scoreTraffic(
        {
          shop: { ...shop, ordersPerDay: 80 },
          seed: 51 + index,
          fromMs: Date.parse("2025-06-02T00:00:00Z"),
          days: 42,
        },
        21,
        { forest, version: BASELINE_VERSION, calibration },
        SETTINGS,
      ),
    );
    const payments = scored.filter(({ isPayment }) => isPayment);
    expect(payments.length).toBeGreaterThan(10_000);
    const realised = payments.filter(({ score }) => score >= 0.6).length / payments.length;
    expect(realised).toBeGreaterThan(0.0003);
    expect(realised).toBeLessThan(0.004);
  });

  it("find the attacks the card says they find, at the false alarms it says", () => {
    const { metrics } = card;
    expect(metrics["false_alarms_per_10000"]).toBeLessThan(15);
    for (const attack of ATTACK_NAMES) {
      expect(metrics[`${attack}_attacks`]).toBeGreaterThan(5);
      // A thief nearby who pays with the stored card looks like the owner with a new telephone.
      const least = attack === "account_takeover" ? 0.7 : 0.85;
      expect(metrics[`${attack}_attacks_found`]).toBeGreaterThanOrEqual(least);
    }
  });
});

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - (b[index] ?? NaN))));
}
