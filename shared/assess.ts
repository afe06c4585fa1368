import type { Assessment, Reason, Shadow } from "./assessment.ts";
import { featurePot, potScore, scoreHere, tailsFor, type Calibration } from "./calibration.ts";
import { confidence } from "./confidence.ts";
import type { Facts } from "./facts.ts";
import { FEATURES } from "./features/features.ts";
import { clientInput, judge, rounded, type ClientOutput, type Evidence, type Judgement } from "./judge.ts";
import { inWords } from "./number-words.ts";
import { flattened } from "./flat-text.ts";
import { findings } from "./rules/rules.ts";
import type { RuleSettings } from "./rules/settings.ts";

export interface DecisionSettings {
  /** Score from which an event is an anomaly, 0..1. */
  threshold: number;
  rules: RuleSettings;
}

/** An event with all there is to go by before a model and a calibration say anything. */
export interface Examined {
  facts: Facts;
  vector: Float32Array;
  /** What the named rules found, strongest first. */
  found: ReturnType<typeof findings>;
  /** The same as it is kept: raw scores by code. */
  rules: Readonly<Record<string, number>>;
}

/** What a release's models made of the vector; null when none could score. */
export interface ModelOutput {
  /** Raw output of the forest, 0..1. */
  raw: number;
  version: string;
  /** What each feature added to how soon the forest isolated the vector; not there where nobody can be asked. */
  explain?(vector: ArrayLike<number>): ArrayLike<number>;
  /** What the client model made of it; not there where none scored. */
  client?: ClientSaid | null;
}

/** A client model's output, and what can be asked of the model. */
export interface ClientSaid extends ClientOutput {
  version: string;
  /** What each input added to the boosted trees' log-odds. */
  explain(input: ArrayLike<number>): ArrayLike<number>;
}

/** Most events are views, of which no rule finds anything. */
const NOTHING_FOUND: Examined["rules"] = Object.freeze({});

export function examine(facts: Facts, vector: Float32Array, settings: RuleSettings): Examined {
  const found = findings(facts, settings);
  return { facts, vector, found, rules: found.length === 0 ? NOTHING_FOUND : scoresOf(found) };
}

function scoresOf(found: Examined["found"]): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const { rule, score } of found) scores[rule.code] = score;
  return scores;
}

/** `assessExamined`, of an event that is examined for it. */
export function assess(
  facts: Facts,
  vector: Float32Array,
  model: ModelOutput | null,
  calibration: Calibration,
  settings: DecisionSettings,
  degraded: readonly string[],
): Assessment {
  return assessExamined(examine(facts, vector, settings.rules), model, calibration, settings, degraded);
}

/**
 * Whether two events with one feature vector and one act are assessed alike by the same release and settings, nothing missing of either:
 * as long as no reasons are given, as those are told in an event's own words.
 */
export function isAlike(one: Examined, other: Examined): boolean {
  return one.found.length === 0 && other.found.length === 0 && ordersBefore(one) === ordersBefore(other);
}

function ordersBefore({ facts }: Examined): number {
  return facts.subject?.before.orders ?? 0;
}

/**
 * From what is known and what the models said to what is answered: judged, compared with the threshold, with reasons in words.
 *
 * @param degraded names of what was missing, passed through and added to
 */
export function assessExamined(
  examined: Examined,
  model: ModelOutput | null,
  calibration: Calibration,
  settings: DecisionSettings,
  degraded: readonly string[],
): Assessment {
  const { facts, vector } = examined;
  const judged = judge(evidenceOf(examined, model), calibration);
  const { unusual, strongest, ruled, rulesPot, modelPot, clientPot } = judged;
  const tails = tailsFor(calibration, facts.seen.act);
  const score = rounded(judged.score);
  const anomaly = score >= settings.threshold;
  return {
    score,
    anomaly,
    threshold: settings.threshold,
    confidence: rounded(
      confidence({
        vector,
        tails,
        scoreTail: (clientPot === null ? tails?.combined_tail : calibration.client?.tail) ?? null,
        ordersBefore: ordersBefore(examined),
        profilesKnown: (facts.subject === null ? 0 : 1) + facts.counters.length,
        degraded,
        modelScored: model !== null,
        threshold: settings.threshold,
        byRule: ruled > unusual || strongest >= settings.threshold,
      }),
    ),
    reasons: reasons(examined, judged, calibration, anomaly, model),
    signals: {
      model: modelPot === null ? null : rounded(potScore(modelPot)),
      client_model: clientPot === null ? null : rounded(potScore(clientPot)),
      rules: rounded(Math.max(potScore(rulesPot), ruled)),
    },
    model: model?.version ?? null,
    client_model: clientPot === null ? null : (model?.client?.version ?? null),
    calibration: calibration.version,
    degraded: degraded.slice(),
  };
}

/** What a release that does not decide makes of an event, in no words. */
export function shadowOf(
  examined: Examined,
  model: ModelOutput,
  calibration: Calibration,
  { threshold }: DecisionSettings,
): Shadow {
  const judged = judge(evidenceOf(examined, model), calibration);
  const score = rounded(judged.score);
  return {
    model: model.version,
    client_model: judged.clientPot === null ? null : (model.client?.version ?? null),
    calibration: calibration.version,
    score,
    anomaly: score >= threshold,
  };
}

function evidenceOf({ facts, vector, rules }: Examined, model: ModelOutput | null): Evidence {
  return { act: facts.seen.act, vector, rules, model: model?.raw ?? null, client: model?.client ?? null };
}

/** A feature is worth telling when at most 1 in 100 events has it as large. */
const TELLING_POT = 2;
const REASONS_TOLD = 5;

