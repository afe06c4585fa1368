import type { Assessment, Reason } from "./assessment.ts";
import { featurePots, largestPots, mixPots, potScore, type Calibration } from "./calibration.ts";
import { FEATURES, MISSING, type Facts } from "./features.ts";
import { findings } from "./rules/rules.ts";
import { inWords } from "./number-words.ts";
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
  const found = findings(facts, settings.rules);
  const pots = featurePots(vector, calibration);
  const rulesPot = tailPot(calibration.rules_tail, largestPots(pots));
  const modelPot = model === null ? null : tailPot(calibration.model_tail, model.raw);
  const combinedPot = modelPot === null ? rulesPot : tailPot(calibration.combined_tail, mixPots(modelPot, rulesPot));
  const strongest = found[0]?.score ?? 0;
  const score = rounded(Math.max(potScore(combinedPot), strongest));
  const anomaly = score >= settings.threshold;
  return {
    score,
    anomaly,
    threshold: settings.threshold,
    confidence: confidence(facts, vector),
    reasons: reasons(facts, found, pots, anomaly),
    signals: {
      model: modelPot === null ? null : rounded(potScore(modelPot)),
      client_model: null,
      rules: rounded(Math.max(potScore(rulesPot), strongest)),
    },
    model: model?.version ?? null,
    client_model: null,
    calibration: calibration.version,
    degraded: [...degraded],
  };
}

/**
 * How much of what the score needs was known: the share of the features with a value, times a factor from 0.5 (nothing known of the
 * customer) to 1 (a long history).
 */
function confidence({ subject }: Facts, vector: Float32Array): number {
  const known = vector.filter((value) => value !== MISSING).length / vector.length;
  const orders = subject?.before.orders ?? 0;
  return rounded(known * (0.5 + (0.5 * orders) / (orders + 5)));
}

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
