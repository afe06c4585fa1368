import { cpuUsage, memoryUsage, resourceUsage } from "node:process";
import { trainBoosted } from "../shared/boosted-train.ts";
import type { LabelledRows } from "../shared/client-rows.ts";
import { MISSING } from "../shared/features/features.ts";
import { trainIsolationForest } from "../shared/forest-train.ts";
import { CLIENT_WIDTH } from "../shared/judge.ts";
import { trainLogistic } from "../shared/logistic-train.ts";
import { chance, normal, seededRandom } from "../shared/random.ts";

export const TRAINED_ROWS = 100_000;

/** What one training took, as it is printed. */
export interface Trained {
  width: number;
  /** Of processor time, which the rest of the machine does not change. */
  seconds: number;
  /** The most the process ever held, less what it held with the rows before training began. */
  aboveInputMb: number;
}

const MB = 2 ** 20;
const FRAUD_SHARE = 0.02;

const TRAINERS = {
  forest: (data: LabelledRows) => trainIsolationForest(data),
  logistic: (data: LabelledRows) => trainLogistic(data),
  boosted: (data: LabelledRows) => trainBoosted(data),
};
export type TrainedKind = keyof typeof TRAINERS;

const kind = process.argv[2] ?? "";
if (Object.hasOwn(TRAINERS, kind)) {
  const data = labelledRows();
  globalThis.gc?.();
  const before = memoryUsage.rss();
  const used = cpuUsage();
  TRAINERS[kind as TrainedKind](data); // one of its keys
  const { user, system } = cpuUsage(used);
  const seconds = (user + system) / 1_000_000;
  const aboveInputMb = (resourceUsage().maxRSS * 1024 - before) / MB;
  process.stdout.write(JSON.stringify({ width: data.featureCount, seconds, aboveInputMb } satisfies Trained));
}

/** Like feature vectors: a third unknown, many zeros; fraud is a little higher in all. Made in place, so that nothing is freed. */
function labelledRows(): LabelledRows {
  const random = seededRandom(1);
  const featureCount = CLIENT_WIDTH;
  const rows = new Float32Array(TRAINED_ROWS * featureCount);
  const labels = new Uint8Array(TRAINED_ROWS);
  for (let row = 0; row < TRAINED_ROWS; row++) {
    labels[row] = Number(chance(random, FRAUD_SHARE));
    for (let input = 0; input < featureCount; input++) {
      const value = Math.max(0, normal(random) + 0.5 * (labels[row] ?? 0));
      rows[row * featureCount + input] = chance(random, 1 / 3) ? MISSING : value;
    }
  }
  const weights = new Float32Array(TRAINED_ROWS).fill(1);
  return { rows, rowCount: TRAINED_ROWS, featureCount, labels, weights, random };
}
