import { describe, expect, it } from "vitest";
import { precisionAt100ADay, rank } from "./ranking.ts";

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

  it.each([
    { scores: [4, 3, 2, 1], auroc: 1, because: "everything is above the rest" },
    { scores: [1, 2, 3, 4], auroc: 0, because: "everything is below" },
    { scores: [1, 1, 1, 1], auroc: 0.5, because: "a tie says nothing" },
    { scores: [3, 1, 2, 1], auroc: 0.625, because: "of four pairs two are right and one is a tie" },
  ])("has an AUROC of $auroc when $because", ({ scores, auroc }) => {
    expect(rank(scores, [true, true, false, false]).auroc).toBe(auroc);
  });

  it("names the score down to which 1 % of the rest is let through", () => {
    const scores = Array.from({ length: 201 }, (_, index) => 1_000 - index);
    const ranking = rank(
      scores,
      scores.map((_score, index) => index === 3),
    );
    expect(ranking).toMatchObject({ recallAtOnePercent: 0, cutAtOnePercent: 999 });
  });
});

describe("precisionAt100ADay", () => {
  it("takes each day's hundred apart, so that a busy day does not stand for a quiet one", () => {
    const days = Array.from({ length: 400 }, (_, index) => Number(index >= 300));
    const positive = days.map((day, index) => day === 0 && index < 50);
    const scores = days.map((_day, index) => -index);
    expect(precisionAt100ADay(scores, positive, days)).toBeCloseTo(0.25, 12);
  });
});
