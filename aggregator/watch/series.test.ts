import { describe, expect, it } from "vitest";
import { poisson, seededRandom } from "../../shared/random.ts";
import { learnHour, NEW_SEASON, usualIn, type Season } from "./season.ts";
import { NEW_SERIES, stepSeries, type Minute, type Series } from "./series.ts";
import { WATCHED, type Watched } from "./watched.ts";

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** A minute of a count of which so many are usual. */
function minute(at: number, observed: number, usual: number, rest: Partial<Minute> = {}): Minute {
  const season = { wander: 0, looks: 1, held: [], isTold: true, isSlow: false, usualCounts: 0 };
  return { atMs: at * 60_000, observed, units: 1, usual, ...season, ...rest };
}

/** Minutes until an alarm, or null. */
function minutesToAlarm(watched: Watched, usual: number, observed: () => number, most: number): number | null {
  let series = NEW_SERIES;
  for (let at = 0; at < most; at++) {
    series = stepSeries(series, minute(at, observed(), usual), watched);
    if (series.alarm !== null) return at + 1;
  }
  return null;
}

function median(values: readonly (number | null)[]): number {
  return values.map((value) => value ?? Infinity).toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity;
}

/** A day that swings by two thirds, at so many a minute on average. */
const atMinute = (mean: number, at: number) => mean * (1 - 0.66 * Math.cos((2 * Math.PI * at) / DAY_MINUTES));

