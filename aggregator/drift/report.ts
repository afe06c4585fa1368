import type { ScoreDay, FeatureSums } from "../days/read-days.ts";
import { mergeHistograms } from "../../shared/alert-budget.ts";
import { FEATURE_NAMES, FEATURE_SET } from "../../shared/features/features.ts";
import { FEATURE_BINS, TOP_FEATURES } from "./feature-bins.ts";
import { distanceOf, type Distance } from "./kolmogorov.ts";
import { dayLevel, isFlood, levelOf, limitsOf, type DriftLevel, type Limits } from "./levels.ts";
import { limitOf, psiOf, quantileBins, type Bin } from "./psi.ts";

/** Payment attempts a day must have to be held against others. */
export const EVENTS_LEAST = 500;
/** Days a reference must have: with fewer, the days of the week alone would be a change. */
export const REFERENCE_DAYS_LEAST = 7;
export const REFERENCE_DAYS = 28;

/** One distribution held against its reference. */
export interface Compared {
  /** `score`, or a feature's name. */
  name: string;
  isTop: boolean;
  psi: number;
  limits: Limits;
  level: DriftLevel;
  /** Told beside the index and decides nothing. */
  distance: Distance | null;
}

/** The same with the bins it was made of. */
export interface Shown extends Compared {
  bins: Bin[];
}

export interface AlertRate {
  alerts: number;
  /** Wished by the budget, or else promised by the scores at the thresholds of the day. */
  expected: number;
  isFlood: boolean;
}

/** What a day, or some, came to; as it is kept, without bins. */
export interface DriftReport {
  /** Payment attempts. */
  events: number;
  reference: {
    /** Payment attempts and days that the scores were held against. */
    events: number;
    days: number;
    /** Whether one model and calibration made all scores, of both. */
    isOneRelease: boolean;
  } | null;
  score: Compared | null;
  features: Compared[];
  alerts: AlertRate | null;
}

export type ShownReport = Omit<DriftReport, "score" | "features"> & { score: Shown | null; features: Shown[] };

/** What days are compared by. */
export interface Evidence {
  /** Scores of the days in question and of those before them; of payments and all else. */
  current: readonly ScoreDay[];
  before: readonly ScoreDay[];
  currentFeatures: readonly FeatureSums[];
  featuresBefore: readonly FeatureSums[];
  /** Alerts wished in the days in question, and whether all events count towards them; null where there is no wish. */
  wish: { alerts: number; countsAll: boolean } | null;
}

/** Holds days against those before them: the score, every feature, and the alerts against those wished. */
export function reportOf(evidence: Evidence): ShownReport {
  const { current, before } = evidence;
  const payments = current.filter((day) => day.payments);
  const events = eventsOf(payments);
  const reference = referenceOf(
    payments,
    before.filter((day) => day.payments),
  );
  const isEnough = events >= EVENTS_LEAST && reference !== null;
  return {
    events,
    reference: reference && {
      events: eventsOf(reference.days),
      days: datesOf(reference.days),
      isOneRelease: reference.isOneRelease,
    },
    score: isEnough ? compared("score", scoresOf(reference.days), scoresOf(payments), 0) : null,
    features: events >= EVENTS_LEAST ? comparedFeatures(evidence) : [],
    alerts: events >= EVENTS_LEAST ? alertRate(evidence) : null,
  };
}

/** How grave a report is, after a day that did or did not call for action. Null where nothing could be said. */
export function levelOfReport(report: DriftReport, wasActMet: boolean): { level: DriftLevel | null; actMet: boolean } {
  const { score, features, alerts } = report;
  if (score === null && features.length === 0) return { level: null, actMet: false };
  return dayLevel({
    score: score?.level ?? null,
    features: features.filter(({ isTop }) => isTop).map(({ level }) => level),
    isFlooded: alerts?.isFlood ?? false,
    wasActMet,
  });
}

/**
 * The days before that the scores are held against: those of the same model and calibration, where there are a week of them. Else all of
 * those whose calibration was fitted in this shop like that of the days in question, as a score means the same under each of them: under
 * the bundled one, which knows nothing of the shop, it does not.
 */
function referenceOf(payments: readonly ScoreDay[], before: readonly ScoreDay[]) {
  const releases = new Set(payments.map(releaseOf));
  const same = releases.size === 1 ? before.filter((day) => releases.has(releaseOf(day))) : [];
  if (datesOf(same) >= REFERENCE_DAYS_LEAST) return { days: same, isOneRelease: true };
  const alike = payments.every(isFittedHere) ? before.filter(isFittedHere) : [];
  return datesOf(alike) >= REFERENCE_DAYS_LEAST ? { days: alike, isOneRelease: false } : null;
}

/** Calibrations of the shop's own events are named after the week of their fit. */
function isFittedHere({ calibration }: ScoreDay): boolean {
  return /^\d{4}-W\d\d/.test(calibration);
}

function releaseOf({ model, calibration }: ScoreDay): string {
  return `${model} ${calibration}`;
}

function eventsOf(days: readonly ScoreDay[]): number {
  return days.reduce((sum, { events }) => sum + events, 0);
}

function datesOf(days: readonly ScoreDay[]): number {
  return new Set(days.map(({ date }) => date)).size;
}

function scoresOf(days: readonly ScoreDay[]): number[] {
  return mergeHistograms(days.map(({ scores }) => scores));
}

function comparedFeatures({ currentFeatures, featuresBefore }: Evidence): Shown[] {
  const current = currentFeatures.find(({ featureSet }) => featureSet === FEATURE_SET);
  const before = featuresBefore.find(({ featureSet }) => featureSet === FEATURE_SET);
  if (current === undefined || before === undefined) return [];
  if (before.days < REFERENCE_DAYS_LEAST || current.sampled < EVENTS_LEAST) return [];
  return FEATURE_NAMES.map((name, index) => {
    const own = ({ bins }: FeatureSums) => bins.slice(FEATURE_BINS * index, FEATURE_BINS * (index + 1));
    return compared(name, own(before), own(current), 1);
  });
}

function compared(name: string, before: readonly number[], now: readonly number[], missing: number): Shown {
  const bins = quantileBins(before, now, missing);
  const limits = limitsOf(limitOf(bins), name === "score");
  const psi = psiOf(bins);
  const distance = distanceOf(before.slice(missing), now.slice(missing));
  return { name, isTop: TOP_FEATURES.includes(name), psi, limits, level: levelOf(psi, limits), distance, bins };
}

function alertRate({ current, wish }: Evidence): AlertRate {
  const payments = current.filter((day) => day.payments);
  const counted = wish?.countsAll === true ? current : payments;
  const alerts = counted.reduce((sum, day) => sum + day.alerts, 0);
  const expected = wish?.alerts ?? payments.reduce((sum, day) => sum + day.promised, 0);
  return { alerts, expected, isFlood: isFlood(alerts, expected) };
}

/** A report as it is kept. */
export function withoutBins({ score, features, ...report }: ShownReport): DriftReport {
  const bare = ({ bins: _bins, ...one }: Shown): Compared => one;
  return { ...report, score: score && bare(score), features: features.map(bare) };
}
