import * as z from "zod";
import { Amount, stepAmount, type Step } from "./amount.ts";
import { binomialNats } from "./detect/binomial-cusum.ts";
import { believed, CHANGES, Evidences, SILENCE, stepChanges } from "./detect/changes.ts";
import { poissonNats } from "./detect/poisson-cusum.ts";
import { Side, type Watched } from "./watched.ts";

const Alarm = z.strictObject({
  side: Side,
  /** The change that is believed; of an amount 1. */
  ratio: z.number(),
  /** When it began, as far as can be told. */
  startedMs: z.number(),
  /** What speaks for its being over, in nats; of an amount, in steps. */
  calm: z.number(),
  /** For how long anything has; of an amount, since it was found. */
  minutes: z.number(),
});
type Alarm = z.infer<typeof Alarm>;

/** One metric of one member as it stands: plain JSON, kept from minute to minute. */
export const Series = z.strictObject({
  evidences: Evidences,
  /** Variance by mean of the counts, beyond what is expected: they come in bunches. */
  dispersion: z.number(),
  /** Of a rate: how much of what it is per there was, lately, in a minute. */
  exposure: z.number().nullable(),
  amount: Amount.nullable(),
  /** A change that was found and is not over. */
  alarm: Alarm.nullable(),
});
export type Series = z.infer<typeof Series>;

export const NEW_SERIES: Series = { evidences: [], dispersion: 1, exposure: null, amount: null, alarm: null };

