import { describe, expect, it } from "vitest";
import { isoWeekOf, startOfIsoWeek } from "./iso-week.ts";

describe("isoWeekOf", () => {
  it.each([
    ["2026-11-16T00:00:00.000Z", "2026-W47", "a Monday begins its week"],
    ["2026-11-15T23:59:59.999Z", "2026-W46", "a Sunday ends the week before"],
    ["2021-01-03T12:00:00.000Z", "2020-W53", "a year that ends on a Thursday has 53 weeks"],
    ["2021-01-04T00:00:00.000Z", "2021-W01", "the first Monday after that"],
    ["2024-12-30T00:00:00.000Z", "2025-W01", "the week's Thursday is in the next year"],
    ["2026-12-31T23:59:59.999Z", "2026-W53", "a Thursday is always of its own year"],
    ["2027-01-01T00:00:00.000Z", "2026-W53", "the Friday after it is of the old year's week"],
    ["2023-01-01T00:00:00.000Z", "2022-W52", "a Sunday, the last day of 2022's weeks"],
    ["2000-02-29T00:00:00.000Z", "2000-W09", "a leap day"],
    ["1969-12-31T23:59:59.999Z", "1970-W01", "before 1970"],
  ])("puts %s into %s: %s", (at, week) => {
    expect(isoWeekOf(Date.parse(at))).toBe(week);
  });

  it("gives seven days in a row the same week and the eighth another, over forty years", () => {
    const mondayMs = Date.parse("1999-01-04T00:00:00Z");
    for (let week = 0; week < 40 * 52; week++) {
      const fromMs = mondayMs + week * 7 * 86_400_000;
      const name = isoWeekOf(fromMs);
      expect(isoWeekOf(fromMs + 7 * 86_400_000 - 1)).toBe(name);
      expect(isoWeekOf(fromMs + 7 * 86_400_000) > name).toBe(true);
      expect(startOfIsoWeek(fromMs + 3.5 * 86_400_000)).toBe(fromMs);
    }
  });
});
