import { describe, expect, it } from "vitest";
import {
  addScore,
  BudgetState,
  budgetStep,
  budgetThreshold,
  histogramOf,
  mergeHistograms,
  newBudgetState,
  scoreReachedBy,
  THRESHOLD_LEAST,
  THRESHOLD_MOST,
  withDays,
  type BudgetDay,
} from "./alert-budget.ts";
import type { AlertBudget } from "./detection-settings.ts";
import { exponential, poisson, seededRandom, type Random } from "./random.ts";

const DAY_MS = 86_400_000;
const FIRST_MS = Date.parse("2026-01-01T00:00:00Z");

function dateOf(day: number): string {
  return new Date(FIRST_MS + day * DAY_MS).toISOString().slice(0, 10);
}

/** Scores that are as rare as they promise, or `stretch` times as large as that. */
function drawn(random: Random, count: number, stretch = 1): number[] {
  return Array.from({ length: count }, () => {
    const score = Math.min(1, stretch * exponential(random, 1 / (5 * Math.LN10)));
    return Math.round(1e4 * score) / 1e4;
  });
}

function dayOf(day: number, scores: readonly number[], alerts = 0): BudgetDay {
  return { date: dateOf(day), events: scores.length, alerts, scores: histogramOf(scores) };
}

function alertsAt(scores: readonly number[], threshold: number): number {
  return scores.filter((score) => score >= threshold).length;
}

/** Day after day under the threshold of the night before; the alerts of each. */
function run(wish: AlertBudget, days: readonly number[][]): { alerts: number[]; state: BudgetState } {
  let state = newBudgetState();
  const alerts = days.map((scores, index) => {
    const today = alertsAt(scores, budgetThreshold(wish, state)?.threshold ?? 1);
    state = budgetStep(state, wish, dayOf(index, scores, today));
    return today;
  });
  return { alerts, state };
}

