import { describe, expect, it } from "vitest";
import { baselineOf, evenPiecesOf, piecesOf, WindowName, WINDOWS, windowAt } from "./window.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.parse("2026-11-21T10:30:30Z");

describe("windowAt", () => {
  it.each([
    {
      name: "1h",
      from: "2026-11-21T09:28:00.000Z",
      to: "2026-11-21T10:28:00.000Z",
      because: "the last two minutes may be half there",
    },
    {
      name: "6h",
      from: "2026-11-21T04:00:00.000Z",
      to: "2026-11-21T10:00:00.000Z",
      because: "hours are compared whole",
    },
    {
      name: "24h",
      from: "2026-11-20T10:00:00.000Z",
      to: "2026-11-21T10:00:00.000Z",
      because: "hours are compared whole",
    },
    {
      name: "7d",
      from: "2026-11-14T10:00:00.000Z",
      to: "2026-11-21T10:00:00.000Z",
      because: "hours are compared whole",
    },
  ] as const)("of $name goes from $from to $to, as $because", ({ name, from, to }) => {
    const { fromMs, untilMs } = windowAt(name, NOW_MS);
    expect([fromMs, untilMs].map((ms) => new Date(ms).toISOString())).toEqual([from, to]);
  });

  it("does not end with an hour that ended a minute ago, of which events are still on their way", () => {
    const { untilMs } = windowAt("24h", Date.parse("2026-11-21T10:01:00Z"));
    expect(new Date(untilMs).toISOString()).toBe("2026-11-21T09:00:00.000Z");
  });
});

describe("baselineOf", () => {
  const window = windowAt("24h", NOW_MS);
  const known = (days: number) => baselineOf("24h", window, window.untilMs - days * DAY_MS);

  it.each([
    { days: 400, kind: "hour_of_week", occasions: 6 },
    { days: 22, kind: "hour_of_week", occasions: 3 },
    { days: 21, kind: "hour_of_day", occasions: 7 },
    { days: 3, kind: "hour_of_day", occasions: 2 },
    { days: 2, kind: "day_before", occasions: 1 },
    { days: 1.9, kind: "none", occasions: 0 },
    { days: 0.1, kind: "none", occasions: 0 },
  ] as const)("after $days days is $kind with $occasions occasions, each whole", ({ days, kind, occasions }) => {
    const baseline = known(days);
    expect(baseline.kind).toBe(kind);
    expect(baseline.occasions).toHaveLength(occasions);
  });

  it("is none without data", () => {
    expect(baselineOf("24h", window, null)).toEqual({ kind: "none", occasions: [] });
  });

  it.each(WindowName.options)("of %s compares the same weekdays and hours, and never a time with itself", (name) => {
    const own = windowAt(name, NOW_MS);
    const { occasions } = baselineOf(name, own, 0);
    expect(occasions.length).toBeGreaterThanOrEqual(3);
    for (const { fromMs, untilMs } of occasions) {
      expect((own.fromMs - fromMs) % (7 * DAY_MS)).toBe(0);
      expect(untilMs - fromMs).toBe(WINDOWS[name].spanMs);
      expect(untilMs).toBeLessThanOrEqual(own.fromMs);
    }
  });
});

describe("piecesOf", () => {
  it.each([
    ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", ["1d"]],
    ["2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", ["1h"]],
    ["2026-11-14T10:00:00Z", "2026-11-21T10:00:00Z", ["1h", "1d", "1h"]],
    ["2026-11-21T09:28:00Z", "2026-11-21T10:28:00Z", ["1m"]],
    ["2026-11-21T08:28:00Z", "2026-11-21T10:28:00Z", ["1m", "1h", "1m"]],
    ["2026-11-18T22:58:00Z", "2026-11-21T01:02:00Z", ["1m", "1h", "1d", "1h", "1m"]],
  ])("of %s to %s are %j, one after another without a gap, each in whole buckets", (from, until, grains) => {
    const [fromMs, untilMs] = [Date.parse(from), Date.parse(until)];
    const pieces = piecesOf({ fromMs, untilMs });
    expect(pieces.map(({ grain }) => grain)).toEqual(grains);
    let atMs = fromMs;
    for (const piece of pieces) {
      const widthMs = { "1m": 60_000, "1h": HOUR_MS, "1d": DAY_MS }[piece.grain];
      expect(piece.fromMs).toBe(atMs);
      expect([piece.fromMs % widthMs, piece.untilMs % widthMs]).toEqual([0, 0]);
      atMs = piece.untilMs;
    }
    expect(atMs).toBe(untilMs);
  });
});

describe("evenPiecesOf", () => {
  it("has of the hours at both ends as much as the span has of them, so that an even rise is told exactly", () => {
    const [fromMs, untilMs] = [Date.parse("2026-11-21T09:28:00Z"), Date.parse("2026-11-21T10:28:00Z")];
    const pieces = evenPiecesOf({ fromMs, untilMs }, "1h");
    expect(pieces.map(({ fromMs: atMs, part }) => [new Date(atMs).getUTCHours(), part])).toEqual([
      [9, expect.closeTo(32 / 60)],
      [10, expect.closeTo(28 / 60)],
    ]);
    // Of what rises by 1 an hour, an hour has as much as it is in its middle.
    const told = pieces.reduce((sum, { fromMs: atMs, part }) => sum + part * (atMs / HOUR_MS + 0.5), 0);
    expect(told).toBeCloseTo((fromMs + untilMs) / 2 / HOUR_MS, 6);
  });

  it("of whole hours has these", () => {
    const span = { fromMs: 3 * HOUR_MS, untilMs: 5 * HOUR_MS };
    expect(evenPiecesOf(span, "1h").map(({ part }) => part)).toEqual([1, 1]);
  });
});
