const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday: the third day of its week after Monday. */
const THURSDAY = 3;
const WEEK_DAYS = 7;

/**
 * The ISO 8601 week of an instant in UTC, such as `2026-W47`. Weeks begin on Monday and belong to the year their Thursday is in, so the
 * last days of December may be of the first week of the next year, and the first of January of the last week of the one before.
 */
export function isoWeekOf(ms: number): string {
  const thursday = new Date(startOfIsoWeek(ms) + THURSDAY * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / WEEK_DAYS);
  return `${year}-W${String(week).padStart(2, "0")}`;
}

/** The Monday midnight, in UTC, of the week an instant is in. */
export function startOfIsoWeek(ms: number): number {
  const day = Math.floor(ms / DAY_MS);
  return (day - ((((day + THURSDAY) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS)) * DAY_MS;
}
