import { describe, expect, it } from "vitest";
import { scoreClient } from "./client-model.ts";
import { sha256Hex } from "./digest.ts";
import { scoreForest } from "./forest.ts";
import { testCalibration, testRelease, type TestRelease } from "./test-release.ts";
import { goldenRows, isGolden, ModelRefused, verifyRelease, type Artefact } from "./verify-release.ts";

const good = await testRelease({ version: "global@v1", client: "client@v1" });
const other = await testRelease({ version: "global@v1", client: "client@v1", seed: 2 });
const client = clientOf(good);

function clientOf({ client: held }: TestRelease) {
  if (held === null) throw new Error("the release was grown without a client model");
  return held;
}

/** The good release with other bytes for its forest, and a card that knows their hash when `known`. */
async function withBytes(onnx: Uint8Array, known: boolean): Promise<Artefact> {
  return { ...good, onnx, card: known ? { ...good.card, sha256: await sha256Hex(onnx) } : good.card };
}

async function withClientBytes(onnx: Uint8Array, known: boolean): Promise<Artefact> {
  const card = known ? { ...client.card, sha256: await sha256Hex(onnx) } : client.card;
  return { ...good, client: { onnx, card } };
}

function withCard(changes: Partial<TestRelease["card"]>): Artefact {
  return { ...good, card: { ...good.card, ...changes } };
}

function withClientCard(changes: Partial<typeof client.card>): Artefact {
  return { ...good, client: { ...client, card: { ...client.card, ...changes } } };
}

const flipped = (bytes: Uint8Array) => bytes.map((byte, index) => (index === 200 ? byte ^ 1 : byte));

describe("verifyRelease", () => {
  it("gives models that score their golden rows as their cards say", async () => {
    const release = await verifyRelease(good);
    const { card, forest } = release;
    expect(isGolden(card.golden.scores, scoreForest(forest, goldenRows(card), card.golden.rows.length))).toBe(true);
    expect(release.client?.card.version).toBe("client@v1");
    const model = release.client?.model;
    const scores = model && scoreClient(model, goldenRows(client.card), client.card.golden.rows.length);
    expect([...(scores?.boosted ?? [])]).toEqual(client.card.golden.boosted);
  });

  it("gives a release without a client model", async () => {
    const alone = await testRelease();
    expect(await verifyRelease(alone)).toMatchObject({ card: alone.card, client: null });
  });

  it.each<{ because: string; artefact: Artefact | Promise<Artefact>; reason: RegExp }>([
    { because: "a card that is none", artefact: { ...good, card: "global@v1" }, reason: /card does not match/ },
    { because: "a card that is missing", artefact: { ...good, card: undefined }, reason: /card does not match/ },
    { because: "a client's card", artefact: { ...good, card: client.card }, reason: /card does not match/ },
    {
      because: "a calibration that is none",
      artefact: { ...good, calibration: {} },
      reason: /calibration does not match/,
    },
    { because: "one bit flipped", artefact: withBytes(flipped(good.onnx), false), reason: /hash/ },
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
      artefact: { ...good, calibration: testCalibration("global@v2", { client: "client@v1" }) },
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
    {
      because: "a tail that falls",
      artefact: {
        ...good,
        calibration: { ...good.calibration, model_tail: { values: [0, 1], pots: [1, 0], perUnit: 1 } },
      },
      reason: /calibration does not match/,
    },
    {
      because: "a client's tail that falls",
      artefact: {
        ...good,
        calibration: {
          ...good.calibration,
          client: good.calibration.client && {
            ...good.calibration.client,
            tail: { values: [1, 0], pots: [0, 1], perUnit: 1 },
          },
        },
      },
      reason: /calibration does not match/,
    },
    {
      because: "a client model that the calibration does not know",
      artefact: { ...good, calibration: testCalibration("global@v1") },
      reason: /another client model/,
    },
    {
      because: "a calibration fitted on a client model that is not there",
      artefact: { ...good, client: null },
      reason: /client model as well/,
    },
    {
      because: "a client model's card that is missing",
      artefact: { ...good, client: { ...client, card: undefined } },
      reason: /client model's card/,
    },
    {
      because: "one bit of the client flipped",
      artefact: withClientBytes(flipped(client.onnx), false),
      reason: /hash/,
    },
    {
      because: "a client cut short with a card to it",
      artefact: withClientBytes(client.onnx.slice(0, -100), true),
      reason: /not a client model/,
    },
    {
      because: "a forest in the client's place",
      artefact: withClientBytes(good.onnx, true),
      reason: /not a client model/,
    },
    {
      because: "another client with a card to it",
      artefact: withClientBytes(clientOf(other).onnx, true),
      reason: /client model's golden rows/,
    },
    {
      because: "a client of another feature table",
      artefact: withClientCard({ feature_set: "shop-v0" }),
      reason: /features shop-v0/,
    },
    {
      because: "golden log-odds of one part alone that are off",
      artefact: withClientCard({
        golden: { ...client.card.golden, logistic: client.card.golden.logistic.map((score) => score + 2e-5) },
      }),
      reason: /client model's golden rows/,
    },
  ])("refuses $because, in words for the log", async ({ artefact, reason }) => {
    const refused = verifyRelease(await artefact);
    await expect(refused).rejects.toBeInstanceOf(ModelRefused);
    await expect(refused).rejects.toThrow(reason);
  });
});

describe("isGolden", () => {
  const promised = good.card.golden.scores;

  it.each([
    { because: "an output is missing", outputs: promised.slice(1) },
    { because: "there is one too many", outputs: [...promised, 0.5] },
    { because: "an output is no number", outputs: [NaN, ...promised.slice(1)] },
    { because: "there is none", outputs: [] },
  ])("says no when $because", ({ outputs }) => {
    expect(isGolden(promised, Float32Array.from(outputs))).toBe(false);
  });
});
