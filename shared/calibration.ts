import * as z from "zod";
import { tailPot, type Tail } from "./tail.ts";

/**
 * Calibration: what turns raw outputs into scores that mean the same for every model, rule and week.
 *
 * The common scale is the pot, -log10 of the share of clean events at least as strange; a score is pot / 5.
 */

const TailSchema = z.strictObject({
  values: z.array(z.number()).min(1),
  pots: z.array(z.number().min(0)).min(1),
  perUnit: z.number().min(0),
});

export const Calibration = z
  .strictObject({
    version: z.string().min(1),
    /** The model whose outputs it was fitted on; it is not applied to another's. */
    model: z.string().min(1),
    feature_set: z.string().min(1),
    /** One per feature, in the order of the feature table. */
    feature_tails: z.array(TailSchema).min(1),
    model_tail: TailSchema,
    /** Of the sum of the three largest feature pots. */
    rules_tail: TailSchema,
    /** Of MODEL_WEIGHT · model pot + (1 - MODEL_WEIGHT) · rules pot. */
    combined_tail: TailSchema,
  })
  .refine((calibration) => allTails(calibration).every(isOrdered), "a tail is out of order");
export type Calibration = z.infer<typeof Calibration>;

/** Share of the model in the combined score; the rest is the feature tails'. Measured best on labelled payments. */
export const MODEL_WEIGHT = 0.3;

/** Pots to a score of 1: 5 means that 1 in 100,000 is the strangest that is told apart. */
const POTS_OF_ONE = 5;

/** How many of the largest feature pots are summed. */
const LARGEST = 3;

/** A pot as a score, 0..1. */
export function potScore(pot: number): number {
  return Math.min(1, pot / POTS_OF_ONE);
}

/** -log10 of the share of clean events whose feature is at least this large; 0 for features that are harmless or unknown. */
export function featurePots(vector: ArrayLike<number>, calibration: Calibration): number[] {
  return calibration.feature_tails.map((tail, index) => {
    const value = vector[index] ?? 0;
    return value > 0 ? tailPot(tail, value) : 0;
  });
}

/** The evidence of the feature tails: the sum of the three largest pots. */
export function largestPots(pots: readonly number[]): number {
  return pots
    .toSorted((a, b) => b - a)
    .slice(0, LARGEST)
    .reduce((sum, pot) => sum + pot, 0);
}

/** The mixture of model and feature tails before its own calibration. Both are pots. */
export function mixPots(modelPot: number, rulesPot: number): number {
  return MODEL_WEIGHT * modelPot + (1 - MODEL_WEIGHT) * rulesPot;
}

interface Tails {
  feature_tails: Tail[];
  model_tail: Tail;
  rules_tail: Tail;
  combined_tail: Tail;
}

function allTails(calibration: Tails): Tail[] {
  return [...calibration.feature_tails, calibration.model_tail, calibration.rules_tail, calibration.combined_tail];
}

function isOrdered({ values, pots }: Tail): boolean {
  const rises = (list: number[]) => list.every((value, index) => index === 0 || value >= (list[index - 1] ?? value));
  return values.length === pots.length && rises(values) && rises(pots);
}
