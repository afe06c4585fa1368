import { describe, expect, it } from "vitest";
import { poolOf, UNLABELLED_MAX, unlabelledWeight } from "./client-pool.ts";
import { seededRandom } from "./random.ts";

/** Fraud, then clean ones, then those of which nobody said anything, mixed. */
function events(fraud: number, clean: number, unlabelled: number): (boolean | null)[] {
  const known = [
    ...Array.from({ length: fraud }, () => true),
    ...Array.from({ length: clean }, () => false),
    ...Array.from({ length: unlabelled }, () => null),
  ];
  return known.map((_, index) => known[(index * 7919) % known.length] ?? null);
}

describe("poolOf", () => {
  it("takes every labelled event with weight 1, and every unlabelled one while there are few", () => {
    const known = events(3, 4, 100);
    const { chosen, labels, weights } = poolOf(known, seededRandom(1));
    expect([...chosen]).toEqual([...known.keys()]);
    expect([...labels]).toEqual(known.map((isFraud) => (isFraud === true ? 1 : 0)));
    const light = Math.fround(unlabelledWeight(7));
    expect([...weights]).toEqual(known.map((isFraud) => (isFraud === null ? light : 1)));
  });

  it("takes at most 5,000 unlabelled events, each as likely as the next", () => {
    const known = events(10, 10, 20_000);
    const { chosen, labels, weights } = poolOf(known, seededRandom(1));
    expect(chosen).toHaveLength(20 + UNLABELLED_MAX);
    expect(labels).toHaveLength(chosen.length);
    expect(weights).toHaveLength(chosen.length);
    expect(labels.reduce((sum, label) => sum + label, 0)).toBe(10);
    const ofEarlierHalf = chosen.filter((index) => index < known.length / 2).length;
    expect(Math.abs(ofEarlierHalf / chosen.length - 0.5)).toBeLessThan(0.03);
  });

  it("gives each event once, in order, and the same ones from the same seed", () => {
    const known = events(5, 5, 9_000);
    const pool = poolOf(known, seededRandom(2));
    expect([...pool.chosen]).toEqual([...new Set(pool.chosen)].sort((a, b) => a - b));
    expect(poolOf(known, seededRandom(2))).toEqual(pool);
    expect(poolOf(known, seededRandom(3)).chosen).not.toEqual(pool.chosen);
  });

  it("leaves alone what it is given, and takes nothing of nothing", () => {
    const known = events(2, 2, 30);
    poolOf(known, seededRandom(1));
    expect(known).toEqual(events(2, 2, 30));
    expect(poolOf([], seededRandom(1)).chosen).toHaveLength(0);
  });
});

describe("unlabelledWeight", () => {
  it.each([
    { labelled: 0, weight: 0.02, because: "with no labels they still count a little" },
    { labelled: 50, weight: 0.02, because: "all of them weigh twice the labelled" },
    { labelled: 1_000, weight: 0.4, because: "still twice" },
    { labelled: 2_500, weight: 1, because: "none counts more than a labelled one" },
    { labelled: 90_000, weight: 1, because: "nor with very many labels" },
  ])("is $weight beside $labelled labelled events: $because", ({ labelled, weight }) => {
    expect(unlabelledWeight(labelled)).toBeCloseTo(weight, 12);
  });
});
