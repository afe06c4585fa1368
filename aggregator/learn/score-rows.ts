import type { Calibration, Tails } from "../../shared/calibration.ts";
import { scoreClient, type ClientModel, type ClientScores } from "../../shared/client-model.ts";
import { FEATURES } from "../../shared/features/features.ts";
import { laidEndToEnd } from "../../shared/fit.ts";
import { scoreForest, type Forest } from "../../shared/forest.ts";
import { baselineOf, CLIENT_WIDTH, clientInput, judge, rounded } from "../../shared/judge.ts";
import type { LearningRow } from "./row.ts";

const WIDTH = FEATURES.length;
/** Rows that go through the models at once. */
const BLOCK = 1_000;

/** All that makes a score of a stored event. */
export interface Scorer {
  forest: Forest;
  client: ClientModel | null;
  calibration: Calibration;
}

export interface RowScores {
  /** As it is answered, of each row. */
  score: Float64Array;
  /** What statistics alone make of it, 0..1. */
  unusual: Float64Array;
  /** Whether a named rule decided: what it found is known for what it is. */
  isNamed: boolean[];
}

/** What events would be answered had this scored them: the same arithmetic as at the edge, from what is stored of them. */
export function scoreRows(rows: readonly LearningRow[], { forest, client, calibration }: Scorer): RowScores {
  const scores: RowScores = {
    score: new Float64Array(rows.length),
    unusual: new Float64Array(rows.length),
    isNamed: [],
  };
  for (let from = 0; from < rows.length; from += BLOCK) {
    const block = rows.slice(from, from + BLOCK);
    const raw = forestScores(block, forest);
    const learned = client === null ? null : clientScores(block, raw, client, calibration);
    block.forEach(({ isPayment, vector, rules }, index) => {
      // Which kind of payment or other act it is makes no difference to a judgement.
      const act = isPayment ? "order" : "step";
      const output = learned && { logistic: learned.logistic[index] ?? 0, boosted: learned.boosted[index] ?? 0 };
      const judged = judge({ act, vector, rules, model: raw[index] ?? 0, client: output }, calibration);
      scores.score[from + index] = rounded(judged.score);
      scores.unusual[from + index] = judged.unusual;
      scores.isNamed.push(judged.ruled > judged.unusual);
    });
  }
  return scores;
}

/** The inputs of a client model for payments, laid end to end: features, then what this calibration makes of forest and features. */
export function clientInputs(rows: readonly LearningRow[], forest: Forest, calibration: Tails): Float32Array {
  return inputsOf(rows, forestScores(rows, forest), calibration);
}

function forestScores(rows: readonly LearningRow[], forest: Forest): Float32Array {
  const vectors = rows.map(({ vector }) => vector);
  return scoreForest(forest, laidEndToEnd(vectors, WIDTH), rows.length);
}

/** Of events that are no payments the output is meaningless, and heeded by nobody. */
function clientScores(
  rows: readonly LearningRow[],
  raw: Float32Array,
  client: ClientModel,
  calibration: Calibration,
): ClientScores {
  return scoreClient(client, inputsOf(rows, raw, calibration), rows.length);
}

function inputsOf(rows: readonly LearningRow[], raw: Float32Array, tails: Tails): Float32Array {
  const inputs = rows.map(({ vector }, index) => {
    const { modelPot, rulesPot } = baselineOf(vector, raw[index] ?? 0, tails);
    return clientInput(vector, modelPot ?? 0, rulesPot);
  });
  return laidEndToEnd(inputs, CLIENT_WIDTH);
}
