import { describe, expect, it } from "vitest";
import { distanceOf } from "./kolmogorov.ts";

describe("distanceOf", () => {
  it("is the largest difference of what lies below a value", () => {
    expect(distanceOf([50, 50, 0], [25, 50, 25])?.d).toBeCloseTo(0.25, 9);
  });

  it.each([
    { n: 100, shift: 0.136, p: 0.049, because: "the 5 % point of two hundreds is 1.36 of the root of their sum" },
    { n: 1_000, shift: 0.0, p: 1, because: "equals are as likely as anything" },
  ])("gives $p for a distance of $shift with $n: $because", ({ n, shift, p }) => {
    const moved = Math.round(n * shift * Math.SQRT2);
    const found = distanceOf([n / 2, n / 2], [n / 2 - moved, n / 2 + moved]);
    expect(Math.abs((found?.p ?? NaN) - p)).toBeLessThan(0.01);
  });

  it("says nothing where there is nothing", () => {
    expect(distanceOf([0, 0], [1, 1])).toBeNull();
  });
});
