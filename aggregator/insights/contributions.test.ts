import { describe, expect, it } from "vitest";
import { below, chance, seededRandom } from "../../shared/random.ts";
import { contributionsTo, contributionsToQuotient, sharesOfFactors, type QuotientPart } from "./contributions.ts";

const ROUNDS = 300;

describe("contributionsTo", () => {
  it("makes the member that fell the whole difference where the others are as usual", () => {
    expect(
      contributionsTo([
        { member: "DE", value: 50, usual: 50 },
        { member: "FR", value: 10, usual: 40 },
      ]),
    ).toEqual([
      { member: "FR", value: 10, usual: 40, contribution: 1 },
      { member: "DE", value: 50, usual: 50, contribution: expect.closeTo(0) },
    ]);
  });

  it("is more than all for a member whose fall others make up for in part", () => {
    const [first, last] = contributionsTo([
      { member: "FR", value: 0, usual: 40 },
      { member: "DE", value: 60, usual: 50 },
    ]);
    expect(first).toMatchObject({ member: "FR", contribution: 40 / 30 });
    expect(last).toMatchObject({ member: "DE", contribution: -10 / 30 });
  });

  it("is nothing where there is no difference", () => {
    expect(contributionsTo([{ member: "DE", value: 5, usual: 5 }])).toEqual([]);
    expect(contributionsTo([])).toEqual([]);
  });

  it("adds up to all of the difference, whatever the members do", () => {
    const random = seededRandom(1);
    for (let round = 0; round < ROUNDS; round++) {
      const parts = Array.from({ length: 1 + below(random, 12) }, (_, index) => ({
        member: `m${index}`,
        value: below(random, 1_000),
        usual: 1_000 * random(),
      }));
      const sum = contributionsTo(parts).reduce((total, { contribution }) => total + contribution, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });
});

describe("contributionsToQuotient", () => {
  const part = (
    member: string,
    [value, units]: [number, number],
    [usual, usualUnits]: [number, number],
  ): QuotientPart => ({
    member,
    value,
    units,
    usual,
    usualUnits,
  });

  it("finds the member whose own quotient fell", () => {
    const [first] = contributionsToQuotient([part("FR", [2, 100], [10, 100]), part("DE", [20, 200], [20, 200])]);
    expect(first).toMatchObject({
      member: "FR",
      value: 0.02,
      usual: 0.1,
      rate: expect.closeTo(1),
      mix: expect.closeTo(0),
    });
  });

  it("is not misled when every member does better and the whole does worse, as the mix has shifted", () => {
    // Mobile converts worse than desktop; both rise, and mobile becomes most of the visits.
    const parts = [part("mobile", [220, 10_000], [40, 2_000]), part("desktop", [110, 2_000], [400, 8_000])];
    const found = contributionsToQuotient(parts);
    const rates = found.reduce((sum, { rate }) => sum + rate, 0);
    const mixes = found.reduce((sum, { mix }) => sum + mix, 0);
    expect(rates).toBeLessThan(0);
    expect(mixes).toBeGreaterThan(1);
  });

  it("takes a member that was not there for a change of the mix alone", () => {
    const found = contributionsToQuotient([part("new", [1, 100], [0, 0]), part("DE", [10, 100], [10, 100])]);
    expect(found.map(({ rate }) => rate)).toEqual([expect.closeTo(0), expect.closeTo(0)]);
  });

  it("is nothing where nothing is divided by, or nothing has changed", () => {
    expect(contributionsToQuotient([part("DE", [0, 0], [10, 100])])).toEqual([]);
    expect(contributionsToQuotient([part("DE", [5, 50], [10, 100])])).toEqual([]);
  });

  it("adds up to all of the difference of the quotient of everything, in rate and mix together", () => {
    const random = seededRandom(2);
    for (let round = 0; round < ROUNDS; round++) {
      const parts = Array.from({ length: 1 + below(random, 10) }, (_, index) => {
        const amount = (): [number, number] =>
          chance(random, 0.15) ? [0, 0] : [below(random, 50), 1 + below(random, 500)];
        return part(`m${index}`, amount(), amount());
      });
      const found = contributionsToQuotient(parts);
      if (found.length === 0) continue;
      expect(found.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(1, 6);
      for (const { contribution, rate, mix } of found) expect(rate + mix).toBeCloseTo(contribution, 9);
    }
  });
});

describe("sharesOfFactors", () => {
  it("makes the factor that changed all of it", () => {
    const shares = sharesOfFactors([
      { name: "sessions", value: 1_000, usual: 1_000 },
      { name: "conversion", value: 0.01, usual: 0.02 },
    ]);
    expect(shares).toEqual({ sessions: expect.closeTo(0), conversion: 1 });
  });

  it("makes a factor that is gone the only reason", () => {
    const factors = [
      { name: "sessions", value: 900, usual: 1_000 },
      { name: "conversion", value: 0, usual: 0.02 },
    ];
    expect(sharesOfFactors(factors)).toEqual({ conversion: 1 });
  });

  it("adds up to 1, whichever factors rise and fall, and whatever their order", () => {
    const random = seededRandom(3);
    for (let round = 0; round < ROUNDS; round++) {
      const factors = ["a", "b", "c"].map((name) => ({ name, value: 0.1 + random(), usual: 0.1 + random() }));
      const shares = sharesOfFactors(factors);
      expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      const turned = sharesOfFactors(factors.toReversed());
      for (const name of ["a", "b", "c"]) expect(turned[name]).toBeCloseTo(shares[name] ?? Number.NaN, 6);
    }
  });
});
