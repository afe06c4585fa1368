import type { MetricsAnswer } from "./metric-list.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export type Interval = MetricsAnswer["interval"];

/** How far back from now. */
export const RANGES = [
  { value: "6h", label: "6 h", ms: 6 * HOUR_MS },
  { value: "24h", label: "24 h", ms: DAY_MS },
  { value: "7d", label: "7 d", ms: 7 * DAY_MS },
  { value: "28d", label: "28 d", ms: 28 * DAY_MS },
  { value: "90d", label: "90 d", ms: 90 * DAY_MS },
] as const;

export const INTERVALS: readonly { value: Interval; label: string; ms: number }[] = [
  { value: "1m", label: "Minute", ms: MINUTE_MS },
  { value: "5m", label: "5 minutes", ms: 5 * MINUTE_MS },
  { value: "1h", label: "Hour", ms: HOUR_MS },
  { value: "1d", label: "Day (UTC)", ms: DAY_MS },
  { value: "1w", label: "Week (UTC)", ms: 7 * DAY_MS },
];

/** What the API answers at once. */
const BUCKETS_MOST = 2_000;
/** More are hard to tell apart on a screen. */
const BUCKETS_FITTING = 240;

export interface Window {
  fromMs: number;
  toMs: number;
}

/**
 * The window that a link asks for: fixed where it names both ends, else back from now.
 *
 * @param nowMs of the minute, so that the same question is asked within it
 */
export function windowOf({ from, to, range }: { from: string; to: string; range: string }, nowMs: number): Window {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (fromMs < toMs) return { fromMs, toMs };
  const { ms } = RANGES.find(({ value }) => value === range) ?? RANGES[2];
  return { fromMs: nowMs - ms, toMs: nowMs };
}

/** Intervals that a window has not too many of, nor less than two. */
export function intervalsFor({ fromMs, toMs }: Window): Interval[] {
  const span = toMs - fromMs;
  return INTERVALS.filter(({ ms }) => span / ms <= BUCKETS_MOST && span / ms >= 2).map(({ value }) => value);
}

/** The interval asked for where it fits, else the finest that is still easy to read. */
export function intervalOf(window: Window, asked: string): Interval {
  const fitting = intervalsFor(window);
  const span = window.toMs - window.fromMs;
  const easy = INTERVALS.find(({ value, ms }) => fitting.includes(value) && span / ms <= BUCKETS_FITTING)?.value;
  return fitting.find((value) => value === asked) ?? easy ?? fitting.at(-1) ?? "1h";
}

/** The window that one is compared with: the one before it, or the same a week ago. */
export function comparedWith({ fromMs, toMs }: Window, compare: string): Window | null {
  const back = compare === "before" ? toMs - fromMs : compare === "week" ? 7 * DAY_MS : 0;
  return back === 0 ? null : { fromMs: fromMs - back, toMs: toMs - back };
}

export function timesOf({ fromMs, toMs }: Window) {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
