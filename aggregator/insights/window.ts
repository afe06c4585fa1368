import * as z from "zod";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** Events are stored within seconds; what is younger may be half there. */
const LAG_MS = 2 * MINUTE_MS;

interface WindowKind {
  spanMs: number;
  /** What both ends are whole multiples of. */
  alignedMs: number;
  /** From one occasion to the same weekdays and hours before it; at least as long as the window. */
  weekStepMs: number;
  weeksMost: number;
  /** Whether the day before is an occasion of its own, while there are too few weeks. */
  comparesDays: boolean;
}

const ofHours = { alignedMs: HOUR_MS, weekStepMs: WEEK_MS, weeksMost: 6, comparesDays: true };

export const WINDOWS = {
  "1h": { ...ofHours, spanMs: HOUR_MS, alignedMs: MINUTE_MS },
  "6h": { ...ofHours, spanMs: 6 * HOUR_MS },
  "24h": { ...ofHours, spanMs: DAY_MS },
  "7d": { ...ofHours, spanMs: WEEK_MS, comparesDays: false },
  "30d": { ...ofHours, spanMs: 30 * DAY_MS, weekStepMs: 5 * WEEK_MS, weeksMost: 3, comparesDays: false },
} as const satisfies Record<string, WindowKind>;

export const WindowName = z.enum(Object.keys(WINDOWS) as [keyof typeof WINDOWS]); // an enum wants to know that there is one
export type WindowName = z.infer<typeof WindowName>;

/** Ends are not included. */
export interface Span {
  fromMs: number;
  untilMs: number;
}

/** The window that ends now: with the last whole hour, or of an hour with the last minute that is surely stored. */
export function windowAt(name: WindowName, nowMs: number): Span {
  const { spanMs, alignedMs } = WINDOWS[name];
  const untilMs = Math.floor((nowMs - LAG_MS) / alignedMs) * alignedMs;
  return { fromMs: untilMs - spanMs, untilMs };
}

/** A time like the window, before it. */
export interface Occasion extends Span {
  /** How much it says about now: what is longer ago says less. */
  weight: number;
}

export const BASELINE_KINDS = ["hour_of_week", "hour_of_day", "day_before", "none"] as const;

/** What the window is held against. */
export interface Baseline {
  kind: (typeof BASELINE_KINDS)[number];
  /** The latest first. */
  occasions: readonly Occasion[];
}

/** From so many on the same hours of weeks speak; before, the same hours of days do. */
const WEEKS_LEAST = 3;
const DAYS_MOST = 7;
/** What an occasion weighs of the one after it: about four weeks count, as in the watch over the metrics. */
const WEEK_KEPT = 0.75;
const DAY_KEPT = 0.9;

/**
 * The times that are like the window: the same hours of the same weekdays, or of the days before while weeks are few. Only times that
 * lie whole in what is known are compared.
 *
 * @param firstMs when the first data came; null for none
 */
export function baselineOf(name: WindowName, window: Span, firstMs: number | null): Baseline {
  const { weekStepMs, weeksMost, comparesDays } = WINDOWS[name];
  if (firstMs === null) return { kind: "none", occasions: [] };
  const back = (stepMs: number, most: number, kept: number) =>
    Array.from({ length: most }, (_, index) => ({
      fromMs: window.fromMs - (index + 1) * stepMs,
      untilMs: window.untilMs - (index + 1) * stepMs,
      weight: kept ** index,
    })).filter(({ fromMs }) => fromMs >= firstMs);
  const weeks = back(weekStepMs, weeksMost, WEEK_KEPT);
  if (weeks.length >= (comparesDays ? WEEKS_LEAST : 1)) return { kind: "hour_of_week", occasions: weeks };
  const days = comparesDays ? back(DAY_MS, DAYS_MOST, DAY_KEPT) : [];
  if (days.length > 1) return { kind: "hour_of_day", occasions: days };
  return { kind: days.length === 1 ? "day_before" : "none", occasions: days };
}

/** A stretch that rollups of one grain hold. */
export interface Piece extends Span {
  grain: "1m" | "1h" | "1d";
  /** How much of them is meant. */
  part: number;
}

const GRAINS_MS = [
  { grain: "1d", ms: DAY_MS },
  { grain: "1h", ms: HOUR_MS },
  { grain: "1m", ms: MINUTE_MS },
] as const;

/** A span in as few rollups as hold it exactly: whole days in the middle, hours beside them, minutes at the edges. */
export function piecesOf(span: Span): Piece[] {
  return cover(span, 0);
}

function cover({ fromMs, untilMs }: Span, level: number): Piece[] {
  const wide = GRAINS_MS[level];
  if (fromMs >= untilMs || wide === undefined) return [];
  const firstMs = Math.ceil(fromMs / wide.ms) * wide.ms;
  const lastMs = Math.floor(untilMs / wide.ms) * wide.ms;
  if (firstMs >= lastMs) return cover({ fromMs, untilMs }, level + 1);
  return [
    ...cover({ fromMs, untilMs: firstMs }, level + 1),
    { grain: wide.grain, fromMs: firstMs, untilMs: lastMs, part: 1 },
    ...cover({ fromMs: lastMs, untilMs }, level + 1),
  ];
}

/**
 * A span by rollups of one grain alone, of those it begins and ends in as much as it has of them: as good for what is usual, as it is
 * exact where things grow or fall evenly, and a fraction of the work.
 */
export function evenPiecesOf({ fromMs, untilMs }: Span, grain: "1h" | "1d"): Piece[] {
  const widthMs = grain === "1h" ? HOUR_MS : DAY_MS;
  const [firstMs, lastMs] = [Math.floor(fromMs / widthMs) * widthMs, Math.ceil(untilMs / widthMs) * widthMs];
  return Array.from({ length: (lastMs - firstMs) / widthMs }, (_, index) => {
    const atMs = firstMs + index * widthMs;
    const part = (Math.min(untilMs, atMs + widthMs) - Math.max(fromMs, atMs)) / widthMs;
    return { grain, fromMs: atMs, untilMs: atMs + widthMs, part };
  });
}

const DAYS_FROM_MS = WEEK_MS;

/** What an occasion is read from: as the window is where that is little, of an hour by hours and of weeks by days. */
export function occasionPieces(span: Span): Piece[] {
  const spanMs = span.untilMs - span.fromMs;
  if (spanMs >= DAYS_FROM_MS) return evenPiecesOf(span, "1d");
  return spanMs <= HOUR_MS ? evenPiecesOf(span, "1h") : piecesOf(span);
}
