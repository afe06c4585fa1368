const TERMS = 100;

/** How far two distributions lie apart, and how likely so far or further is where they are the same. */
export interface Distance {
  /** Largest difference of the shares below a value, 0..1. */
  d: number;
  p: number;
}

/**
 * The two-sample test of Kolmogorov and Smirnov on values counted in fine bins, which can only make it see less.
 *
 * @returns null where one of them has no values
 * @see Press et al., Numerical Recipes, on the approximation of the tail
 */
export function distanceOf(reference: readonly number[], current: readonly number[]): Distance | null {
  const m = sum(reference);
  const n = sum(current);
  if (m === 0 || n === 0) return null;
  let [before, now, d] = [0, 0, 0];
  for (const [bin, count] of reference.entries()) {
    before += count / m;
    now += (current[bin] ?? 0) / n;
    d = Math.max(d, Math.abs(now - before));
  }
  const root = Math.sqrt((n * m) / (n + m));
  return { d, p: tail((root + 0.12 + 0.11 / root) * d) };
}

function tail(lambda: number): number {
  if (lambda < 0.2) return 1;
  let total = 0;
  for (let k = 1; k <= TERMS; k++) total += 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, total));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
