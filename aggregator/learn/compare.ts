import { SUSPECT_SHARE } from "../../shared/calibration-fit.ts";
import { isSuspect } from "./training-set.ts";
import type { Changes, Comparison, Example, Measured } from "./figures.ts";
import { averagePrecision, cutAtBudget } from "./ranking.ts";
import { DAY_MS, isFraud, type LearningRow } from "./row.ts";
import type { RowScores } from "./score-rows.ts";

/** The same events under what decides now and under what may take its place. */
export interface Contest {
  rows: readonly LearningRow[];
  champion: RowScores;
  challenger: RowScores;
  /** Score from which events are anomalies, 0..1. */
  threshold: number;
  fromMs: number;
  endMs: number;
}

/** Alerts that recall is measured at are at least this share of the payments. */
const BUDGET_SHARE = SUSPECT_SHARE;

/** How both fare on the same events. */
export function compare(contest: Contest): Comparison {
  const { rows, champion, challenger, threshold, fromMs, endMs } = contest;
  const confirmed = rows.filter(isFraud);
  const payments = rows.filter(({ isPayment }) => isPayment);
  const budget = Math.max(confirmed.length, BUDGET_SHARE * weightOf(payments));
  const weights = rows.map(({ weight }) => weight);
  const cuts = [champion, challenger].map(({ score }) => cutAtBudget(score, weights, budget)) as [number, number]; // of two
  const within = rows.map((row, index) => ({
    isConfirmed: isFraud(row),
    champion: (champion.score[index] ?? 0) >= cuts[0],
    challenger: (challenger.score[index] ?? 0) >= cuts[1],
  }));
  const only = (one: "champion" | "challenger", other: "champion" | "challenger") =>
    within.filter((row) => row.isConfirmed && row[one] && !row[other]).length;
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(endMs).toISOString(),
    events: weightOf(rows),
    payments: weightOf(payments),
    rows: rows.length,
    payment_rows: payments.length,
    confirmed: confirmed.length,
    threshold,
    budget,
    champion: measure(contest, champion, cuts[0]),
    challenger: measure(contest, challenger, cuts[1]),
    only_champion: only("champion", "challenger"),
    only_challenger: only("challenger", "champion"),
    days: byDay(contest),
  };
}

function measure({ rows, threshold, fromMs, endMs }: Contest, { score, unusual }: RowScores, cut: number): Measured {
  const sought = rows.map(isFraud);
  const confirmed = rows.filter(isFraud);
  const isAlerted = (index: number) => (score[index] ?? 0) >= threshold;
  const alerted = rows.filter((_row, index) => isAlerted(index));
  const unconfirmed = rows.filter((row) => !isFraud(row));
  const caught = alerted.filter(isFraud);
  const missed = rows.filter((row, index) => isFraud(row) && !isAlerted(index));
  const found = rows.filter((row, index) => isFraud(row) && (score[index] ?? 0) >= cut);
  const plain = rows.filter((row) => row.isPayment && !isFraud(row));
  const suspects = rows.filter((row, index) => row.isPayment && !isFraud(row) && isSuspect(unusual[index] ?? 0));
  const weights = rows.map(({ weight }) => weight);
  return {
    average_precision: averagePrecision(score, sought, weights),
    recall_at_budget: confirmed.length === 0 ? null : found.length / confirmed.length,
    alerts_per_day: (weightOf(alerted) * DAY_MS) / (endMs - fromMs),
    alert_rate: share(weightOf(alerted.filter((row) => !isFraud(row))), weightOf(unconfirmed)),
    suspect_rate: share(weightOf(suspects), weightOf(plain)),
    caught: caught.length,
    missed: missed.length,
    caught_value: valueOf(caught),
    missed_value: valueOf(missed),
  };
}

function byDay({ rows, champion, challenger, threshold, fromMs, endMs }: Contest): Comparison["days"] {
  const days = Array.from({ length: Math.ceil((endMs - fromMs) / DAY_MS) }, (_, day) => ({
    date: new Date(fromMs + day * DAY_MS).toISOString().slice(0, 10),
    events: 0,
    confirmed: 0,
    champion_alerts: 0,
    challenger_alerts: 0,
  }));
  rows.forEach((row, index) => {
    const day = days[Math.floor((row.atMs - fromMs) / DAY_MS)];
    if (day === undefined) return;
    day.events += row.weight;
    if (isFraud(row)) day.confirmed++;
    if ((champion.score[index] ?? 0) >= threshold) day.champion_alerts += row.weight;
    if ((challenger.score[index] ?? 0) >= threshold) day.challenger_alerts += row.weight;
  });
  return days;
}

const EXAMPLES_MOST = 20;

/** Which events would be answered otherwise. */
export function changesOf({ rows, champion, challenger, threshold }: Contest): Changes {
  const changed = rows.flatMap((row, index) => {
    const [before, after] = [champion.score[index] ?? 0, challenger.score[index] ?? 0];
    return before >= threshold === after >= threshold ? [] : [{ row, before, after }];
  });
  const most = changed.toSorted(
    (a, b) =>
      Number(isFraud(b.row)) - Number(isFraud(a.row)) || Math.abs(b.after - b.before) - Math.abs(a.after - a.before),
  );
  return {
    newly_alerted: weightOf(changed.filter(({ after }) => after >= threshold).map(({ row }) => row)),
    no_longer_alerted: weightOf(changed.filter(({ before }) => before >= threshold).map(({ row }) => row)),
    examples: most.slice(0, EXAMPLES_MOST).map(({ row, before, after }): Example => ({
      event_id: row.id,
      champion_score: before,
      challenger_score: after,
      label: row.label,
    })),
  };
}

function weightOf(rows: readonly LearningRow[]): number {
  return rows.reduce((sum, { weight }) => sum + weight, 0);
}

function valueOf(rows: readonly LearningRow[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { value, currency } of rows) {
    if (value !== null && currency !== null) sums[currency] = Math.round(((sums[currency] ?? 0) + value) * 1e4) / 1e4;
  }
  return sums;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
