import { who, type Facts } from "../facts.ts";
import { duration, inWords } from "../number-words.ts";
import type { LinkSnapshot } from "../profile/links.ts";
import { SAME_PLACE_KM } from "../profile/place.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { MISSING, ofSubject, type Feature } from "./feature.ts";

/** Where an event comes from and goes to, on what and with what, held against where, on what and with what it usually is. */
export const PLACES: readonly Feature[] = [
  ofSubject({
    name: "new_country",
    unit: "ln of the customer's orders over the countries they came from or went to, when this one is new",
    measure: (before) => {
      const { country, destination } = before.links;
      if (country === undefined && destination === undefined) return NaN;
      return Math.max(surprise(country, before), surprise(destination, before));
    },
    words: (before, { event, signals }) => {
      const parts: string[] = [];
      if (isFirst(before.links.country)) parts.push(`from ${signals.country ?? "a new country"}`);
      if (isFirst(before.links.destination)) parts.push(`to ${event.shipping_address?.country ?? "a new country"}`);
      return `first orders ${parts.join(" and ")}, after ${before.orders} in all`;
    },
  }),
  ofSubject({
    name: "new_device",
    unit: "ln of the customer's orders over the devices they used, when this one is new",
    measure: (before) => surpriseOrUnknown(before.links.device, before),
    words: (before) => `first orders on this device, after ${before.orders} in all`,
  }),
  ofSubject({
    name: "new_card",
    unit: "ln of the customer's orders over the cards they paid with, when this one is new",
    measure: (before) => surpriseOrUnknown(before.links.card, before),
    words: (before) => `first orders with this card, after ${before.orders} in all`,
  }),
  ofSubject({
    name: "new_address",
    unit: "ln of the customer's orders over the addresses they had them sent to, when this one is new",
    measure: (before) => surpriseOrUnknown(before.links.address, before),
    words: (before) => `first orders to this postal code, after ${before.orders} in all`,
  }),
  ofSubject({
    name: "travel_speed",
    unit: "ln(1 + km/h over 100) from where the customer was last, beyond the 400 km that networks of one country lie apart",
    on: "all",
    measure: (before) => (before.movedKm < COUNTRY_KM ? 0 : Math.log1p(speedKmh(before) / 100)),
    words: ({ movedKm, movedMs }, facts) =>
      `${inWords(Math.round(movedKm))} km from where this ${who(facts)} was ${duration(movedMs)} before`,
  }),
  {
    name: "country_mismatch",
    unit: "how many of card, billing and shipping country are another than where the shopper is",
    on: "payments",
    value: ({ event, signals: { country: here } }) => {
      const { payment, billing_address: billed, shipping_address: sent } = event;
      if (here === undefined) return MISSING;
      if ((payment?.card_country ?? billed?.country ?? sent?.country) === undefined) return MISSING;
      return differs(payment?.card_country, here) + differs(billed?.country, here) + differs(sent?.country, here);
    },
    words: (facts) => {
      const { here, others } = countriesOf(facts);
      const differing = others.filter(({ country }) => country !== here);
      return `${differing.map(({ what, country }) => `${what} ${country}`).join(", ")} while the shopper is in ${here ?? "an unknown country"}`;
    },
  },
];

/** Home and telephone are on networks that may seem to be at other ends of a country, minutes apart. */
const COUNTRY_KM = 400;

/** Two events of the same minute are taken to be a minute apart. */
const LEAST_MS = 60_000;

/**
 * How fast someone would have had to travel since their last event.
 *
 * @returns km/h, at least 0; NaN when either place is not known
 */
export function speedKmh({ movedKm, movedMs }: Pick<Snapshot, "movedKm" | "movedMs">): number {
  return (Math.max(0, movedKm - SAME_PLACE_KM) / Math.max(movedMs, LEAST_MS)) * 3_600_000;
}

/** Never seen with them, though others were. */
export function isFirst(link: LinkSnapshot | undefined): link is LinkSnapshot {
  return link !== undefined && link.isNew && link.known > 0;
}

/** How much a first time says: nothing of a customer who always came with another one, more the longer they kept to the same few. */
function surprise(link: LinkSnapshot | undefined, { orders }: Snapshot): number {
  return isFirst(link) ? Math.log(Math.max(1, (orders + 1) / link.known)) : 0;
}

function surpriseOrUnknown(link: LinkSnapshot | undefined, before: Snapshot): number {
  return link === undefined ? NaN : surprise(link, before);
}

/** 1 for another country, 0 for this one and for none. */
function differs(country: string | undefined, here: string): number {
  return country === undefined || country === here ? 0 : 1;
}

/** The countries an order names beside the one its shopper is in. */
export function countriesOf({ event, signals }: Pick<Facts, "event" | "signals">) {
  const named = [
    { what: "card from", country: event.payment?.card_country },
    { what: "billed to", country: event.billing_address?.country },
    { what: "sent to", country: event.shipping_address?.country },
  ];
  return {
    here: signals.country,
    others: named.flatMap(({ what, country }) => (country === undefined ? [] : [{ what, country }])),
  };
}
