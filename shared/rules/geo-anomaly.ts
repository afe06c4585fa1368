import { isFirst, speedKmh } from "../features/places.ts";
import { duration, inWords } from "../number-words.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import type { Rule } from "./rule.ts";
import { mostThrough } from "./through.ts";

/** Whose journeys count; a device that jumps is only a VPN switched on. */
const TRAVELLERS: readonly EntityKind[] = ["customer", "email", "card"];

/** What a journey of one's own known device is held to say, however odd: below the usual threshold. */
const SAME_HANDS_MOST = 0.68;

/**
 * Geo anomaly: a customer or card logs in or pays where it cannot have travelled to since it was last seen elsewhere. Whoever switches a
 * VPN on jumps as far on a device that is known, and families share an account in places that are known: these stay below the usual
 * threshold. Beyond it go journeys onto a new device or onto other software with the same cookies, and those after which the goods are
 * to go where the account is all at once.
 */
export const geoAnomaly: Rule = {
  code: "geo_anomaly",
  explains: ["travel_speed"],
  on: ["order", "decline", "login"],
  find(facts, { geoSpeedKmh, geoDistanceKm }) {
    const found = mostThrough(
      facts,
      TRAVELLERS,
      ({ before }) => (before.movedKm >= geoDistanceKm ? speedKmh(before) : 0),
      geoSpeedKmh,
    );
    if (found === null) return null;
    const { event, signals } = facts;
    const { movedKm, movedMs, links } = found.before;
    const software = mostThrough(facts, ["client"], ({ before }) => (isFirst(before.links.software) ? 1 : 0));
    const takesGoods = isFirst(links.destination) && event.shipping_address?.country === signals.country;
    const score =
      0.6 +
      (isFirst(links.country) ? 0.06 : 0) +
      (isFirst(links.destination) || isFirst(links.address) ? 0.05 : 0) +
      (isFirst(links.card) ? 0.05 : 0);
    const how = [
      isFirst(links.device) && ", on a new device",
      software !== null && ", on the same device with other software",
      takesGoods && ", with goods to go there",
    ].filter((part) => part !== false);
    return {
      score: how.length === 0 ? Math.min(SAME_HANDS_MOST, score) : Math.min(1, score + 0.08 + 0.03 * (how.length - 1)),
      detail: `${inWords(Math.round(movedKm))} km from where this ${ENTITY_WORDS[found.kind]} was ${duration(movedMs)} before${how.join("")}`,
    };
  },
};
