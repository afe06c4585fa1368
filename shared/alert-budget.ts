import * as z from "zod";
import { thresholdOfShare, type AlertBudget } from "./detection-settings.ts";

/**
 * The alert budget: how much an operator wishes to be alerted about, as a threshold on the score, held to day by day.
 *
 * A score promises how rare it is, so a share of the events has a threshold before anything was scored. From then on the scores of
 * the last whole days say which score that share reaches, and the alerts of each day how far the outcome was off the wish.
 *
 * What no threshold can do is take a part of equal scores: where more events than wished share one, as those of a named rule may, they
 * are all alerted or none, and the budget keeps them out.
 */

/** Of equal width from 0 to 1. At 0.005 each, neighbours are 6 % apart in how rare they are. */
const BINS = 200;

/**
 * Events by score: bin i counts those from i / 200 to below (i + 1) / 200, the last one, with the index 200, those of exactly 1. In SQL
 * the bin is `width_bucket(score::numeric, 0, 1, 200) - 1`.
 */
export const ScoreHistogram = z.array(z.int().min(0)).length(BINS + 1);
export type ScoreHistogram = z.infer<typeof ScoreHistogram>;

/** Days whose scores are looked at: whole weeks, as many as it takes to count enough. */
const SPANS = [7, 14, 21, 28] as const;
const SPAN_MOST = 28;

/** A whole day of one shop, all of it under one threshold: the events that a budget is for, such as payment attempts. */
export const BudgetDay = z.strictObject({
  date: z.iso.date(),
  events: z.int().min(0),
  /** Of the events, those at or above the threshold that day. For a share of false alarms, leave confirmed anomalies out of all three. */
  alerts: z.int().min(0),
  scores: ScoreHistogram,
});
export type BudgetDay = z.infer<typeof BudgetDay>;

const ScoredDay = BudgetDay.omit({ alerts: true });
export type ScoredDay = z.infer<typeof ScoredDay>;

/** What was learned of the days so far; the wish is not part of it, so that it may change. */
export const BudgetState = z.strictObject({
  v: z.literal(1),
  /** Factor on the wished share that makes the outcome meet it. */
  correction: z.number().positive(),
  /** The last day taken, counted or not. */
  last: z.iso.date().nullable(),
  /** Days that count, oldest first, at most the last 28. */
  days: z.array(ScoredDay).max(SPAN_MOST),
  /** Busy days in a row that were not counted. */
  campaign_days: z.int().min(0),
});
export type BudgetState = z.infer<typeof BudgetState>;

/** What a threshold is founded on: the score's promise, scores that were counted or extrapolated, or a bound that holds it. */
export type Basis = "promise" | "counted" | "extrapolated" | "floor" | "ceiling";

/** 1 in 30 events: no budget makes anomalies of what is less rare, however much room it leaves. */
export const THRESHOLD_LEAST = 0.3;
/** Above all but the strangest: a budget of next to nothing still lets these through. */
export const THRESHOLD_MOST = 0.98;

/** Scores beyond the threshold that make it one to count, and not to extrapolate. */
const COUNTED_LEAST = 10;
/** The share of the scores whose excesses say how their tail falls. */
const TAIL_SHARE = 0.05;

/** What a day of no alerts at all, or of twice the wish, moves the correction by (ln). Faster, and it follows chance. */
const STEP = 0.1;
/** Alerts as wished that every day is taken to have had besides its own, so that small numbers move little. */
const PRIOR_ALERTS = 5;
/** Times the wish by which a day's alerts exceed it, as far as that counts: an attack may bring a hundred. */
const EXCESS_MOST = 3;
/** Scores say most of it; what pulls further is a crowd of equal scores, which no share of it can be had from. */
const CORRECTION_MOST = 2;

/** A day with fewer events says nothing of how many there usually are. */
const EVENTS_LEAST = 20;
/** Times the usual number of events that make a day a campaign's, which says nothing of ordinary days. */
const CAMPAIGN_FACTOR = 3;
/** Days that must be known before one is called unusual. */
const DAYS_FOR_USUAL = 7;
/** A campaign that lasts longer is how the shop is now. */
const CAMPAIGN_DAYS_MOST = 7;

const DAY_MS = 86_400_000;

export function histogramOf(scores: Iterable<number>): ScoreHistogram {
  const histogram = Array.from({ length: BINS + 1 }, () => 0);
  for (const score of scores) addScore(histogram, score);
  return histogram;
}

/**
 * Counts one score in.
 *
 * @throws RangeError when it is not within 0..1
 */
export function addScore(histogram: ScoreHistogram, score: number): void {
  if (!(score >= 0 && score <= 1)) throw new RangeError("A score is within 0..1");
  // Scores have four decimals; what rounding takes from the product is less than this adds.
  const bin = Math.floor(score * BINS + 1e-6);
  histogram[bin] = (histogram[bin] ?? 0) + 1;
}

export function mergeHistograms(histograms: readonly ScoreHistogram[]): ScoreHistogram {
  return Array.from({ length: BINS + 1 }, (_, bin) => histograms.reduce((total, one) => total + (one[bin] ?? 0), 0));
}

/**
 * The score that a share of the counted events reaches, evenly spread within its bin; 0 for all of them, and without any.
 *
 * @param share 0..1
 */
export function scoreReachedBy(histogram: ScoreHistogram, share: number): number {
  const wanted = share * sum(histogram);
  let above = 0;
  for (let bin = BINS; bin >= 0; bin--) {
    const here = histogram[bin] ?? 0;
    if (here > 0 && above + here >= wanted) return Math.min(1, (bin + 1 - (wanted - above) / here) / BINS);
    above += here;
  }
  return 0;
}

