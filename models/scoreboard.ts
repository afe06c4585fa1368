import { assess, type DecisionSettings } from "../shared/assess.ts";
import type { Calibration } from "../shared/calibration.ts";
import { FEATURES } from "../shared/features/features.ts";
import { scoreForest, type Forest } from "../shared/forest.ts";
import { replay, type Attempt } from "./replay.ts";
import { simulate, type AttackName, type Simulated, type Simulation } from "./simulator.ts";
import { DAY_MS } from "./simulator/calendar.ts";

/** A model ready to score, with the calibration that belongs to it. */
export interface Scoring {
  forest: Forest;
  version: string;
  calibration: Calibration;
}

/** One event of simulated traffic, scored. */
export interface ScoredAttempt {
  attack: AttackName | null;
  /** Of no attack, by the owner of an account that was attacked within the day before: an alarm on it is neither missed nor false. */
  isAftermath: boolean;
  incident: string | null;
  /** What it was part of: its session, or it alone. */
  visit: string;
  isPayment: boolean;
  score: number;
  reasons: string[];
}

/** Rows that go through the forest at once. */
const BATCH = 1_000;

/** Simulated traffic through the whole way of an event, its warm-up left out. */
export function scoreTraffic(
  simulation: Simulation,
  warmUpDays: number,
  scoring: Scoring,
  settings: DecisionSettings,
): ScoredAttempt[] {
  const from = new Date(simulation.fromMs + warmUpDays * DAY_MS).toISOString();
  const traffic = replay(withAftermath(simulate(simulation)), ({ event }) => event.timestamp >= from);
  const scored: ScoredAttempt[] = [];
  for (const batch of batches(traffic)) scored.push(...scoreAll(batch, scoring, settings));
  return scored;
}

/** How long after an attack on it an account is still in trouble. */
const AFTERMATH_MS = DAY_MS;

/** An event of traffic, and whether it is a clean one of an account that was attacked within the day before. */
export type Marked = Simulated & { isAftermath: boolean };

/** @param traffic in the order of arrival */
export function* withAftermath(traffic: Iterable<Simulated>): Generator<Marked, void, undefined> {
  const attackedMs = new Map<string, number>();
  for (const simulated of traffic) {
    const { attack, event } = simulated;
    const atMs = Date.parse(event.timestamp);
    const owner = event.user_id ?? event.email_hash ?? "";
    if (attack !== null) attackedMs.set(owner, atMs);
    const isAftermath = attack === null && atMs - (attackedMs.get(owner) ?? -Infinity) < AFTERMATH_MS;
    yield { ...simulated, isAftermath };
  }
}

function* batches<T>(all: Iterable<T>): Generator<T[], void, undefined> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function scoreAll(
  attempts: readonly Attempt<Marked>[],
  { forest, version, calibration }: Scoring,
  settings: DecisionSettings,
): ScoredAttempt[] {
  const rows = new Float32Array(attempts.length * FEATURES.length);
  attempts.forEach(({ vector }, index) => rows.set(vector, index * FEATURES.length));
  const raw = scoreForest(forest, rows, attempts.length);
  return attempts.map((attempt, index) => {
    const model = { raw: raw[index] ?? 0, version };
    const { score, reasons } = assess(attempt.facts, attempt.vector, model, calibration, settings, []);
    return entryOf(
      attempt,
      score,
      reasons.map(({ code }) => code),
    );
  });
}

/** A simulated event with a score, whoever gave it. */
export function entryOf(
  { event, attack, incident, isAftermath }: Marked,
  score: number,
  reasons: string[],
): ScoredAttempt {
  const isPayment = event.name === "purchase" || event.name === "payment_failed";
  return { attack, isAftermath, incident, visit: event.session_id ?? event.id, isPayment, score, reasons };
}

/** How one kind of attack fares at a threshold. */
export interface Recall {
  /** Scored events made by attacks of this kind, and the share of them at or above the threshold. */
  attempts: number;
  attemptShare: number;
  /** Attacks, and the share of them of which at least one event was. */
  incidents: number;
  incidentShare: number;
  /** Scored events up to and including the first one found, in the median attack that was found. */
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

/** Clean visits with an event at or above a threshold, for 10,000 clean payment attempts: a visit raises one alarm, however much it does. */
export function falseAlarms(scored: readonly ScoredAttempt[], threshold: number): number {
  const alarms = cleanVisitScores(scored).filter((score) => score >= threshold).length;
  return (10_000 * alarms) / Math.max(1, cleanPayments(scored));
}

/** The lowest threshold, on the grid of four decimals that scores have, with at most so many false alarms in 10,000. */
export function thresholdFor(scored: readonly ScoredAttempt[], falseAlarmsMost: number): number {
  const allowed = Math.floor((falseAlarmsMost * cleanPayments(scored)) / 10_000);
  const firstTooMany = cleanVisitScores(scored).toSorted((a, b) => b - a)[allowed];
  return firstTooMany === undefined ? 0 : Math.round((firstTooMany + 0.0001) * 10_000) / 10_000;
}

export function cleanPayments(scored: readonly ScoredAttempt[]): number {
  return scored.filter((one) => isClean(one) && one.isPayment).length;
}

/** An alarm on the owner while a thief is in the account is no false one, and finds no attack either. */
function isClean({ attack, isAftermath }: ScoredAttempt): boolean {
  return attack === null && !isAftermath;
}

/** The highest score of each clean visit. */
function cleanVisitScores(scored: readonly ScoredAttempt[]): number[] {
  const highest = new Map<string, number>();
  for (const one of scored) {
    if (isClean(one)) highest.set(one.visit, Math.max(one.score, highest.get(one.visit) ?? 0));
  }
  return [...highest.values()];
}
