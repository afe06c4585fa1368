import { describe, expect, it } from "vitest";
import { type Logistic, standardised } from "./client-model.ts";
import type { LabelledRows } from "./client-rows.ts";
import { trainLogistic } from "./logistic-train.ts";
import { normal, seededRandom } from "./random.ts";

const INPUTS = 4;
/** How the labels of `simulated` come about: the third input does nothing, the fourth is half unknown. */
const EFFECTS = [1.5, 0.7, 0, 1];

function simulated(rowCount: number, seed: number): LabelledRows {
  const random = seededRandom(seed);
  const rows = Float32Array.from({ length: rowCount * INPUTS }, (_, index) =>
    index % INPUTS === 3 && random() < 0.5 ? -1 : Math.abs(normal(random)),
  );
  const labels = Uint8Array.from({ length: rowCount }, (_, row) => {
    const logOdds = EFFECTS.reduce(
      (sum, effect, input) => sum + effect * Math.max(0, rows[row * INPUTS + input] ?? 0),
      -4,
    );
    return random() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
  });
  return { rows, rowCount, featureCount: INPUTS, labels, weights: new Float32Array(rowCount).fill(1), random };
}

/** The derivative of weighted log-loss plus 5 · Σ weight² by each weight and the intercept. */
function gradientAt(
  { means, scales, weights, intercept }: Logistic,
  { rows, rowCount, labels, ...data }: LabelledRows,
) {
  const gradient = [...Array.from(weights, (weight) => 10 * weight), 0];
  for (let row = 0; row < rowCount; row++) {
    const inputs = Array.from(weights, (_, input) =>
      standardised(rows[row * INPUTS + input] ?? NaN, means[input] ?? NaN, scales[input] ?? NaN),
    );
    const logOdds = inputs.reduce((sum, value, input) => sum + value * (weights[input] ?? NaN), intercept);
    const slope = (data.weights[row] ?? NaN) * (1 / (1 + Math.exp(-logOdds)) - (labels[row] ?? NaN));
    [...inputs, 1].forEach((value, input) => (gradient[input] = (gradient[input] ?? NaN) + slope * value));
  }
  return gradient;
}

describe("trainLogistic", () => {
  it("ends where the penalised loss has no slope left, which there is only one of", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const data = simulated(500, seed);
      const weighted = { ...data, weights: data.weights.map((_, row) => 0.02 + (row % 5)) };
      for (const slope of gradientAt(trainLogistic(weighted), weighted)) expect(Math.abs(slope)).toBeLessThan(1e-3);
    }
  });

  it("finds the effects behind the labels", () => {
    const { weights, scales } = trainLogistic(simulated(20_000, 3));
    EFFECTS.forEach((effect, input) => {
      expect(Math.abs((weights[input] ?? NaN) / (scales[input] ?? NaN) - effect)).toBeLessThan(0.15);
    });
  });

  it("takes twice the weight for the row twice", () => {
    const once = simulated(300, 4);
    const weights = once.weights.map((_, row) => 1 + (row % 2));
    const doubled = [...once.weights.keys()].flatMap((row) => (row % 2 === 1 ? [row, row] : [row]));
    const twice: LabelledRows = {
      ...once,
      rowCount: doubled.length,
      rows: Float32Array.from(doubled.flatMap((row) => [...once.rows.subarray(row * INPUTS, (row + 1) * INPUTS)])),
      labels: Uint8Array.from(doubled, (row) => once.labels[row] ?? NaN),
      weights: new Float32Array(doubled.length).fill(1),
    };
    const fromWeights = trainLogistic({ ...once, weights });
    const fromCopies = trainLogistic(twice);
    for (const [input, weight] of fromWeights.weights.entries()) {
      expect(weight).toBeCloseTo(fromCopies.weights[input] ?? NaN, 5);
    }
    expect(fromWeights.intercept).toBeCloseTo(fromCopies.intercept, 5);
  });

  it("gives an input that never varies no weight, whatever its value", () => {
    const data = simulated(400, 5);
    for (const constant of [-1, 0, 0.1, 7e6]) {
      const rows = data.rows.map((value, index) => (index % INPUTS === 1 ? constant : value));
      const { weights, scales } = trainLogistic({ ...data, rows });
      expect(weights[1]).toBeCloseTo(0, 12);
      expect(scales[1]).toBe(1);
    }
  });

  it("stays finite where a line parts the labels perfectly", () => {
    const rows = Float32Array.from({ length: 200 }, (_, row) => row);
    const labels = Uint8Array.from({ length: 200 }, (_, row) => Number(row >= 100));
    const weights = new Float32Array(200).fill(1);
    const data = { rows, rowCount: 200, featureCount: 1, labels, weights, random: seededRandom(1) };
    const logistic = trainLogistic(data);
    expect(logistic.weights[0]).toBeGreaterThan(1);
    expect(logistic.weights[0]).toBeLessThan(20);
  });

  it("gives all rows the odds of the pool where no input tells anything", () => {
    const labels = Uint8Array.from({ length: 100 }, (_, row) => Number(row < 20));
    const weights = new Float32Array(100).fill(0.5);
    const rows = new Float32Array(100).fill(3);
    const logistic = trainLogistic({ rows, rowCount: 100, featureCount: 1, labels, weights, random: seededRandom(1) });
    expect(logistic.intercept).toBeCloseTo(Math.log(20 / 80), 6);
  });
});