interface Weighed {
  code: string;
  /** Made once it is told: of an odd event there is more than that. */
  detail(): string;
  weight: number;
}

function reasons(
  { facts, found, vector }: Examined,
  judged: Judgement,
  calibration: Calibration,
  anomaly: boolean,
  model: ModelOutput | null,
): Reason[] {
  if (found.length === 0 && !anomaly && !isAnyTelling(judged.pots)) return [];
  const client = model?.client ?? null;
  const tails = tailsFor(calibration, facts.seen.act);
  const explained = new Set(found.flatMap(({ rule }) => rule.explains));
  const weighed: Weighed[] = found.map(({ rule, score, detail }) => ({
    code: rule.code,
    detail: () => detail,
    weight: scoreHere(rule.code, score, tails) * 5,
  }));
  for (const [index, evidence] of judged.pots.entries()) {
    // With the suspect rows nothing is rarer than without them, so what is no evidence need not be looked up.
    if (evidence < TELLING_POT) continue;
    const feature = FEATURES[index];
    const tail = tails?.feature_tails[index];
    if (feature === undefined || tail === undefined || explained.has(feature.name)) continue;
    const pot = featurePot(vector, index, tail);
    if (pot < TELLING_POT) continue;
    weighed.push({ code: feature.name, detail: () => `${feature.words(facts)} (${rarity(pot)})`, weight: pot });
  }
  if (weighed.length === 0 && !anomaly) return [];
  weighed.sort((a, b) => b.weight - a.weight);
  const told = weighed.slice(0, REASONS_TOLD);
  if (anomaly && client !== null && judged.clientPot !== null) {
    const learned = learnedReason(facts, vector, judged, client, (name) => explained.has(name) || isTold(told, name));
    if (learned !== null) told.push(after(told, learned));
  }
  if (anomaly && told.length === 0) return togetherReasons(facts, vector, model);
  const untold = weighed.slice(REASONS_TOLD);
  const total = [...told, ...untold].reduce((sum, { weight }) => sum + weight, 0);
  return told.map(({ code, detail, weight }) => reason(code, detail(), weight / total));
}

function isAnyTelling(pots: readonly number[]): boolean {
  for (let index = 0; index < pots.length; index++) if ((pots[index] ?? 0) >= TELLING_POT) return true;
  return false;
}

/** @param share of the evidence, 0..1 */
function reason(code: string, detail: string, share: number): Reason {
  // Rounded down, so that what is told never adds up to more than the whole.
  return { code, detail: flattened(detail), contribution: Math.floor(share * 1000) / 1000 };
}

/** How many values are told of that are unusual only together. */
const TOGETHER_TOLD = 3;

/** Of an event in which nothing is unusual alone: the values by which the forest told it apart, with their exact shares in that. */
function togetherReasons(facts: Facts, vector: Float32Array, model: ModelOutput | null): Reason[] {
  const added = Array.from(model?.explain?.(vector) ?? [], (sooner) => Math.max(0, sooner));
  const total = added.reduce((sum, sooner) => sum + sooner, 0);
  const told = FEATURES.flatMap((feature, index) =>
    (vector[index] ?? 0) > 0 && (added[index] ?? 0) > 0 ? [{ feature, share: (added[index] ?? 0) / total }] : [],
  )
    .toSorted((a, b) => b.share - a.share)
    .slice(0, TOGETHER_TOLD);
  if (told.length === 0) {
    return [
      { code: "combination", detail: "an unusual combination of values, none of them unusual alone", contribution: 1 },
    ];
  }
  return told.map(({ feature, share }) =>
    reason(feature.name, `${feature.words(facts)} (unusual only together with the rest)`, share),
  );
}

/**
 * The value that the client model's trees hold against a payment most, of those that are not named; null when there is none. Only what
 * is there can be put into words: that something is missing is no reason to a person.
 */
function learnedReason(
  facts: Facts,
  vector: Float32Array,
  { modelPot, rulesPot }: Judgement,
  client: ClientSaid,
  isNamed: (feature: string) => boolean,
): Weighed | null {
  const added = client.explain(Float32Array.from(clientInput(vector, modelPot ?? 0, rulesPot)));
  let most: { feature: (typeof FEATURES)[number]; logOdds: number } | null = null;
  for (const [index, feature] of FEATURES.entries()) {
    const logOdds = added[index] ?? 0;
    if (logOdds <= (most?.logOdds ?? 0) || (vector[index] ?? 0) <= 0 || isNamed(feature.name)) continue;
    most = { feature, logOdds };
  }
  if (most === null) return null;
  const { feature, logOdds } = most;
  return {
    code: feature.name,
    detail: () => `${feature.words(facts)} (as in cases confirmed here)`,
    weight: logOdds / Math.LN10,
  };
}

function isTold(told: readonly Weighed[], code: string): boolean {
  return told.some((one) => one.code === code);
}

/** Log-odds in decades are on the scale of pots, yet what the tails say is surer: it stays first. */
function after(told: readonly Weighed[], learned: Weighed): Weighed {
  return { ...learned, weight: Math.min(learned.weight, told.at(-1)?.weight ?? Infinity) };
}

/** Beyond this the tails are extrapolated, and a figure would claim more than is known. */
const RAREST_POT = 5;

/** `1 in 5,000` as people say it: one significant digit. */
function rarity(pot: number): string {
  if (pot > RAREST_POT) return `fewer than 1 in ${inWords(10 ** RAREST_POT)}`;
  return `1 in ${inWords(Number((10 ** pot).toPrecision(1)))}`;
}
