import { describe, expect, it } from "vitest";
import type { KeptEvent } from "../event.ts";
import type { EntityKind, LinkSnapshot } from "../profile/links.ts";
import type { Act } from "../profile/observation.ts";
import { facts, KNOWN_LINK, NEW_LINK, observation, regular, snapshot } from "../test-facts.ts";
import { geoAnomaly } from "./geo-anomaly.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ geoSpeedKmh: 1_000, geoDistanceKm: 1_000 });
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Journey {
  km?: number;
  ms?: number;
  kind?: EntityKind;
  act?: Act;
  device?: LinkSnapshot;
  country?: LinkSnapshot;
  destination?: LinkSnapshot;
  card?: LinkSnapshot;
  /** Of the device's cookies. */
  software?: LinkSnapshot;
  to?: string;
}

/** A regular customer is in Brazil twenty minutes after having been in Germany, on the device they always have, but for what is named. */
function find({
  km = 9_500,
  ms = 20 * MINUTE_MS,
  kind = "customer",
  act = "order",
  software,
  to = "DE",
  ...links
}: Journey) {
  const known = { device: KNOWN_LINK, country: NEW_LINK, destination: KNOWN_LINK, card: KNOWN_LINK, ...links };
  const event: Partial<KeptEvent> = { shipping_address: { country: to } };
  const client = snapshot({ links: software === undefined ? {} : { software } });
  return geoAnomaly.find(
    facts({
      event,
      signals: { country: "BR" },
      seen: observation({ act }),
      subject: { kind, before: regular({ movedKm: km, movedMs: ms, links: known }) },
      counters: [{ kind: "client", before: client }],
    }),
    SETTINGS,
  );
}

describe("geoAnomaly", () => {
  it.each([
    { journey: { device: NEW_LINK }, because: "on a device never seen" },
    { journey: { device: NEW_LINK, act: "login" as const }, because: "somebody logs in there" },
    { journey: { device: NEW_LINK, kind: "email" as const }, because: "the customer has no account" },
    { journey: { software: NEW_LINK }, because: "the cookies were taken to other software" },
    { journey: { destination: NEW_LINK, to: "BR" }, because: "the goods are to go there" },
    { journey: { device: NEW_LINK, km: 1_200, ms: 60 * MINUTE_MS }, because: "just faster than an airliner" },
  ])("finds a journey nobody can make, $because", ({ journey }) => {
    expect(find(journey)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { journey: {}, because: "a VPN is switched on at a device that is known" },
    { journey: { destination: NEW_LINK, card: NEW_LINK, to: "AT" }, because: "behind a VPN somebody sends a gift" },
    {
      journey: { device: NEW_LINK, country: KNOWN_LINK },
      because: "of a family one has a new phone, where family is known to be",
    },
    { journey: { software: KNOWN_LINK }, because: "the software is as always" },
  ])("stays below the usual threshold when $because", ({ journey }) => {
    const score = find(journey)?.score ?? 0;
    expect(score).toBeGreaterThanOrEqual(0.6);
    expect(score).toBeLessThan(0.7);
  });

  it.each([
    { journey: { ms: 14 * HOUR_MS }, because: "they flew there overnight" },
    { journey: { km: 990, ms: MINUTE_MS }, because: "addresses of a country are mistaken for each other" },
    { journey: { km: NaN, ms: NaN }, because: "nobody knows where they were" },
  ])("says nothing when $because", ({ journey }) => {
    expect(find({ device: NEW_LINK, ...journey })).toBeNull();
  });

  it("does not take a device for a traveller, which jumps whenever its network does", () => {
    expect(find({ kind: "client", device: NEW_LINK })).toBeNull();
  });

  it("is surer with each thing that is unlike the customer", () => {
    const journeys = [
      { device: NEW_LINK, country: KNOWN_LINK },
      { device: NEW_LINK },
      { device: NEW_LINK, card: NEW_LINK },
      { device: NEW_LINK, card: NEW_LINK, destination: NEW_LINK },
      { device: NEW_LINK, card: NEW_LINK, destination: NEW_LINK, to: "BR" },
    ];
    const scores = journeys.map((journey) => find(journey)?.score ?? 0);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });

  it("tells how far, within what time and how", () => {
    expect(find({ device: NEW_LINK, destination: NEW_LINK, to: "BR" })?.detail).toBe(
      "9,500 km from where this customer was 20 min before, on a new device, with goods to go there",
    );
  });
});
