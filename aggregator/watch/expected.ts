import type { CalendarDays } from "./calendar.ts";
import { BAND_DEVIATIONS, deviationOf, valueOf } from "./figures.ts";
import { LEARNING_HOURS } from "./season.ts";
import { expectedSums, MINUTE_MS, type Scope } from "./scope.ts";
import { WATCHED, type Watched, type WatchedName } from "./watched.ts";

/** What is expected of a metric in one bucket of a chart, and where it is by chance. */
export interface Expected {
  expected: number;
  low: number;
  high: number;
}

/**
 * What is expected in each bucket, in the units of `/v1/metrics`: counts and revenue of the whole bucket, quotients as they are.
 *
 * @returns null while there is nothing to tell by
 */
export function expectedIn(
  metric: WatchedName,
  { startsMs, widthMs }: { startsMs: readonly number[]; widthMs: number },
  scope: Scope | null,
  days: readonly CalendarDays[],
): Expected[] | null {
  if (scope === null || scope.profile === null || scope.state.hours < LEARNING_HOURS) return null;
  const watched: Watched = WATCHED[metric];
  const { profile } = scope;
  const minutes = widthMs / MINUTE_MS;
  const times = watched.method.of === "revenue" || watched.method.kind === "count" ? minutes : 1;
  return startsMs.map((startMs) => {
    const from = startMs / MINUTE_MS;
    const sums = expectedSums(profile, from, from + minutes, days);
    const expected = times * valueOf(watched, sums, minutes);
    const deviation = expected * deviationOf(scope, watched, { seen: sums, expected: sums, minutes });
    return {
      expected,
      low: Math.max(0, expected - BAND_DEVIATIONS * deviation),
      high: expected + BAND_DEVIATIONS * deviation,
    };
  });
}
