import { describe, expect, it } from "vitest";
import type { CalendarDays } from "./calendar.ts";
import { expectedSums, learn, NEW_PROFILE, newScopeState, stepScope, type Scope } from "./scope.ts";
import { NO_SUMS, type Sums, type WatchedName } from "./watched.ts";

const HOURS = 3 * 7 * 24;
const FIRST_MINUTE = HOURS * 60;
const HOURLY: Sums = {
  events: 60_000,
  sessions: 12_000,
  orders: 420,
  revenue: 37_800,
  declines: 22,
  refunded_orders: 6,
};
const HISTORY = new Map(Array.from({ length: HOURS * 2 }, (_, hour) => [hour, HOURLY]));
/** The day after the history, a Thursday. */
const TODAY = "1970-01-22";

function known(hours = HOURS): Scope {
  const begun = { dimension: "all", member: "", state: newScopeState("EUR", 0), profile: NEW_PROFILE } as const;
  return learn(begun, HISTORY, hours, []);
}

/** Through so many minutes, of each of which there is `share` of what is usual. @returns the metrics that alarm */
function through(
  scope: Scope,
  share: number,
  days: readonly CalendarDays[],
  minutes = 30,
): { scope: Scope; alarms: WatchedName[] } {
  let stepped = scope;
  const part = (value: number) => Math.round((share * value) / 60);
  const { events, sessions, orders, revenue } = HOURLY;
  const sums = {
    ...NO_SUMS,
    events: part(events),
    sessions: part(sessions),
    orders: part(orders),
    revenue: part(revenue),
  };
  for (let minute = FIRST_MINUTE; minute < FIRST_MINUTE + minutes; minute++)
    stepped = stepScope(stepped, { minute, sums, days, looks: 1, isTold: true });
  const alarms = Object.entries(stepped.state.series).flatMap(([name, { alarm }]) => (alarm === null ? [] : [name]));
  return { scope: stepped, alarms: alarms as WatchedName[] }; // the keys of series are names
}

const mark = (over: Partial<CalendarDays>): CalendarDays => ({
  from: TODAY,
  to: TODAY,
  kind: "busy",
  factor: null,
  ...over,
});

describe("stepScope", () => {
  it("alarms of nothing while everything is as usual, and of everything when it halves", () => {
    expect(through(known(), 1, []).alarms).toEqual([]);
    expect(through(known(), 0.5, []).alarms).toEqual(["orders", "sessions", "events"]);
  });

  it("alarms of nothing while it learns, whatever happens", () => {
    const { scope, alarms } = through(known(7 * 24 - 1), 0, []);
    expect(alarms).toEqual([]);
    expect(scope.state.series).toEqual({});
    expect(through(known(7 * 24), 0, []).alarms).not.toEqual([]);
  });

  it.each([
    { days: mark({}), share: 2, alarms: [], because: "above the usual is not told of a busy day" },
    { days: mark({}), share: 0.5, alarms: ["orders", "sessions", "events"], because: "below it is" },
    { days: mark({ kind: "quiet" }), share: 0.5, alarms: [], because: "below the usual is not told of a quiet day" },
    { days: mark({ kind: "ignore" }), share: 0, alarms: [], because: "nothing is told of a day that is ignored" },
    { days: mark({ factor: 2 }), share: 2, alarms: [], because: "twice as much is what is expected" },
    { days: mark({ factor: 2 }), share: 1, alarms: ["orders", "sessions", "events"], because: "half of that is not" },
    {
      days: mark({ from: "1970-01-23", to: "1970-01-23" }),
      share: 2,
      alarms: ["orders", "sessions", "events"],
      because: "tomorrow is another day",
    },
  ])("alarms of $alarms at $share of the usual, as $because", ({ days, share, alarms }) => {
    expect(through(known(), share, [days]).alarms).toEqual(alarms);
  });
});

describe("learn", () => {
  it("takes in an hour once, and those that nothing is known of as empty", () => {
    const scope = known();
    expect(scope.state).toMatchObject({ hours: HOURS, learnedUntil: HOURS });
    expect(learn(scope, HISTORY, HOURS, [])).toBe(scope);
    expect(learn(scope, new Map(), HOURS + 2, []).state).toMatchObject({ hours: HOURS + 2, learnedUntil: HOURS + 2 });
  });

  it("learns nothing from days that are marked", () => {
    const twice = new Map(Array.from({ length: 24 }, (_, hour) => [HOURS + hour, { ...HOURLY, orders: 2_000 }]));
    const marked = learn(known(), twice, HOURS + 24, [mark({})]);
    expect(marked.state).toMatchObject({ hours: HOURS, learnedUntil: HOURS + 24 });
    expect(marked.profile).toEqual(known().profile);
  });

  it("learns nothing from hours in which nothing comes, as a shop that was closed is not half a shop", () => {
    const { scope, alarms } = through(known(), 0, []);
    expect(alarms).toContain("no_data");
    expect(learn(scope, new Map(), HOURS + 12, []).profile).toEqual(known().profile);
  });
});

describe("expectedSums", () => {
  it("adds up to what was learned, whatever the stretch", () => {
    const { profile } = known();
    if (profile === null) throw new Error("a scope that learned has a profile");
    const day = expectedSums(profile, FIRST_MINUTE, FIRST_MINUTE + 24 * 60, []);
    for (const measure of ["events", "sessions", "orders", "revenue", "declines", "refunded_orders"] as const)
      expect(day[measure] / (24 * HOURLY[measure])).toBeCloseTo(1, 1);
  });
});
