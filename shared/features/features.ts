import type { Facts } from "../facts.ts";
import { isPayment } from "../profile/observation.ts";
import { AMOUNTS } from "./amounts.ts";
import { BASKET } from "./basket.ts";
import { CONDUCT } from "./conduct.ts";
import { MISSING, type Feature } from "./feature.ts";
import { PLACES } from "./places.ts";
import { isQuiet, kindsCode, ZERO_IF_QUIET } from "./quiet.ts";
import { VELOCITY } from "./velocity.ts";

export { MISSING };

/** Version of the table below; a model names the one it was trained on. Changes whenever a row's meaning, order or number does. */
export const FEATURE_SET = "shop-v4";

/**
 * The features, in the order of the vector. All are measured before the event is learned from; amounts are ln(1 + euros), so
 * differences of amounts are ratios whatever the currency.
 */
export const FEATURES: readonly Feature[] = [...AMOUNTS, ...VELOCITY, ...PLACES, ...BASKET, ...CONDUCT];

export const FEATURE_NAMES: readonly string[] = FEATURES.map((feature) => feature.name);

/** Places of the features that an event is asked about: of a payment all, of others few, and fewer yet where its entities are quiet. */
const PLACES_OF = {
  payment: placesOfThose(() => true),
  other: placesOfThose(({ on }) => on === "all"),
  quietPayment: placesOfThose(({ name }) => !ZERO_IF_QUIET.has(name)),
  quietOther: placesOfThose(({ on, name }) => on === "all" && !ZERO_IF_QUIET.has(name)),
  quiet: placesOfThose(({ name }) => ZERO_IF_QUIET.has(name)),
} as const;

/** By the kinds of quiet entities: their zeros, and MISSING everywhere else. */
const QUIET_VECTORS = new Map<number, Float32Array>();

/** For each feature the place of its evidence among all evidence there is. */
export const EVIDENCE: readonly number[] = placesOf(FEATURES.map(({ name, evidence = name }) => evidence));

/** What a calibration makes of each feature that its rows hold none of. */
export const UNSEEN_POTS: readonly number[] = FEATURES.map(({ unseenPots = 1 }) => unseenPots);

/**
 * The feature vector of an event: one finite number per row of FEATURES, at least 0, or MISSING.
 *
 * @param vector filled and returned: making one takes a quarter of the time
 */
export function featureVector(facts: Facts, vector = new Float32Array(FEATURES.length)): Float32Array {
  const isPaid = isPayment(facts.seen.act);
  if (isQuiet(facts)) {
    vector.set(quietVector(facts));
    return measure(facts, isPaid ? PLACES_OF.quietPayment : PLACES_OF.quietOther, vector);
  }
  return measure(facts, isPaid ? PLACES_OF.payment : PLACES_OF.other, vector.fill(MISSING));
}

function quietVector(facts: Facts): Float32Array {
  const code = kindsCode(facts);
  const before = QUIET_VECTORS.get(code);
  if (before !== undefined) return before;
  const vector = measure(facts, PLACES_OF.quiet, new Float32Array(FEATURES.length).fill(MISSING));
  QUIET_VECTORS.set(code, vector);
  return vector;
}

/** @param vector MISSING at these places so far */
function measure(facts: Facts, places: readonly number[], vector: Float32Array): Float32Array {
  for (let at = 0; at < places.length; at++) {
    const place = places[at] as number; // within the list
    const value = (FEATURES[place] as Feature).value(facts); // a place of theirs
    if (Number.isFinite(value)) vector[place] = value;
  }
  return vector;
}

function placesOfThose(isOne: (feature: Feature) => boolean): readonly number[] {
  return FEATURES.flatMap((feature, place) => (isOne(feature) ? [place] : []));
}

/** For each of the names how many different ones came before it for the first time. */
function placesOf(names: readonly string[]): number[] {
  const different = [...new Set(names)];
  return names.map((name) => different.indexOf(name));
}
