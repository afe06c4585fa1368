import { describe, expect, it } from "vitest";
import type { Comparison, Measured } from "./figures.ts";
import { coinTail, keepOut, type Case } from "./guard.ts";

const MEASURED: Measured = {
  average_precision: 0.5,
  recall_at_budget: 0.5,
  alerts_per_day: 10,
  alert_rate: 0.01,
  suspect_rate: 0.005,
  caught: 20,
  missed: 5,
  caught_value: {},
  missed_value: {},
};

function comparison({
  champion = {},
  challenger = {},
  ...over
}: Partial<Omit<Comparison, "champion" | "challenger">> & {
  champion?: Partial<Measured>;
  challenger?: Partial<Measured>;
} = {}): Comparison {
  return {
    from: "2026-11-09T00:00:00.000Z",
    to: "2026-11-16T00:00:00.000Z",
    events: 10_000,
    payments: 7_000,
    rows: 10_000,
    payment_rows: 7_000,
    confirmed: 25,
    threshold: 0.7,
    budget: 35,
    only_champion: 0,
    only_challenger: 0,
    days: Array.from({ length: 7 }, (_, day) => ({
      date: `2026-11-${String(9 + day).padStart(2, "0")}`,
      events: 1_428,
      confirmed: 0,
      champion_alerts: 0,
      challenger_alerts: 0,
    })),
    champion: { ...MEASURED, ...champion },
    challenger: { ...MEASURED, ...challenger },
    ...over,
  };
}

/** A case that may be released; a test names what is wrong with it. */
function aCase(over: Partial<Case> = {}): Case {
  return {
    trainedOn: 5_000,
    weeks: [week(5), week(4), week(6)],
    comparison: comparison(),
    driftLevel: "none",
    isBundled: false,
    fault: null,
    isChampionChanged: false,
    ...over,
  };
}

const week = (suspects: number, payments = 1_000) => ({ from: "2026-10-05", payments, suspects });
const codes = (over: Partial<Case> = {}) => keepOut(aCase(over)).map(({ code }) => code);

describe("keepOut", () => {
  it("lets through what is as good as the champion", () => {
    expect(codes()).toEqual([]);
  });

  it("names all that is wrong, the most decisive first, in words with the numbers", () => {
    const found = keepOut(aCase({ fault: "the file has not the hash of its card", trainedOn: 12, driftLevel: "stop" }));
    expect(found.map(({ code }) => code)).toEqual(["not_verified", "too_few_rows", "drift_stop"]);
    expect(found[0]?.detail).toContain("the file has not the hash of its card");
    expect(found[1]?.detail).toContain("12 clean payments");
  });

  it.each<[Partial<Case>, string[], string]>([
    [{ trainedOn: 499 }, ["too_few_rows"], "one payment too few to train on"],
    [{ trainedOn: 500 }, [], "just enough"],
    [{ comparison: comparison({ payment_rows: 49 }) }, ["too_few_rows"], "one payment too few to judge on"],
    [{ driftLevel: "act" }, [], "drift is what retraining is for"],
    [{ driftLevel: "stop" }, ["drift_stop"], "too far for anything but a person"],
    [{ isChampionChanged: true }, ["champion_changed"], "it was compared with another"],
  ])("of %o says %j: %s", (over, expected) => {
    expect(codes(over)).toEqual(expected);
  });

  describe("by the weeks trained on", () => {
    it.each<[number, number, string[], string]>([
      [26, 1_000, [], "five times the promise in one week of 1,000 may be chance"],
      [27, 1_000, ["poisoned_window"], "what is beyond 15 and three deviations of it is none"],
      [150, 10_000, [], "exactly three times, in a large week"],
      [190, 10_000, ["poisoned_window"], "just beyond it"],
      [3, 30, [], "a handful says nothing"],
    ])("with %i suspects of %i says %j: %s", (suspects, payments, expected) => {
      expect(codes({ weeks: [week(5), week(suspects, payments), week(5)] })).toEqual(expected);
    });

    it("holds a shop that is new to the model of the deployment against its own weeks, which are all alike", () => {
      const weeks = [week(60), week(55), week(65)];
      expect(codes({ weeks })).toEqual(["poisoned_window"]);
      expect(codes({ weeks, isBundled: true })).toEqual([]);
      expect(codes({ weeks: [...weeks, week(400)], isBundled: true })).toEqual(["poisoned_window"]);
    });
  });

  describe("by how many alerts it would raise", () => {
    const rates = (before: number, after: number, suspects = [0.005, 0.005]) =>
      codes({
        comparison: comparison({
          champion: { alert_rate: before, suspect_rate: suspects[0] ?? 0 },
          challenger: { alert_rate: after, suspect_rate: suspects[1] ?? 0 },
        }),
      });

    it.each<[number, number, string[], string]>([
      [0.01, 0.02, [], "exactly twice"],
      [0.01, 0.021, ["alert_rate"], "more than twice"],
      [0.01, 0.005, [], "exactly half"],
      [0.01, 0.0049, ["alert_rate"], "less than half"],
      [0.0002, 0.0009, [], "two alerts that become nine are too few to tell"],
      [0, 0.003, ["alert_rate"], "thirty where there were none are not"],
    ])("from %f to %f says %j: %s", (before, after, expected) => {
      expect(rates(before, after)).toEqual(expected);
    });

    it("lets the rate change that brings scores nearer to what they promise: that is what a new calibration is for", () => {
      expect(rates(0.05, 0.005, [0.03, 0.005])).toEqual([]);
      expect(rates(0.05, 0.005, [0.005, 0.0005])).toEqual(["alert_rate"]);
    });
  });

  describe("by the confirmed anomalies it loses", () => {
    it.each<[number, number, string[], string]>([
      [4, 0, [], "four may be chance: 1 in 16"],
      [5, 0, ["recall_lost"], "five are 1 in 32"],
      [5, 1, [], "one won makes it 7 in 64"],
      [20, 18, [], "as many won"],
      [3_000, 2_500, ["recall_lost"], "of thousands a sixth"],
      [0, 9, [], "all won"],
    ])("with %i lost and %i won says %j: %s", (only_champion, only_challenger, expected) => {
      expect(codes({ comparison: comparison({ only_champion, only_challenger }) })).toEqual(expected);
    });
  });
});

describe("coinTail", () => {
  it("is the binomial tail: certain for none, halved with each head in a row, and one in all", () => {
    expect(coinTail(0, 0)).toBe(1);
    expect(coinTail(0, 12)).toBeCloseTo(1, 12);
    for (let tosses = 1; tosses < 20; tosses++) expect(coinTail(tosses, tosses)).toBeCloseTo(0.5 ** tosses, 12);
    for (let tosses = 1; tosses < 40; tosses++) {
      for (let heads = 1; heads <= tosses; heads++) {
        expect(coinTail(heads, tosses) + coinTail(tosses - heads + 1, tosses)).toBeCloseTo(1, 9);
      }
    }
  });
});
