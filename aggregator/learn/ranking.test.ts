import { describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/random.ts";
import { averagePrecision, cutAtBudget } from "./ranking.ts";

const ones = (count: number) => Array.from({ length: count }, () => 1);

describe("averagePrecision", () => {
  it.each<[scores: number[], sought: boolean[], precision: number | null, because: string]>([
    [[0.9, 0.8, 0.1], [true, true, false], 1, "all that is sought comes first"],
    [[0.9, 0.8, 0.1], [false, true, true], (1 / 2 + 2 / 3) / 2, "it comes second and third"],
    [[0.5, 0.5], [true, false], 0.5, "one score is one step, whichever of its rows is named first"],
    [[0.5, 0.4], [false, false], null, "there is nothing to find"],
  ])("of %j with %j is %s: %s", (scores, sought, precision) => {
    expect(averagePrecision(scores, sought, ones(scores.length))).toBe(precision);
  });

  it("takes a row of weight two for the row twice, and the order of rows for nothing", () => {
    const random = seededRandom(2);
    const rows = Array.from({ length: 50 }, () => ({
      score: random(),
      isSought: random() < 0.2,
      weight: random() < 0.5 ? 1 : 2,
    }));
    const twice = rows.flatMap((row) => (row.weight === 2 ? [row, row] : [row])).reverse();
    const of = (list: typeof rows, weights: number[]) =>
      averagePrecision(
        list.map(({ score }) => score),
        list.map(({ isSought }) => isSought),
        weights,
      );
    const weights = rows.map(({ weight }) => weight);
    expect(of(rows, weights)).toBeCloseTo(of(twice, ones(twice.length)) ?? NaN, 12);
  });
});

describe("cutAtBudget", () => {
  it.each([
    [[0.9, 0.8, 0.7, 0.1], 2, 0.8, "two are within it"],
    [[0.9, 0.8, 0.8, 0.1], 2, 0.9, "a score is within it with all its rows or not at all"],
    [[0.9, 0.9, 0.9], 1, 0.9, "the highest always is"],
    [[0.9, 0.1], 10, 0.1, "there are fewer"],
    [[], 1, Infinity, "there are none"],
  ])("of %j with %i alerts is %s: %s", (scores, budget, cut) => {
    expect(cutAtBudget(scores, ones(scores.length), budget)).toBe(cut);
  });

  it("counts an event of a sample as many as it stands for", () => {
    expect(cutAtBudget([0.9, 0.8, 0.7], [1, 5, 1], 6)).toBe(0.8);
    expect(cutAtBudget([0.9, 0.8, 0.7], [1, 5, 1], 5)).toBe(0.9);
  });
});
