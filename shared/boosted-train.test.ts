import { describe, expect, it } from "vitest";
import { trainBoosted } from "./boosted-train.ts";
import { type Boosted, clientFault, scoreClient } from "./client-model.ts";
import type { LabelledRows } from "./client-rows.ts";
import { normal, seededRandom } from "./random.ts";
import { LEAF, leafOf } from "./trees.ts";

const INPUTS = 5;

/** Fraud where the first input is high and the second unknown, which no weighted sum can say; the others are noise. */
function simulated(rowCount: number, seed: number, inputs = INPUTS): LabelledRows {
  const random = seededRandom(seed);
  const rows = Float32Array.from({ length: rowCount * inputs }, (_, index) =>
    index % inputs === 1 && random() < 0.5 ? -1 : Math.abs(normal(random)),
  );
  const labels = Uint8Array.from({ length: rowCount }, (_, row) => {
    const isTypical = (rows[row * inputs] ?? 0) > 1 === (rows[row * inputs + 1] ?? 0) < 0;
    return Number(random() < (isTypical ? 0.6 : 0.05));
  });
  return { rows, rowCount, featureCount: inputs, labels, weights: new Float32Array(rowCount).fill(1), random };
}

const LOGISTIC = {
  means: new Float32Array(INPUTS),
  scales: new Float32Array(INPUTS).fill(1),
  weights: new Float32Array(INPUTS),
  intercept: 0,
};

function logOdds(boosted: Boosted, { rows, rowCount }: Pick<LabelledRows, "rows" | "rowCount">): Float32Array {
  return scoreClient({ featureCount: INPUTS, logistic: LOGISTIC, boosted }, rows, rowCount).boosted;
}

/** Mean log-loss of predictions, in nats. */
function lossOf(predicted: Float32Array, { labels, rowCount }: LabelledRows): number {
  const losses = Array.from(predicted, (odds, row) => Math.log1p(Math.exp(labels[row] === 1 ? -odds : odds)));
  return losses.reduce((sum, loss) => sum + loss, 0) / rowCount;
}

/** Every leaf's rows and their weight, tree by tree. */
function census(boosted: Boosted, { rows, rowCount, weights }: LabelledRows) {
  const counts = new Int32Array(boosted.features.length);
  const totals = new Float64Array(boosted.features.length);
  for (const root of boosted.roots) {
    for (let row = 0; row < rowCount; row++) {
      const leaf = leafOf(boosted, root, rows, row * INPUTS);
      counts[leaf] = (counts[leaf] ?? 0) + 1;
      totals[leaf] = (totals[leaf] ?? 0) + (weights[row] ?? 0);
    }
  }
  return { counts, totals };
}

