import type { Dimension } from "../store/rollups.ts";
import type { Occasion } from "./window.ts";

/** What is summed up of a time and a member. Money is in the currency most orders are in; `priced` are the orders in it. */
export const SUMMED = [
  "events",
  "anomalies",
  "declines",
  "orders",
  "refunded_orders",
  "sessions",
  "quantity",
  "revenue",
  "priced",
] as const;
export type Sums = Record<(typeof SUMMED)[number], number>;

export const NO_SUMS = Object.fromEntries(SUMMED.map((measure) => [measure, 0])) as Sums; // of every measure

/** A member of a dimension, now and on each occasion before; `""` of everything. */
export interface Scope {
  dimension: Dimension;
  member: string;
  now: Sums;
  /** In the order of the occasions. */
  before: readonly Sums[];
}

/** All that was summed up. */
export interface Seen {
  /** Null without orders. */
  currency: string | null;
  /** Of the orders of now, those in other currencies. */
  others: readonly { currency: string; orders: number }[];
  scopes: readonly Scope[];
}

export function wholeOf({ scopes }: Pick<Seen, "scopes">): Scope | undefined {
  return scopes.find(({ dimension }) => dimension === "all");
}

/** What is usual: the mean over the occasions, by their weight. Linear, so that usual parts add up to the usual whole. */
export function usualSums({ before }: Scope, occasions: readonly Occasion[]): Sums {
  const sums = { ...NO_SUMS };
  const weights = occasions.reduce((sum, { weight }) => sum + weight, 0);
  if (weights === 0) return sums;
  for (const [index, { weight }] of occasions.entries()) {
    const own = before[index] ?? NO_SUMS;
    for (const measure of SUMMED) sums[measure] += (weight / weights) * own[measure];
  }
  return sums;
}
