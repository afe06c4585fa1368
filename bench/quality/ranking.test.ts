import { describe, expect, it } from "vitest";
import { rank } from "./ranking.ts";

describe("rank", () => {
  it("has the average precision of the textbook: hits at ranks 1, 3 and 6 of 6", () => {
    const { averagePrecision } = rank([9, 8, 7, 6, 5, 4], [true, false, true, false, false, true]);
    expect(averagePrecision).toBeCloseTo((1 / 1 + 2 / 3 + 3 / 6) / 3, 12);
  });

  it("does not depend on the order rows come in, even among equal scores", () => {
    const scores = [5, 5, 5, 5, 1, 9];
    const isFraud = [true, false, false, true, true, false];
    const reversed = rank(scores.toReversed(), isFraud.toReversed());
    expect(reversed).toEqual(rank(scores, isFraud));
  });

  it("gives the share found before more than 1 % of the rest is", () => {
    const scores = Array.from({ length: 1_000 }, (_, index) => -index);
    const isFraud = scores.map((_score, index) => index < 5 || (index >= 14 && index < 19) || index === 40);
    // 989 are clean, so 9 may lie above: the second five come just after nine clean ones, the last after 30.
    expect(rank(scores, isFraud).recallAtOnePercent).toBeCloseTo(10 / 11, 12);
  });

  it("has the precision of the first hundred, ties shared out", () => {
    const scores = Array.from({ length: 300 }, (_, index) => (index < 50 ? 2 : 1));
    const isFraud = scores.map((score, index) => score === 2 || index < 100);
    expect(rank(scores, isFraud).precisionAt100).toBeCloseTo((50 + 50 * (50 / 250)) / 100, 12);
  });
});