describe("trainBoosted", () => {
  it("learns what no weighted sum can say: close to the best possible loss on rows it never saw", () => {
    const boosted = trainBoosted(simulated(3_000, 1));
    const later = simulated(3_000, 2);
    const truth = Float32Array.from({ length: later.rowCount }, (_, row) => {
      const isTypical = (later.rows[row * INPUTS] ?? 0) > 1 === (later.rows[row * INPUTS + 1] ?? 0) < 0;
      return isTypical ? Math.log(0.6 / 0.4) : Math.log(0.05 / 0.95);
    });
    expect(lossOf(logOdds(boosted, later), later)).toBeLessThan(lossOf(truth, later) + 0.03);
  });

  it("finds nothing where nothing is: predictions stay near the share of fraud", () => {
    const data = simulated(2_000, 3);
    const random = seededRandom(9);
    const labels = data.labels.map(() => Number(random() < 0.2));
    const boosted = trainBoosted({ ...data, labels });
    const predicted = logOdds(boosted, simulated(1_000, 4));
    const near = predicted.filter((odds) => Math.abs(odds - Math.log(0.25)) < 0.8).length;
    expect(near / predicted.length).toBeGreaterThan(0.85);
  });

  it("keeps every promise of boosted trees, for few rows and many", () => {
    for (const rowCount of [2, 9, 10, 60, 1_000]) {
      const data = simulated(rowCount, rowCount);
      data.labels[0] = 1;
      data.labels[1] = 0;
      const boosted = trainBoosted(data);
      expect(clientFault({ featureCount: INPUTS, logistic: LOGISTIC, boosted })).toBeNull();
      expect(boosted.roots.length).toBeLessThanOrEqual(100);
    }
  });

  it("grows at most eight leaves a tree, each on at least five rows of its sample", () => {
    const data = simulated(400, 5);
    const boosted = trainBoosted(data);
    const { counts } = census(boosted, data);
    for (const [tree, root] of boosted.roots.entries()) {
      const end = boosted.roots[tree + 1] ?? boosted.features.length;
      const leaves = [...boosted.features.subarray(root, end)].filter((feature) => feature === LEAF);
      expect(leaves.length).toBeGreaterThan(1);
      expect(leaves.length).toBeLessThanOrEqual(8);
    }
    for (const [node, feature] of boosted.features.entries()) {
      if (feature === LEAF) expect(counts[node]).toBeGreaterThanOrEqual(5);
    }
  });

  it("sends the rows it was trained on where scoring sends them: each leaf's cover is their weight", () => {
    const data = { ...simulated(500, 6) };
    const weighted = { ...data, weights: data.weights.map((_, row) => 0.1 + (row % 7) / 3) };
    const boosted = trainBoosted(weighted);
    const { totals } = census(boosted, weighted);
    for (const [node, feature] of boosted.features.entries()) {
      if (feature === LEAF) expect(boosted.covers[node]).toBe(Math.fround(totals[node] ?? NaN));
    }
  });

  it("heeds weights: fraud that weighs a hundredth counts for little", () => {
    const data = simulated(1_000, 7);
    const light = data.weights.map((_, row) => (data.labels[row] === 1 ? 0.01 : 1));
    const mean = (list: Float32Array) => list.reduce((sum, odds) => sum + odds, 0) / list.length;
    const [even, tilted] = [data.weights, light].map((weights) =>
      mean(logOdds(trainBoosted({ ...data, weights }), data)),
    );
    expect((even ?? NaN) - (tilted ?? NaN)).toBeGreaterThan(3.5);
  });

  it("adds nothing to the odds of the pool where no input tells anything apart", () => {
    const data = { ...simulated(100, 8) };
    const boosted = trainBoosted({ ...data, rows: new Float32Array(100 * INPUTS).fill(2) });
    const fraud = data.labels.reduce((sum, label) => sum + label, 0);
    expect([...boosted.features]).toEqual([LEAF]);
    expect(logOdds(boosted, { rows: data.rows, rowCount: 100 })[0]).toBeCloseTo(Math.log(fraud / (100 - fraud)), 5);
  });

  it("never splits by an input that is constant", () => {
    const data = simulated(500, 9);
    const rows = data.rows.map((value, index) => (index % INPUTS === 2 ? -1 : value));
    const used = new Set(trainBoosted({ ...data, rows }).features);
    expect(used.has(2)).toBe(false);
    expect(used.has(0)).toBe(true);
  });

  it("gives a higher value of an input that only ever means fraud no lower odds", () => {
    const random = seededRandom(10);
    const rows = Float32Array.from({ length: 2_000 }, () => 3 * random());
    const labels = Uint8Array.from(rows, (value) => Number(random() < 0.05 + 0.3 * value));
    const weights = new Float32Array(2_000).fill(1);
    const boosted = trainBoosted({ rows, rowCount: 2_000, featureCount: 1, labels, weights, random });
    const grid = Float32Array.from({ length: 4 }, (_, index) => index + 0.01);
    const model = { featureCount: 1, boosted, logistic: { ...LOGISTIC, means: grid, scales: grid, weights: grid } };
    const scores = [
      ...scoreClient(
        { ...model, logistic: oneInput() },
        grid.map((value) => 0.9 * value),
        4,
      ).boosted,
    ];
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });
});

function oneInput() {
  return { means: Float32Array.of(0), scales: Float32Array.of(1), weights: Float32Array.of(0), intercept: 0 };
}
