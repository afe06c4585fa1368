import * as z from "zod";
import { EVIDENCE } from "./features/features.ts";
import { isPayment, type Act } from "./profile/observation.ts";
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

const Tails = z.strictObject({
  /** One per feature, in the order of the feature table, of all rows: how rare a value is, as it is told. */
  feature_tails: z.array(TailSchema).min(1),
  /** The same of the rows that are not suspect: what evidence is measured by. Null where all rows are known to be clean. */
  evidence_tails: z.array(TailSchema).min(1).nullable(),
  /** For each feature, the share of the rows in which it was known. */
  feature_known: z.array(z.number().min(0).max(1)).min(1),
  /** Of the scores of named rules that say what is rare, by code; a rule that found nothing in the rows is not among them. */
  rule_tails: z.record(z.string(), TailSchema),
  model_tail: TailSchema,
  /** Of the sum of the three largest feature pots. */
  rules_tail: TailSchema,
  /** Of MODEL_WEIGHT · model pot + (1 - MODEL_WEIGHT) · rules pot. */
  combined_tail: TailSchema,
});
/** What one kind of events is held against. */
export type Tails = z.infer<typeof Tails>;

const ClientTails = z.strictObject({
  /** The client model whose outputs it was fitted on. */
  version: z.string().min(1),
  /** Confirmed anomalies it was trained on: how much it counts beside the baseline. */
  confirmed: z.int().min(0),
  logistic_tail: TailSchema,
  boosted_tail: TailSchema,
  /** Of the two blended with the baseline's combined pot. */
  tail: TailSchema,
});
/** What a client model's outputs are held against. */
export type ClientTails = z.infer<typeof ClientTails>;

/**
 * Payment attempts are held against payment attempts, and everything else against everything else: a page view in which nothing is
 * known of amounts would say nothing beside orders, nor an order among a hundred times as many views.
 */
export const Calibration = z
  .strictObject({
    version: z.string().min(1),
    /** The model whose outputs it was fitted on; it is not applied to another's. */
    model: z.string().min(1),
    feature_set: z.string().min(1),
    ...Tails.shape,
    /** Those of events that are no payment attempts; null when it was fitted without any, which are then judged by the named rules alone. */
    others: Tails.nullable(),
    /** Of payment attempts; null when it was fitted without a client model. */
    client: ClientTails.nullable().default(null),
  })
  .refine(
    ({ others, client, ...payments }) =>
      [payments, others].every((tails) => tails === null || allTails(tails).every(isOrdered)) &&
      (client === null || [client.logistic_tail, client.boosted_tail, client.tail].every(isOrdered)),
    "a tail is out of order",
  );
export type Calibration = z.infer<typeof Calibration>;

/** The tails for an event; null when there are none for its kind. */
export function tailsFor(calibration: Calibration, act: Act): Tails | null {
  return isPayment(act) ? calibration : calibration.others;
}

/**
 * Share of the model in the combined score; the rest is the feature tails'. On labelled payments less is better still, on attacks that
 * are strange only as a whole more.
 */
export const MODEL_WEIGHT = 0.25;

/** Pots to a score of 1: 5 means that 1 in 100,000 is the strangest that is told apart. */
const POTS_OF_ONE = 5;

/** A pot as a score, 0..1. */
export function potScore(pot: number): number {
  return Math.min(1, pot / POTS_OF_ONE);
}

/** The share of clean events with a score of at least this; of 1, at most this. */
export function scoreShare(score: number): number {
  return 10 ** (-POTS_OF_ONE * score);
}

/**
 * -log10 of the share of events whose feature is at least this large; 0 when it is harmless or unknown. Values are taken as the float32
 * they were computed in: a store may have given them back in fewer digits.
 */
export function featurePot(vector: ArrayLike<number>, index: number, tail: Tail): number {
  const value = Math.fround(vector[index] ?? 0);
  return value > 0 ? tailPot(tail, value) : 0;
}

/** What each feature is as evidence: its pot among events that are not suspect. */
export function evidencePots(
  vector: ArrayLike<number>,
  { evidence_tails, feature_tails }: Pick<Tails, "evidence_tails" | "feature_tails">,
): number[] {
  const tails = evidence_tails ?? feature_tails;
  // oxlint-disable-next-line unicorn/no-new-array -- as long as it will be: growing takes longer than filling
  const pots = new Array<number>(tails.length);
  for (let index = 0; index < tails.length; index++) pots[index] = featurePot(vector, index, tails[index] as Tail); // within the list
  return pots;
}

/** What a named rule's score comes to in a shop: no more than how rare it is there, where that is known. */
export function scoreHere(code: string, score: number, tails: Tails | null): number {
  const tail = tails !== null && Object.hasOwn(tails.rule_tails, code) ? tails.rule_tails[code] : undefined;
  return tail === undefined ? score : Math.min(score, potScore(tailPot(tail, score)));
}

/** Whether a named rule's score counts whole in a shop: what it finds is no more common there than the score says. */
export function decidesHere(code: string, score: number, tails: Tails | null): boolean {
  return scoreHere(code, score, tails) === score;
}

/** Gone over by each call below: making it anew takes longer than all else there. */
const ofEvidence = new Float64Array(EVIDENCE.length);

/** The evidence of the feature tails: the sum of the three largest pots, each of them about something else. */
export function largestPots(pots: readonly number[]): number {
  ofEvidence.fill(0);
  for (let index = 0; index < pots.length; index++) {
    const pot = pots[index] as number; // within the list
    if (pot === 0) continue;
    const evidence = EVIDENCE[index] ?? index;
    ofEvidence[evidence] = Math.max(ofEvidence[evidence] ?? 0, pot);
  }
  let first = 0;
  let second = 0;
  let third = 0;
  for (let evidence = 0; evidence < ofEvidence.length; evidence++) {
    const pot = ofEvidence[evidence] as number; // within the array
    if (pot <= third) continue;
    third = Math.min(pot, second);
    second = Math.max(Math.min(pot, first), second);
    first = Math.max(pot, first);
  }
  return first + second + third;
}

/** The mixture of model and feature tails before its own calibration. Both are pots. */
export function mixPots(modelPot: number, rulesPot: number): number {
  return MODEL_WEIGHT * modelPot + (1 - MODEL_WEIGHT) * rulesPot;
}

function allTails(tails: Tails): Tail[] {
  return [
    ...tails.feature_tails,
    ...(tails.evidence_tails ?? []),
    ...Object.values(tails.rule_tails),
    tails.model_tail,
    tails.rules_tail,
    tails.combined_tail,
  ];
}

function isOrdered({ values, pots }: Tail): boolean {
  const rises = (list: number[]) => list.every((value, index) => index === 0 || value >= (list[index - 1] ?? value));
  return values.length === pots.length && rises(values) && rises(pots);
}
