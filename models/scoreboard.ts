import { assess, type DecisionSettings } from "../shared/assess.ts";
import type { Calibration } from "../shared/calibration.ts";
import { FEATURES } from "../shared/features.ts";
import { scoreForest, type Forest } from "../shared/forest.ts";
import { replay } from "./replay.ts";
import { simulate, type AttackName, type Simulation } from "./simulator.ts";
import { DAY_MS } from "./simulator/calendar.ts";

/** A model ready to score, with the calibration that belongs to it. */
export interface Scoring {
  forest: Forest;
  version: string;
  calibration: Calibration;
}

/** One payment attempt of simulated traffic, scored. */
export interface ScoredAttempt {
  attack: AttackName | null;
  incident: string | null;
  score: number;
  reasons: string[];
}

/** Simulated traffic through the whole way of an event, its warm-up left out. */
export function scoreTraffic(
  simulation: Simulation,
  warmUpDays: number,
  { forest, version, calibration }: Scoring,
  settings: DecisionSettings,
): ScoredAttempt[] {
  const fromMs = simulation.fromMs + warmUpDays * DAY_MS;
  const attempts = [...replay(simulate(simulation))].filter(({ event }) => Date.parse(event.timestamp) >= fromMs);
  const rows = new Float32Array(attempts.length * FEATURES.length);
  attempts.forEach(({ vector }, index) => rows.set(vector, index * FEATURES.length));
  const raw = scoreForest(forest, rows, attempts.length);
  return attempts.map(({ attack, incident, facts, vector }, index) => {
    const model = { raw: raw[index] ?? 0, version };
    const { score, reasons } = assess(facts, vector, model, calibration, settings, []);
    return { attack, incident, score, reasons: reasons.map(({ code }) => code) };
  });
}

/** How one kind of attack fares at a threshold. */
export interface Recall {
  /** Payment attempts made by attacks of this kind, and the share of them at or above the threshold. */
  attempts: number;
  attemptShare: number;
  /** Attacks, and the share of them of which at least one attempt was. */
  incidents: number;
  incidentShare: number;
  /** Attempts up to and including the first one found, in the median attack that was found. */
  attemptsUntilFound: number;
}

export function recallOf(scored: readonly ScoredAttempt[], attack: AttackName, threshold: number): Recall {
  const byIncident = Map.groupBy(
    scored.filter((one) => one.attack === attack),
    ({ incident }) => incident,
  );
  const attempts = [...byIncident.values()].flat();
  const firsts = [...byIncident.values()].map((list) => list.findIndex(({ score }) => score >= threshold) + 1);
  const found = firsts.filter((first) => first > 0).toSorted((a, b) => a - b);
  return {
    attempts: attempts.length,
    attemptShare: attempts.filter(({ score }) => score >= threshold).length / Math.max(1, attempts.length),
    incidents: byIncident.size,
    incidentShare: found.length / Math.max(1, byIncident.size),
    attemptsUntilFound: found[Math.floor(found.length / 2)] ?? NaN,
  };
}

/** Clean payment attempts at or above a threshold, in 10,000. */
export function falseAlarms(scored: readonly ScoredAttempt[], threshold: number): number {
  const clean = scored.filter(({ attack }) => attack === null);
  return (10_000 * clean.filter(({ score }) => score >= threshold).length) / Math.max(1, clean.length);
}

/** The lowest threshold, on the grid of four decimals that scores have, with at most so many false alarms in 10,000. */
export function thresholdFor(scored: readonly ScoredAttempt[], falseAlarmsMost: number): number {
  const clean = scored.flatMap(({ attack, score }) => (attack === null ? [score] : [])).toSorted((a, b) => b - a);
  const allowed = Math.floor((falseAlarmsMost * clean.length) / 10_000);
  const firstTooMany = clean[allowed];
  return firstTooMany === undefined ? 0 : Math.round((firstTooMany + 0.0001) * 10_000) / 10_000;
}
