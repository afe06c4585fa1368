import { MODEL_WEIGHT, potScore, type Tails } from "./calibration.ts";
import { MISSING } from "./features/feature.ts";
import type { Tail } from "./tail.ts";

/** What a score was made from. */
export interface Grounds {
  vector: ArrayLike<number>;
  /** What the event is held against; null when its kind was calibrated on nothing. */
  tails: Tails | null;
  /** The tail that the statistics' score is read from; null likewise. */
  scoreTail: Tail | null;
  /** Orders of the one whose normal the event is held against; 0 when it names nobody. */
  ordersBefore: number;
  /** Entities of the event that something was asked of and that answered. */
  profilesKnown: number;
  /** What was missing, as the assessment names it. */
  degraded: readonly string[];
  modelScored: boolean;
  threshold: number;
  /** A named rule gave the score, by counting and not by rarity. */
  byRule: boolean;
}

/** Orders at which a customer's own history has half of its say. */
const ORDERS_FOR_HALF = 5;

/** What is left of confidence where a thing is not there at all: there are others to go by. */
const LEAST = 0.5;

/**
 * How much of what a score rests on was there, 0..1: not how likely the event is an anomaly, nor how far the score lies from the
 * threshold. It is the product of
 *
 * - the profiles that answered, among those that were asked;
 * - the features that were known, each weighing as often as it usually is: what this shop never sends costs nothing;
 * - the customer's history, from a half without any;
 * - the model's share, where none could score;
 * - the calibration's reach, from a half: how much of the way to the threshold, in pots, it counted on rows and not extrapolated.
 *
 * A named rule found what it looks for, whatever else is unknown, so for its score only the first counts.
 */
export function confidence(grounds: Grounds): number {
  const answered = answeredShare(grounds);
  if (grounds.byRule) return answered;
  const { ordersBefore, modelScored } = grounds;
  const history = atLeastHalf(ordersBefore / (ordersBefore + ORDERS_FOR_HALF));
  const model = modelScored ? 1 : 1 - MODEL_WEIGHT;
  return answered * knownShare(grounds) * history * model * atLeastHalf(countedReach(grounds));
}

function answeredShare({ profilesKnown, degraded }: Grounds): number {
  if (degraded.length === 0) return 1;
  const lost = degraded.filter((name) => name.startsWith("profile:")).length;
  return lost === 0 ? 1 : profilesKnown / (profilesKnown + lost);
}

function knownShare({ vector, tails }: Grounds): number {
  let known = 0;
  let usual = 0;
  const shares = tails?.feature_known ?? [];
  for (let index = 0; index < shares.length; index++) {
    const share = shares[index] ?? 0;
    usual += share;
    if (vector[index] !== MISSING) known += share;
  }
  return usual === 0 ? 0 : known / usual;
}

/** The last knot of a tail is the last that was counted. */
function countedReach({ scoreTail, threshold }: Grounds): number {
  const pots = scoreTail?.pots;
  const counted = potScore(pots?.[pots.length - 1] ?? 0);
  return threshold <= counted ? 1 : counted / threshold;
}

function atLeastHalf(share: number): number {
  return LEAST + (1 - LEAST) * share;
}
