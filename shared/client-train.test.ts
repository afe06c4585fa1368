import { describe, expect, it } from "vitest";
import { clientFault, scoreClient } from "./client-model.ts";
import { writeClientOnnx } from "./client-model-onnx.ts";
import type { LabelledRows } from "./client-rows.ts";
import { trainClientModel } from "./client-train.ts";
import { normal, seededRandom, shuffle } from "./random.ts";

const INPUTS = 6;

/** Fraud raises every input but the last two by a deviation. */
function simulated(rowCount: number, seed: number): LabelledRows {
  const random = seededRandom(seed);
  const labels = Uint8Array.from({ length: rowCount }, () => Number(random() < 0.1));
  const rows = Float32Array.from({ length: rowCount * INPUTS }, (_, index) => {
    const raised = labels[Math.floor(index / INPUTS)] === 1 && index % INPUTS < INPUTS - 2 ? 1 : 0;
    return random() < 0.2 ? -1 : Math.max(0, normal(random) + raised);
  });
  const weights = Float32Array.from({ length: rowCount }, () => 0.5 + random());
  return { rows, rowCount, featureCount: INPUTS, labels, weights, random: seededRandom(seed) };
}

/** The chance that a random fraud scores above a random other. */
function auroc(scores: Float32Array, labels: Uint8Array): number {
  const fraud = scores.filter((_, row) => labels[row] === 1);
  const rest = scores.filter((_, row) => labels[row] === 0).sort();
  let above = 0;
  for (const score of fraud) above += rest.filter((other) => other < score).length;
  return above / (fraud.length * rest.length);
}

describe("trainClientModel", () => {
  it("gives a sound model that ranks fraud it never saw above the rest, with either part", () => {
    const model = trainClientModel(simulated(1_500, 1));
    expect(clientFault(model)).toBeNull();
    const later = simulated(1_000, 2);
    const { logistic, boosted } = scoreClient(model, later.rows, later.rowCount);
    expect(auroc(logistic, later.labels)).toBeGreaterThan(0.8);
    expect(auroc(boosted, later.labels)).toBeGreaterThan(0.8);
  });

  it("makes the same file of the same rows and seed, and another of another seed", () => {
    const write = (seed: number) =>
      writeClientOnnx(trainClientModel({ ...simulated(200, 3), random: seededRandom(seed) }), {});
    expect(write(1)).toEqual(write(1));
    expect(write(2)).not.toEqual(write(1));
  });

  it("is as good whatever the order of the rows", () => {
    const data = simulated(1_500, 4);
    const later = simulated(1_000, 5);
    const areas = [1, 2].map((seed) => {
      const order = shuffle(seededRandom(seed), [...data.labels.keys()]);
      const model = trainClientModel({
        ...data,
        rows: Float32Array.from(order.flatMap((row) => [...data.rows.subarray(row * INPUTS, (row + 1) * INPUTS)])),
        labels: Uint8Array.from(order, (row) => data.labels[row] ?? NaN),
        weights: Float32Array.from(order, (row) => data.weights[row] ?? NaN),
        random: seededRandom(1),
      });
      return auroc(scoreClient(model, later.rows, later.rowCount).boosted, later.labels);
    });
    expect(Math.max(...areas) - Math.min(...areas)).toBeLessThan(0.02);
  });

  it("leaves rows, labels and weights as they were", () => {
    const data = simulated(300, 6);
    trainClientModel(data);
    const { rows, labels, weights } = simulated(300, 6);
    expect([data.rows, data.labels, data.weights]).toEqual([rows, labels, weights]);
  });

  it.each<{ because: string; change: (data: LabelledRows) => Partial<LabelledRows> }>([
    { because: "a value is not finite", change: ({ rows }) => ({ rows: rows.with(5, NaN) }) },
    { because: "rows are missing", change: ({ rows }) => ({ rows: rows.slice(INPUTS) }) },
    { because: "labels are missing", change: ({ labels }) => ({ labels: labels.slice(1) }) },
    { because: "weights are missing", change: ({ weights }) => ({ weights: weights.slice(1) }) },
    { because: "all is fraud", change: ({ labels }) => ({ labels: labels.map(() => 1) }) },
    { because: "nothing is fraud", change: ({ labels }) => ({ labels: labels.map(() => 0) }) },
    { because: "a label is neither", change: ({ labels }) => ({ labels: labels.with(0, 2) }) },
    { because: "a weight is 0", change: ({ weights }) => ({ weights: weights.with(3, 0) }) },
    { because: "a weight is negative", change: ({ weights }) => ({ weights: weights.with(3, -1) }) },
    { because: "a weight is not a number", change: ({ weights }) => ({ weights: weights.with(3, NaN) }) },
    { because: "a weight is beyond all measure", change: ({ weights }) => ({ weights: weights.with(3, Infinity) }) },
    { because: "there are no features", change: () => ({ featureCount: 0 }) },
    {
      because: "one row tells nothing apart",
      change: ({ rows }) => ({
        rows: rows.slice(0, INPUTS),
        rowCount: 1,
        labels: Uint8Array.of(1),
        weights: Float32Array.of(1),
      }),
    },
    { because: "there are no rows", change: () => ({ rowCount: 0, rows: new Float32Array(0) }) },
  ])("refuses when $because", ({ change }) => {
    const data = simulated(50, 7);
    expect(() => trainClientModel({ ...data, ...change(data) })).toThrow(RangeError);
  });
});