export function newBudgetState(): BudgetState {
  return { v: 1, correction: 1, last: null, days: [], campaign_days: 0 };
}

/**
 * The state with other days in place of its own: before the first step, days that were scored before there was a budget; later, when
 * another model or calibration takes over, what that one makes of the last four weeks. Scores of two of them side by side mislead: the
 * first week of the new one is then off by up to a third. An even sample of each day's scores will do, with all its events counted.
 *
 * @param days in any order
 */
export function withDays(state: BudgetState, days: readonly ScoredDay[]): BudgetState {
  const ordered = days.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const newest = ordered.at(-1)?.date ?? null;
  const last = state.last === null || (newest !== null && newest > state.last) ? newest : state.last;
  return { ...state, last, days: [...lastDays(ordered, SPAN_MOST)] };
}

/**
 * The threshold for the next day; null where a number a day is wished and no day has shown yet how many events there are.
 *
 * With ten alerts or more in the days looked at it is counted, else extrapolated from the strangest 5 % of scores as an exponential;
 * with fewer than ten of those too it is what scores promise.
 */
export function budgetThreshold(wish: AlertBudget, state: BudgetState): { threshold: number; basis: Basis } | null {
  const wished = "share" in wish ? wish.share : wish.per_day / usualEvents(state);
  if (wished === Infinity) return null;
  const share = Math.min(1, wished * state.correction);
  const { score, basis } = scoreFor(share, state);
  if (score < THRESHOLD_LEAST) return { threshold: THRESHOLD_LEAST, basis: "floor" };
  if (score > THRESHOLD_MOST) return { threshold: THRESHOLD_MOST, basis: "ceiling" };
  return { threshold: Math.round(score * 1e4) / 1e4, basis };
}

/**
 * Takes one day in: its scores, and what it says of the correction. A day that was taken already, or lies before one that was, changes
 * nothing. A day of too few events or of a campaign is passed over: the threshold stays.
 *
 * @param wish what the day's threshold was made for
 */
export function budgetStep(state: BudgetState, wish: AlertBudget, day: BudgetDay): BudgetState {
  if (state.last !== null && day.date <= state.last) return state;
  const passed = { ...state, last: day.date };
  if (day.events < EVENTS_LEAST) return passed;
  const isBusy = state.days.length >= DAYS_FOR_USUAL && day.events > CAMPAIGN_FACTOR * medianEvents(state);
  if (isBusy && state.campaign_days < CAMPAIGN_DAYS_MOST) return { ...passed, campaign_days: state.campaign_days + 1 };
  const { date, events, scores } = day;
  return {
    ...passed,
    correction: corrected(state, wish, day),
    // After a campaign without end, the days before it are of another shop.
    days: [...lastDays([...(isBusy ? [] : state.days), { date, events, scores }], SPAN_MOST)],
    campaign_days: 0,
  };
}

/**
 * The correction after a day: further by how much alerts were missing, as a share of those wished, or back. Differences and not ratios,
 * since they add up to nothing in the long run only where the mean meets the wish. It stays where the budget was not what held
 * the threshold: at a bound, more of it would change nothing until the day it changes too much.
 *
 * @see Gibbs & Candès 2021, "Adaptive conformal inference under distribution shift"
 */
function corrected(state: BudgetState, wish: AlertBudget, { events, alerts }: BudgetDay): number {
  const wished = "share" in wish ? wish.share * events : wish.per_day;
  const basis = budgetThreshold(wish, state)?.basis;
  if (basis === undefined) return state.correction;
  if ((basis === "floor" && alerts < wished) || (basis === "ceiling" && alerts > wished)) return state.correction;
  const missing = Math.max(-EXCESS_MOST, (wished - alerts) / (wished + PRIOR_ALERTS));
  const correction = state.correction * Math.exp(STEP * missing);
  return Math.min(CORRECTION_MOST, Math.max(1 / CORRECTION_MOST, correction));
}

function scoreFor(share: number, { days }: BudgetState): { score: number; basis: Basis } {
  let scores = histogramOf([]);
  for (const span of SPANS) {
    scores = mergeHistograms(lastDays(days, span).map((day) => day.scores));
    if (sum(scores) * share >= COUNTED_LEAST) return { score: scoreReachedBy(scores, share), basis: "counted" };
  }
  if (sum(scores) * TAIL_SHARE < COUNTED_LEAST) return { score: thresholdOfShare(share), basis: "promise" };
  return { score: extrapolated(scores, share), basis: "extrapolated" };
}

/** The score an exponential through the excesses over the 95 % point gives to a share below 5 %. */
function extrapolated(scores: ScoreHistogram, share: number): number {
  const from = scoreReachedBy(scores, TAIL_SHARE);
  let excess = 0;
  let rows = 0;
  for (const [bin, count] of scores.entries()) {
    const middle = Math.min(1, (bin + 0.5) / BINS);
    if (middle <= from) continue;
    excess += count * (middle - from);
    rows += count;
  }
  return rows === 0 ? from : from + (excess / rows) * Math.log(TAIL_SHARE / share);
}

/** Events a day, the mean of the last week's days; 0 when none is known. */
function usualEvents({ days }: BudgetState): number {
  const week = lastDays(days, SPANS[0]);
  return sum(week.map(({ events }) => events)) / Math.max(1, week.length);
}

function medianEvents({ days }: BudgetState): number {
  return days.map(({ events }) => events).toSorted((a, b) => a - b)[Math.floor(days.length / 2)] ?? 0;
}

/** Those of so many days up to the newest: a shop that was closed for a while goes on where it stopped. */
function lastDays(days: readonly ScoredDay[], span: number): readonly ScoredDay[] {
  const newest = days.at(-1);
  return newest === undefined ? [] : days.filter(({ date }) => daysBetween(date, newest.date) < span);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
