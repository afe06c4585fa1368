import { describe, expect, it } from "vitest";
import { exponential, normal, type Random, seededRandom } from "./random.ts";
import { conformalP, fitTail, POT_MAX, type Tail, tailPot } from "./tail.ts";

type Draw = (random: Random) => number;

const DISTRIBUTIONS: { name: string; draw: Draw }[] = [
  { name: "exponential", draw: (random) => exponential(random, 3) },
  { name: "normal", draw: normal },
  { name: "nine tenths zero", draw: (random) => (random() < 0.9 ? 0 : exponential(random, 1)) },
];

function drawn(count: number, seed: number, draw: Draw): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => draw(random));
}

const times = (count: number, value: number) => Array.from({ length: count }, () => value);

/** How often fresh draws exceed what the tail calls rarer than `alpha`, over `alpha`; mean of seeds. */
function realisedOverNominal(draw: Draw, rowCount: number, alpha: number, runs: number): number {
  let exceeded = 0;
  let asked = 0;
  for (let run = 0; run < runs; run++) {
    const tail = fitTail(drawn(rowCount, run, draw));
    for (const value of drawn(50_000, 1_000 + run, draw)) {
      asked++;
      if (conformalP(tail, value) <= alpha) exceeded++;
    }
  }
  return exceeded / asked / alpha;
}

/** The definition itself: -log10 of the share of the sample at or above. */
function countedPot(sample: readonly number[], value: number): number {
  return -Math.log10(sample.filter((other) => other >= value).length / sample.length);
}

function expectSound({ values, pots, perUnit }: Tail): void {
  expect(pots).toHaveLength(values.length);
  expect(pots[0]).toBe(0);
  expect(perUnit).toBeGreaterThanOrEqual(0);
  for (const list of [values, pots]) {
    expect(list.every(Number.isFinite)).toBe(true);
    expect(list).toEqual([...list].sort((a, b) => a - b));
  }
}

describe("fitTail", () => {
  it.each(
    DISTRIBUTIONS.flatMap((each) => [
      { ...each, alpha: 1e-2, lowest: 0.9, highest: 1.15 },
      { ...each, alpha: 1e-3, lowest: 0.8, highest: 1.3 },
    ]),
  )(
    "of 20,000 rows, $name: p <= $alpha comes true $lowest to $highest times as often as it says",
    ({ draw, alpha, lowest, highest }) => {
      const ratio = realisedOverNominal(draw, 20_000, alpha, 5);
      expect(ratio).toBeGreaterThan(lowest);
      expect(ratio).toBeLessThan(highest);
    },
  );

  it.each(DISTRIBUTIONS)(
    "of 500 rows, $name: 1 in 1,000 is kept within a factor of 2, though no two rows are that rare",
    ({ draw }) => {
      const ratio = realisedOverNominal(draw, 500, 1e-3, 20);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    },
  );

  it("gives the pot of an exponential far beyond the sample, where nothing can be counted", () => {
    const tail = fitTail(drawn(20_000, 1, (random) => exponential(random, 1)));
    const at1In10Million = 7 * Math.LN10;
    expect(Math.max(...tail.values)).toBeLessThan(at1In10Million);
    expect(tailPot(tail, at1In10Million)).toBeGreaterThan(6);
    expect(tailPot(tail, at1In10Million)).toBeLessThan(8);
  });

  it.each(DISTRIBUTIONS)("of $name, is sound, within its points, and counts right", ({ draw }) => {
    const sample = drawn(20_000, 2, draw);
    const tail = fitTail(sample, { points: 200 });
    expectSound(tail);
    expect(tail.values.length).toBeGreaterThan(100);
    expect(tail.values.length).toBeLessThanOrEqual(200);
    for (const value of sample.slice(0, 200)) {
      const counted = countedPot(sample, value);
      if (counted < 3) expect(Math.abs(tailPot(tail, value) - counted)).toBeLessThan(0.03);
    }
  });

  it("holds far fewer points to the same promise, only more coarsely", () => {
    const sample = drawn(20_000, 2, normal);
    const tail = fitTail(sample, { points: 12 });
    expectSound(tail);
    expect(tail.values.length).toBeLessThanOrEqual(12);
    for (const value of sample.slice(0, 200)) {
      const counted = countedPot(sample, value);
      if (counted < 3) expect(Math.abs(tailPot(tail, value) - counted)).toBeLessThan(0.5);
    }
  });

  it("counts each small whole number exactly, because most features are counts", () => {
    const sample = [...times(900, 0), ...times(60, 1), ...times(30, 2), 3, 3, 4, 5, 5]
      .concat([6, 7, 8, 9, 12])
      .reverse();
    const tail = fitTail(sample);
    for (const value of [0, 1, 2, 3]) expect(tailPot(tail, value)).toBeCloseTo(countedPot(sample, value), 12);
    expect(tailPot(tail, -1)).toBe(0);
  });

  it("keeps a mass of equal values in the middle exact when knots are scarce", () => {
    const below = drawn(5_000, 3, (random) => random());
    const above = drawn(500, 4, (random) => 2 + random());
    const sample = [...below, ...times(4_500, 1.5), ...above];
    const tail = fitTail(sample, { points: 10 });
    expect(tail.values.length).toBeLessThanOrEqual(10);
    expect(tailPot(tail, 1.5)).toBeCloseTo(Math.log10(2), 12);
    expect(tailPot(tail, Math.min(...above))).toBeCloseTo(Math.log10(20), 12);
  });

  it.each([
    { sample: times(1_000, 0), name: "a thousand zeros" },
    { sample: times(7, -2.5), name: "seven equal rows" },
    { sample: [4], name: "one row" },
  ])("of $name: nothing at the constant, log10(rows + 1) above it however far", ({ sample }) => {
    const tail = fitTail(sample);
    const constant = Math.min(...sample);
    expectSound(tail);
    expect(tailPot(tail, constant - 1)).toBe(0);
    expect(tailPot(tail, constant)).toBe(0);
    expect(tailPot(tail, constant + 1e-9)).toBeCloseTo(Math.log10(sample.length + 1), 12);
    expect(tailPot(tail, constant + 1e30)).toBeCloseTo(Math.log10(sample.length + 1), 12);
  });

  it("of a flag, gives the flag its share and a value never seen log10(rows + 1)", () => {
    const tail = fitTail([...times(990, 0), ...times(10, 1)]);
    expect(tailPot(tail, 1)).toBe(2);
    expect(tailPot(tail, 2)).toBeCloseTo(Math.log10(1_001), 12);
  });

  it("of a lone outlier, claims no more than the rows can say, since one excess fits no tail", () => {
    const tail = fitTail([...times(999, 0), 1e-6]);
    expect(tailPot(tail, 1e-6)).toBeCloseTo(3, 12);
    expect(tailPot(tail, 1)).toBeCloseTo(Math.log10(1_001), 12);
  });

  it.each([2, 3, 5, 10, 19, 20, 50])("of %s different rows, is sound and tells them apart", (n) => {
    const sample = Array.from({ length: n }, (_, index) => index ** 2);
    const tail = fitTail(sample);
    expectSound(tail);
    const pots = [-1, ...sample, n ** 2, 4 * n ** 2].map((value) => tailPot(tail, value));
    expect(pots).toEqual([...pots].sort((a, b) => a - b));
    expect(tailPot(tail, (n - 1) ** 2)).toBeGreaterThan(tailPot(tail, 0));
  });

  it("leaves the sample as it was and does not depend on its order", () => {
    const sample = drawn(3_000, 9, normal);
    const before = [...sample];
    const tail = fitTail(sample);
    expect(sample).toEqual(before);
    expect(fitTail(Float64Array.from(sample).reverse())).toEqual(tail);
  });

  it("survives JSON unchanged, because it is stored in model cards", () => {
    for (const sample of [drawn(3_000, 9, normal), [0, 0, 0], [0, 0, 5e-324, 5e-324, 1e-323]]) {
      const tail = fitTail(sample);
      expect(JSON.parse(JSON.stringify(tail))).toEqual(tail);
    }
  });

  it.each([
    { sample: [], because: "it is empty" },
    { sample: [1, NaN, 2], because: "a value is no number" },
    { sample: [1, Infinity], because: "a value is infinite" },
    { sample: [-Infinity, 1], because: "a value is infinite downwards" },
  ])("refuses a sample when $because", ({ sample }) => {
    expect(() => fitTail(sample)).toThrow(RangeError);
  });

  it.each([3, 0, 12.5, NaN])("refuses %s points", (points) => {
    expect(() => fitTail([1, 2, 3], { points })).toThrow(RangeError);
  });
});

