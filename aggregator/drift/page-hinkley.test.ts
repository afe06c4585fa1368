import { describe, expect, it } from "vitest";
import { poisson, seededRandom, type Random } from "../../shared/random.ts";
import { NOTHING_KNOWN, stepMinute, type PageHinkley } from "./page-hinkley.ts";

const DAY = 24 * 60;

/** Scores of a minute as they promise to be, or so much higher on average. */
function minuteOf(random: Random, events: number, higher = 0) {
  let sum = 0;
  for (let nth = 0; nth < events; nth++) sum += Math.min(1, -Math.log10(1 - random()) / 5 + higher);
  return { events, sum };
}

/** Minute by minute. @returns in which the changes were told, with their sides */
function run(minutes: number, minute: (index: number) => { events: number; sum: number }) {
  let state: PageHinkley = NOTHING_KNOWN;
  const told: { at: number; side: string }[] = [];
  for (let at = 0; at < minutes; at++) {
    const step = stepMinute(state, minute(at));
    state = step.state;
    if (step.change !== null) told.push({ at, side: step.change.side });
  }
  return told;
}

describe("stepMinute", () => {
  it.each([1, 7, 40])("tells nothing in 60 days of about %i events a minute on which nothing changes", (rate) => {
    const random = seededRandom(rate);
    const sampled = Math.min(rate, 12);
    expect(run(60 * DAY, () => minuteOf(random, poisson(random, sampled)))).toEqual([]);
  });

  it("tells nothing of nights on which scores are a little higher, however many events there are", () => {
    const random = seededRandom(1);
    const night = (at: number) => (at % DAY < 480 ? 0.008 : 0);
    expect(
      run(14 * DAY, (at) => {
        const { events, sum } = minuteOf(random, 20, night(at));
        return { events: 50 * events, sum: 50 * sum };
      }),
    ).toEqual([]);
  });

  it.each([
    { rate: 2, higher: 0.04, within: 480, because: "half a standard deviation, at two payments a minute" },
    { rate: 10, higher: 0.04, within: 100, because: "the same at ten" },
    { rate: 10, higher: 0.1, within: 30, because: "more than one" },
  ])("tells once of scores that rise by $higher, within $within minutes: $because", ({ rate, higher, within }) => {
    const random = seededRandom(2);
    const told = run(4 * DAY, (at) => minuteOf(random, poisson(random, rate), at < 2 * DAY ? 0 : higher));
    expect(told).toMatchObject([{ side: "up" }]);
    expect(told[0]?.at).toBeGreaterThanOrEqual(2 * DAY);
    expect(told[0]?.at).toBeLessThan(2 * DAY + within);
  });

  it("tells of scores that fall, as those of a model that sees nothing any more do", () => {
    const random = seededRandom(3);
    const told = run(3 * DAY, (at) => (at < 2 * DAY ? minuteOf(random, 8) : { events: 8, sum: 0 }));
    expect(told).toMatchObject([{ side: "down" }]);
  });

  it("knows too little to tell anything of the first 500 events, and passes over minutes without any", () => {
    const high = run(49, () => ({ events: 10, sum: 9 }));
    expect(high).toEqual([]);
    const state = stepMinute(NOTHING_KNOWN, { events: 3, sum: 1 }).state;
    expect(stepMinute(state, { events: 0, sum: 0 })).toEqual({ state, change: null });
  });
});
