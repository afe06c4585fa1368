import * as z from "zod";

/**
 * What share of events with such a score turned out to be anomalies when people looked: for display beside a score, never in place of
 * it. It holds for events that are reviewed, and reviews lean towards high scores.
 */

const Share = z.number().min(0).max(1);

/** How scores become probabilities, as far as the reviews carry it: one share for all, a curve of two parameters, or the counts themselves. */
export const FraudProbability = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("base_rate"), reviews: z.int().min(1), probability: Share }),
  z.strictObject({
    kind: z.literal("platt"),
    reviews: z.int().min(1),
    slope: z.number().min(0),
    intercept: z.number(),
  }),
  z.strictObject({
    kind: z.literal("isotonic"),
    reviews: z.int().min(1),
    knots: z
      .array(z.strictObject({ score: Share, probability: Share }))
      .min(1)
      .refine(isRising, "the knots are out of order"),
  }),
]);
export type FraudProbability = z.infer<typeof FraudProbability>;

/** An event that somebody looked at. */
export interface Review {
  score: number;
  confirmed: boolean;
}

/** Below, a curve would follow chance. */
const REVIEWS_FOR_PLATT = 100;
/** Above, the counts tell more than a curve through them. */
const REVIEWS_FOR_ISOTONIC = 1_000;

/** Scores this near count as one, which bounds the knots. */
const LEVELS = 200;

const NEWTON_STEPS_MOST = 50;
const HALVINGS_MOST = 30;
const CONVERGED = 1e-9;
/** Keeps the step finite where all scores are equal. */
const RIDGE = 1e-9;

/** Reviews with about the same score. */
interface Level {
  score: number;
  reviews: number;
  confirmed: number;
}

/**
 * Learns from what reviews found: fewer than 100 give one share for every score, up to 1,000 a Platt curve, more an isotonic one. None
 * of them ever claims certainty, or a lower probability for a higher score.
 *
 * @returns null without reviews
 * @throws RangeError when a score is not within 0..1
 * @see Platt 1999, with the smoothed targets and the Newton method of Lin, Lin & Weng 2007; Zadrozny & Elkan 2002 for isotonic
 */
export function fitFraudProbability(reviews: readonly Review[]): FraudProbability | null {
  if (reviews.some(({ score }) => !(score >= 0 && score <= 1))) throw new RangeError("A score is within 0..1");
  const count = reviews.length;
  if (count === 0) return null;
  if (count < REVIEWS_FOR_PLATT) return { kind: "base_rate", reviews: count, probability: smoothedShare(reviews) };
  if (count <= REVIEWS_FOR_ISOTONIC) return { kind: "platt", reviews: count, ...fitPlatt(reviews) };
  return { kind: "isotonic", reviews: count, knots: fitIsotonic(reviews) };
}

/** @param score 0..1 */
export function fraudProbability(fitted: FraudProbability, score: number): number {
  switch (fitted.kind) {
    case "base_rate":
      return fitted.probability;
    case "platt":
      return logistic(fitted.slope * score + fitted.intercept);
    case "isotonic":
      return between(fitted.knots, score);
    default:
      return fitted satisfies never;
  }
}

/** Half a review of each outcome added. */
function smoothedShare(reviews: readonly Review[]): number {
  return (confirmedOf(reviews) + 0.5) / (reviews.length + 1);
}

/**
 * The slope and intercept of the log-odds that make the reviews likeliest, each outcome taken for slightly less than certain. Where
 * that slope would fall, a level line through the same targets.
 */
function fitPlatt(reviews: readonly Review[]): { slope: number; intercept: number } {
  const confirmed = confirmedOf(reviews);
  const dismissed = reviews.length - confirmed;
  const ifConfirmed = (confirmed + 1) / (confirmed + 2);
  const ifDismissed = 1 / (dismissed + 2);
  const targets = reviews.map((review) => (review.confirmed ? ifConfirmed : ifDismissed));
  const mean = (confirmed * ifConfirmed + dismissed * ifDismissed) / reviews.length;
  const level = { slope: 0, intercept: Math.log(mean / (1 - mean)) };

  let line = level;
  let loss = lossOf(reviews, targets, line);
  for (let step = 0; step < NEWTON_STEPS_MOST; step++) {
    const direction = newtonDirection(reviews, targets, line);
    let stride = 1;
    let next = line;
    let nextLoss = loss;
    for (let halving = 0; halving < HALVINGS_MOST; halving++) {
      next = { slope: line.slope + stride * direction.slope, intercept: line.intercept + stride * direction.intercept };
      nextLoss = lossOf(reviews, targets, next);
      if (nextLoss <= loss) break;
      stride /= 2;
    }
    if (!(loss - nextLoss > CONVERGED)) break;
    line = next;
    loss = nextLoss;
  }
  return line.slope > 0 ? line : level;
}

