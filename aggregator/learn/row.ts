import type { FitRow } from "../../shared/fit.ts";
import { RULES } from "../../shared/rules/rules.ts";

/** One stored event as learning sees it. */
export interface LearningRow {
  id: string;
  atMs: number;
  /** A payment attempt; all others are held against one another. */
  isPayment: boolean;
  vector: Float32Array;
  /** Raw scores of the named rules that found something, by code. */
  rules: Readonly<Record<string, number>>;
  /** What it turned out to be, as far as anybody said when the run began. */
  label: "fraud" | "legitimate" | null;
  /**
   * Its place in an even sample of its kind, in [0, 1), the same in every run; null for a labelled event outside the sample, of which
   * nothing may be concluded about how common anything is.
   */
  draw: number | null;
  /** Events of its kind that it stands for. */
  weight: number;
  value: number | null;
  currency: string | null;
}

/** Days of learning are UTC days. */
export const DAY_MS = 86_400_000;

export function isFraud({ label }: LearningRow): boolean {
  return label === "fraud";
}

const RELATIVE: ReadonlySet<string> = new Set(RULES.flatMap(({ code, isRelative }) => (isRelative ? [code] : [])));

/** A row as calibrations are fitted on: of the rules, only those whose rarity a shop decides. */
export function fitRowOf({ vector, rules }: LearningRow): FitRow {
  return { vector, ruled: Object.fromEntries(Object.entries(rules).filter(([code]) => RELATIVE.has(code))) };
}
