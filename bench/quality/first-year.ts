import { replay } from "../../models/replay.ts";
import type { Scoring } from "../../models/scoreboard.ts";
import { assess } from "../../shared/assess.ts";
import { scoreForest } from "../../shared/forest.ts";
import { SETTINGS } from "./bundled.ts";
import { readRetail } from "./retail.ts";

export interface FirstYear {
  orders: number;
  /** Shares of the orders at or above these scores. */
  share06: number;
  share07: number;
  /** Of orders at or above 0.7: what was told first, most often first. */
  reasons: { code: string; orders: number }[];
}

/** A real shop that begins with the bundled model and never gets one of its own: what it would be alerted on. */
export async function firstYear(folder: string, { forest, version, calibration }: Scoring): Promise<FirstYear> {
  const scores: number[] = [];
  const reasons = new Map<string, number>();
  const orders = (await readRetail(folder)).map((event) => ({ event, signals: {} }));
  for (const { facts, vector } of replay(orders)) {
    const raw = scoreForest(forest, vector, 1)[0] ?? 0;
    const told = assess(facts, vector, { raw, version }, calibration, SETTINGS, []);
    scores.push(told.score);
    const code = told.reasons[0]?.code;
    if (told.anomaly && code !== undefined) reasons.set(code, (reasons.get(code) ?? 0) + 1);
  }
  const share = (least: number) => scores.filter((score) => score >= least).length / scores.length;
  return {
    orders: scores.length,
    share06: share(0.6),
    share07: share(0.7),
    reasons: [...reasons].map(([code, count]) => ({ code, orders: count })).sort((a, b) => b.orders - a.orders),
  };
}
