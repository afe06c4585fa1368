import * as z from "zod";

const BINS = 64;
const PER_OCTAVE = 4;
const LEAST = 1 / 32;

/** How often a measure of one series was how large: by quarter octaves from `LEAST` on, whatever is smaller in the first. */
export const TailRank = z.array(z.number()).length(BINS).readonly();
export type TailRank = z.infer<typeof TailRank>;

/** Beyond this share of the values the tail is taken as exponential. */
const TAIL_SHARE = 0.02;
/** Of fewer values nothing can be said. */
const VALUES_LEAST = 50;

export const NEW_TAIL_RANK: TailRank = Array.from({ length: BINS }, () => 0);

/** @returns -log10 of the share of such values that are at least as large, 0 for those that are not among the 2 % largest */
export function rarityOf(rank: TailRank, value: number): number {
  const tail = TAIL_SHARE * rank.reduce((sum, count) => sum + count, 0);
  if (tail < TAIL_SHARE * VALUES_LEAST) return 0;
  let bin = BINS - 1;
  let above = 0;
  let excess = 0;
  for (; bin > 0 && above + (rank[bin] ?? 0) < tail; bin--) {
    above += rank[bin] ?? 0;
    excess += (rank[bin] ?? 0) * edge(bin + 0.5);
  }
  const rest = tail - above;
  const within = (rest / Math.max(rank[bin] ?? 0, rest)) * (edge(bin + 1) - edge(bin));
  const quantile = edge(bin + 1) - within;
  if (value <= quantile) return 0;
  const meanExcess = (excess - above * quantile + (rest * within) / 2) / tail;
  return -Math.log10(TAIL_SHARE) + (value - quantile) / (meanExcess * Math.LN10);
}

export function withValue(rank: TailRank, value: number): TailRank {
  const bin = value <= LEAST ? 0 : Math.min(BINS - 1, Math.floor(PER_OCTAVE * Math.log2(value / LEAST)));
  return rank.with(bin, (rank[bin] ?? 0) + 1);
}

function edge(bin: number): number {
  return LEAST * 2 ** (bin / PER_OCTAVE);
}
