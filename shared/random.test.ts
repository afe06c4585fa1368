import { describe, expect, it } from "vitest";
import {
  below,
  chance,
  exponential,
  normal,
  pick,
  pickWeighted,
  poisson,
  type Random,
  sample,
  seededRandom,
  shuffle,
} from "./random.ts";

function draws(count: number, draw: (random: Random) => number, seed = 1): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => draw(random));
}

function meanAndVariance(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

const shareOf = (values: readonly number[], holds: (value: number) => boolean) =>
  values.filter(holds).length / values.length;

describe("seededRandom", () => {
  // Computed by a second implementation, in Python's integers.
  it.each([
    { seed: 1, first: [0.014579897420508914, 0.529034245207512, 0.1294957263123303] },
    { seed: 0, first: [0.9888191742156922, 0.5262708072864404, 0.8580529135192703] },
    { seed: -1, first: [0.2635388609703727, 0.4223826229445977, 0.8676070634348649] },
    { seed: 2 ** 32, first: [0.42883345577610876, 0.46790226732711304, 0.9124927327555543] },
    {
      seed: Number.MAX_SAFE_INTEGER,
      first: [0.49505062187176674, 0.14552085960742578, 0.20291767927529492],
    },
  ])("gives seed $seed the same numbers on every machine", ({ seed, first }) => {
    expect(draws(3, (random) => random(), seed)).toEqual(first);
  });

  it("gives neighbouring seeds unrelated numbers, so that seed + 1 is a fresh run", () => {
    const firsts = Array.from({ length: 10_000 }, (_, seed) => seededRandom(seed)());
    const { mean, variance } = meanAndVariance(firsts);
    expect(new Set(firsts).size).toBe(10_000);
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  it("fills [0, 1) evenly", () => {
    const values = draws(100_000, (random) => random());
    for (let bin = 0; bin < 20; bin++) {
      const share = shareOf(values, (value) => Math.floor(value * 20) === bin);
      expect(share).toBeGreaterThan(0.046);
      expect(share).toBeLessThan(0.054);
    }
  });

  it.each([0.5, NaN, Infinity, 2 ** 53])("refuses the seed %s, which would be rounded", (seed) => {
    expect(() => seededRandom(seed)).toThrow(RangeError);
  });
});

describe("the distributions", () => {
  it("pins one draw of each, because a simulation must replay on every machine", () => {
    const random = seededRandom(42);
    const values = [exponential(random, 2), normal(random), poisson(random, 7), below(random, 1e6)];
    expect(values).toEqual([0.5164322601743145, 0.5780128427801267, 9, 981510]);
  });

  it("exponential has its mean, that mean squared as variance, and e^-3 above three means", () => {
    const values = draws(100_000, (random) => exponential(random, 2));
    const { mean, variance } = meanAndVariance(values);
    expect(mean / 2).toBeCloseTo(1, 1);
    expect(variance / 4).toBeCloseTo(1, 1);
    expect(shareOf(values, (value) => value > 6)).toBeCloseTo(Math.exp(-3), 2);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  });

  it("normal has mean 0, variance 1, and the textbook share beyond one and two deviations", () => {
    const values = draws(100_000, normal);
    const { mean, variance } = meanAndVariance(values);
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
    expect(shareOf(values, (value) => value > 1)).toBeCloseTo(0.1587, 2);
    expect(shareOf(values, (value) => value < -2)).toBeCloseTo(0.0228, 2);
  });

  it.each([0.3, 4, 60])("poisson of mean %s has that mean and variance", (mean) => {
    const found = meanAndVariance(draws(20_000, (random) => poisson(random, mean)));
    expect(found.mean / mean).toBeCloseTo(1, 1);
    expect(found.variance / mean).toBeCloseTo(1, 1);
  });

  it("a mean of 0 is always 0, so an hour without traffic has none", () => {
    expect(poisson(seededRandom(1), 0)).toBe(0);
    expect(exponential(seededRandom(1), 0)).toBe(0);
  });

  it.each([-1, NaN, Infinity])("refuses the mean %s, which would never return", (mean) => {
    expect(() => poisson(seededRandom(1), mean)).toThrow(RangeError);
    expect(() => exponential(seededRandom(1), mean)).toThrow(RangeError);
  });

  it("chance comes true as often as its probability, never at 0 and always at 1", () => {
    const random = seededRandom(3);
    const trues = (probability: number) =>
      Array.from({ length: 20_000 }, () => chance(random, probability)).filter(Boolean).length;
    expect(trues(0)).toBe(0);
    expect(trues(1)).toBe(20_000);
    expect(trues(0.25) / 20_000).toBeCloseTo(0.25, 1);
  });
});

describe("choosing from a list", () => {
  const letters = ["a", "b", "c", "d"];

  it("pick gives every element its turn", () => {
    const random = seededRandom(5);
    const picked = Array.from({ length: 20_000 }, () => pick(random, letters));
    for (const letter of letters) {
      expect(picked.filter((each) => each === letter).length / 20_000).toBeCloseTo(1 / 4, 1);
    }
  });

  it("pick of nothing is refused, because there is no element to give", () => {
    expect(() => pick(seededRandom(1), [])).toThrow(RangeError);
  });

  it("pickWeighted follows the weights and never gives weight 0", () => {
    const random = seededRandom(6);
    const picked = Array.from({ length: 20_000 }, () => pickWeighted(random, letters, [1, 0, 3, 0]));
    expect(new Set(picked)).toEqual(new Set(["a", "c"]));
    expect(picked.filter((each) => each === "c").length / 20_000).toBeCloseTo(3 / 4, 1);
  });

  it("pickWeighted skips weight 0 even where the random number is as high as it gets", () => {
    expect(pickWeighted(() => 1 - 2 ** -53, letters, [0.1, 0.2, 0.3, 0])).toBe("c");
    expect(pickWeighted(() => 0, letters, [0, 0.2, 0.3, 0])).toBe("b");
  });

  it.each([
    { weights: [1, 1, 1], because: "one is missing" },
    { weights: [1, 1, 1, -1], because: "one is negative" },
    { weights: [1, NaN, 1, 1], because: "one is no number" },
    { weights: [0, 0, 0, 0], because: "nothing is possible" },
    { weights: [1, Infinity, 1, 1], because: "the sum is infinite" },
  ])("pickWeighted refuses $weights: $because", ({ weights }) => {
    expect(() => pickWeighted(seededRandom(1), letters, weights)).toThrow(RangeError);
  });

  it("shuffle keeps every element and gives each order its turn", () => {
    const random = seededRandom(7);
    const orders = new Map<string, number>();
    for (let round = 0; round < 12_000; round++) {
      const order = shuffle(random, ["a", "b", "c"]).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect([...orders.keys()].sort()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
    for (const count of orders.values()) expect(count / 2_000).toBeCloseTo(1, 1);
  });

  it("sample takes different positions, each as often, and leaves the list as it was", () => {
    const random = seededRandom(8);
    const list = Object.freeze([0, 1, 2, 3, 4]);
    const taken = [0, 0, 0, 0, 0];
    for (let round = 0; round < 10_000; round++) {
      const two = sample(random, list, 2);
      expect(new Set(two).size).toBe(2);
      for (const index of two) taken[index] = (taken[index] ?? 0) + 1;
    }
    for (const count of taken) expect(count / 10_000).toBeCloseTo(2 / 5, 1);
  });

  it.each([-1, 1.5, 5])("sample refuses to take %s of four", (count) => {
    expect(() => sample(seededRandom(1), letters, count)).toThrow(RangeError);
  });

  it.each([0, 1.5, NaN, 2 ** 33])("below refuses the limit %s", (limit) => {
    expect(() => below(seededRandom(1), limit)).toThrow(RangeError);
  });
});
