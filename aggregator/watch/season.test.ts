import { describe, expect, it } from "vitest";
import { poisson, seededRandom } from "../../shared/random.ts";
import { learnHour, NEW_SEASON, usualIn, type Season } from "./season.ts";

const WEEK_HOURS = 168;

/** A season that took in hours of a count, each as the function says. */
function learned(hours: number, value: (hour: number) => number, season: Season = NEW_SEASON, from = 0): Season {
  let all = season;
  for (let hour = from; hour < from + hours; hour++)
    all = learnHour(all, hour, { value: value(hour), units: 1 }, "value");
  return all;
}

const byDay = (hour: number) => (hour % 24 < 8 ? 20 : 200);
const isWeekend = (hour: number) => [2, 3].includes(Math.floor(hour / 24) % 7);

describe("a season", () => {
  it("expects of each hour of the day what it saw there, from the second week on", () => {
    const season = learned(WEEK_HOURS + 24, byDay);
    expect(usualIn(season, 3, "value")).toBeCloseTo(20, -1);
    expect(usualIn(season, 12, "value")).toBeCloseTo(200, -1);
  });

  it("tells weekends apart from the second week on, and hours of the week from the fourth", () => {
    const weekly = (hour: number) => byDay(hour) * (isWeekend(hour) ? 0.3 : 1);
    const second = learned(WEEK_HOURS + 48, weekly);
    const saturday = 2 * 24 + 12;
    expect(usualIn(second, saturday, "value")).toBeLessThan(0.6 * usualIn(second, saturday + 48, "value"));
    const fifth = learned(4 * WEEK_HOURS, weekly);
    expect(usualIn(fifth, saturday, "value") / 60).toBeCloseTo(1, 0);
    expect(usualIn(fifth, saturday + 48, "value") / 200).toBeCloseTo(1, 0);
  });

  it("does not take an outage of three hours for usual", () => {
    const season = learned(4 * WEEK_HOURS, () => 400);
    const after = learned(3, () => 0, season, 4 * WEEK_HOURS);
    expect(usualIn(after, 5 * WEEK_HOURS, "value")).toBeGreaterThan(300);
  });

  it("follows a shop that grows within a week, whatever it was before", () => {
    const season = learned(4 * WEEK_HOURS, () => 400);
    const after = learned(WEEK_HOURS, () => 600, season, 4 * WEEK_HOURS);
    expect(usualIn(after, 5 * WEEK_HOURS, "value")).toBeGreaterThan(540);
    expect(usualIn(after, 5 * WEEK_HOURS, "value")).toBeLessThan(690);
  });

  it("does not take the few orders of a small shop for seasons of their own", () => {
    const random = seededRandom(1);
    const season = learned(4 * WEEK_HOURS, () => poisson(random, 0.2));
    const usual = Array.from({ length: WEEK_HOURS }, (_, hour) => usualIn(season, hour, "value"));
    expect(Math.min(...usual)).toBeGreaterThan(0.02);
    expect(Math.max(...usual)).toBeLessThan(0.6);
  });

  it("knows that a shop is closed at night, from the second week on", () => {
    const open = (hour: number) => (hour % 24 >= 8 && hour % 24 < 18 ? 20 : 0);
    const season = learned(2 * WEEK_HOURS, open);
    const night = Array.from({ length: 13 }, (_, index) => usualIn(season, 2 * WEEK_HOURS + 18 + index, "value"));
    expect(night.reduce((sum, value) => sum + value, 0)).toBeLessThan(4);
    expect(usualIn(season, 2 * WEEK_HOURS + 12, "value")).toBeGreaterThan(17);
  });

  it("knows by how much hours differ beyond chance, and that chance alone is nothing", () => {
    const random = seededRandom(2);
    const steady = learned(4 * WEEK_HOURS, () => poisson(random, 100));
    const wild = learned(4 * WEEK_HOURS, () => poisson(random, random() < 0.5 ? 60 : 140));
    expect(steady.wander).toBeLessThan(0.01);
    expect(wild.wander).toBeGreaterThan(0.04);
  });

  it("expects a quotient of what it is per, and takes in nothing where there was none of that", () => {
    let season = NEW_SEASON;
    for (let hour = 0; hour < WEEK_HOURS; hour++) {
      const units = hour % 24 < 8 ? 0 : 1_000;
      season = learnHour(season, hour, { value: 0.03 * units, units }, "value");
    }
    expect(usualIn(season, 12, "value")).toBeCloseTo(0.03, 5);
    expect(usualIn(season, 3, "value")).toBeCloseTo(0.03, 5);
  });
});
