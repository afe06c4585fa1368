import type { Calibration } from "../../shared/calibration.ts";
import type { ClientModel } from "../../shared/client-model.ts";
import { poolOf } from "../../shared/client-pool.ts";
import { trainClientModel } from "../../shared/client-train.ts";
import type { Forest } from "../../shared/forest.ts";
import { CLIENT_WIDTH } from "../../shared/judge.ts";
import type { Random } from "../../shared/random.ts";
import { DAY_MS, isFraud, type LearningRow } from "./row.ts";
import { clientInputs } from "./score-rows.ts";

/** Confirmed fraud among payments from which labels say more than they mislead. */
const CONFIRMED_LEAST = 20;
/** Days it is spread over at least: one attack is no kind of fraud. */
const CONFIRMED_DAYS_LEAST = 5;

/** What a shop's labels taught. */
export interface LearnedClient {
  model: ClientModel;
  /** Confirmed frauds it learned from. */
  confirmed: number;
  labels: { fraud: number; legitimate: number; unlabelled: number };
  /** What it was trained on, laid end to end. */
  inputs: Float32Array;
}

/**
 * A client model of labelled payments and a few thousand that nobody has labelled; null with fewer than 20 confirmed frauds, or on fewer
 * than 5 days.
 *
 * @param rows to be trained on, of any kind
 * @param calibration of the forest, which gives the two pots among the inputs
 */
export function learnClient(
  rows: readonly LearningRow[],
  forest: Forest,
  calibration: Calibration,
  random: Random,
): LearnedClient | null {
  const payments = rows.filter(({ isPayment }) => isPayment);
  const frauds = payments.filter(isFraud);
  const days = new Set(frauds.map(({ atMs }) => Math.floor(atMs / DAY_MS)));
  if (frauds.length < CONFIRMED_LEAST || days.size < CONFIRMED_DAYS_LEAST) return null;
  const known = payments.map((row) => (row.label === null ? null : isFraud(row)));
  const { chosen, labels, weights } = poolOf(known, random);
  const pool = Array.from(chosen, (index) => payments[index] as LearningRow); // an index of `known`, as long as these
  const inputs = clientInputs(pool, forest, calibration);
  const model = trainClientModel({
    rows: inputs,
    rowCount: pool.length,
    featureCount: CLIENT_WIDTH,
    labels,
    weights,
    random,
  });
  const legitimate = pool.filter(({ label }) => label === "legitimate").length;
  const unlabelled = pool.length - frauds.length - legitimate;
  return { model, confirmed: frauds.length, labels: { fraud: frauds.length, legitimate, unlabelled }, inputs };
}
