import { describe, expect, it } from "vitest";
import { blendPots, blendWeights } from "./blend.ts";

describe("blendWeights", () => {
  it.each([
    { confirmed: 0, logistic: 0.5, baseline: 0.3, because: "nothing was confirmed, so the baseline counts in full" },
    { confirmed: 10, logistic: 0.5, baseline: 0.15, because: "ten halve the baseline" },
    { confirmed: 29, logistic: 0.5, baseline: 0.3 / 3.9, because: "trees are not trusted yet" },
    { confirmed: 30, logistic: 0.15, baseline: 0.075, because: "trees lead from here" },
    { confirmed: 1_000, logistic: 0.15, baseline: 0.3 / 101, because: "the baseline has all but gone" },
  ])("after $confirmed leans $logistic on logistic regression, $because", ({ confirmed, logistic, baseline }) => {
    const weights = blendWeights(confirmed);
    expect(weights.logistic).toBe(logistic);
    expect(weights.logistic + weights.trees).toBe(1);
    expect(weights.baseline).toBeCloseTo(baseline, 12);
  });
});

describe("blendPots", () => {
  it("sums the parts by their weights", () => {
    expect(blendPots({ logistic: 2, trees: 4, baseline: 1 }, 0)).toBeCloseTo(0.5 * 2 + 0.5 * 4 + 0.3, 12);
    expect(blendPots({ logistic: 2, trees: 4, baseline: 1 }, 90)).toBeCloseTo(0.15 * 2 + 0.85 * 4 + 0.03, 12);
  });

  it("never falls as a part rises, so that more evidence cannot acquit", () => {
    for (const confirmed of [0, 5, 29, 30, 500]) {
      const before = blendPots({ logistic: 1, trees: 1, baseline: 1 }, confirmed);
      for (const part of ["logistic", "trees", "baseline"] as const) {
        const pots = { logistic: 1, trees: 1, baseline: 1, [part]: 2 };
        expect(blendPots(pots, confirmed)).toBeGreaterThan(before);
      }
    }
  });
});
