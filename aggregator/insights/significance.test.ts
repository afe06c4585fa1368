import { describe, expect, it } from "vitest";
import { seededRandom, poisson } from "../../shared/random.ts";
import { compare, incompleteBeta, normalQuantile, studentTail, thresholdFor } from "./significance.ts";

const COUNTS = { size: 1, wander: 0.01, worth: 6, dispersionLeast: 1 };
const weeks = (...values: number[]) => values.map((value) => ({ value, units: 1, weight: 1 }));
const steady = weeks(100, 104, 97, 99, 103, 96, 101, 100);

describe("incompleteBeta", () => {
  it.each([
    { x: 0.5, a: 0.5, b: 0.5, share: 0.5 },
    { x: 0.3, a: 1, b: 1, share: 0.3 },
    { x: 0.2, a: 2, b: 3, share: 0.1808 },
    { x: 0.9, a: 10, b: 2, share: 0.6973568802 },
    { x: 0.5, a: 1_000, b: 1_000, share: 0.5 },
    { x: 0, a: 2, b: 2, share: 0 },
    { x: 1, a: 2, b: 2, share: 1 },
  ])("of $x with the shapes $a and $b is $share", ({ x, a, b, share }) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(share, 8);
  });

  it("comes to an end for shapes as large as a year of events", () => {
    expect(incompleteBeta(0.5, 5e7, 5e7)).toBeCloseTo(0.5, 4);
  });
});

describe("the tails", () => {
  it.each([
    { share: 0.5, at: 0 },
    { share: 0.975, at: 1.959963985 },
    { share: 0.001, at: -3.090232306 },
    { share: 1e-12, at: -7.034483826 },
  ])("of the normal distribution have $share below $at", ({ share, at }) => {
    expect(normalQuantile(share)).toBeCloseTo(at, 7);
  });

  it.each([
    { t: 0, freedom: 3, tail: 0.5 },
    { t: 2.228138852, freedom: 10, tail: 0.025 },
    { t: 12.7062047362, freedom: 1, tail: 0.025 },
    { t: -2.228138852, freedom: 10, tail: 0.975 },
  ])("of Student's t with $freedom degrees have $tail beyond $t", ({ t, freedom, tail }) => {
    expect(studentTail(t, freedom)).toBeCloseTo(tail, 8);
  });
});

describe("compare", () => {
  it("finds a value that is like the others ordinary, and one that is half of them unlikely", () => {
    expect(compare({ value: 100, units: 1 }, steady, COUNTS)?.p).toBeGreaterThan(0.8);
    expect(compare({ value: 50, units: 1 }, steady, COUNTS)).toMatchObject({ usual: 100, expected: 100 });
    expect(compare({ value: 50, units: 1 }, steady, COUNTS)?.p).toBeLessThan(0.01);
  });

  it("is surer the further off a value is, on both sides", () => {
    const ps = [100, 80, 60, 40, 20, 0].map((value) => compare({ value, units: 1 }, steady, COUNTS)?.p ?? 1);
    expect(ps).toEqual(ps.toSorted((a, b) => b - a));
    const up = [100, 130, 170, 250, 500].map((value) => compare({ value, units: 1 }, steady, COUNTS)?.p ?? 1);
    expect(up).toEqual(up.toSorted((a, b) => b - a));
  });

  it("is less sure where the earlier ones differ much among themselves", () => {
    const wild = weeks(40, 170, 60, 150, 30, 160, 90, 100);
    const now = { value: 50, units: 1 };
    expect(compare(now, wild, COUNTS)?.p).toBeGreaterThan(0.1);
    expect(compare(now, steady, COUNTS)?.p).toBeLessThan(0.01);
  });

  it("is less sure of few counts than of many, and of one earlier time than of eight", () => {
    const few = weeks(10, 10, 10, 10, 10, 10, 10, 10);
    const p = (value: number, history: typeof few) => compare({ value, units: 1 }, history, COUNTS)?.p ?? 1;
    expect(p(5, few)).toBeGreaterThan(p(50, steady));
    expect(p(50, steady.slice(0, 1))).toBeGreaterThan(p(50, steady));
  });

  it("holds a quotient against the usual quotient of as many units, whatever their number", () => {
    const history = Array.from({ length: 8 }, () => ({ value: 30, units: 1_000, weight: 1 }));
    expect(compare({ value: 300, units: 10_000 }, history, COUNTS)).toMatchObject({ usual: 0.03, expected: 300 });
    expect(compare({ value: 300, units: 10_000 }, history, COUNTS)?.p).toBeGreaterThan(0.5);
    expect(compare({ value: 600, units: 10_000 }, history, COUNTS)?.p).toBeLessThan(0.001);
  });

  it("takes what was never seen for rare, not for impossible", () => {
    const never = weeks(0, 0, 0, 0, 0, 0, 0, 0);
    expect(compare({ value: 1, units: 1 }, never, COUNTS)?.p).toBeGreaterThan(0.01);
    expect(compare({ value: 20, units: 1 }, never, COUNTS)).toMatchObject({ usual: 0, expected: 0 });
    expect(compare({ value: 20, units: 1 }, never, COUNTS)?.p).toBeLessThan(1e-4);
  });

  it("tells nothing without history", () => {
    expect(compare({ value: 10, units: 1 }, [], COUNTS)).toBeNull();
    expect(compare({ value: 10, units: 0 }, steady, COUNTS)).toBeNull();
  });

  it("calls as many of a thousand ordinary values unlikely as it says, or fewer", () => {
    const random = seededRandom(11);
    let unlikely = 0;
    for (let round = 0; round < 1_000; round++) {
      const history = weeks(...Array.from({ length: 8 }, () => poisson(random, 30)));
      if ((compare({ value: poisson(random, 30), units: 1 }, history, COUNTS)?.p ?? 1) < 0.05) unlikely++;
    }
    expect(unlikely).toBeLessThanOrEqual(50);
    expect(unlikely).toBeGreaterThan(0);
  });
});

describe("thresholdFor", () => {
  it.each([
    { ps: [], rate: 0.05, most: 0 },
    { ps: [0.2, 0.6], rate: 0.05, most: 0 },
    { ps: [0.01, 0.6], rate: 0.05, most: 0.01 },
    { ps: [0.04, 0.03, 0.001], rate: 0.05, most: 0.04 },
    { ps: [0.03, 0.9], rate: 0.05, most: 0 },
  ])("of $ps at $rate is $most", ({ ps, rate, most }) => {
    expect(thresholdFor(ps, rate)).toBe(most);
  });
});
