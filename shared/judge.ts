import { blendPots } from "./blend.ts";
import {
  decidesHere,
  evidencePots,
  largestPots,
  mixPots,
  potScore,
  tailsFor,
  type Calibration,
  type ClientTails,
  type Tails,
} from "./calibration.ts";
import { FEATURES } from "./features/features.ts";
import { isPayment, type Act } from "./profile/observation.ts";
import { tailPot } from "./tail.ts";

/** What a client model made of a payment, in log-odds. */
export interface ClientOutput {
  logistic: number;
  boosted: number;
}

/** All that a score is made from: what is stored of an event, and what a release's models make of its vector. */
export interface Evidence {
  act: Act;
  /** As float32, however it was kept. */
  vector: ArrayLike<number>;
  /** Raw scores of the named rules that found something, by code. */
  rules: Readonly<Record<string, number>>;
  /** Raw output of the forest, 0..1; null when it could not score. */
  model: number | null;
  /** Null where no client model scored; heeded for payments alone. */
  client: ClientOutput | null;
}

/** What forest and feature tails make of a vector, as pots. */
export interface Baseline {
  /** Of each feature, as evidence; none at all where no feature is above 0. */
  pots: readonly number[];
  rulesPot: number;
  /** Null when the forest could not score. */
  modelPot: number | null;
  combinedPot: number;
}

export interface Judgement extends Baseline {
  /** Of the client model with the baseline; null where none scored. */
  clientPot: number | null;
  /** What statistics make of the event, 0..1. */
  unusual: number;
  /** What the strongest of the named rules that decide makes of it, 0..1. */
  strongest: number;
  /** The same with the part by which events of one rule are told apart. */
  ruled: number;
  /** The larger of the two, 0..1, before it is rounded to be answered. */
  score: number;
}

/**
 * From evidence to a score: each part on the common scale, combined. What was scored live is scored the same again from what is stored
 * of it, to the bit where the forest's output is the same.
 */
export function judge({ act, vector, rules, model, client }: Evidence, calibration: Calibration): Judgement {
  const tails = tailsFor(calibration, act);
  const {
    pots,
    rulesPot,
    modelPot,
    combinedPot: uncapped,
  } = tails === null ? unheld(model) : baselineOf(vector, model, tails);
  const isPaid = isPayment(act);
  const combinedPot = isPaid ? uncapped : Math.min(uncapped, UNPAID_POT);
  const clientPot =
    isPaid && client !== null && calibration.client !== null
      ? clientPotOf(client, combinedPot, calibration.client)
      : null;
  const unusual = potScore(clientPot ?? combinedPot);
  const strongest = strongestOf(rules, tails);
  const ruled = apart(strongest, unusual);
  const score = Math.max(unusual, ruled);
  return { pots, rulesPot, modelPot, combinedPot, clientPot, unusual, strongest, ruled, score };
}

/**
 * Where no money moves only named rules may make an alert of an event: there are a hundred page views to an order, and one in a thousand
 * of them is unusual by nothing but chance.
 */
const UNPAID_POT = 3;

/** Held against nothing, nothing is unusual. */
function unheld(model: number | null): Baseline {
  return { pots: NO_POTS, rulesPot: 0, modelPot: model === null ? null : 0, combinedPot: 0 };
}

const NO_POTS: readonly number[] = Object.freeze([]);

export function baselineOf(vector: ArrayLike<number>, model: number | null, tails: Tails): Baseline {
  // Nothing is above 0 in most events: they are views.
  const pots = isAnyAbove0(vector) ? evidencePots(vector, tails) : NO_POTS;
  const rulesPot = tailPot(tails.rules_tail, largestPots(pots));
  const modelPot = model === null ? null : tailPot(tails.model_tail, model);
  const combinedPot = modelPot === null ? rulesPot : tailPot(tails.combined_tail, mixPots(modelPot, rulesPot));
  return { pots, rulesPot, modelPot, combinedPot };
}

function isAnyAbove0(vector: ArrayLike<number>): boolean {
  for (let index = 0; index < vector.length; index++) if ((vector[index] ?? 0) > 0) return true;
  return false;
}

/** A client model's output and the baseline in one number, which is no pot yet. */
export function blendOf(
  { logistic, boosted }: ClientOutput,
  combinedPot: number,
  { logistic_tail, boosted_tail, confirmed }: Omit<ClientTails, "tail">,
): number {
  const pots = {
    logistic: tailPot(logistic_tail, logistic),
    trees: tailPot(boosted_tail, boosted),
    baseline: combinedPot,
  };
  return blendPots(pots, confirmed);
}

function clientPotOf(client: ClientOutput, combinedPot: number, tails: ClientTails): number {
  return tailPot(tails.tail, blendOf(client, combinedPot, tails));
}

/** What is common in this shop is told and decides nothing: statistics know it too. */
function strongestOf(rules: Readonly<Record<string, number>>, tails: Tails | null): number {
  let strongest = 0;
  for (const code of Object.keys(rules)) {
    const score = rules[code] ?? 0;
    if (score > strongest && decidesHere(code, score, tails)) strongest = score;
  }
  return strongest;
}

/** How much a rule's score can gain by how unusual the event is besides, as a share of what it lacks to 1. */
const GAIN_MOST = 0.1;

/** A rule gives many events the same score; of these the more unusual come first, so that a threshold can go through them. */
function apart(ruleScore: number, unusual: number): number {
  return ruleScore === 0 ? 0 : ruleScore + GAIN_MOST * (1 - ruleScore) * unusual;
}

/** A client model's input: the feature vector, then what the forest and the feature tails make of it, as pots. */
export function clientInput(vector: ArrayLike<number>, modelPot: number, rulesPot: number): number[] {
  return [...Array.from(vector), modelPot, rulesPot];
}

/** How many inputs a client model has: the features, and the two pots. */
export const CLIENT_WIDTH = FEATURES.length + 2;

/** A score as it is answered: four decimals. */
export function rounded(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}
