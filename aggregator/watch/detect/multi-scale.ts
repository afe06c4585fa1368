import * as z from "zod";
import { stepRefractory } from "./refractory.ts";
import { NEW_TAIL_RANK, rarityOf, TailRank, withValue } from "./tail-rank.ts";

const HOURS = 24;
const LEVEL_SHARE = 0.05;
const HOUR_SHARE = 0.1;
const ERROR_SHARE = 0.01;
/** The first values are taken as they come. */
const EARLY_STEPS = 24;
/** Of a residual, at most this many of its scale are learned from: anomalies must not become the baseline. */
const CLIP_SCALES = 4;
/** And at most this many are looked at: beyond, more says nothing more. */
const RESIDUAL_MOST = 30;
/** Windows over which residuals are added up, in days; at least one step. */
const WINDOWS_DAYS = [0, 0.02, 0.1];
/** Over how many days the short roughness is taken; the long one over one. */
const SHORT_DAYS = 0.05;
/** A measure that is rarer than 1 in 10^8 says no more than that. */
const RARITY_MOST = 8;
/** A score from here on holds back what follows, for a day. */
const LOCKS_AT = 5;

/** What a multi-scale residual knows of its series: two baselines, recent residuals, and how rare each of its measures is. */
export const MultiScale = z.strictObject({
  steps: z.number(),
  /** A level alone, and a level with what is added to it at each hour of the day; each with its mean absolute error. */
  plain: z.strictObject({ level: z.number(), error: z.number() }),
  seasonal: z.strictObject({
    level: z.number(),
    error: z.number(),
    hours: z.array(z.number()).length(HOURS).readonly(),
  }),
  /** Of the better baseline, in its errors, latest last: as many as the longest window has. */
  residuals: z.array(z.number()).readonly(),
  /** Mean absolute residual over a short and a long time. */
  roughness: z.strictObject({ short: z.number(), long: z.number() }),
  /** Of the drift in each window, and of the change of roughness. */
  ranks: z
    .array(TailRank)
    .length(WINDOWS_DAYS.length + 1)
    .readonly(),
  lock: z.number(),
});
export type MultiScale = z.infer<typeof MultiScale>;

export const NEW_MULTI_SCALE: MultiScale = {
  steps: 0,
  plain: { level: 0, error: 0 },
  seasonal: { level: 0, error: 0, hours: Array.from({ length: HOURS }, () => 0) },
  residuals: [],
  roughness: { short: 0, long: 0 },
  ranks: [...WINDOWS_DAYS, SHORT_DAYS].map(() => NEW_TAIL_RANK),
  lock: 0,
};

/**
 * Takes in the next value: a slow warning of shifts in level and in variance that no single value shows.
 *
 * @param hour of the day, 0 to 23
 * @returns a score, a sum of -log10 of shares: higher for what its own history holds less of, and each episode once
 */
export function stepMultiScale(
  before: MultiScale,
  value: number,
  hour: number,
  stepsPerDay: number,
): { state: MultiScale; score: number } {
  const { steps, plain, seasonal } = before;
  if (steps === 0) {
    const begun = { plain: { ...plain, level: value }, seasonal: { ...seasonal, level: value } };
    return { state: { ...before, ...begun, steps: 1 }, score: 0 };
  }
  const share = (days: number) => Math.max(1 / (steps + 1), 1 / Math.max(1, days * stepsPerDay));
  const ofPlain = value - plain.level;
  const ofSeasonal = value - seasonal.level - (seasonal.hours[hour] ?? 0);
  const [residual, error] = seasonal.error < plain.error ? [ofSeasonal, seasonal.error] : [ofPlain, plain.error];

  const scaled = error === 0 ? 0 : clip(residual / error, RESIDUAL_MOST);
  const windows = WINDOWS_DAYS.map((days) => Math.max(1, Math.round(days * stepsPerDay)));
  const residuals = [...before.residuals, scaled].slice(-Math.max(...windows));
  const roughness = {
    short: towards(before.roughness.short, Math.abs(scaled) * error, share(SHORT_DAYS)),
    long: towards(before.roughness.long, Math.abs(scaled) * error, share(1)),
  };

  const measures = [...windows.map((window) => drift(residuals, window)), change(roughness)];
  const rarities = measures.map((measure, index) => rarityOf(before.ranks[index] ?? NEW_TAIL_RANK, measure));
  const sum = rarities.reduce((total, rarity) => total + Math.min(RARITY_MOST, rarity), 0);
  const told = stepRefractory(before.lock, sum, { locksAt: LOCKS_AT, steps: stepsPerDay });

  const learned = (raw: number, scale: number) =>
    steps < EARLY_STEPS || scale === 0 ? raw : clip(raw, CLIP_SCALES * scale);
  const fromPlain = learned(ofPlain, plain.error);
  const fromSeasonal = learned(ofSeasonal, seasonal.error);
  const errorShare = Math.max(ERROR_SHARE, 1 / (steps + 1));
  return {
    state: {
      steps: steps + 1,
      plain: {
        level: plain.level + LEVEL_SHARE * fromPlain,
        error: towards(plain.error, Math.abs(fromPlain), errorShare),
      },
      seasonal: {
        level: seasonal.level + LEVEL_SHARE * fromSeasonal,
        error: towards(seasonal.error, Math.abs(fromSeasonal), errorShare),
        hours: seasonal.hours.with(hour, (seasonal.hours[hour] ?? 0) + HOUR_SHARE * fromSeasonal),
      },
      residuals,
      roughness,
      ranks: measures.map((measure, index) => withValue(before.ranks[index] ?? NEW_TAIL_RANK, measure)),
      lock: told.lock,
    },
    score: told.score,
  };
}

/** Of the latest residuals, how far their sum is from nothing: their mean times the root of their number. */
function drift(residuals: readonly number[], window: number): number {
  let sum = 0;
  for (let index = Math.max(0, residuals.length - window); index < residuals.length; index++)
    sum += residuals[index] ?? 0;
  return Math.abs(sum) / Math.sqrt(window);
}

function change({ short, long }: MultiScale["roughness"]): number {
  return short > 0 && long > 0 ? Math.abs(Math.log(short / long)) : 0;
}

function towards(from: number, to: number, share: number): number {
  return from + share * (to - from);
}

function clip(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
