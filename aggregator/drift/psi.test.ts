import { describe, expect, it } from "vitest";
import { seededRandom, type Random } from "../../shared/random.ts";
import { levelOf, limitsOf } from "./levels.ts";
import { limitOf, psiOf, quantileBins, type Bin } from "./psi.ts";

const FINE = 201;
const REFERENCE = 20_000;

/** Scores as they promise to be, counted: exponential, a tenth of them below each decile. */
function drawn(random: Random, count: number, stretch = 1): number[] {
  const counts = Array.from({ length: FINE }, () => 0);
  for (let drawnSoFar = 0; drawnSoFar < count; drawnSoFar++) {
    const score = Math.min(1, (-Math.log10(1 - random()) / 5) * stretch);
    const bin = Math.floor(score * 200);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function shares(bins: readonly Bin[], of: "reference" | "current"): number[] {
  const all = bins.reduce((sum, bin) => sum + bin[of], 0);
  return bins.map((bin) => bin[of] / all);
}

describe("quantileBins", () => {
  it("cuts a reference into ten parts that cover everything and are as equal as its fine bins allow", () => {
    const bins = quantileBins(drawn(seededRandom(1), REFERENCE), drawn(seededRandom(2), 500), 0);
    expect(bins).toHaveLength(10);
    expect(bins.map(({ from }) => from)).toEqual([0, ...bins.slice(0, -1).map(({ to }) => to + 1)]);
    expect(bins.at(-1)?.to).toBe(FINE - 1);
    for (const share of shares(bins, "reference")) expect(Math.abs(share - 0.1)).toBeLessThan(0.05);
  });

  it.each([
    {
      reference: [0, 95, 3, 2, 0],
      cuts: [
        [0, 1],
        [2, 4],
      ],
      because: "most are equal",
    },
    { reference: [0, 0, 100, 0, 0], cuts: [[0, 4]], because: "all are" },
    { reference: [0, 0, 0, 0, 0], cuts: [[0, 4]], because: "there are none" },
    {
      reference: [50, 0, 0, 0, 50],
      cuts: [
        [0, 0],
        [1, 4],
      ],
      because: "of two kinds",
    },
  ])("cuts $reference as $cuts, when $because", ({ reference, cuts }) => {
    const bins = quantileBins(reference, reference, 0);
    expect(bins.map(({ from, to }) => [from, to])).toEqual(cuts);
  });

  it.each([
    { reference: [5, 50, 50], current: [0, 50, 50], bins: 3, because: "some were missing" },
    { reference: [0, 50, 50], current: [5, 50, 50], bins: 3, because: "some are" },
    { reference: [0, 50, 50], current: [0, 50, 50], bins: 2, because: "none is" },
  ])("has $bins bins of $reference and $current: $because", ({ reference, current, bins }) => {
    expect(quantileBins(reference, current, 1)).toHaveLength(bins);
  });
});

describe("psiOf", () => {
  it("is nothing between equals, and grows as one of them moves", () => {
    const reference = drawn(seededRandom(1), REFERENCE);
    const indexes = [1, 1.1, 1.3, 2].map((stretch) =>
      psiOf(quantileBins(reference, drawn(seededRandom(1), REFERENCE, stretch), 0)),
    );
    expect(indexes[0]).toBe(0);
    expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
    expect(indexes[3]).toBeGreaterThan(0.25);
  });

  it("stays finite where a bin has nothing at all", () => {
    expect(psiOf(quantileBins([0, 100, 0, 100], [100, 0, 0, 0], 1))).toBeLessThan(20);
  });

  it("is on average the share of it that chance has: bins less one, times 1/n + 1/m", () => {
    const random = seededRandom(3);
    const rounds = 400;
    let total = 0;
    let expected = 0;
    for (let round = 0; round < rounds; round++) {
      const bins = quantileBins(drawn(random, 4_000), drawn(random, 500), 0);
      total += psiOf(bins) / rounds;
      expected += ((bins.length - 1) * (1 / 500 + 1 / 4_000)) / rounds;
    }
    expect(total / expected).toBeGreaterThan(0.93);
    expect(total / expected).toBeLessThan(1.07);
  });
});

describe("the levels of an index", () => {
  it.each([
    { n: 500, rounds: 2_000 },
    { n: 2_000, rounds: 1_000 },
    { n: 20_000, rounds: 150 },
  ])("warn on at most 3 in 1,000 days of $n events on which nothing has changed, and never act", ({ n, rounds }) => {
    const random = seededRandom(4);
    const reference = drawn(random, REFERENCE);
    const levels = Array.from({ length: rounds }, () => {
      const bins = quantileBins(reference, drawn(random, n), 0);
      return levelOf(psiOf(bins), limitsOf(limitOf(bins), true));
    });
    expect(levels.filter((level) => level === "warn").length / rounds).toBeLessThanOrEqual(0.003);
    expect(levels.filter((level) => level === "act" || level === "stop")).toEqual([]);
  });

  it.each([
    { n: 500, stretch: 1.6, level: "act" },
    { n: 2_000, stretch: 1.3, level: "warn" },
    { n: 20_000, stretch: 1.3, level: "warn" },
    { n: 20_000, stretch: 1.05, level: "none" },
    { n: 20_000, stretch: 2.2, level: "stop" },
  ])("say $level of scores that became $stretch times as large, on $n events", ({ n, stretch, level }) => {
    const random = seededRandom(5);
    const reference = drawn(random, REFERENCE);
    const bins = quantileBins(reference, drawn(random, n, stretch), 0);
    expect(levelOf(psiOf(bins), limitsOf(limitOf(bins), true))).toBe(level);
  });
});
