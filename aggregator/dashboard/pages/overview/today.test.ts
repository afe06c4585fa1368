import { describe, expect, it } from "vitest";
import { dayOf, dayStartMs, HOUR_MS, hoursOf, type ExpectedAnswer, type MetricsAnswer } from "./today.ts";

const START_MS = Date.parse("2026-11-21T00:00:00Z");
const hours = hoursOf(START_MS, true);
const at = (hour: number) => new Date(START_MS + hour * HOUR_MS).toISOString();

/** As far as a day is made of them. */
function answers(values: number[], expected: number[], currencies = ["EUR", "EUR"]) {
  const points = values.map((value, hour) => ({ at: at(hour), value }));
  const metrics = { series: [{ group: null, currency: currencies[0], points }] } as unknown as MetricsAnswer;
  const usual = expected.map((value, hour) => ({ at: at(hour), expected: value, low: 0, high: 2 * value }));
  return [metrics, { currency: currencies[1], points: usual } as unknown as ExpectedAnswer] as const;
}

describe("dayOf", () => {
  it("holds what came so far against what is usual until now, the hour that goes on by the part that is over", () => {
    const [metrics, usual] = answers([10, 20, 5], [8, 16, 40, 100]);
    const day = dayOf(hours, metrics, usual, START_MS + 2.25 * HOUR_MS);
    expect(day.total).toBe(35);
    expect(day.usual).toBe(8 + 16 + 10);
    expect(day.values.slice(0, 4)).toEqual([10, 20, null, null]);
    expect(day.goingOn.slice(0, 4)).toEqual([null, 20, 5, null]);
  });

  it("holds no money against what is usual in another currency", () => {
    const [metrics, usual] = answers([10], [8], ["USD", "EUR"]);
    expect(dayOf(hours, metrics, usual, START_MS + HOUR_MS)).toMatchObject({ usual: null, band: undefined });
  });
});

describe("dayStartMs", () => {
  it("is the midnight before, by UTC", () => {
    expect(dayStartMs(START_MS + 23 * HOUR_MS, true)).toBe(START_MS);
    expect(hours.length).toBe(24);
  });
});
