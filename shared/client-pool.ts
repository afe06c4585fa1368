import { type Random, shuffleFirst } from "./random.ts";

/** What of a shop's events a client model is learned from. */
export interface Pool {
  /** Which of the events, by their index, ascending. */
  chosen: Int32Array;
  /** For each of them, 1 for fraud and 0 for none or unknown. */
  labels: Uint8Array;
  /** For each of them, how much it counts. */
  weights: Float32Array;
}

/** Unlabelled events that are taken for clean ones, at most. */
export const UNLABELLED_MAX = 5_000;
/** All unlabelled events together weigh so many times what the labelled do, within the bounds below. */
const UNLABELLED_TO_LABELLED = 2;
const WEIGHT_LEAST = 0.02;

/**
 * All labelled events, each with weight 1, and up to `UNLABELLED_MAX` random ones of the rest: nearly all of these are clean, and
 * without them a model would know only what was suspicious enough to be looked at.
 *
 * @param known for each event, whether it is fraud; null when nobody said
 */
export function poolOf(known: readonly (boolean | null)[], random: Random): Pool {
  const unlabelled: number[] = [];
  known.forEach((isFraud, index) => {
    if (isFraud === null) unlabelled.push(index);
  });
  const labelledCount = known.length - unlabelled.length;
  const taken = Math.min(UNLABELLED_MAX, unlabelled.length);
  shuffleFirst(random, unlabelled, taken);
  const isTaken = new Set(unlabelled.slice(0, taken));
  const chosen = Int32Array.from([...known.keys()].filter((index) => known[index] !== null || isTaken.has(index)));
  const weight = unlabelledWeight(labelledCount);
  return {
    chosen,
    labels: Uint8Array.from(chosen, (index) => (known[index] === true ? 1 : 0)),
    weights: Float32Array.from(chosen, (index) => (isTaken.has(index) ? weight : 1)),
  };
}

/** What an unlabelled event counts beside so many labelled ones. */
export function unlabelledWeight(labelledCount: number): number {
  return Math.min(1, Math.max(WEIGHT_LEAST, (UNLABELLED_TO_LABELLED * labelledCount) / UNLABELLED_MAX));
}
