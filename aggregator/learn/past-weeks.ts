import type { PastWeek } from "./figures.ts";
import { DAY_MS, isFraud, type LearningRow } from "./row.ts";
import type { RowScores } from "./score-rows.ts";
import { isSuspect } from "./training-set.ts";

const WEEK_MS = 7 * DAY_MS;

/**
 * What each week of the past looked like to the champion, counted back from its end: how many payments there were, and how many of them
 * statistics alone find suspect. What somebody labelled is no suspect any more, and what a named rule found is known for what it is.
 *
 * @returns oldest first; the oldest may be cut short
 */
export function pastWeeks(past: readonly LearningRow[], scores: RowScores, endMs: number): PastWeek[] {
  const weeks = new Map<number, PastWeek>();
  past.forEach((row, index) => {
    if (!row.isPayment || row.draw === null || isFraud(row)) return;
    const back = Math.ceil((endMs - row.atMs) / WEEK_MS);
    const from = new Date(endMs - back * WEEK_MS).toISOString().slice(0, 10);
    const week = weeks.get(back) ?? { from, payments: 0, suspects: 0 };
    weeks.set(back, week);
    week.payments++;
    const isNamed = scores.isNamed[index] === true;
    if (row.label === null && !isNamed && isSuspect(scores.unusual[index] ?? 0)) week.suspects++;
  });
  return [...weeks].toSorted(([a], [b]) => b - a).map(([, week]) => week);
}
