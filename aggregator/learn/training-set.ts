import { SUSPECT_SHARE } from "../../shared/calibration-fit.ts";
import { thresholdOfShare } from "../../shared/detection-settings.ts";
import { DAY_MS, isFraud, type LearningRow } from "./row.ts";

/** Days at the end of the window that no model is trained on: what champion and challenger are judged on. */
export const JUDGED_DAYS = 7;
/** Days that a calibration is fitted on, the newest there are. */
export const CALIBRATION_DAYS = 28;

/** Of the champion's scores. */
const SUSPECT_SCORE = thresholdOfShare(SUSPECT_SHARE);

/** What came with the deployment knows nothing of this shop: of its payments no more than this share may be left out for its suspicion. */
const SUSPECTS_MOST = 0.05;

/** With fewer payments than this, all are trained on and calibrated on: half of few says less than the same twice. */
const APART_FROM = 1_000;

/** What is past: learned from. What came after: judged on. */
export interface SplitRows {
  past: LearningRow[];
  judged: LearningRow[];
  /** Where the one ends and the other begins. */
  pastEndMs: number;
}

/** @param endMs of the window, a UTC midnight */
export function splitByTime(rows: readonly LearningRow[], endMs: number): SplitRows {
  const pastEndMs = endMs - JUDGED_DAYS * DAY_MS;
  return {
    past: rows.filter(({ atMs }) => atMs < pastEndMs),
    judged: rows.filter(({ atMs }) => atMs >= pastEndMs),
    pastEndMs,
  };
}

/** Payments that a model of what is ordinary may learn from, and what was left out of it. */
export interface CleanPayments {
  rows: LearningRow[];
  confirmed: number;
  suspect: number;
}

/**
 * Of the sampled payments those that are no confirmed fraud, and, unless somebody said that they are legitimate, not beyond the champion's
 * 99.5 % point: a wave of fraud that nobody has confirmed yet turns a model around that is trained on it.
 *
 * @param championScores of each row
 * @param isBundled whether the champion was fitted on no event of this shop
 */
export function cleanPayments(
  rows: readonly LearningRow[],
  championScores: ArrayLike<number>,
  isBundled: boolean,
): CleanPayments {
  const sampled = rows.flatMap((row, index) =>
    row.isPayment && row.draw !== null ? [{ row, score: championScores[index] ?? 0 }] : [],
  );
  const known = sampled.filter(({ row }) => !isFraud(row));
  const scores = known.map(({ score }) => score).toSorted((a, b) => a - b);
  const most = isBundled ? (scores[Math.floor((1 - SUSPECTS_MOST) * scores.length)] ?? 0) : 0;
  const clean = known.filter(({ row, score }) => row.label !== null || !isSuspect(score) || score <= most);
  return {
    rows: clean.map(({ row }) => row),
    confirmed: sampled.length - known.length,
    suspect: known.length - clean.length,
  };
}

/** Whether a score lies beyond the 99.5 % point of what it was calibrated on. */
export function isSuspect(score: number): boolean {
  return score > SUSPECT_SCORE;
}

/**
 * Whether there are payments enough to train on one half of the sample and calibrate on the other.
 *
 * @param past all rows before those that are judged on
 */
export function areApart(past: readonly LearningRow[]): boolean {
  return past.filter(({ isPayment, draw }) => isPayment && draw !== null).length >= APART_FROM;
}

/** Those of the past that models are trained on: one half of the sample, the same in every run, and what is labelled of the rest. */
export function trainingRows(past: readonly LearningRow[], isApart: boolean): LearningRow[] {
  return past.filter((row) => row.label !== null || !isApart || isOfTrainingHalf(row));
}

/** What a calibration is fitted on, by kind. */
export interface CalibrationSet {
  payments: LearningRow[];
  others: LearningRow[];
}

/**
 * The sampled events of the 28 days before `endMs` without confirmed fraud; of the past, where it is apart, the half that no model was
 * trained on. Suspect ones stay: a calibration that knows of none calls them rarer than they are.
 *
 * @param pastEndMs up to when models were trained
 */
export function calibrationSet(
  rows: readonly LearningRow[],
  { endMs, pastEndMs, isApart }: { endMs: number; pastEndMs: number; isApart: boolean },
): CalibrationSet {
  const fromMs = endMs - CALIBRATION_DAYS * DAY_MS;
  const isTrainedOn = (row: LearningRow) => isApart && row.atMs < pastEndMs && isOfTrainingHalf(row);
  const own = rows.filter((row) => row.draw !== null && row.atMs >= fromMs && row.atMs < endMs && !isFraud(row));
  return {
    payments: own.filter((row) => row.isPayment && !isTrainedOn(row)),
    others: own.filter(({ isPayment }) => !isPayment),
  };
}

function isOfTrainingHalf({ draw }: LearningRow): boolean {
  return draw !== null && draw < 0.5;
}
