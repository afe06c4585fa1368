import { SUSPECT_SHARE } from "../../shared/calibration-fit.ts";
import type { DriftLevel } from "../drift/levels.ts";
import type { Comparison, Finding, PastWeek } from "./figures.ts";

/** The limits a challenger is held to: all that there is to set about when one is let through. */
export const LIMITS = {
  /** Payments a forest is grown from. With 500 it is as good as with a hundred times as many. */
  trainedOnLeast: 500,
  /** Payments it is judged on. */
  judgedLeast: 50,
  /** Its alert rate, over the champion's. */
  alertRateOverChampion: { least: 0.5, most: 2 },
  /** Suspects of one week, over what the scores promise: what is trained on more is as likely an attack as ordinary. */
  suspectsOfWeekMost: 3,
  /** With fewer suspects no week is a wave. */
  waveLeast: 10,
  /** Standard deviations of a count beyond which it is no chance. */
  deviations: 3,
  /** How likely it may be that the confirmed anomalies that one of the two missed were missed by chance. */
  lossByChance: 0.05,
} as const;

/** All that decides about a challenger. */
export interface Case {
  trainedOn: number;
  weeks: readonly PastWeek[];
  comparison: Comparison;
  driftLevel: DriftLevel;
  /** The champion came with the deployment and was fitted on no event of this shop. */
  isBundled: boolean;
  /** What is wrong with the challenger's files, in words; null when they can be released. */
  fault: string | null;
  /** Another release took over since the run began. */
  isChampionChanged: boolean;
}

/** @returns why the challenger is kept out, most decisive first; nothing when it may be released */
export function keepOut(one: Case): Finding[] {
  return [notVerified, championChanged, fewRows, driftStop, poisonedWindow, alertRate, recallLost].flatMap(
    (rule) => rule(one) ?? [],
  );
}

type GuardRule = (one: Case) => Finding | null;

const notVerified: GuardRule = ({ fault }) =>
  fault === null ? null : { code: "not_verified", detail: `The model made cannot be released: ${fault}.` };

const championChanged: GuardRule = ({ isChampionChanged }) =>
  isChampionChanged
    ? {
        code: "champion_changed",
        detail: "Another release took over while this run was under way: the two were not compared.",
      }
    : null;

/** @param judged payments that a challenger was judged on; null where there was none to judge */
export function tooFewRows(trainedOn: number, judged: number | null): Finding | null {
  const { trainedOnLeast, judgedLeast } = LIMITS;
  if (trainedOn < trainedOnLeast) {
    const detail = `There are ${trainedOn} clean payments to train on; ${trainedOnLeast} are needed.`;
    return { code: "too_few_rows", detail };
  }
  if (judged === null || judged >= judgedLeast) return null;
  return { code: "too_few_rows", detail: `There are ${judged} payments to judge on; ${judgedLeast} are needed.` };
}

const fewRows: GuardRule = ({ trainedOn, comparison }) => tooFewRows(trainedOn, comparison.payment_rows);

const driftStop: GuardRule = ({ driftLevel }) =>
  driftLevel === "stop"
    ? {
        code: "drift_stop",
        detail: "What comes in has moved so far that a person has to say whether it is an attack or the shop.",
      }
    : null;

/**
 * A week with more than three times the suspects that scores promise, beyond chance. What came with the deployment promises nothing for
 * this shop: there a week is held against the median of the weeks, if that is more.
 */
const poisonedWindow: GuardRule = ({ weeks, isBundled }) => {
  const median = weeks.map(suspectRate).toSorted((a, b) => a - b)[Math.floor(weeks.length / 2)] ?? 0;
  const promised = isBundled ? Math.max(SUSPECT_SHARE, median) : SUSPECT_SHARE;
  const worst = weeks
    .toSorted((a, b) => suspectRate(b) - suspectRate(a))
    .find(({ payments, suspects }) => {
      const most = LIMITS.suspectsOfWeekMost * promised * payments;
      return suspects >= LIMITS.waveLeast && suspects > most + LIMITS.deviations * Math.sqrt(most);
    });
  if (worst === undefined) return null;
  const detail =
    `In the week from ${worst.from}, ${worst.suspects} of ${worst.payments} payments were beyond 1 in ${Math.round(1 / promised)} ` +
    "and reviewed by nobody: it may be an attack, which a model must not learn as ordinary.";
  return { code: "poisoned_window", detail };
};

function suspectRate({ payments, suspects }: PastWeek): number {
  return payments === 0 ? 0 : suspects / payments;
}

/** Half or twice the champion's alerts, beyond chance, unless scores keep their promise better with the challenger. */
const alertRate: GuardRule = ({ comparison }) => {
  const { champion, challenger, events, confirmed } = comparison;
  const { least, most } = LIMITS.alertRateOverChampion;
  const [before, after] = [champion.alert_rate, challenger.alert_rate];
  if (after >= least * before && after <= most * before) return null;
  const unconfirmed = events - confirmed;
  const isChance =
    Math.abs(after - before) * unconfirmed <= LIMITS.deviations * Math.sqrt((after + before) * unconfirmed);
  if (isChance || offPromise(challenger.suspect_rate) < offPromise(champion.suspect_rate)) return null;
  const perDay = (rate: number) => Number(((rate * unconfirmed) / comparison.days.length).toPrecision(3));
  const detail =
    `It would raise ${perDay(after)} alerts a day about events not confirmed, where ${perDay(before)} are raised now: ` +
    `outside ${least} to ${most} times as many.`;
  return { code: "alert_rate", detail };
};

/** How many times a rate is off what scores promise, as a logarithm; none at all counts as one in ten of it. */
function offPromise(rate: number): number {
  return Math.abs(Math.log(Math.max(rate, SUSPECT_SHARE / 10) / SUSPECT_SHARE));
}

/**
 * More confirmed anomalies lost than won, at the same number of alerts: of those that only one of the two finds, as many or more
 * would be the champion's by tossing a coin in less than 1 of 20 cases.
 *
 * @see McNemar 1947, in its exact form
 */
const recallLost: GuardRule = ({ comparison: { only_champion, only_challenger, budget } }) => {
  if (coinTail(only_champion, only_champion + only_challenger) >= LIMITS.lossByChance) return null;
  const detail =
    `With ${Math.round(budget)} alerts it misses ${only_champion} confirmed anomalies that are found now, ` +
    `and finds ${only_challenger} that are missed now.`;
  return { code: "recall_lost", detail };
};

/** The chance of at least so many heads in so many tosses; in logarithms, as half to the power of thousands is no number. */
export function coinTail(heads: number, tosses: number): number {
  let chance = 0;
  let logTerm = tosses * Math.log(0.5);
  for (let tails = 0; tails <= tosses - heads; tails++) {
    chance += Math.exp(logTerm);
    logTerm += Math.log((tosses - tails) / (tails + 1));
  }
  return Math.min(1, chance);
}
