/** Quantile bins of a reference; the missing are a bin of their own beside them. */
const QUANTILES = 10;

/** The 99.9 % points of chi-square with 1, 2, … degrees of freedom. */
const CHI_SQUARE_999 = [10.828, 13.816, 16.266, 18.467, 20.515, 22.458, 24.322, 26.124, 27.877, 29.588] as const;

/** Half a value in every bin, so that none that is empty makes the index infinite. */
const SMOOTHING = 0.5;

/** A bin of two distributions, made of fine bins next to one another. */
export interface Bin {
  /** First and last fine bin. */
  from: number;
  to: number;
  reference: number;
  current: number;
}

/**
 * Two distributions in the quantile bins of the first. Where many values are equal, as the harmless ones are, they fill one bin, and
 * there are fewer.
 *
 * @param reference values by fine bin
 * @param current the same
 * @param missing how many of the fine bins, from the first on, are for what is missing: a bin of its own unless nothing ever is
 */
export function quantileBins(reference: readonly number[], current: readonly number[], missing: number): Bin[] {
  const bins: Bin[] = [];
  const add = (from: number, to: number) => {
    const range = (counts: readonly number[]) => sum(counts.slice(from, to + 1));
    bins.push({ from, to, reference: range(reference), current: range(current) });
  };
  if (sum(reference.slice(0, missing)) + sum(current.slice(0, missing)) > 0) add(0, missing - 1);
  const total = sum(reference.slice(missing));
  let from = missing;
  let below = 0;
  let cut = 1;
  for (let fine = missing; fine < reference.length; fine++) {
    below += reference[fine] ?? 0;
    const isLast = fine === reference.length - 1;
    if (!isLast && (below < (total * cut) / QUANTILES || below === total)) continue;
    add(from, fine);
    from = fine + 1;
    cut = total === 0 ? 1 : Math.floor((below / total) * QUANTILES) + 1;
  }
  return bins;
}

/**
 * Population stability index. Without any change it is on average (1/n + 1/m) · (bins − 1), and distributed as that times a chi-square.
 *
 * @see `limitOf`
 */
export function psiOf(bins: readonly Bin[]): number {
  const n = sum(bins.map(({ current }) => current));
  const m = sum(bins.map(({ reference }) => reference));
  const share = (count: number, all: number) => (count + SMOOTHING) / (all + SMOOTHING * bins.length);
  return sum(
    bins.map(({ reference, current }) => {
      const before = share(reference, m);
      const now = share(current, n);
      return (now - before) * Math.log(now / before);
    }),
  );
}

/** The index that 1 in 1,000 days is beyond where nothing has changed. */
export function limitOf(bins: readonly Bin[]): number {
  const n = sum(bins.map(({ current }) => current));
  const m = sum(bins.map(({ reference }) => reference));
  const freedom = Math.min(CHI_SQUARE_999.length, Math.max(1, bins.length - 1));
  return (CHI_SQUARE_999[freedom - 1] ?? Infinity) * (1 / n + 1 / m);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
