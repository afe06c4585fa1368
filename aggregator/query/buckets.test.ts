import { describe, expect, it } from "vitest";
import { Problem } from "../../shared/problem.ts";
import { BUCKETS_MOST, bucketsOf, startsOf, type Interval } from "./buckets.ts";

const NOW_MS = Date.parse("2026-11-21T10:07:30.500Z"); // a Saturday

function asked(from: string | undefined, to?: string, interval?: Interval) {
  const buckets = bucketsOf({ from, to, interval }, NOW_MS);
  const starts = startsOf(buckets).map((ms) => new Date(ms).toISOString());
  return { interval: buckets.interval, count: starts.length, first: starts[0], last: starts.at(-1) };
}

describe("bucketsOf", () => {
  it.each([
    { interval: "1m", first: "2026-11-21T09:03:00.000Z", last: "2026-11-21T10:07:00.000Z", count: 65 },
    { interval: "5m", first: "2026-11-21T09:00:00.000Z", last: "2026-11-21T10:05:00.000Z", count: 14 },
    { interval: "1h", first: "2026-11-21T09:00:00.000Z", last: "2026-11-21T10:00:00.000Z", count: 2 },
    { interval: "1d", first: "2026-11-21T00:00:00.000Z", last: "2026-11-21T00:00:00.000Z", count: 1 },
    { interval: "1w", first: "2026-11-16T00:00:00.000Z", last: "2026-11-16T00:00:00.000Z", count: 1 },
  ] as const)(
    "begins with the bucket of $interval that holds the beginning, weeks on Monday",
    ({ interval, ...expected }) => {
      expect(asked("2026-11-21T09:03:04.000Z", undefined, interval)).toEqual({ interval, ...expected });
    },
  );

  it.each([
    { to: "2026-11-21T00:00:00.000Z", last: "2026-11-20T00:00:00.000Z", because: "the end is not included" },
    { to: "2026-11-21T00:00:00.001Z", last: "2026-11-21T00:00:00.000Z", because: "a bucket begins before the end" },
  ])("ends with the last bucket that begins before $to, as $because", ({ to, last }) => {
    expect(asked("2026-11-19T12:00:00.000Z", to, "1d")).toMatchObject({ first: "2026-11-19T00:00:00.000Z", last });
  });

  it("keeps to UTC where clocks change, so that every day has 24 hours", () => {
    expect(asked("2026-03-28T00:00:00+01:00", "2026-03-30T00:00:00+02:00", "1h").count).toBe(47);
  });

  it.each([
    { from: undefined, interval: "1h", count: 25, because: "it is a day" },
    { from: "2026-11-21T07:08:00Z", interval: "1m", count: 180, because: "it is under 3 hours" },
    { from: "2026-11-20T22:00:00Z", interval: "5m", count: 146, because: "it is under 16 hours" },
    { from: "2026-11-08T00:00:00Z", interval: "1h", count: 323, because: "it is under 14 days" },
    { from: "2025-11-21T00:00:00Z", interval: "1d", count: 366, because: "it is a year" },
    { from: "2020-01-01T00:00:00Z", interval: "1w", count: 360, because: "it is years" },
  ])("chooses $interval when none is asked for and $because", ({ from, interval, count }) => {
    expect(asked(from)).toMatchObject({ interval, count });
  });

  it("takes times as old and as late as can be written", () => {
    expect(asked("0001-01-01T00:00:00.000Z", "0001-02-01T00:00:00.000Z", "1w").first).toBe("0001-01-01T00:00:00.000Z");
    expect(asked(undefined, "0001-01-01T00:00:01.000Z").first).toBe("0001-01-01T00:00:00.000Z");
    expect(asked("9999-12-31T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "1w").last).toBe("9999-12-27T00:00:00.000Z");
  });

  it.each([
    { from: "2026-11-21T10:00:00Z", to: "2026-11-21T10:00:00Z", interval: undefined, pointer: "/from" },
    { from: "2026-11-21T10:00:00Z", to: "2026-11-21T09:00:00Z", interval: undefined, pointer: "/from" },
    { from: "2026-11-22T10:00:00Z", to: undefined, interval: undefined, pointer: "/from" },
    { from: "2026-11-01T00:00:00Z", to: "2026-11-02T09:20:00.001Z", interval: "1m" as const, pointer: "/interval" },
    { from: "0001-01-01T00:00:00Z", to: "9999-12-31T00:00:00Z", interval: undefined, pointer: "/interval" },
  ])("refuses a window from $from to $to by $interval and points to $pointer", ({ from, to, interval, pointer }) => {
    const refusal = (() => {
      try {
        return bucketsOf({ from, to, interval }, NOW_MS);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({ slug: "invalid", errors: [{ pointer }] });
  });

  it(`gives ${BUCKETS_MOST} buckets, and not one more`, () => {
    expect(asked("2026-11-01T00:00:00Z", "2026-11-02T09:20:00Z", "1m").count).toBe(BUCKETS_MOST);
  });
});
