import { describe, expect, it } from "vitest";
import { bySeries, NOTHING, seriesOf } from "./series.ts";

const cell = { at_ms: 1000, member: "DE", place: 1, currency: "EUR", value: "149.7000", per: "3" };
const STARTS = [0, 1000];

describe("seriesOf", () => {
  it("has a point for every bucket, 0 where there is nothing", () => {
    expect(seriesOf([cell], STARTS, { isGrouped: true, isMoney: true, isQuotient: false })).toEqual({
      group: "DE",
      currency: "EUR",
      points: [
        { at: "1970-01-01T00:00:00.000Z", value: 0 },
        { at: "1970-01-01T00:00:01.000Z", value: 149.7 },
      ],
    });
  });

  it("has null for a quotient by nothing, as 0 would say that something was measured", () => {
    expect(seriesOf([cell], STARTS, { isGrouped: false, isMoney: true, isQuotient: true }).points).toEqual([
      { at: "1970-01-01T00:00:00.000Z", value: null, numerator: 0, denominator: 0 },
      { at: "1970-01-01T00:00:01.000Z", value: 49.9, numerator: 149.7, denominator: 3 },
    ]);
  });

  it("does not round a share", () => {
    const [, point] = seriesOf([{ ...cell, value: "1" }], STARTS, {
      isGrouped: false,
      isMoney: false,
      isQuotient: true,
    }).points;
    expect(point?.value).toBe(1 / 3);
  });

  it("is 0 throughout of nothing", () => {
    expect(seriesOf(NOTHING, STARTS, { isGrouped: false, isMoney: false, isQuotient: false })).toEqual({
      group: null,
      points: STARTS.map((ms) => ({ at: new Date(ms).toISOString(), value: 0 })),
    });
  });
});

describe("bySeries", () => {
  it("puts currencies one after another, and of each the largest member first, in whatever order the cells come", () => {
    const usd = { ...cell, currency: "USD" };
    const later = { ...cell, at_ms: 2000 };
    const second = { ...cell, place: 2, member: "FR" };
    const tenth = { ...cell, place: 10, member: "IT" };
    expect(bySeries([tenth, usd, cell, second, later])).toEqual([[cell, later], [second], [tenth], [usd]]);
  });
});
