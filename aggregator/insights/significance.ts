/** A value that came in so many units: orders in sessions, money in orders, and of plain counts orders in one window. */
export interface Amount {
  value: number;
  units: number;
}

/** The same of an earlier time, and how much it says about now. */
export interface Earlier extends Amount {
  weight: number;
}

/** What is assumed of a value before its history has spoken. */
export interface Assumed {
  /** How much of the value is one count: what varies as chance has it. */
  size: number;
  /** Variance of whole windows relative to what is usual, beyond chance: 0.01 for a tenth more or less. */
  wander: number;
  /** How many earlier times the assumption is worth. */
  worth: number;
  /** Variance over that of chance, at least: 1 for counts. Sums of like amounts may vary less. */
  dispersionLeast: number;
}

const NEVER_COUNTS = 0.5;

export interface Comparison {
  /** In one unit. */
  usual: number;
  /** In as many units as there are now. */
  expected: number;
  /** How likely a value at least as far off is by chance, on either side together. */
  p: number;
}

/**
 * Holds a value against earlier ones like it: negative binomial, with as much more variance than chance as the earlier ones show among
 * themselves, and with the tails of Student's t, as that is told from few.
 *
 * The predictive distribution of counts whose mean was itself estimated; amounts are counts of their usual size. Quotients have their
 * units as exposure. @see McCullagh & Nelder 1989, "Generalized Linear Models", on overdispersion
 *
 * @returns null without history
 */
export function compare(now: Amount, history: readonly Earlier[], assumed: Assumed): Comparison | null {
  const { size, wander, worth, dispersionLeast } = assumed;
  const told = history.filter(({ units, weight }) => units > 0 && weight > 0);
  const total = (of: (earlier: Earlier) => number) => told.reduce((sum, earlier) => sum + of(earlier), 0);
  const weighedUnits = total(({ units, weight }) => weight * units);
  const weighedValue = total(({ value, weight }) => weight * value);
  if (weighedUnits <= 0 || now.units <= 0 || size <= 0) return null;
  const known = weighedValue / weighedUnits;
  // Of what was never seen half a count is taken for seen: it is rare, not impossible.
  const usual = known > 0 ? known : (NEVER_COUNTS * size) / weighedUnits;
  const counts = (usual * now.units) / size;

  const weights = total(({ weight }) => weight);
  const times = weights ** 2 / total(({ weight }) => weight ** 2);
  const freedom = Math.max(0, times - 1);
  const expectedThen = ({ units }: Earlier) => (usual * units) / size;
  const countsThen = total((earlier) => earlier.weight * expectedThen(earlier)) / weights;
  const scatter =
    freedom === 0
      ? 0
      : (total((earlier) => {
          const mean = expectedThen(earlier);
          return (earlier.weight * (earlier.value / size - mean) ** 2) / mean;
        }) /
          weights) *
        (times / freedom);
  const dispersionThen = (worth * (1 + wander * countsThen) + freedom * scatter) / (worth + freedom);
  const dispersion = Math.max(dispersionLeast, 1 + ((dispersionThen - 1) * counts) / countsThen);

  const exposure = weighedUnits ** 2 / total(({ units, weight }) => weight ** 2 * units);
  const shape = (usual * exposure) / size / dispersion + 0.5;
  const seen = now.value / size / dispersion;
  const below = incompleteBeta(exposure / (exposure + now.units), shape, seen + 0.5);
  const tail = Math.min(below, 1 - below);
  const deviations = -normalQuantile(Math.max(tail, 1e-300));
  return { usual: known, expected: known * now.units, p: 2 * studentTail(deviations, worth + freedom) };
}

/**
 * The largest p that still counts when so many are looked at: of what is told at most a share `rate` is chance, and where nothing has
 * changed anything is told with at most that probability.
 *
 * @returns 0 when none counts
 * @see Benjamini & Hochberg 1995, "Controlling the False Discovery Rate"
 */
export function thresholdFor(ps: readonly number[], rate: number): number {
  const sorted = ps.toSorted((a, b) => a - b);
  const last = sorted.findLastIndex((p, index) => p <= (rate * (index + 1)) / sorted.length);
  return sorted[last] ?? 0;
}

/** Share of a beta distribution below `x`, for shapes above 0. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(1 - x, b, a)) / b;
}

const TINY = 1e-300;
const PRECISION = 1e-14;
/** Grows with the square root of the shapes: enough for counts of a hundred million. */
const STEPS_MOST = 20_000;

/** Continued fraction by Lentz's method. @see Numerical Recipes, 3rd ed., §6.4 */
function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= STEPS_MOST; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return fraction;
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x above 0. */
function logGamma(x: number): number {
  const [first = 0, ...rest] = LANCZOS;
  const base = x + 6.5;
  const series = rest.reduce((sum, coefficient, index) => sum + coefficient / (x + index), first);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

/** Probability beyond `t` on one side of Student's t. */
export function studentTail(t: number, freedom: number): number {
  const tail = 0.5 * incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
  return t >= 0 ? tail : 1 - tail;
}

/** The point below which a share of the normal distribution lies; to nine digits. @see Acklam 2003 */
export function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(share));
    return polynomial(q, TAIL_OVER) / (polynomial(q, TAIL_UNDER) * q + 1);
  }
  const q = share - 0.5;
  return (q * polynomial(q * q, MIDDLE_OVER)) / (polynomial(q * q, MIDDLE_UNDER) * q * q + 1);
}

const MIDDLE_OVER = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const MIDDLE_UNDER = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
];
const TAIL_OVER = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_UNDER = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];

/** Highest power first. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
