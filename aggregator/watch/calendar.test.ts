import { describe, expect, it } from "vitest";
import { markOf, type CalendarDays } from "./calendar.ts";

const days = (over: Partial<CalendarDays>): CalendarDays => ({
  from: "2026-11-27",
  to: "2026-11-29",
  kind: "busy",
  factor: null,
  ...over,
});

const UNMARKED = { isIgnored: false, held: [], factor: 1, isTaught: true };

describe("markOf", () => {
  it.each([
    { at: "2026-11-26T23:59:59.999Z", is: UNMARKED, because: "the day before is like others" },
    {
      at: "2026-11-27T00:00:00.000Z",
      is: { held: ["up"], isTaught: false },
      because: "the first day begins at midnight UTC",
    },
    { at: "2026-11-29T23:59:59.999Z", is: { held: ["up"], isTaught: false }, because: "the last day is included" },
    { at: "2026-11-30T00:00:00.000Z", is: UNMARKED, because: "the day after is like others" },
  ])("says $is of $at, as $because", ({ at, is }) => {
    expect(markOf([days({})], Date.parse(at))).toMatchObject(is);
  });

  it.each([
    {
      marks: [days({ kind: "quiet" })],
      is: { held: ["down"], factor: 1 },
      because: "a quiet day holds back what is below",
    },
    {
      marks: [days({ factor: 3 })],
      is: { held: [], factor: 3 },
      because: "with a factor the day is watched against it",
    },
    { marks: [days({ factor: 3 }), days({ factor: 2 })], is: { factor: 6 }, because: "marks of a day count together" },
    { marks: [days({ kind: "ignore" })], is: { isIgnored: true, isTaught: false }, because: "nothing is told" },
  ])("takes marks as $is, as $because", ({ marks, is }) => {
    expect(markOf(marks, Date.parse("2026-11-28T12:00:00Z"))).toMatchObject(is);
  });
});