/** The state after quiet days that all met the wish. */
function settled(days: number, events: number, wish: AlertBudget): BudgetState {
  const random = seededRandom(3);
  let state = newBudgetState();
  for (let day = 0; day < days; day++) {
    const alerts = "share" in wish ? wish.share * events : wish.per_day;
    state = budgetStep(state, wish, dayOf(day, drawn(random, events), alerts));
  }
  return state;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("a score histogram", () => {
  it("counts every score of four decimals in the bin it lies in, and 1 apart from what is just below", () => {
    for (let tenThousandths = 0; tenThousandths <= 10_000; tenThousandths++) {
      const bin = histogramOf([tenThousandths / 1e4]).indexOf(1);
      expect(bin).toBe(Math.floor(tenThousandths / 50));
    }
  });

  it.each([NaN, -0.0001, 1.0001])("refuses a score of %s, so that a broken one is not counted as harmless", (score) => {
    expect(() => addScore(histogramOf([]), score)).toThrow(RangeError);
  });

  it("comes to the same however days are put together", () => {
    const random = seededRandom(1);
    const days = Array.from({ length: 5 }, () => drawn(random, 300));
    const whole = histogramOf(days.flat());
    expect(mergeHistograms(days.map(histogramOf))).toEqual(whole);
    expect(
      mergeHistograms([mergeHistograms(days.slice(3).map(histogramOf)), histogramOf(days.slice(0, 3).flat())]),
    ).toEqual(whole);
    expect(mergeHistograms([])).toEqual(histogramOf([]));
  });

  it("knows within a bin which score a share of the events reaches", () => {
    const random = seededRandom(2);
    for (let round = 0; round < 100; round++) {
      const scores = drawn(random, 2_000, 0.5 + random());
      const share = 0.001 + 0.2 * random();
      const exact = scores.toSorted((a, b) => b - a)[Math.ceil(share * scores.length) - 1] ?? NaN;
      expect(Math.abs(scoreReachedBy(histogramOf(scores), share) - exact)).toBeLessThanOrEqual(0.005);
    }
  });

  it.each([
    { scores: [0.2, 0.4], share: 1, score: 0.2, because: "all events reach the lowest" },
    { scores: [], share: 0.5, score: 0, because: "there is none" },
    { scores: [1, 1, 0.5], share: 0.1, score: 1, because: "more than that are at the top" },
  ])("says $score for a share of $share, when $because", ({ scores, share, score }) => {
    expect(scoreReachedBy(histogramOf(scores), share)).toBeCloseTo(score, 9);
  });
});

describe("budgetThreshold", () => {
  it.each([
    { wish: { share: 0.01 }, told: { threshold: 0.4, basis: "promise" }, because: "scores promise that" },
    { wish: { share: 0.001 }, told: { threshold: 0.6, basis: "promise" }, because: "scores promise that" },
    { wish: { share: 0.3 }, told: { threshold: THRESHOLD_LEAST, basis: "floor" }, because: "that is nothing rare" },
    {
      wish: { share: 1e-5 },
      told: { threshold: THRESHOLD_MOST, basis: "ceiling" },
      because: "the strangest get through",
    },
    { wish: { per_day: 2 }, told: null, because: "nobody knows yet of how many" },
  ])("before anything was scored is $told for $wish, since $because", ({ wish, told }) => {
    expect(budgetThreshold(wish, newBudgetState())).toEqual(told);
  });

  it.each([
    { events: 30, share: 0.01, basis: "promise", because: "there are no ten events in the strangest 5 %" },
    { events: 100, share: 0.001, basis: "extrapolated", because: "no ten alerts are to be had in four weeks" },
    { events: 100, share: 0.01, basis: "counted", because: "two weeks have ten" },
    { events: 5_000, share: 0.001, basis: "counted", because: "a week has ten" },
  ])("of $events events on each of 6 or 28 days, for $share, is $basis: $because", ({ events, share, basis }) => {
    const days = basis === "promise" ? 6 : 28;
    expect(budgetThreshold({ share }, settled(days, events, { share }))).toMatchObject({ basis });
  });

  it("asks for half the share when twice as many events are usual, to keep a number of alerts a day", () => {
    const at = (events: number) =>
      budgetThreshold({ per_day: 10 }, settled(14, events, { per_day: 10 }))?.threshold ?? NaN;
    expect(at(2_000) - at(1_000)).toBeCloseTo(Math.log10(2) / 5, 1);
    expect(at(1_000)).toBeCloseTo(0.4, 1);
  });

  it("extrapolates to the score that promises the share, where it is too rare to count", () => {
    const random = seededRandom(4);
    const thresholds = Array.from({ length: 20 }, () => {
      const state = withDays(newBudgetState(), [dayOf(0, drawn(random, 1_000))]);
      return budgetThreshold({ share: 0.001 }, state)?.threshold ?? NaN;
    });
    expect(mean(thresholds)).toBeCloseTo(0.6, 1);
    for (const threshold of thresholds) expect(Math.abs(threshold - 0.6)).toBeLessThan(0.15);
  });

  it("stays within its bounds whatever was scored and learned", () => {
    const random = seededRandom(5);
    for (let round = 0; round < 300; round++) {
      const days = Array.from({ length: Math.floor(random() * 9) }, (_, day) =>
        dayOf(day, drawn(random, Math.floor(400 * random()), 10 * random())),
      );
      const state = { ...withDays(newBudgetState(), days), correction: 0.25 + 3.75 * random() };
      const wish = random() < 0.5 ? { share: 0.3 * random() + 1e-5 } : { per_day: 100 * random() + 0.01 };
      const threshold = budgetThreshold(wish, state)?.threshold ?? THRESHOLD_LEAST;
      expect(threshold).toBeGreaterThanOrEqual(THRESHOLD_LEAST);
      expect(threshold).toBeLessThanOrEqual(THRESHOLD_MOST);
    }
  });
});

describe("budgetStep", () => {
  it.each([
    { share: 0.001, stretch: 1, because: "scores keep their promise" },
    { share: 0.005, stretch: 1.4, because: "scores are too high by far" },
    { share: 0.005, stretch: 0.8, because: "scores are too low" },
    { share: 0.01, stretch: 1.2, because: "scores are too high" },
  ])(
    "brings every week after the first within 0.7..1.4 of $share, and the mean within 0.93..1.07, when $because",
    (row) => {
      const random = seededRandom(7);
      const days = Array.from({ length: 70 }, () => drawn(random, 9_000, row.stretch));
      const ratios = run({ share: row.share }, days).alerts.map((alerts) => alerts / (9_000 * row.share));
      const weeks = Array.from({ length: 9 }, (_, week) => mean(ratios.slice(7 * week + 7, 7 * week + 14)));
      expect(Math.min(...weeks)).toBeGreaterThan(0.7);
      expect(Math.max(...weeks)).toBeLessThan(1.4);
      expect(Math.abs(mean(weeks) - 1)).toBeLessThan(0.07);
    },
  );

  it("meets a few alerts a day in the mean, though half of the days have none", () => {
    const random = seededRandom(8);
    const days = Array.from({ length: 365 }, () => drawn(random, 40 + poisson(random, 25), 1.2));
    const { alerts } = run({ per_day: 1 }, days);
    expect(Math.abs(mean(alerts.slice(28)) - 1)).toBeLessThan(0.1);
  });

  it("meets the mean also where alerts come in clusters, on which ratios of days would mislead", () => {
    const random = seededRandom(9);
    const days = Array.from({ length: 365 }, (_, day) => drawn(random, 200, day % 5 === 0 ? 1.6 : 0.8));
    const { alerts } = run({ per_day: 2 }, days);
    expect(Math.abs(mean(alerts.slice(35)) / 2 - 1)).toBeLessThan(0.1);
  });

  it("follows scores that inflate by 2 % a week", () => {
    const random = seededRandom(10);
    const days = Array.from({ length: 84 }, (_, day) => drawn(random, 5_000, 1.02 ** (day / 7)));
    const ratios = run({ share: 0.005 }, days).alerts.map((alerts) => alerts / 25);
    expect(Math.abs(mean(ratios) - 1)).toBeLessThan(0.1);
  });

  it("takes a day once, and none that lies before it, so that a job may run twice", () => {
    const wish = { share: 0.01 };
    const state = settled(10, 500, wish);
    const day = dayOf(10, drawn(seededRandom(1), 500), 20);
    const once = budgetStep(state, wish, day);
    expect(once).not.toEqual(state);
    expect(budgetStep(once, wish, day)).toEqual(once);
    expect(budgetStep(once, wish, { ...day, date: dateOf(4) })).toEqual(once);
  });

  it("leaves its input as it was", () => {
    const state = settled(10, 500, { share: 0.01 });
    const before = structuredClone(state);
    budgetStep(state, { share: 0.01 }, dayOf(10, drawn(seededRandom(1), 500), 20));
    expect(state).toEqual(before);
  });

  it.each([
    { day: 10, events: 0, counts: false, because: "the shop was closed" },
    { day: 10, events: 19, counts: false, because: "so few say nothing" },
    { day: 10, events: 20, counts: true, because: "twenty are enough" },
    { day: 10, events: 1_500, counts: true, because: "three times the usual may happen" },
    { day: 10, events: 1_501, counts: false, because: "more is a campaign" },
  ])("with $events events after days of 500: counts is $counts, $because", ({ day, events, counts }) => {
    const wish = { share: 0.01 };
    const state = settled(10, 500, wish);
    const stepped = budgetStep(state, wish, dayOf(day, drawn(seededRandom(1), events), events));
    expect(stepped.last).toBe(dateOf(day));
    expect(stepped.days.length).toBe(counts ? 11 : 10);
    if (!counts) {
      expect(stepped.correction).toBe(state.correction);
      expect(budgetThreshold(wish, stepped)).toEqual(budgetThreshold(wish, state));
    }
  });

  it("takes a campaign that goes on for a week for how the shop is now, and forgets how it was", () => {
    const wish = { per_day: 5 };
    const random = seededRandom(11);
    let state = settled(14, 300, wish);
    const before = budgetThreshold(wish, state);
    for (let day = 14; day < 21; day++) state = budgetStep(state, wish, dayOf(day, drawn(random, 3_000), 50));
    expect(budgetThreshold(wish, state)).toEqual(before);
    state = budgetStep(state, wish, dayOf(21, drawn(random, 3_000), 50));
    expect(state.days.map(({ date }) => date)).toEqual([dateOf(21)]);
    expect(budgetThreshold(wish, state)?.threshold).toBeGreaterThan((before?.threshold ?? 1) + 0.1);
  });

  it("does not let one day of attack buy silence: a hundred times the wish moves it no more than a few times", () => {
    const wish = { share: 0.01 };
    const state = settled(10, 500, wish);
    const scores = drawn(seededRandom(1), 500);
    const after = (alerts: number) => budgetStep(state, wish, dayOf(10, scores, alerts)).correction / state.correction;
    expect(after(500)).toBeCloseTo(Math.exp(-0.3), 9);
    expect(after(35)).toBeCloseTo(after(500), 9);
    expect(after(5)).toBe(1);
  });

  it("does not save up at the floor what would be alerts for weeks once scores rise", () => {
    const wish = { per_day: 20 };
    const random = seededRandom(12);
    const quiet = Array.from({ length: 100 }, () => drawn(random, 100, 0.5));
    const { state } = run(wish, quiet);
    expect(budgetThreshold(wish, state)).toEqual({ threshold: THRESHOLD_LEAST, basis: "floor" });
    expect(state.correction).toBe(1);
  });

  it("does not save up at the ceiling what would be silence for weeks once scores fall", () => {
    const random = seededRandom(14);
    const loud = Array.from({ length: 40 }, () => drawn(random, 500, 10));
    const { state } = run({ share: 0.001 }, loud);
    expect(budgetThreshold({ share: 0.001 }, state)).toEqual({ threshold: THRESHOLD_MOST, basis: "ceiling" });
    expect(state.correction).toBeGreaterThan(0.7);
  });

  it("forgets days of more than four weeks ago, so that its state stays within 25 kB", () => {
    const state = settled(100, 9_000, { share: 0.01 });
    expect(state.days.map(({ date }) => date)).toEqual(Array.from({ length: 28 }, (_, index) => dateOf(72 + index)));
    const text = JSON.stringify(state);
    expect(text.length).toBeLessThan(25_000);
    expect(BudgetState.parse(JSON.parse(text))).toEqual(state);
  });
});

describe("withDays", () => {
  it("gives the first week of a new calibration its own threshold, and not one between two", () => {
    const wish = { share: 0.01 };
    const random = seededRandom(13);
    const old = settled(28, 2_000, wish);
    const again = Array.from({ length: 28 }, (_, day) => dayOf(day, drawn(random, 400, 1.5)));
    const state = withDays(old, again);
    expect(budgetThreshold(wish, old)?.threshold).toBeCloseTo(0.4, 1);
    expect(budgetThreshold(wish, state)?.threshold).toBeCloseTo(0.6, 1);
    expect(state).toMatchObject({ correction: old.correction, last: old.last });
  });

  it("lets days scored before there was a budget found its first threshold, in any order and only the last four weeks", () => {
    const days = [30, 2, 31, 3].map((day) => dayOf(day, drawn(seededRandom(day), 1_000)));
    const state = withDays(newBudgetState(), days);
    expect(state.days.map(({ date }) => date)).toEqual([dateOf(30), dateOf(31)]);
    expect(state.last).toBe(dateOf(31));
    expect(budgetThreshold({ per_day: 10 }, state)).toMatchObject({ basis: "counted" });
  });
});