describe("a count", () => {
  it.each([
    { usual: 7, factor: 0.5, within: 10, because: "orders halve" },
    { usual: 7, factor: 0, within: 3, because: "orders stop" },
    { usual: 1, factor: 0, within: 21, because: "orders of a small shop stop" },
    { usual: 50, factor: 0.7, within: 6, because: "many orders fall by a third" },
    { usual: 7, factor: 3, within: 3, because: "orders triple" },
  ])("is found within $within minutes when $because", ({ usual, factor, within }) => {
    const random = seededRandom(7);
    const delays = Array.from({ length: 41 }, () =>
      minutesToAlarm(WATCHED.orders, usual, () => poisson(random, factor * usual), 120),
    );
    expect(median(delays)).toBeLessThanOrEqual(within);
  });

  it("is silent through thirty days with the seasons it has learned", () => {
    const random = seededRandom(11);
    let season: Season = NEW_SEASON;
    for (let hour = 0; hour < 28 * 24; hour++) {
      const value = poisson(random, HOUR_MINUTES * atMinute(7, hour * HOUR_MINUTES + HOUR_MINUTES / 2));
      season = learnHour(season, hour, { value, units: 1 }, "value");
    }
    let series: Series = NEW_SERIES;
    let alarms = 0;
    for (let at = 28 * DAY_MINUTES; at < 58 * DAY_MINUTES; at++) {
      const hour = Math.floor(at / HOUR_MINUTES);
      const place = ((at % HOUR_MINUTES) + 0.5) / HOUR_MINUTES - 0.5;
      const here = usualIn(season, hour, "value");
      const beside = usualIn(season, place < 0 ? hour - 1 : hour + 1, "value");
      const usual = (here + Math.abs(place) * (beside - here)) / HOUR_MINUTES;
      const before = series.alarm;
      const rest = { wander: season.wander };
      series = stepSeries(series, minute(at, poisson(random, atMinute(7, at)), usual, rest), WATCHED.orders);
      if (before === null && series.alarm !== null) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });

  it("is silent at night in a shop of a few orders a day, which a night without any is nothing new to", () => {
    const random = seededRandom(3);
    for (const watched of [WATCHED.orders, WATCHED.no_orders]) {
      let series: Series = NEW_SERIES;
      for (let at = 0; at < 30 * DAY_MINUTES && series.alarm === null; at++) {
        const usual = atMinute(5 / DAY_MINUTES, at);
        series = stepSeries(series, minute(at, poisson(random, usual), usual), watched);
      }
      expect(series.alarm).toBeNull();
    }
  });

  it("does not tell of a change that is sure but small", () => {
    expect(minutesToAlarm(WATCHED.orders, 200, () => 160, DAY_MINUTES)).toBeNull();
    expect(minutesToAlarm(WATCHED.orders, 200, () => 100, DAY_MINUTES)).not.toBeNull();
  });

  it("does not tell of what hours differ by for no reason, until it lasts", () => {
    const found = (wander: number) => {
      let series = NEW_SERIES;
      for (let at = 0; at < 12 * HOUR_MINUTES; at++) {
        series = stepSeries(series, minute(at, 12, 20, { wander }), WATCHED.orders);
        if (series.alarm !== null) return at;
      }
      return Infinity;
    };
    expect(found(0)).toBeLessThan(15);
    expect(found(0.2 ** 2)).toBeGreaterThan(60);
    expect(found(0.2 ** 2)).toBeLessThan(12 * HOUR_MINUTES);
  });

  it("says when a change began, and that it is over when counts are as usual again", () => {
    let series: Series = NEW_SERIES;
    const step = (at: number, observed: number) => {
      series = stepSeries(series, minute(at, observed, 7), WATCHED.orders);
    };
    for (let at = 0; at < 100; at++) step(at, 7);
    for (let at = 100; at < 120; at++) step(at, 1);
    expect(series.alarm).toMatchObject({ side: "down", startedMs: 100 * 60_000 });
    for (let at = 120; at < 124; at++) step(at, 7);
    expect(series.alarm).not.toBeNull();
    for (let at = 124; at < 140; at++) step(at, 7);
    expect(series.alarm).toBeNull();
  });

  it("keeps what speaks for a change while it may not be told of, and tells it then", () => {
    let series: Series = NEW_SERIES;
    for (let at = 0; at < 30; at++) series = stepSeries(series, minute(at, 0, 7, { isTold: false }), WATCHED.orders);
    expect(series.alarm).toBeNull();
    series = stepSeries(series, minute(30, 0, 7), WATCHED.orders);
    expect(series.alarm).toMatchObject({ side: "down", startedMs: 0 });
  });

  it("asks for more where many series are looked at, as one of them is always unusual", () => {
    const found = (looks: number) => {
      let series: Series = NEW_SERIES;
      let at = 0;
      while (series.alarm === null) series = stepSeries(series, minute(at++, 3, 7, { looks }), WATCHED.orders);
      return at;
    };
    expect(found(20)).toBeGreaterThan(found(1));
  });
});

describe("other metrics", () => {
  it("finds nothing where something should be within minutes, and not where hardly anything is", () => {
    expect(minutesToAlarm(WATCHED.no_data, 100, () => 0, 60)).toBe(1);
    expect(minutesToAlarm(WATCHED.no_orders, 7, () => 0, 60)).toBe(2);
    expect(minutesToAlarm(WATCHED.no_orders, 7, () => 1, 600)).toBeNull();
  });

  it("finds declined payments that double in share, and is silent when more are paid", () => {
    const random = seededRandom(5);
    const found = (share: number, payments: number) => {
      let series: Series = NEW_SERIES;
      for (let at = 0; at < 600; at++) {
        const observed = poisson(random, share * payments);
        const units = Math.max(observed, payments);
        series = stepSeries(series, minute(at, observed, 0.05, { units }), WATCHED.payment_decline_rate);
        if (series.alarm !== null) return at;
      }
      return null;
    };
    expect(found(0.2, 20)).toBeLessThan(15);
    expect(found(0.05, 60)).toBeNull();
    expect(found(0, 20)).toBeNull();
  });

  it("finds conversion that halves while sessions stay, and not orders that follow their sessions", () => {
    const found = (orders: number, sessions: number) => {
      let series: Series = NEW_SERIES;
      for (let at = 0; at < 30; at++)
        series = stepSeries(series, minute(at, 6, 0.03, { units: 200 }), WATCHED.conversion_rate);
      for (let at = 30; at < 300; at++) {
        series = stepSeries(series, minute(at, orders, 0.03, { units: sessions }), WATCHED.conversion_rate);
        if (series.alarm !== null) return at - 30;
      }
      return null;
    };
    expect(found(3, 200)).toBeLessThan(15);
    expect(found(3, 100)).toBeNull();
  });

  it("finds revenue that halves, after a week of its own history", () => {
    const random = seededRandom(9);
    let series: Series = NEW_SERIES;
    const step = (at: number, factor: number) => {
      const orders = poisson(random, 20 * factor);
      let observed = 0;
      for (let order = 0; order < orders; order++) observed += 20 + 120 * random();
      const rest = { units: 20, usualCounts: 20 };
      series = stepSeries(series, minute(at, observed, 80, rest), WATCHED.revenue);
    };
    for (let at = 0; at < 7 * DAY_MINUTES; at++) {
      step(at, 1);
    }
    expect(series.alarm).toBeNull();
    let at = 7 * DAY_MINUTES;
    for (; at < 7 * DAY_MINUTES + 60 && series.alarm === null; at++) step(at, 0.4);
    expect(series.alarm).toMatchObject({ side: "down" });
    expect(at - 7 * DAY_MINUTES).toBeLessThanOrEqual(15);
  });
});

describe("a slow shift", () => {
  it("is a warning of its own, where amounts are looked at for it, and no alarm", () => {
    const random = seededRandom(12);
    const through = (isSlow: boolean) => {
      let series: Series = NEW_SERIES;
      for (let at = 0; at < 12 * DAY_MINUTES; at++) {
        const level = at >= 11 * DAY_MINUTES ? 0.8 : 1;
        const observed = 1_600 * level + 120 * (random() - 0.5);
        const rest = { units: 20, usualCounts: 20, isSlow };
        series = stepSeries(series, minute(at, observed, 80, rest), WATCHED.revenue);
      }
      return series;
    };
    const shifted = through(true);
    expect(shifted.alarm).toBeNull();
    expect(shifted.amount?.slow?.warnings.map(({ atMs }) => Math.floor(atMs / (DAY_MINUTES * 60_000)))).toEqual([11]);
    expect(through(false).amount?.slow).toBeNull();
  });
});
