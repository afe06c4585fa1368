import * as z from "zod";

const HOURS = 24;

/** What is known of a continuous metric: where it goes on from (Holt-Winters), and what is usual at each hour of the day. */
export const Smooth = z.strictObject({
  /** Values taken in. */
  steps: z.number(),
  level: z.number(),
  /** By hour of the day, what is added to the level. */
  season: z.array(z.number()).length(HOURS),
  /** Mean absolute residual of level and season. */
  scale: z.number(),
  /** By hour of the day: values taken in, their mean and their mean absolute residual. */
  hours: z.array(z.strictObject({ steps: z.number(), mean: z.number(), scale: z.number() })).length(HOURS),
});
export type Smooth = z.infer<typeof Smooth>;

/** Of a residual, at most this many of its scale are learned from: anomalies must not become the baseline. */
const CLIP_SCALES = 4;
/** The first values are taken as they come, in all and of an hour of the day; or those of one hour, and of half of one. */
const EARLY_STEPS = 24;
const EARLY_HOUR_STEPS = 6;
/** How much of a residual goes into the level at every step. */
const LEVEL_SHARE = 0.05;
/** How much of the residuals of one day goes into the season and into the mean of an hour. */
const SEASON_SHARE = 0.3;
const HOUR_SHARE = 0.15;
/** How fast the scales follow: over a day and a half. */
const SCALE_DAYS = 1.5;
/** A mean absolute residual as a standard deviation, of normal residuals. */
const DEVIATIONS = Math.sqrt(Math.PI / 2);
/** Where values never differ, this share of their size is one scale. */
const SCALE_LEAST = 0.001;

export const NEW_SMOOTH: Smooth = {
  steps: 0,
  level: 0,
  season: Array.from({ length: HOURS }, () => 0),
  scale: 0,
  hours: Array.from({ length: HOURS }, () => ({ steps: 0, mean: 0, scale: 0 })),
};

/** Deviations from what was expected, in standard deviations and with their sign. */
export interface Deviations {
  /** From level and season. */
  holtWinters: number;
  /** From the mean of the hour of the day. */
  hourOfDay: number;
  /** Root of their product where both have one sign, else 0: it is unusual for the hour, and not where it came from either. */
  both: number;
}

/**
 * Takes in the next value.
 *
 * @param hour of the day, 0 to 23
 * @param stepsPerDay how many values a day has
 * @returns the deviations of this value from what was known before it; 0 while nothing was
 */
export function stepSmooth(
  before: Smooth,
  value: number,
  hour: number,
  stepsPerDay: number,
): { state: Smooth; deviations: Deviations } {
  const own = before.hours[hour] ?? { steps: 0, mean: 0, scale: 0 };
  const season = before.season[hour] ?? 0;
  const perHour = Math.max(1, stepsPerDay / HOURS);
  const early = 1 / (before.steps + 1);
  const residual = before.steps === 0 ? 0 : value - before.level - season;
  const hourResidual = own.steps === 0 ? 0 : value - own.mean;
  const least = SCALE_LEAST * Math.abs(before.level) || Number.MIN_VALUE;
  const deviations = combined(
    residual / (DEVIATIONS * Math.max(before.scale, least)),
    hourResidual / (DEVIATIONS * Math.max(own.scale, least)),
  );
  const scaleShare = Math.max(early, 1 / (SCALE_DAYS * stepsPerDay));
  const hourScaleShare = Math.max(1 / (own.steps + 1), 1 / (2 * SCALE_DAYS * perHour));
  const learned = before.steps < Math.max(EARLY_STEPS, perHour) ? residual : clip(residual, before.scale);
  const hourLearned =
    own.steps < Math.max(EARLY_HOUR_STEPS, perHour / 2) ? hourResidual : clip(hourResidual, own.scale);
  const seasonShare = 1 - (1 - SEASON_SHARE) ** (1 / perHour);
  const hourShare = Math.max(1 / (own.steps + 1), 1 - (1 - HOUR_SHARE) ** (1 / perHour));
  const state: Smooth = {
    steps: before.steps + 1,
    level: before.steps === 0 ? value : before.level + LEVEL_SHARE * learned,
    season: before.season.with(hour, season + seasonShare * learned),
    scale: before.scale + scaleShare * (Math.abs(learned) - before.scale),
    hours: before.hours.with(hour, {
      steps: own.steps + 1,
      mean: own.steps === 0 ? value : own.mean + hourShare * hourLearned,
      scale: own.scale + hourScaleShare * (Math.abs(hourLearned) - own.scale),
    }),
  };
  return { state, deviations };
}

function combined(holtWinters: number, hourOfDay: number): Deviations {
  const both = Math.sign(hourOfDay) * Math.sqrt(Math.max(0, holtWinters * hourOfDay));
  return { holtWinters, hourOfDay, both };
}

function clip(residual: number, scale: number): number {
  return Math.max(-CLIP_SCALES * scale, Math.min(CLIP_SCALES * scale, residual));
}
