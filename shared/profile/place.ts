import type { Observation, Place } from "./observation.ts";

/** Places known from addresses are off by so much without anybody having moved. */
export const SAME_PLACE_KM = 100;

/** Where an entity was seen last, and when. */
interface Sighting extends Place {
  atMs: number;
}

export interface Stay extends Sighting {
  /** The last sighting at another place; null when there was none. */
  left: Sighting | null;
}

/**
 * How far an entity came, and how long ago it was last seen there. Its first steps here do not hide a journey that it cannot have made:
 * for as long as it stays, it is held against the place it left.
 *
 * @returns NaN for both when a place is not known
 */
export function lookStay(stay: Stay | null, { place, atMs }: Observation): { movedKm: number; movedMs: number } {
  if (stay === null || place === null || atMs < stay.atMs) return { movedKm: NaN, movedMs: NaN };
  const km = distanceKm(stay, place);
  if (km > SAME_PLACE_KM || stay.left === null) return { movedKm: km, movedMs: atMs - stay.atMs };
  return { movedKm: distanceKm(stay.left, place), movedMs: atMs - stay.left.atMs };
}

/** In place, as long as it stays. */
export function learnStay(stay: Stay | null, { place, atMs }: Observation): Stay | null {
  if (place === null || (stay !== null && atMs < stay.atMs)) return stay;
  const { latitude, longitude } = place;
  if (stay === null) return { latitude, longitude, atMs, left: null };
  if (distanceKm(stay, place) <= SAME_PLACE_KM) {
    stay.atMs = atMs;
    return stay;
  }
  return { latitude, longitude, atMs, left: { latitude: stay.latitude, longitude: stay.longitude, atMs: stay.atMs } };
}

const EARTH_RADIUS_KM = 6_371;
const RADIANS = Math.PI / 180;

/**
 * Length of the great circle between two places.
 *
 * @returns km, 0 to about 20,015
 */
export function distanceKm(from: Place, to: Place): number {
  if (from.latitude === to.latitude && from.longitude === to.longitude) return 0;
  const halfLatitude = ((to.latitude - from.latitude) * RADIANS) / 2;
  const halfLongitude = ((to.longitude - from.longitude) * RADIANS) / 2;
  const chord =
    Math.sin(halfLatitude) ** 2 +
    Math.cos(from.latitude * RADIANS) * Math.cos(to.latitude * RADIANS) * Math.sin(halfLongitude) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}
