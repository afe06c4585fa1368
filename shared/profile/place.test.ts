import { describe, expect, it } from "vitest";
import { observation } from "../test-facts.ts";
import type { Place } from "./observation.ts";
import { distanceKm, learnStay, lookStay, type Stay } from "./place.ts";

const BERLIN = { latitude: 52.52, longitude: 13.405 };
const POTSDAM = { latitude: 52.4, longitude: 13.066 };
const PARIS = { latitude: 48.8566, longitude: 2.3522 };
const NEW_YORK = { latitude: 40.7128, longitude: -74.006 };
const AUCKLAND = { latitude: -36.8485, longitude: 174.7633 };
const NORTH_POLE = { latitude: 90, longitude: 0 };

describe("distanceKm", () => {
  it.each([
    { from: BERLIN, to: PARIS, km: 878, because: "Berlin to Paris" },
    { from: PARIS, to: NEW_YORK, km: 5_837, because: "Paris to New York" },
    { from: NEW_YORK, to: AUCKLAND, km: 14_206, because: "across the date line" },
    { from: { latitude: 0, longitude: 179.5 }, to: { latitude: 0, longitude: -179.5 }, km: 111, because: "over it" },
    { from: NORTH_POLE, to: { latitude: 90, longitude: 120 }, km: 0, because: "a pole has no longitude" },
    { from: { latitude: 0, longitude: 0 }, to: { latitude: 0, longitude: 180 }, km: 20_015, because: "half way round" },
    { from: BERLIN, to: BERLIN, km: 0, because: "nowhere" },
  ])("is $km km, both ways: $because", ({ from, to, km }) => {
    expect(Math.abs(distanceKm(from, to) - km)).toBeLessThan(Math.max(1, km / 500));
    expect(distanceKm(to, from)).toBeCloseTo(distanceKm(from, to), 9);
  });
});

const AT_MS = Date.parse("2026-03-10T12:30:00Z");
const HOUR_MS = 3_600_000;

const at = (place: Place | null, agoMs = 0) => observation({ place, atMs: AT_MS - agoMs });

function after(...all: ReturnType<typeof at>[]): Stay | null {
  let stay: Stay | null = null;
  for (const seen of all) stay = learnStay(stay, seen);
  return stay;
}

describe("lookStay", () => {
  it.each([
    { because: "it was nowhere before", before: [], place: PARIS },
    { because: "it is nobody knows where", before: [at(BERLIN, HOUR_MS)], place: null },
    { because: "all that is known came later", before: [at(BERLIN, -HOUR_MS)], place: PARIS },
  ])("knows no journey when $because", ({ before, place }) => {
    expect(lookStay(after(...before), at(place))).toEqual({ movedKm: NaN, movedMs: NaN });
  });

  it("measures from where it was last, and since when", () => {
    const { movedKm, movedMs } = lookStay(after(at(NEW_YORK, 9 * HOUR_MS), at(BERLIN, HOUR_MS)), at(PARIS));
    expect(movedKm).toBeCloseTo(distanceKm(BERLIN, PARIS), 9);
    expect(movedMs).toBe(HOUR_MS);
  });

  it("holds its second step here against the place it left too, so that the first does not hide the journey", () => {
    const stay = after(at(BERLIN, HOUR_MS), at(PARIS, 1_000));
    expect(lookStay(stay, at(PARIS))).toMatchObject({ movedMs: HOUR_MS });
    expect(lookStay(stay, at(PARIS)).movedKm).toBeCloseTo(distanceKm(BERLIN, PARIS), 9);
  });

  it("takes a place within 100 km for the same, as addresses are off by so much", () => {
    const stay = after(at(BERLIN, 2 * HOUR_MS), at(POTSDAM, HOUR_MS));
    expect(stay).toMatchObject({ atMs: AT_MS - HOUR_MS, left: null });
    expect(lookStay(stay, at(BERLIN)).movedKm).toBeLessThan(100);
  });

  it("learns nothing from an event without a place, nor from one that came late", () => {
    const stay = after(at(BERLIN, HOUR_MS));
    expect(learnStay(stay, at(null))).toEqual(stay);
    expect(learnStay(stay, at(PARIS, 2 * HOUR_MS))).toEqual(stay);
  });
});
