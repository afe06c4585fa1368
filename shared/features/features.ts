import type { Facts } from "../facts.ts";
import { AMOUNTS } from "./amounts.ts";
import { BASKET } from "./basket.ts";
import { CONDUCT } from "./conduct.ts";
import { MISSING, type Feature } from "./feature.ts";
import { PLACES } from "./places.ts";
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
  for (let index = 0; index < FEATURES.length; index++) {
    const value = FEATURES[index]?.value(facts) ?? NaN;
    vector[index] = Number.isFinite(value) ? value : MISSING;
  }
  return vector;
}

/** For each of the names how many different ones came before it for the first time. */
function placesOf(names: readonly string[]): number[] {
  const different = [...new Set(names)];
  return names.map((name) => different.indexOf(name));
}
