import { describe, expect, it } from "vitest";
import { expectationOf, settleBaseline } from "./settle-baseline.ts";
import { NO_SUMS, type Scope } from "./sums.ts";
import { baselineAfter } from "./test-windows.ts";
import { windowAt } from "./window.ts";

const baseline = baselineAfter(70);
const sums = (orders: number, events = 50 * orders) => ({ ...NO_SUMS, orders, events });
const scope = (dimension: "all" | "country", member: string, before: number[]): Scope => ({
  dimension,
  member,
  now: sums(100),
  before: before.map((orders) => sums(orders)),
});
const ALIKE = [100, 96, 103, 99, 104, 98];
const seen = (before: number[]) => ({
  currency: "EUR",
  others: [],
  scopes: [scope("all", "", before), scope("country", "DE", before)],
});

describe("settleBaseline", () => {
  it("keeps occasions that are like one another", () => {
    expect(settleBaseline(baseline, seen(ALIKE), []).baseline).toEqual(baseline);
  });

  it("leaves out a week that was itself an outage, of every member alike", () => {
    const settled = settleBaseline(baseline, seen(ALIKE.with(2, 4)), []);
    expect(settled.baseline.occasions).toEqual(baseline.occasions.toSpliced(2, 1));
    for (const { before } of settled.seen.scopes)
      expect(before.map(({ orders }) => orders)).toEqual(ALIKE.toSpliced(2, 1));
  });

  it("leaves out days that the calendar marks", () => {
    const [latest] = baseline.occasions;
    const day = new Date(latest?.untilMs ?? 0).toISOString().slice(0, 10);
    const marked = [{ from: day, to: day, kind: "busy" as const, factor: 3 }];
    expect(settleBaseline(baseline, seen(ALIKE), marked).baseline.occasions).toEqual(baseline.occasions.slice(1));
  });

  it("does not take a stray event, or a shop that was not connected, for what is usual", () => {
    const stray = seen(ALIKE);
    stray.scopes = stray.scopes.map((own) => ({
      ...own,
      before: own.before.map((_, index) => (index < 4 ? sums(100) : sums(0, index))),
    }));
    expect(settleBaseline(baseline, stray, []).baseline.occasions).toHaveLength(4);
    const alone = { ...stray, scopes: stray.scopes.map((own) => ({ ...own, before: [sums(0, 1)] })) };
    expect(settleBaseline(baselineAfter(2.5), alone, []).baseline.kind).toBe("none");
  });

  it("is none without any data", () => {
    expect(settleBaseline(baseline, { currency: null, others: [], scopes: [] }, []).baseline).toEqual({
      kind: "none",
      occasions: [],
    });
  });
});

describe("expectationOf", () => {
  const window = windowAt("24h", Date.parse("2026-11-27T12:30:00Z"));
  it.each([
    { kind: "busy" as const, factor: null, expected: { isIgnored: false, factor: 1, held: ["up"] } },
    { kind: "busy" as const, factor: 3, expected: { isIgnored: false, factor: 2, held: [] } },
    { kind: "quiet" as const, factor: null, expected: { isIgnored: false, factor: 1, held: ["down"] } },
    { kind: "ignore" as const, factor: null, expected: { isIgnored: true, factor: 1, held: [] } },
  ])("of a window of which half is on a $kind day ($factor) is by the hours of it", ({ kind, factor, expected }) => {
    const { held, ...rest } = expectationOf(window, [{ from: "2026-11-27", to: "2026-11-27", kind, factor }]);
    expect({ ...rest, held: [...new Set(held)] }).toEqual(expected);
  });
});
