import * as z from "zod";
import { MultiScale, NEW_MULTI_SCALE, stepMultiScale } from "./detect/multi-scale.ts";
import { NEW_SMOOTH, Smooth, stepSmooth, type Deviations } from "./detect/smooth.ts";
import { NEW_TAIL_RANK, rarityOf, TailRank, withValue } from "./detect/tail-rank.ts";

const Minutes = z.strictObject({
  observed: z.number(),
  expected: z.number(),
  /** Orders that are usual in them. */
  counts: z.number(),
});
type Minutes = z.infer<typeof Minutes>;

/** A shift that shows in no single step. Nobody is alerted of it: it is there for who looks. */
const Warning = z.strictObject({
  atMs: z.number(),
  /** How rare it is in the history of the series: a sum of -log10. */
  score: z.number(),
});

/** What is known of an amount. */
export const Amount = z.strictObject({
  smooth: Smooth,
  /** How large its deviations were. */
  rank: TailRank,
  /** The minutes of the step that goes on. */
  step: Minutes,
  /** Of one that is looked at for slow shifts as well, else null. */
  slow: z.strictObject({ scale: MultiScale, warnings: z.array(Warning).readonly() }).nullable(),
});
export type Amount = z.infer<typeof Amount>;

/** What a step was like that has come to its end. */
export interface Step extends Minutes {
  deviations: Deviations;
  /** -log10 of how often its own history had as much. */
  rarity: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MINUTES = 24 * 60;
const NO_MINUTES: Minutes = { observed: 0, expected: 0, counts: 0 };
/** An amount is known when each hour of the day was seen twice. */
const KNOWN_DAYS = 2;
/** Amounts are held against what is usual on a log scale, with so many usual orders added to both. */
const ADDED_COUNTS = 0.5;
/** Chance alone gives a slow shift of this score less than once in a hundred days. */
const WARNS_AT = 10;
const WARNINGS_MOST = 20;

/**
 * Takes in the next minute.
 *
 * @param rest over how many minutes an amount is added up, whether it is looked at for slow shifts, and whether it is known to be unusual
 *   now: then it says nothing about how large its deviations are
 * @returns also the step that ends with this minute; null where none does or too little is known
 */
export function stepAmount(
  before: Amount | null,
  atMs: number,
  minute: Minutes,
  { everyMinutes, isSlow, isUnusual }: { everyMinutes: number; isSlow: boolean; isUnusual: boolean },
): { amount: Amount; step: Step | null } {
  const known = before ?? { smooth: NEW_SMOOTH, rank: NEW_TAIL_RANK, step: NO_MINUTES, slow: null };
  const step = {
    observed: known.step.observed + minute.observed,
    expected: known.step.expected + minute.expected,
    counts: known.step.counts + minute.counts,
  };
  const isWhole = (Math.floor(atMs / MINUTE_MS) + 1) % everyMinutes === 0;
  if (!isWhole) return { amount: { ...known, step }, step: null };
  // Where hardly anything is usual, one order is a deviation of its own.
  if (step.counts < ADDED_COUNTS || step.expected <= 0) return { amount: { ...known, step: NO_MINUTES }, step: null };

  const added = (ADDED_COUNTS * step.expected) / step.counts;
  const value = Math.log((step.observed + added) / (step.expected + added));
  const hour = Math.floor(atMs / HOUR_MS) % 24;
  const stepsPerDay = DAY_MINUTES / everyMinutes;
  const { state: smooth, deviations } = stepSmooth(known.smooth, value, hour, stepsPerDay);
  const slow = isSlow
    ? slowed(known.slow, stepMultiScale(known.slow?.scale ?? NEW_MULTI_SCALE, value, hour, stepsPerDay), atMs)
    : null;
  if (known.smooth.steps < KNOWN_DAYS * stepsPerDay) {
    return { amount: { smooth, rank: known.rank, step: NO_MINUTES, slow }, step: null };
  }
  const size = Math.abs(deviations.both);
  const rank = isUnusual ? known.rank : withValue(known.rank, size);
  return {
    amount: { smooth, rank, step: NO_MINUTES, slow },
    step: { ...step, deviations, rarity: rarityOf(known.rank, size) },
  };
}

function slowed(
  before: Amount["slow"],
  { state, score }: { state: MultiScale; score: number },
  atMs: number,
): Amount["slow"] {
  const warnings = before?.warnings ?? [];
  return { scale: state, warnings: score < WARNS_AT ? warnings : [...warnings, { atMs, score }].slice(-WARNINGS_MOST) };
}
