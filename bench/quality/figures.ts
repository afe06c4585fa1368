import { precisionAt100ADay, rank, type Ranking } from "./ranking.ts";

/** What one scorer made of one stretch of labelled events. */
export interface Figures extends Ranking {
  precisionAt100ADay: number;
  /** Share of all events at or above the scorer's threshold. */
  alertShare: number;
}

/** A labelled event to find or to leave alone, and the day it happened on. */
export interface Labelled {
  isFraud: boolean;
  day: number;
}

export function figuresOf(events: readonly Labelled[], scores: ArrayLike<number>, threshold: number): Figures {
  const positive = events.map(({ isFraud }) => isFraud);
  const days = events.map(({ day }) => day);
  return {
    ...rank(scores, positive),
    precisionAt100ADay: precisionAt100ADay(scores, positive, days),
    alertShare: Array.from(scores).filter((score) => score >= threshold).length / events.length,
  };
}

/** Several runs in one line: mean and deviation of each figure. */
export function figuresLine(runs: readonly Figures[]): string {
  const of = (figure: keyof Figures, digits = 3) =>
    spread(
      runs.map((run) => run[figure]),
      digits,
    );
  const alerts = spread(
    runs.map(({ alertShare }) => 100 * alertShare),
    3,
  );
  return [
    `AUROC ${of("auroc")}`,
    `AP ${of("averagePrecision")}`,
    `P@100 ${of("precisionAt100", 2)}`,
    `P@100 a day ${of("precisionAt100ADay", 2)}`,
    `R@1% ${of("recallAtOnePercent")}`,
    `alerts ${alerts} %`,
  ].join(", ");
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean and deviation: `0.315 ± 0.022`. */
export function spread(values: readonly number[], digits: number): string {
  const middle = mean(values);
  const variance = mean(values.map((value) => (value - middle) ** 2));
  return `${middle.toFixed(digits)} ± ${Math.sqrt(variance).toFixed(digits)}`;
}
