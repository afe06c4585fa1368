import { describe, expect, it } from "vitest";
import { backoffMs, retryAfterMs } from "./pace.ts";
import { START_MS } from "./test-client.ts";

describe("backoffMs", () => {
  it.each([
    { failures: 0, chance: 0, pauseMs: 0 },
    { failures: 0, chance: 0.999, pauseMs: 499.5 },
    { failures: 3, chance: 0.5, pauseMs: 2_000 },
    { failures: 6, chance: 1, pauseMs: 30_000 },
    { failures: 5_000, chance: 0.5, pauseMs: 15_000 },
  ])("gives $pauseMs ms after $failures failures at a chance of $chance", ({ failures, chance, pauseMs }) => {
    expect(backoffMs(failures, chance)).toBe(pauseMs);
  });
});

describe("retryAfterMs", () => {
  it.each([
    { header: null, waitMs: 0 },
    { header: "", waitMs: 0 },
    { header: "2", waitMs: 2_000 },
    { header: " 0.5 ", waitMs: 500 },
    { header: "-3", waitMs: 0 },
    { header: "1e99", waitMs: 600_000 },
    { header: "Infinity", waitMs: 600_000 },
    { header: "soon", waitMs: 0 },
    { header: "Sat, 21 Nov 2026 10:00:09 GMT", waitMs: 9_000 },
    { header: "Sat, 21 Nov 2026 09:00:00 GMT", waitMs: 0 },
    { header: "Sun, 22 Nov 2026 10:00:00 GMT", waitMs: 600_000 },
  ])("reads $header as $waitMs ms", ({ header, waitMs }) => {
    expect(retryAfterMs(header, START_MS)).toBe(waitMs);
  });
});
