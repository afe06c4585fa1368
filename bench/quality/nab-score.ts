/** A series of the Numenta Anomaly Benchmark, with the windows in which its anomalies are to be found. */
export interface LabelledSeries {
  name: string;
  timesMs: number[];
  values: number[];
  /** First and last row of each window. */
  windows: [first: number, last: number][];
}

/** What is won and lost: NAB's profiles. */
export const PROFILES = {
  standard: { hit: 1, miss: 1, falseAlarm: 0.11 },
  "reward low FP": { hit: 1, miss: 1, falseAlarm: 0.22 },
  "reward low FN": { hit: 1, miss: 2, falseAlarm: 0.11 },
} as const;
export type Profile = keyof typeof PROFILES;

const PROBATION_SHARE = 0.15;
const PROBATION_ROWS_MOST = 0.15 * 5_000;

/** How many rows a detector may learn from before it is held to anything. */
export function probationRows(rows: number): number {
  return Math.floor(Math.min(PROBATION_SHARE * rows, PROBATION_ROWS_MOST));
}

/** NAB's weight of a row by its place: near 1 at the beginning of a window, 0 at its end, to -1 three widths behind it. */
function sigmoid(place: number): number {
  return place > 3 ? -1 : 2 / (1 + Math.exp(5 * place)) - 1;
}

interface Row {
  score: number;
  /** The window it is in, or null. */
  window: string | null;
  worth: number;
}

/**
 * The NAB score: 100 for every window found at its first row and nothing else, 0 for a detector that never says anything. One threshold,
 * the best, holds for all series.
 *
 * @param scores of each series, a number for each row
 * @see Lavin & Ahmad 2015, "Evaluating Real-time Anomaly Detection Algorithms"; NAB's sweeper.py
 */
export function nabScore(
  series: readonly LabelledSeries[],
  scores: readonly ArrayLike<number>[],
  profile: Profile,
): number {
  const { hit, miss } = PROFILES[profile];
  const rows = series.flatMap((one, index) => rowsOf(one, scores[index] ?? [], profile));
  rows.sort((a, b) => b.score - a.score);
  const windows = series.reduce((sum, one) => sum + one.windows.length, 0);
  const found = new Map<string, number>();
  let total = -miss * windows;
  let best = total;
  for (const [index, { score, window, worth }] of rows.entries()) {
    if (window === null) total += worth;
    else {
      const before = found.get(window) ?? -miss;
      total += Math.max(before, worth) - before;
      found.set(window, Math.max(before, worth));
    }
    if (rows[index + 1]?.score !== score) best = Math.max(best, total);
  }
  return (100 * (best + miss * windows)) / ((hit + miss) * windows);
}

/** The rows after probation, each with what it is worth when it is above the threshold. */
function rowsOf({ name, values, windows }: LabelledSeries, scores: ArrayLike<number>, profile: Profile): Row[] {
  const { hit, falseAlarm } = PROFILES[profile];
  const rows: Row[] = [];
  for (let row = probationRows(values.length); row < values.length; row++) {
    const inside = windows.find(([first, last]) => row >= first && row <= last);
    const score = scores[row] ?? 0;
    if (inside !== undefined) {
      const [first, last] = inside;
      const place = -(last - row + 1) / (last - first + 1);
      rows.push({ score, window: `${name} ${first}`, worth: (hit * sigmoid(place)) / sigmoid(-1) });
      continue;
    }
    const passed = windows.findLast(([, last]) => last < row);
    const worth = passed === undefined ? -1 : sigmoid((row - passed[1]) / (passed[1] - passed[0]));
    rows.push({ score, window: null, worth: worth * falseAlarm });
  }
  return rows;
}
