import { describe, expect, it } from "vitest";
import { DAY_MS } from "./row.ts";
import { sharesOf, weeksOf, windowBefore } from "./window.ts";

const MONDAY_3_MS = Date.parse("2026-11-16T03:00:00Z");

describe("windowBefore", () => {
  it("ends with the last whole day: the day that goes on is not like the others", () => {
    const { fromMs, endMs } = windowBefore(MONDAY_3_MS, 56);
    expect(new Date(fromMs).toISOString()).toBe("2026-09-21T00:00:00.000Z");
    expect(new Date(endMs).toISOString()).toBe("2026-11-16T00:00:00.000Z");
  });
});

describe("weeksOf", () => {
  it.each([56, 28, 30, 29, 34, 182])("covers %i days without gap or overlap, whole weeks at the end", (days) => {
    const window = windowBefore(MONDAY_3_MS, days);
    const weeks = weeksOf(window);
    expect(weeks[0]?.fromMs).toBe(window.fromMs);
    expect(weeks.at(-1)).toEqual({ fromMs: window.endMs - 7 * DAY_MS, endMs: window.endMs });
    weeks.slice(1).forEach((week, index) => {
      expect(week.fromMs).toBe(weeks[index]?.endMs);
      expect(week.endMs - week.fromMs).toBe(7 * DAY_MS);
    });
  });
});

describe("sharesOf", () => {
  it("reads everything of a small shop, and of a large one as many rows as fit", () => {
    expect(sharesOf({ payments: 5_000, others: 0, labelled: 12 })).toEqual({ payments: 1, others: 1, labelled: 1 });
    expect(sharesOf({ payments: 4_000_000, others: 100_000_000, labelled: 20_000 })).toEqual({
      payments: 0.01,
      others: 0.0002,
      labelled: 0.5,
    });
  });
});
