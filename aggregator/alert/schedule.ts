const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long each attempt waits for after the one before it failed: the first is made at once, the tenth is the last. */
export const ATTEMPT_WAITS_MS = [
  0,
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;

/** A wait is this share longer or shorter, so that what failed together is not tried again together. */
const JITTER_SHARE = 0.2;

/**
 * How long to wait after a failed attempt, or null when it was the last.
 *
 * @param attempt number of the attempt that failed, from 1
 * @param retryAfterMs what the endpoint asked for, or null: honoured from the scheduled wait up to twice that, without jitter
 * @param random in [0, 1)
 * @returns milliseconds, ±20 % of the scheduled wait in whole seconds, as a queue delays, when the endpoint asked for nothing
 */
export function waitAfterMs(attempt: number, retryAfterMs: number | null, random: number): number | null {
  const baseMs = ATTEMPT_WAITS_MS[attempt];
  if (baseMs === undefined) return null;
  if (retryAfterMs !== null) return Math.min(Math.max(retryAfterMs, baseMs), 2 * baseMs);
  return Math.round((baseMs * (1 - JITTER_SHARE + 2 * JITTER_SHARE * random)) / SECOND_MS) * SECOND_MS;
}

/** The one form of date that may still be sent (RFC 9110 §5.6.7); the date parser itself would take much more. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * A `Retry-After` header (RFC 9110 §10.2.3: seconds, or an HTTP date) as milliseconds from now.
 *
 * @returns null when there is none or it has neither form; negative for a date that has passed
 */
export function parseRetryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,10}$/.test(text)) return Number(text) * SECOND_MS;
  const atMs = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs - nowMs;
}
