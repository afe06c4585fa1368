import { describe, expect, it } from "vitest";
import { ATTEMPT_WAITS_MS, parseRetryAfterMs, waitAfterMs } from "./schedule.ts";

const ALMOST_ONE = 1 - Number.EPSILON;

describe("waitAfterMs", () => {
  it("follows the schedule the contract promises when chance is in the middle", () => {
    const seconds = ATTEMPT_WAITS_MS.slice(1).map((_, i) => (waitAfterMs(i + 1, null, 0.5) ?? Number.NaN) / 1000);
    expect(seconds).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  });

  it.each(ATTEMPT_WAITS_MS.slice(1).map((baseMs, i) => ({ baseMs, attempt: i + 1 })))(
    "stays within 20 % of $baseMs ms after attempt $attempt, whatever chance says",
    ({ baseMs, attempt }) => {
      expect(waitAfterMs(attempt, null, 0)).toBe(baseMs * 0.8);
      expect(waitAfterMs(attempt, null, ALMOST_ONE)).toBe(baseMs * 1.2);
    },
  );

  it.each([10, 11, 50])("ends after attempt %i, because ten are all there are", (attempt) => {
    expect(waitAfterMs(attempt, null, 0.5)).toBeNull();
    expect(waitAfterMs(attempt, 60_000, 0.5)).toBeNull();
  });

  it.each([
    { askedMs: -1_000, waitMs: 300_000, because: "a date that has passed" },
    { askedMs: 0, waitMs: 300_000, because: "less than the base" },
    { askedMs: 400_000, waitMs: 400_000, because: "between the base and twice that" },
    { askedMs: 600_000, waitMs: 600_000, because: "exactly twice the base" },
    { askedMs: 86_400_000, waitMs: 600_000, because: "more than twice the base" },
  ])("waits $waitMs ms when asked for $askedMs, $because", ({ askedMs, waitMs }) => {
    expect(waitAfterMs(2, askedMs, 0)).toBe(waitMs);
    expect(waitAfterMs(2, askedMs, ALMOST_ONE)).toBe(waitMs);
  });
});

describe("parseRetryAfterMs", () => {
  const nowMs = Date.parse("2026-11-21T10:00:00.000Z");

  it.each([
    { header: "120", ms: 120_000, because: "seconds" },
    { header: " 0 ", ms: 0, because: "no wait, with blanks around" },
    { header: "Sat, 21 Nov 2026 10:02:00 GMT", ms: 120_000, because: "an HTTP date" },
    { header: "Sat, 21 Nov 2026 09:59:00 GMT", ms: -60_000, because: "a date that has passed" },
  ])('reads "$header" as $ms ms, $because', ({ header, ms }) => {
    expect(parseRetryAfterMs(header, nowMs)).toBe(ms);
  });

  it.each([null, "", "soon", "1.5", "-5", "1e3", "99999999999", "2026-11-21T10:02:00Z", "Smarch 32 GMT"])(
    "ignores %j, which is neither seconds nor an HTTP date",
    (header) => {
      expect(parseRetryAfterMs(header, nowMs)).toBeNull();
    },
  );
});
