import { describe, expect, it } from "vitest";
import { figuresOf, type Seen } from "./figures.ts";
import { learn, NEW_PROFILE, newScopeState, type Scope, type ScopeName } from "./scope.ts";
import { NO_SUMS, type Sums } from "./watched.ts";
import { titleOf } from "./words.ts";

const HOURS = 3 * 7 * 24;
/** After three weeks, on a Thursday at midnight. */
const FROM = HOURS * 60;
const WINDOW = { from: FROM, until: FROM + 12 };

const hourly = (share: number): Sums => ({
  events: 60_000 * share,
  sessions: 12_000 * share,
  orders: 420 * share,
  revenue: 37_800 * share,
  declines: 22 * share,
  refunded_orders: 6 * share,
});

/** A scope that learned three weeks in which every hour was the same. */
function scope(name: ScopeName, share: number, currency: string | null = "EUR"): Scope {
  const sums = new Map(Array.from({ length: HOURS }, (_, hour) => [hour, hourly(share)]));
  return learn({ ...name, state: newScopeState(currency, 0), profile: NEW_PROFILE }, sums, HOURS, []);
}

const ALL = scope({ dimension: "all", member: "" }, 1);
const DE = scope({ dimension: "country", member: "DE" }, 0.6);
const FR = scope({ dimension: "country", member: "FR" }, 0.4);
const ORDERS = { metric: "orders", side: "down", dimension: "all", member: "" } as const;

const saw = (own: Scope, sums: Partial<Sums>): Seen => ({ scope: own, sums: { ...NO_SUMS, ...sums } });

describe("figuresOf", () => {
  it("tells what was seen and expected by the minute, the band, and what it costs", () => {
    const seen = [saw(ALL, { orders: 36, revenue: 3_240, sessions: 2_400, events: 12_000 })];
    const figures = figuresOf(ORDERS, WINDOW, seen, []);
    expect(figures?.observed).toBe(3);
    expect(figures?.expected).toBeCloseTo(7, 1);
    expect(figures?.change).toBeCloseTo(-0.57, 2);
    expect(figures?.low).toBeCloseTo(4.7, 1);
    expect(figures?.high).toBeCloseTo(9.3, 1);
    expect((figures?.impact ?? 0) / 100).toBeCloseTo(-43.2, 0);
  });

  it("says which segments the difference is in, the largest part first", () => {
    const seen = [saw(ALL, { orders: 36 }), saw(FR, { orders: 33 }), saw(DE, { orders: 3 })];
    const segments = figuresOf(ORDERS, WINDOW, seen, [])?.segments ?? [];
    expect(segments.map(({ member }) => member)).toEqual(["DE"]);
    expect(segments[0]?.share).toBeCloseTo(0.99, 1);
  });

  it("takes declined payments as orders of the usual value that are lost", () => {
    const seen = [saw(ALL, { orders: 64, declines: 24, revenue: 5_760 })];
    const figures = figuresOf({ ...ORDERS, metric: "payment_decline_rate", side: "up" }, WINDOW, seen, []);
    expect(figures?.observed).toBeCloseTo(24 / 88, 5);
    expect(figures?.expected).toBeCloseTo(0.05, 2);
    expect((figures?.impact ?? 0) / 100).toBeCloseTo(-17.7, 0);
  });

  it("tells no money of a shop that has none, and nothing of a scope that is not watched", () => {
    const moneyless = scope({ dimension: "all", member: "" }, 1, null);
    expect(figuresOf(ORDERS, WINDOW, [saw(moneyless, { orders: 36 })], [])?.impact).toBeNull();
    expect(figuresOf({ ...ORDERS, dimension: "country", member: "XX" }, WINDOW, [saw(ALL, {})], [])).toBeNull();
  });

  it("expects what the calendar says of a day", () => {
    const days = [{ from: "1970-01-22", to: "1970-01-22", kind: "busy" as const, factor: 2 }];
    expect(figuresOf(ORDERS, WINDOW, [saw(ALL, { orders: 36 })], days)?.expected).toBeCloseTo(14, 0);
  });
});

describe("titleOf", () => {
  const told = {
    ...ORDERS,
    startedMs: Date.parse("2026-11-21T14:00:00Z"),
    lastMs: Date.parse("2026-11-21T14:11:00Z"),
    currency: "EUR",
  };
  const figures = { observed: 3, expected: 7.04, low: 5, high: 10, change: -0.57, impact: -1_240.4, segments: [] };

  it.each([
    {
      ...told,
      is: "Orders are at 3 a minute; usual for Saturday 14:00 is 7 (5–10). About 1,240 EUR missing in 12 min.",
      because: "a count is by the minute",
    },
    {
      ...told,
      metric: "no_data" as const,
      is: "No events for 12 min; usual for Saturday 14:00 is 7 a minute. About 1,240 EUR missing in 12 min.",
      because: "nothing comes",
    },
    {
      ...told,
      dimension: "country" as const,
      member: "DE",
      currency: null,
      is: "Orders of country DE are at 3 a minute; usual for Saturday 14:00 is 7 (5–10).",
      because: "a segment is named, and money only where it is known",
    },
  ])("says “$is” where $because", ({ is, ...of }) => {
    expect(titleOf(of, figures)).toBe(is);
  });

  it("counts by the hour or day where there are few, and rates by the hundred", () => {
    expect(titleOf(told, { ...figures, expected: 0.1, observed: 0.02, low: 0.05, high: 0.2, impact: null })).toBe(
      "Orders are at 1.2 an hour; usual for Saturday 14:00 is 6 (3–12).",
    );
    const rates = { ...figures, observed: 0.26, expected: 0.05, low: 0.01, high: 0.09 };
    expect(titleOf({ ...told, metric: "payment_decline_rate" }, rates)).toBe(
      "Declined payments are at 26.0 %; usual for Saturday 14:00 is 5.0 % (1.0 %–9.0 %). About 1,240 EUR missing in 12 min.",
    );
  });
});
