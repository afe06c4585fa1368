import { describe, expect, it } from "vitest";
import { comparedWith, intervalOf, intervalsFor, windowOf } from "./range.ts";

const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const HOUR_MS = 3_600_000;
const asked = { from: "", to: "", range: "7d" };

describe("windowOf", () => {
  it("goes back from now by the range", () => {
    expect(windowOf({ ...asked, range: "24h" }, NOW_MS)).toEqual({ fromMs: NOW_MS - 24 * HOUR_MS, toMs: NOW_MS });
  });

  it.each([
    { from: "2026-11-21T00:00:00Z", to: "", because: "it has no end" },
    { from: "2026-11-21T00:00:00Z", to: "2026-11-20T00:00:00Z", because: "it ends before it begins" },
    { from: "yesterday", to: "today", because: "it names no times" },
  ])("takes a window for none from $from to $to, as $because", (fixed) => {
    expect(windowOf({ ...asked, ...fixed }, NOW_MS).toMs).toBe(NOW_MS);
  });
});

describe("intervalOf", () => {
  const window = windowOf({ ...asked, range: "28d" }, NOW_MS);

  it("offers only what the API answers at once", () => {
    expect(intervalsFor(window)).toEqual(["1h", "1d", "1w"]);
  });

  it("takes the one asked for where it fits, else one that is easy to read", () => {
    expect(intervalOf(window, "1h")).toBe("1h");
    expect(intervalOf(window, "1m")).toBe("1d");
    expect(intervalOf({ fromMs: NOW_MS - HOUR_MS, toMs: NOW_MS }, "")).toBe("1m");
  });
});

describe("comparedWith", () => {
  const window = { fromMs: NOW_MS - 2 * HOUR_MS, toMs: NOW_MS };

  it("is as long, and ends where the window begins or lies a week before", () => {
    expect(comparedWith(window, "before")).toEqual({ fromMs: NOW_MS - 4 * HOUR_MS, toMs: NOW_MS - 2 * HOUR_MS });
    expect(comparedWith(window, "week")).toEqual({ fromMs: NOW_MS - 170 * HOUR_MS, toMs: NOW_MS - 168 * HOUR_MS });
    expect(comparedWith(window, "")).toBeNull();
  });
});
