import { expect, it } from "vitest";
import { totalOf, type Series } from "./totals.ts";

const series = (points: object[]): Series => ({ group: null, points: points as Series["points"] });

it("adds sums up, hours without any being none", () => {
  expect(
    totalOf(
      series([
        { at: "", value: 2 },
        { at: "", value: 3 },
      ]),
    ),
  ).toBe(5);
});

it("divides quotients anew, as an average of averages would count a quiet hour like a busy one", () => {
  const points = [
    { at: "", value: 0.5, numerator: 1, denominator: 2 },
    { at: "", value: 0.1, numerator: 10, denominator: 100 },
    { at: "", value: null, numerator: 0, denominator: 0 },
  ];
  expect(totalOf(series(points))).toBeCloseTo(11 / 102);
});

it("has no quotient of nothing", () => {
  expect(totalOf(series([{ at: "", value: null, numerator: 0, denominator: 0 }]))).toBeNull();
});