/** One minute of a series. */
export interface Minute {
  atMs: number;
  /** Things that were counted; of an amount, the amount. */
  observed: number;
  /** What it is per: sessions, payments, orders, or 1. */
  units: number;
  /** What is usual in one unit. */
  usual: number;
  /** Of an amount: orders that are usual in the minute. */
  usualCounts: number;
  /** Variance of whole hours beyond chance, relative. */
  wander: number;
  /** How many series like it are looked at. */
  looks: number;
  /** Sides that are not told today. */
  held: readonly Side[];
  /** Whether an amount is looked at for slow shifts as well. */
  isSlow: boolean;
  /** Whether a change may be told of: else what speaks for it is kept until it may. */
  isTold: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DISPERSION_SHARE = 1 / 720;
const DISPERSION_MOST = 9;
/** A minute in which less is expected says nothing about how counts come in bunches. */
const DISPERSION_EXPECTED_LEAST = 0.5;
/** A rate is taken of what came in about this many minutes before: orders follow sessions. */
const EXPOSURE_MINUTES = 15;
/** Of hours that differ for no reason, this many standard deviations are no change. */
const WANDER_DEVIATIONS = 3;
/** At a hundred times likelier, a change is over; not before this many minutes. */
const CALM_NATS = Math.log(100);
const CALM_MINUTES_LEAST = 5;
/** Where there is nothing any more that it could be over in, it is over after as many. */
const CALM_MINUTES_OF_NOTHING = 60;
/** An amount is unusual from so many standard deviations on, if its own history has it less than once in 10^4 steps. */
const AMOUNT_DEVIATIONS = 4;
const AMOUNT_RARITY = 4;
/** And usual again within so many, this many steps in a row; not before an hour is over. */
const AMOUNT_CALM_DEVIATIONS = 2;
const AMOUNT_CALM_STEPS = 3;
const AMOUNT_REFRACTORY_MINUTES = 60;

/** Takes in the next minute. Nothing that is unusual moves what is taken for usual. */
export function stepSeries(before: Series, minute: Minute, watched: Watched): Series {
  return watched.method.kind === "amount"
    ? stepAmounts(before, minute, watched, watched.method.everyMinutes)
    : stepCounts(before, minute, watched);
}

function stepCounts(before: Series, minute: Minute, watched: Watched): Series {
  const { kind } = watched.method;
  const exposure = kind === "rate" ? smoothed(before.exposure, minute.units) : null;
  const units = exposure ?? minute.units;
  const expected = units * minute.usual;
  const { observed } = minute;
  const { dispersion } = before;
  const nats = (ratio: number) =>
    kind === "share"
      ? binomialNats(observed, units, Math.min(minute.usual, 1), ratio, dispersion)
      : poissonNats(observed, expected, ratio, dispersion);
  if (before.alarm !== null) {
    const calm = expected > 0 ? -nats(before.alarm.ratio) : CALM_NATS / CALM_MINUTES_OF_NOTHING;
    return { ...before, exposure, alarm: calmed(before.alarm, calm) };
  }
  if (expected <= 0) return { ...before, exposure };

  const changes = (kind === "silence" ? SILENCE : CHANGES).filter(({ ratio }) => watched.sides.includes(sideOf(ratio)));
  const evidences = stepChanges(before.evidences, changes, { observed, expected, nats, looks: minute.looks });
  const found = believed(evidences, changes, minute.looks).find(
    ({ change, evidence }) =>
      minute.isTold && !minute.held.includes(sideOf(change.ratio)) && isWorthTelling(evidence, minute.wander, watched),
  );
  const moved = kind === "silence" ? dispersion : dispersed(dispersion, observed, expected);
  if (found === undefined) return { ...before, exposure, evidences, dispersion: moved };
  const { change, evidence } = found;
  const startedMs = minute.atMs - (evidence.minutes - 1) * MINUTE_MS;
  const alarm = { side: sideOf(change.ratio), ratio: change.ratio, startedMs, calm: 0, minutes: 0 };
  return { ...before, exposure, evidences: [], alarm };
}

function sideOf(ratio: number): Side {
  return ratio < 1 ? "down" : "up";
}

function smoothed(before: number | null, units: number): number {
  return before === null ? units : before + (units - before) / EXPOSURE_MINUTES;
}

function dispersed(dispersion: number, observed: number, expected: number): number {
  if (expected < DISPERSION_EXPECTED_LEAST) return dispersion;
  const own = Math.min(DISPERSION_MOST * dispersion, (observed - expected) ** 2 / expected);
  return Math.max(1, dispersion + DISPERSION_SHARE * (own - dispersion));
}

function calmed({ calm, minutes, ...alarm }: Alarm, nats: number): Alarm | null {
  const all = Math.max(0, calm + nats);
  const calmMinutes = all === 0 ? 0 : minutes + 1;
  return all >= CALM_NATS && calmMinutes >= CALM_MINUTES_LEAST ? null : { ...alarm, calm: all, minutes: calmMinutes };
}

/** Whether a change is large enough to be told of, in counts and beside what hours differ by for no reason. */
function isWorthTelling(
  { observed, expected, minutes }: { observed: number; expected: number; minutes: number },
  wander: number,
  { least }: Watched,
): boolean {
  const difference = Math.abs(observed - expected);
  const noise = WANDER_DEVIATIONS * Math.sqrt(Math.max(0, wander) / Math.max(1, (minutes * MINUTE_MS) / HOUR_MS));
  return (
    Math.max(observed, expected) >= least.counts &&
    difference >= least.difference &&
    difference >= Math.max(least.change, noise) * expected
  );
}

function stepAmounts(before: Series, minute: Minute, watched: Watched, everyMinutes: number): Series {
  const { atMs, observed, units, usual, usualCounts, isSlow } = minute;
  const added = { observed, expected: units * usual, counts: usualCounts };
  const isUnusual = before.alarm !== null;
  const { amount, step } = stepAmount(before.amount, atMs, added, { everyMinutes, isSlow, isUnusual });
  if (before.alarm !== null) return { ...before, amount, alarm: amountCalmed(before.alarm, step) };
  if (step === null || !minute.isTold || !isAmountFound(step, minute, watched)) return { ...before, amount };
  const startedMs = atMs - (everyMinutes - 1) * MINUTE_MS;
  const alarm = { side: sideOfAmount(step), ratio: 1, startedMs, calm: 0, minutes: everyMinutes };
  return { ...before, amount, alarm };
}

function sideOfAmount({ deviations }: Step): Side {
  return deviations.both < 0 ? "down" : "up";
}

function amountCalmed({ calm, minutes, ...alarm }: Alarm, step: Step | null): Alarm | null {
  if (step === null) return { ...alarm, calm, minutes: minutes + 1 };
  const steps = Math.abs(step.deviations.hourOfDay) < AMOUNT_CALM_DEVIATIONS ? calm + 1 : 0;
  const isOver = steps >= AMOUNT_CALM_STEPS && minutes >= AMOUNT_REFRACTORY_MINUTES;
  return isOver ? null : { ...alarm, calm: steps, minutes: minutes + 1 };
}

function isAmountFound(step: Step, { looks, held, wander }: Minute, { sides, least }: Watched): boolean {
  const side = sideOfAmount(step);
  const change = Math.abs(step.observed - step.expected) / step.expected;
  return (
    Math.abs(step.deviations.both) >= AMOUNT_DEVIATIONS &&
    step.rarity >= AMOUNT_RARITY + Math.log10(looks) &&
    sides.includes(side) &&
    !held.includes(side) &&
    step.counts >= least.counts &&
    change * step.counts >= least.difference &&
    change >= Math.max(least.change, WANDER_DEVIATIONS * Math.sqrt(Math.max(0, wander)))
  );
}
