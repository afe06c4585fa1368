import { amountLog } from "../../shared/currency.ts";
import type { KeptEvent } from "../../shared/event.ts";
import { laidEndToEnd } from "../../shared/fit.ts";
import { trainIsolationForest } from "../../shared/forest-train.ts";
import { scoreForest } from "../../shared/forest.ts";
import { seededRandom } from "../../shared/random.ts";
import { SETTINGS } from "./bundled.ts";

const WIDTH = 3;
/** As many clean events as this are at or above the production score's threshold, if it keeps its promise. */
const NOMINAL_SHARE = 10 ** (-5 * SETTINGS.threshold);
const THRESHOLD_ROWS = 40_000;

/** What stands in an event itself: euros, hour and weekday. */
export function rawFields({ value = 0, currency = "EUR", timestamp }: KeptEvent): number[] {
  const date = new Date(timestamp);
  return [Math.expm1(amountLog(value, currency)), date.getUTCHours(), date.getUTCDay()];
}

/** The design to compare with: an isolation forest on raw fields, its threshold the quantile that promises as few alarms. */
interface RawForest {
  scores(fields: readonly number[][]): Float32Array;
  threshold: number;
}

export function fitRawForest(fields: readonly number[][], seed: number): RawForest {
  const rows = laidEndToEnd(fields, WIDTH);
  const random = seededRandom(seed);
  const forest = trainIsolationForest({ rows, rowCount: fields.length, featureCount: WIDTH, random });
  const sample = fields.filter((_row, index) => index % Math.ceil(fields.length / THRESHOLD_ROWS) === 0);
  const ordered = scoreForest(forest, laidEndToEnd(sample, WIDTH), sample.length).toSorted();
  return {
    scores: (asked) => Float32Array.from(scoreForest(forest, laidEndToEnd(asked, WIDTH), asked.length)),
    threshold: ordered[Math.ceil((1 - NOMINAL_SHARE) * (ordered.length - 1))] ?? Infinity,
  };
}
