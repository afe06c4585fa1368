import { describe, expect, it } from "vitest";
import { scoreClient } from "./client-model.ts";
import { trainClientModel } from "./client-train.ts";
import { explainBoosted, explainForest } from "./explain.ts";
import { scoreForest } from "./forest.ts";
import { trainIsolationForest } from "./forest-train.ts";
import { chance, normal, seededRandom } from "./random.ts";

const INPUTS = 8;
const ROWS = 600;

const random = seededRandom(21);
const rows = Float32Array.from({ length: ROWS * INPUTS }, () => (chance(random, 0.1) ? -1 : Math.abs(normal(random))));
const labels = Uint8Array.from({ length: ROWS }, (_, row) =>
  Number(chance(random, (rows[row * INPUTS + 3] ?? 0) > 1.2 ? 0.8 : 0.03)),
);
const weights = Float32Array.from({ length: ROWS }, () => 0.1 + random());
const model = trainClientModel({ rows, rowCount: ROWS, featureCount: INPUTS, labels, weights, random });
const forest = trainIsolationForest({ rows, rowCount: ROWS, featureCount: INPUTS, sampleSize: ROWS, random });

const rowAt = (row: number) => rows.subarray(row * INPUTS, (row + 1) * INPUTS);
const total = (contributions: Float64Array) => contributions.reduce((sum, one) => sum + one, 0);
const first = (contributions: Float64Array) => contributions.indexOf(Math.max(...contributions));

/** An ordinary row in which one input is far out. */
const planted = (input: number) => new Float32Array(INPUTS).fill(0.6).with(input, 6);

describe("explainBoosted", () => {
  it("adds up to how far a row's log-odds are from the mean of the pool", () => {
    const scores = scoreClient(model, rows, ROWS).boosted;
    const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
    const mean = scores.reduce((sum, score, row) => sum + score * (weights[row] ?? NaN), 0) / weightSum;
    for (const [row, score] of scores.entries()) {
      expect(total(explainBoosted(model, rowAt(row)))).toBeCloseTo(score - mean, 4);
    }
  });

  it("puts down the most to what makes fraud", () => {
    expect(first(explainBoosted(model, planted(3)))).toBe(3);
  });

  it("puts down nothing to an input that no tree asks about", () => {
    const constant = rows.map((value, index) => (index % INPUTS === 5 ? 0 : value));
    const learned = trainClientModel({
      rows: constant,
      rowCount: ROWS,
      featureCount: INPUTS,
      labels,
      weights,
      random: seededRandom(1),
    });
    expect(explainBoosted(learned, planted(5))[5]).toBe(0);
  });

  it("takes a value for the float32 that is scored", () => {
    const { features, thresholds } = model.boosted;
    const node = features.findIndex((feature) => feature >= 0);
    const input = features[node] ?? NaN;
    const justAbove = (thresholds[node] ?? NaN) * (1 + 1e-12);
    const row = Array.from({ length: INPUTS }, () => 0).with(input, justAbove);
    expect(explainBoosted(model, row)).toEqual(explainBoosted(model, Float32Array.from(row)));
  });
});

describe("explainForest", () => {
  /** Mean path length, from the score that it makes. */
  const depthOf = (score: number) => -forest.normaliser * Math.log2(score);

  it("adds up to how many splits sooner than the mean of its sample a row is isolated", () => {
    const depths = Array.from(scoreForest(forest, rows, ROWS), depthOf);
    const mean = depths.reduce((sum, depth) => sum + depth, 0) / ROWS;
    for (const [row, depth] of depths.entries()) {
      expect(total(explainForest(forest, rowAt(row)))).toBeCloseTo(mean - depth, 4);
    }
  });

  it("puts down the most to the input that is far out, whichever it is", () => {
    for (let input = 0; input < INPUTS; input++) expect(first(explainForest(forest, planted(input)))).toBe(input);
  });

  it("adds up in a forest grown on samples too, and on more rows than fit a leaf's first table", () => {
    for (const sizes of [{ sampleSize: 64 }, { sampleSize: ROWS, depthMax: 1 }, { sampleSize: 2, treeCount: 5 }]) {
      const other = trainIsolationForest({
        rows,
        rowCount: ROWS,
        featureCount: INPUTS,
        ...sizes,
        random: seededRandom(2),
      });
      const [one, two] = scoreForest(other, rows.subarray(0, 2 * INPUTS), 2);
      const difference = other.normaliser * (Math.log2(one ?? NaN) - Math.log2(two ?? NaN));
      const explained = total(explainForest(other, rowAt(0))) - total(explainForest(other, rowAt(1)));
      expect(explained).toBeCloseTo(difference, 4);
    }
  });
});