function newtonDirection(
  reviews: readonly Review[],
  targets: readonly number[],
  line: { slope: number; intercept: number },
) {
  let [gradientSlope, gradientIntercept, slopes, mixed, intercepts] = [0, 0, RIDGE, 0, RIDGE];
  for (const [index, { score }] of reviews.entries()) {
    const probability = logistic(line.slope * score + line.intercept);
    const off = probability - (targets[index] ?? 0);
    const weight = probability * (1 - probability);
    gradientSlope += off * score;
    gradientIntercept += off;
    slopes += weight * score * score;
    mixed += weight * score;
    intercepts += weight;
  }
  const determinant = slopes * intercepts - mixed * mixed;
  return {
    slope: -(intercepts * gradientSlope - mixed * gradientIntercept) / determinant,
    intercept: -(slopes * gradientIntercept - mixed * gradientSlope) / determinant,
  };
}

/** Cross-entropy, in the form that neither overflows nor takes the logarithm of 0. */
function lossOf(
  reviews: readonly Review[],
  targets: readonly number[],
  line: { slope: number; intercept: number },
): number {
  return reviews.reduce((total, { score }, index) => {
    const odds = line.slope * score + line.intercept;
    return total + Math.max(0, odds) - odds * (targets[index] ?? 0) + Math.log1p(Math.exp(-Math.abs(odds)));
  }, 0);
}

/**
 * The counts of equal scores, pooled with their neighbours until they rise, one knot at the mean score of each pool. A confirmed
 * review at 0 and a dismissed one at 1 are added, so that no pool is certain.
 */
function fitIsotonic(reviews: readonly Review[]): { score: number; probability: number }[] {
  const pools: Level[] = [];
  for (const level of levelsOf([{ score: 0, confirmed: true }, ...reviews, { score: 1, confirmed: false }])) {
    let pool = level;
    for (let last = pools.at(-1); last !== undefined && shareOf(last) >= shareOf(pool); last = pools.at(-1)) {
      pools.pop();
      pool = pooled(last, pool);
    }
    pools.push(pool);
  }
  return pools.map((pool) => ({ score: pool.score, probability: shareOf(pool) }));
}

/** Reviews by score, ascending. */
function levelsOf(reviews: readonly Review[]): Level[] {
  const levels = new Map<number, Level>();
  for (const { score, confirmed } of reviews) {
    const one = { score, reviews: 1, confirmed: Number(confirmed) };
    const key = Math.round(score * LEVELS);
    const known = levels.get(key);
    levels.set(key, known === undefined ? one : pooled(known, one));
  }
  return [...levels.values()].toSorted((a, b) => a.score - b.score);
}

function pooled(a: Level, b: Level): Level {
  const reviews = a.reviews + b.reviews;
  return {
    // Rounding may lift the mean of scores of 1 above them.
    score: Math.min(1, (a.score * a.reviews + b.score * b.reviews) / reviews),
    reviews,
    confirmed: a.confirmed + b.confirmed,
  };
}

/** Interpolated between knots, level beyond them. */
function between(knots: readonly { score: number; probability: number }[], score: number): number {
  const index = knots.findIndex((knot) => knot.score >= score);
  const upper = knots[index] ?? knots.at(-1);
  const lower = knots[index - 1] ?? upper;
  if (upper === undefined || lower === undefined) throw new RangeError("An isotonic curve has knots");
  if (index === -1 || upper.score === lower.score) return upper.probability;
  const share = (score - lower.score) / (upper.score - lower.score);
  return lower.probability + share * (upper.probability - lower.probability);
}

function shareOf({ reviews, confirmed }: Level): number {
  return confirmed / reviews;
}

function confirmedOf(reviews: readonly Review[]): number {
  return reviews.filter(({ confirmed }) => confirmed).length;
}

function logistic(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

function isRising(knots: readonly { score: number; probability: number }[]): boolean {
  return knots.every(({ score, probability }, index) => {
    const before = knots[index - 1];
    return before === undefined || (score > before.score && probability >= before.probability);
  });
}