describe("tailPot", () => {
  const tail: Tail = { values: [0, 2, 2, 4], pots: [0, 1, 2, 3], perUnit: 0.5 };

  it.each([
    { value: -5, pot: 0, because: "nothing is below the smallest value" },
    { value: 0, pot: 0, because: "on the first knot" },
    { value: 1, pot: 0.5, because: "half way between knots" },
    { value: 2, pot: 1, because: "at a jump the value itself is below it" },
    { value: 3, pot: 2.5, because: "above a jump it goes on from the upper knot" },
    { value: 4, pot: 3, because: "on the last knot" },
    { value: 6, pot: 4, because: "beyond, by the rate" },
    { value: 1e300, pot: POT_MAX, because: "nothing is rarer than the cap" },
  ])("gives $value the pot $pot, $because", ({ value, pot }) => {
    expect(tailPot(tail, value)).toBeCloseTo(pot, 12);
  });

  it("caps knots too, so that a tail from elsewhere cannot outweigh every other feature", () => {
    expect(tailPot({ values: [0, 1], pots: [0, 50], perUnit: 0 }, 1)).toBe(POT_MAX);
    expect(tailPot({ values: [0, 1], pots: [0, 50], perUnit: 0 }, 0.5)).toBe(POT_MAX);
  });

  it.each(DISTRIBUTIONS)("never falls as the value grows, for $name", ({ draw }) => {
    const fitted = fitTail(drawn(5_000, 6, draw));
    let last = 0;
    for (let value = -5; value < 40; value += 0.01) {
      const pot = tailPot(fitted, value);
      expect(pot).toBeGreaterThanOrEqual(last);
      last = pot;
    }
    expect(last).toBeGreaterThan(4);
  });

  it.each([NaN, Infinity, -Infinity])(
    "refuses %s, so that a broken feature cannot pass for an ordinary one",
    (value) => {
      expect(() => tailPot(tail, value)).toThrow(RangeError);
    },
  );
});

describe("conformalP", () => {
  it("is the probability whose -log10 is the pot", () => {
    const tail: Tail = { values: [0, 2], pots: [0, 2], perUnit: 1 };
    expect(conformalP(tail, -1)).toBe(1);
    expect(conformalP(tail, 2)).toBeCloseTo(0.01, 15);
    expect(conformalP(tail, 1e9)).toBeCloseTo(1e-8, 15);
  });
});
