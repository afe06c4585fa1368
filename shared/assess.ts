import type { Assessment, Reason } from "./assessment.ts";
import {
  featurePots,
  largestPots,
  mixPots,
  potScore,
  scoreHere,
  tailsFor,
  type Calibration,
  type Tails,
} from "./calibration.ts";
import { confidence } from "./confidence.ts";
import type { Facts } from "./facts.ts";
import { FEATURES } from "./features/features.ts";
import { findings } from "./rules/rules.ts";
import { inWords } from "./number-words.ts";
import { isPayment } from "./profile/observation.ts";
import type { RuleSettings } from "./rules/settings.ts";
import { tailPot } from "./tail.ts";

export interface DecisionSettings {
  /** Score from which an event is an anomaly, 0..1. */
  threshold: number;
  rules: RuleSettings;
}

/** What the model made of the vector; null when none could score. */
export interface ModelOutput {
  /** Raw output of the forest, 0..1. */
  raw: number;
  version: string;
}

/** A feature is worth telling when at most 1 in 100 clean events has it as large. */
const TELLING_POT = 2;
const REASONS_TOLD = 5;

/**
 * From facts, vector and model output to what is answered: each part on the common scale, combined, compared with the threshold,
 * with reasons in words.
 *
 * @param degraded names of what was missing, passed through and added to
 */
export function assess(
  facts: Facts,
  vector: Float32Array,
  model: ModelOutput | null,
  calibration: Calibration,
  settings: DecisionSettings,
  degraded: readonly string[],
): Assessment {
  const tails = tailsFor(calibration, facts.seen.act);
  const found = findings(facts, settings.rules).map((finding) => {
    const here = scoreHere(finding.rule.code, finding.score, tails);
    return { ...finding, score: here, decides: here === finding.score };
  });
  const { pots, rulesPot, modelPot, combinedPot } = judge(facts, vector, model, tails);
  // What is common in this shop is told and decides nothing: statistics know it too.
  const strongest = found.find(({ decides }) => decides)?.score ?? 0;
  const unusual = potScore(combinedPot);
  const ruled = apart(strongest, unusual);
  const score = rounded(Math.max(unusual, ruled));
  const anomaly = score >= settings.threshold;
  return {
    score,
    anomaly,
    threshold: settings.threshold,
    confidence: rounded(
      confidence({
        vector,
        tails,
        ordersBefore: facts.subject?.before.orders ?? 0,
        profilesKnown: (facts.subject === null ? 0 : 1) + facts.counters.length,
        degraded,
        modelScored: model !== null,
        threshold: settings.threshold,
        byRule: ruled > unusual || strongest >= settings.threshold,
      }),
    ),
    reasons: reasons(facts, found, pots, anomaly),
    signals: {
      model: modelPot === null ? null : rounded(potScore(modelPot)),
      client_model: null,
      rules: rounded(Math.max(potScore(rulesPot), ruled)),
    },
    model: model?.version ?? null,
    client_model: null,
    calibration: calibration.version,
    degraded: [...degraded],
  };
}

/** What a rule's score can gain by how unusual the event is besides, as a share of what it lacks to 1. */
const GAIN_MOST = 0.1;

/** A rule gives many events the same score; of these the more unusual come first, so that a threshold can go through them. */
function apart(ruleScore: number, unusual: number): number {
  return ruleScore === 0 ? 0 : ruleScore + GAIN_MOST * (1 - ruleScore) * unusual;
}

/** What statistics make of an event, all as pots. */
interface Judgement {
  /** Of each feature. */
  pots: number[];
  rulesPot: number;
  /** Null when no model scored. */
  modelPot: number | null;
  combinedPot: number;
}

function judge({ seen }: Facts, vector: Float32Array, model: ModelOutput | null, tails: Tails | null): Judgement {
  if (tails === null) return { pots: [], rulesPot: 0, modelPot: model === null ? null : 0, combinedPot: 0 };
  const pots = featurePots(vector, tails);
  const rulesPot = tailPot(tails.rules_tail, largestPots(pots));
  const modelPot = model === null ? null : tailPot(tails.model_tail, model.raw);
  const combinedPot = modelPot === null ? rulesPot : tailPot(tails.combined_tail, mixPots(modelPot, rulesPot));
  return {
    pots,
    rulesPot,
    modelPot,
    combinedPot: isPayment(seen.act) ? combinedPot : Math.min(combinedPot, UNPAID_POT),
  };
}

/**
 * Where no money moves only named rules may make an alert of an event: there are a hundred page views to an order, and one in a thousand
 * of them is unusual by nothing but chance.
 */
const UNPAID_POT = 3;

function reasons(
  facts: Facts,
  found: ReturnType<typeof findings>,
  pots: readonly number[],
  anomaly: boolean,
): Reason[] {
  const explained = new Set(found.flatMap(({ rule }) => rule.explains));
  const weighed = [
    ...found.map(({ rule, score, detail }) => ({ code: rule.code, detail, weight: score * 5 })),
    ...FEATURES.flatMap((feature, index) => {
      const pot = pots[index] ?? 0;
      if (pot < TELLING_POT || explained.has(feature.name)) return [];
      return [{ code: feature.name, detail: `${feature.words(facts)} (${rarity(pot)})`, weight: pot }];
    }),
  ].toSorted((a, b) => b.weight - a.weight);
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  if (anomaly && weighed.length === 0) {
    return [
      { code: "combination", detail: "an unusual combination of values, none of them unusual alone", contribution: 1 },
    ];
  }
  return weighed.slice(0, REASONS_TOLD).map(({ code, detail, weight }) => ({
    code,
    detail,
    // Rounded down, so that what is told never adds up to more than the whole.
    contribution: Math.floor((weight / total) * 1000) / 1000,
  }));
}

/** Beyond this the tails are extrapolated, and a figure would claim more than is known. */
const RAREST_POT = 5;

/** `1 in 5,000` as people say it: one significant digit. */
function rarity(pot: number): string {
  if (pot > RAREST_POT) return `fewer than 1 in ${inWords(10 ** RAREST_POT)}`;
  return `1 in ${inWords(Number((10 ** pot).toPrecision(1)))}`;
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
