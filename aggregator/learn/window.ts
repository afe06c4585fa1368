import { DAY_MS } from "./row.ts";

export const WINDOW_DAYS = { usual: 56, least: 28, most: 182 } as const;

/** Rows of a kind that learning reads at most: as many vectors as fit an isolate's 128 MB beside everything else. More change nothing. */
const ROWS_MOST = { payments: 40_000, others: 20_000, labelled: 10_000 } as const;
const WEEK_DAYS = 7;

/** Whole UTC days. */
export interface Window {
  fromMs: number;
  endMs: number;
}

/** How many events of each kind there are in a window, or which share of them is read. */
export interface ByKind {
  payments: number;
  others: number;
  /** Of both kinds, labelled. */
  labelled: number;
}

/** The days up to the last whole one. */
export function windowBefore(nowMs: number, days: number): Window {
  const endMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return { fromMs: endMs - days * DAY_MS, endMs };
}

/** A window in weeks, counted back from its end; oldest first, the first of them may be shorter. */
export function weeksOf({ fromMs, endMs }: Window): Window[] {
  const weeks: Window[] = [];
  for (let toMs = endMs; toMs > fromMs; toMs -= WEEK_DAYS * DAY_MS) {
    weeks.unshift({ fromMs: Math.max(fromMs, toMs - WEEK_DAYS * DAY_MS), endMs: toMs });
  }
  return weeks;
}

/** The share of each kind that is read, 0..1, so that rows stay bounded whatever a shop sells. */
export function sharesOf({ payments, others, labelled }: ByKind): ByKind {
  return {
    payments: Math.min(1, ROWS_MOST.payments / Math.max(1, payments)),
    others: Math.min(1, ROWS_MOST.others / Math.max(1, others)),
    labelled: Math.min(1, ROWS_MOST.labelled / Math.max(1, labelled)),
  };
}
