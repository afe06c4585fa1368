import type { Answer } from "../../api/client.ts";

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type MetricsAnswer = Answer<"get", "/v1/metrics">;
export type ExpectedAnswer = Answer<"get", "/v1/expected">;
type Series = MetricsAnswer["series"][number];

/** Midnight before a moment, by the clock that times are shown by. */
export function dayStartMs(nowMs: number, utc: boolean): number {
  if (utc) return Math.floor(nowMs / DAY_MS) * DAY_MS;
  const day = new Date(nowMs);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** The hours of a day, also those to come. Days on which the clock is changed have one more or less. */
export function hoursOf(startMs: number, utc: boolean): number[] {
  const next = new Date(startMs);
  if (utc) next.setUTCDate(next.getUTCDate() + 1);
  else next.setDate(next.getDate() + 1);
  return Array.from(
    { length: Math.round((next.getTime() - startMs) / HOUR_MS) },
    (_, hour) => startMs + hour * HOUR_MS,
  );
}

/** The one that most of it is in; money of several currencies is never added. */
export function mainSeries(series: readonly Series[]): Series | undefined {
  const total = ({ points }: Series) => points.reduce((sum, { value }) => sum + (value ?? 0), 0);
  return series.toSorted((a, b) => total(b) - total(a))[0];
}

/** A day by the hour, what came of it so far beside what is usual. */
export interface Day {
  timesMs: number[];
  /** Of hours that are over; null for the others. */
  values: (number | null)[];
  /** Of the hour that goes on, and of the one before it, so that a line can be drawn between them. */
  goingOn: (number | null)[];
  /** Null where nothing is known of what is usual. */
  band: ({ low: number; high: number } | null)[] | undefined;
  total: number;
  /** What is usual until now; of the hour that goes on, the part that is over. Null while that is learned. */
  usual: number | null;
  currency: string | undefined;
}

export function dayOf(
  hoursMs: readonly number[],
  metrics: MetricsAnswer,
  expected: ExpectedAnswer | undefined,
  nowMs: number,
): Day {
  const main = mainSeries(metrics.series);
  const valueAt = new Map(main?.points.map(({ at, value }) => [Date.parse(at), value]));
  const expectedAt = new Map(expected?.points.map((point) => [Date.parse(point.at), point]));
  const began = hoursMs.map((atMs) => (atMs > nowMs ? null : (valueAt.get(atMs) ?? 0)));
  const last = began.findLastIndex((value) => value !== null);
  const isKnown = expectedAt.size > 0 && (main?.currency === undefined || main.currency === expected?.currency);
  const usual = hoursMs.reduce((sum, atMs) => {
    const over = Math.max(0, Math.min(1, (nowMs - atMs) / HOUR_MS));
    return sum + over * (expectedAt.get(atMs)?.expected ?? 0);
  }, 0);
  return {
    timesMs: [...hoursMs],
    values: began.map((value, hour) => (hour < last ? value : null)),
    goingOn: began.map((value, hour) => (hour === last || hour === last - 1 ? value : null)),
    band: isKnown ? hoursMs.map((atMs) => expectedAt.get(atMs) ?? null) : undefined,
    total: began.reduce((sum: number, value) => sum + (value ?? 0), 0),
    usual: isKnown ? usual : null,
    currency: main?.currency ?? expected?.currency ?? undefined,
  };
}
