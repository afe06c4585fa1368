import { poissonTail } from "./poisson-tail.ts";

/** How grave it is: nothing, worth a look, to be learned from now, or not to be trusted until a person has looked. */
export const DRIFT_LEVELS = ["none", "warn", "act", "stop"] as const;
export type DriftLevel = (typeof DRIFT_LEVELS)[number];

/** Below, an index may be certain and is nothing that matters: any shop's days differ by as much. */
const WARN_LEAST = 0.02;
const ACT_LEAST = 0.1;
/** Of the score alone. */
const STOP_BEYOND = 0.25;

/** Alerts beyond so many times what is wished or promised. */
export const ALERTS_FACTOR = 3;
/** And that certain not to be chance: of 500 events the wish may be half an alert. */
const ALERTS_CHANCE = 0.001;

/** Top features that must have moved to call for action. */
const FEATURES_TO_ACT = 2;

/** What the index must be beyond for each level; null where there is no such level. */
export interface Limits {
  warn: number;
  act: number;
  stop: number | null;
}

/** @param chance what `limitOf` says */
export function limitsOf(chance: number, isScore: boolean): Limits {
  return {
    warn: Math.max(WARN_LEAST, chance),
    act: Math.max(ACT_LEAST, chance),
    stop: isScore ? Math.max(STOP_BEYOND, chance) : null,
  };
}

export function levelOf(psi: number, { warn, act, stop }: Limits): DriftLevel {
  if (stop !== null && psi > stop) return "stop";
  if (psi > act) return "act";
  return psi > warn ? "warn" : "none";
}

/** Whether a day had too many alerts to be put down to chance. */
export function isFlood(alerts: number, expected: number): boolean {
  return expected > 0 && alerts > ALERTS_FACTOR * expected && poissonTail(alerts, expected) < ALERTS_CHANCE;
}

/** What there is of a day to say how grave it is. */
export interface DayLevels {
  /** Null where the score could not be held against anything. */
  score: DriftLevel | null;
  /** Of the top features alone. */
  features: readonly DriftLevel[];
  isFlooded: boolean;
  /** Whether the day before, too, called for action by itself. */
  wasActMet: boolean;
}

/** How grave a day is, and whether by itself it calls for action, which it takes two in a row to do. */
export function dayLevel({ score, features, isFlooded, wasActMet }: DayLevels): { level: DriftLevel; actMet: boolean } {
  const moved = features.filter((level) => isAtLeast(level, "act")).length;
  const actMet = (score !== null && isAtLeast(score, "act")) || moved >= FEATURES_TO_ACT;
  if (score === "stop" || isFlooded) return { level: "stop", actMet };
  if (actMet && wasActMet) return { level: "act", actMet };
  const isAny = [score ?? "none", ...features].some((level) => isAtLeast(level, "warn"));
  return { level: isAny ? "warn" : "none", actMet };
}

export function isAtLeast(level: DriftLevel, least: DriftLevel): boolean {
  return DRIFT_LEVELS.indexOf(level) >= DRIFT_LEVELS.indexOf(least);
}
