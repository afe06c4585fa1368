import type { LabelledRows } from "./client-rows.ts";
import { MISSING } from "./features/feature.ts";

/** More distinct values than these share bins. */
export const BINS_MAX = 63;

/** Each value of each row as the number of the bin it falls in. */
export interface BinnedRows {
  rowCount: number;
  /** One input after the other: bin of row `r` in input `i` at `i * rowCount + r`. */
  bins: Uint8Array;
  /** For each input, the largest value of each bin but the last, ascending. What splits between two bins is the float32 written here. */
  edges: Float32Array[];
}

/**
 * Sorts each input into bins of about equally many rows, so that a split is looked for between bins instead of between rows. What is
 * unknown has a bin of its own.
 */
export function binRows({
  rows,
  rowCount,
  featureCount,
}: Pick<LabelledRows, "rows" | "rowCount" | "featureCount">): BinnedRows {
  const bins = new Uint8Array(featureCount * rowCount);
  const edges: Float32Array[] = [];
  const column = new Float32Array(rowCount);
  const sorted = new Float32Array(rowCount);
  for (let input = 0; input < featureCount; input++) {
    for (let row = 0; row < rowCount; row++) column[row] = rows[row * featureCount + input] as number; // all inside
    sorted.set(column);
    const own = binEdges(sorted.sort());
    for (let row = 0; row < rowCount; row++) bins[input * rowCount + row] = binOf(own, column[row] as number);
    edges.push(own);
  }
  return { rowCount, bins, edges };
}

/**
 * Where bins end. Few distinct values have a bin each; of many a bin is full when it has its share of the rows that are left, so that
 * a value that many rows have leaves the others as much room.
 *
 * @param sorted ascending, finite
 * @returns float32 values that part the bins: each at least the largest value below it and less than the smallest above
 */
export function binEdges(sorted: Float32Array): Float32Array {
  const isEach = distinctCount(sorted) <= BINS_MAX;
  const edges: number[] = [];
  let binStart = 0;
  for (let next = 1; next < sorted.length && edges.length < BINS_MAX - 1; next++) {
    // Both are of the sorted rows: a bin may end where the value changes.
    const [value, nextValue] = [sorted[next - 1] as number, sorted[next] as number];
    if (nextValue === value) continue;
    const share = (sorted.length - binStart) / (BINS_MAX - edges.length);
    if (!isEach && next - binStart < share && value !== MISSING) continue;
    edges.push(between(value, nextValue));
    binStart = next;
  }
  return Float32Array.from(edges);
}

function distinctCount(sorted: Float32Array): number {
  let count = sorted.length === 0 ? 0 : 1;
  for (let next = 1; next < sorted.length; next++) if (sorted[next] !== sorted[next - 1]) count++;
  return count;
}

/** A float32 in [`lower`, `upper`), half way where there is one. */
function between(lower: number, upper: number): number {
  const middle = Math.fround(lower + (upper - lower) / 2);
  return middle < upper ? middle : lower;
}

/** Number of the bin a value falls in: of the first edge that is not below it. */
function binOf(edges: Float32Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] as number) < value) low = middle + 1; // low <= middle < high
    else high = middle;
  }
  return low;
}
