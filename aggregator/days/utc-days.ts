export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** A day in UTC, such as 2026-11-21. */
export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** So many days after a day, or before it. */
export function daysAfter(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * DAY_MS);
}
