import { describe, expect, it } from "vitest";
import { scoreForest } from "../../shared/forest.ts";
import { sha256Hex } from "../../shared/digest.ts";
import { testArtefact, testCalibration, type TestArtefact } from "../test-model.ts";
import { goldenRows, isGolden, ModelRefused, verifyModel, type Artefact } from "./load.ts";

const good = await testArtefact();

/** The good artefact with other bytes, and a card that knows their hash when `known`. */
async function withBytes(onnx: Uint8Array, known: boolean): Promise<Artefact> {
  return { ...good, onnx, card: known ? { ...good.card, sha256: await sha256Hex(onnx) } : good.card };
}

function withCard(changes: Partial<TestArtefact["card"]>): Artefact {
  return { ...good, card: { ...good.card, ...changes } };
}

const flipped = good.onnx.map((byte, index) => (index === 200 ? byte ^ 1 : byte));
const other = await testArtefact("global@v1", 2);

describe("verifyModel", () => {
  it("gives a model that scores its golden rows as its card says", async () => {
    const model = await verifyModel(good, sha256Hex);
    expect(model.card.version).toBe("global@v1");
    const scores = scoreForest(model.forest, goldenRows(model.card), model.card.golden.rows.length);
    expect(isGolden(model.card, scores)).toBe(true);
  });

  it.each<{ because: string; artefact: Artefact | Promise<Artefact>; reason: RegExp }>([
    { because: "a card that is none", artefact: { ...good, card: "global@v1" }, reason: /card does not match/ },
    { because: "a card that is missing", artefact: { ...good, card: undefined }, reason: /card does not match/ },
    {
      because: "a calibration that is none",
      artefact: { ...good, calibration: {} },
      reason: /calibration does not match/,
    },
    { because: "one bit flipped", artefact: withBytes(flipped, false), reason: /hash/ },
    { because: "a file cut short", artefact: withBytes(good.onnx.slice(0, -100), false), reason: /hash/ },
    {
      because: "a file cut short with a card to it",
      artefact: withBytes(good.onnx.slice(0, -100), true),
      reason: /not a forest/,
    },
    {
      because: "a file of nothing with a card to it",
      artefact: withBytes(new Uint8Array(), true),
      reason: /not a forest/,
    },
    { because: "another file with a card to it", artefact: withBytes(other.onnx, true), reason: /golden rows score/ },
    { because: "another feature table", artefact: withCard({ feature_set: "shop-v0" }), reason: /features shop-v0/ },
    {
      because: "features in another order",
      artefact: withCard({ features: good.card.features.toReversed() }),
      reason: /features/,
    },
    {
      because: "golden scores that are off by 2e-5",
      artefact: withCard({
        golden: { ...good.card.golden, scores: good.card.golden.scores.map((score) => score + 2e-5) },
      }),
      reason: /golden rows score/,
    },
    {
      because: "fewer golden scores than rows",
      artefact: withCard({ golden: { ...good.card.golden, scores: good.card.golden.scores.slice(1) } }),
      reason: /golden rows score/,
    },
    {
      because: "golden rows of another width",
      artefact: withCard({ golden: { ...good.card.golden, rows: good.card.golden.rows.map((row) => row.slice(1)) } }),
      reason: /another width/,
    },
    {
      because: "a calibration fitted on another model",
      artefact: { ...good, calibration: testCalibration("global@v2") },
      reason: /another model/,
    },
    {
      because: "a calibration of another feature table",
      artefact: { ...good, calibration: { ...good.calibration, feature_set: "shop-v0" } },
      reason: /another model/,
    },
    {
      because: "a tail too few",
      artefact: {
        ...good,
        calibration: { ...good.calibration, feature_tails: good.calibration.feature_tails.slice(1) },
      },
      reason: /another model/,
    },
  ])("refuses $because, in words for the log", async ({ artefact, reason }) => {
    const refused = verifyModel(await artefact, sha256Hex);
    await expect(refused).rejects.toBeInstanceOf(ModelRefused);
    await expect(refused).rejects.toThrow(reason);
  });
});

describe("isGolden", () => {
  it.each([
    { because: "a score is missing", scores: good.card.golden.scores.slice(1) },
    { because: "there is one too many", scores: [...good.card.golden.scores, 0.5] },
    { because: "a score is no number", scores: [NaN, ...good.card.golden.scores.slice(1)] },
    { because: "there is none", scores: [] },
  ])("says no when $because", ({ scores }) => {
    expect(isGolden(good.card, Float32Array.from(scores))).toBe(false);
  });
});
