import { amountLog } from "./currency.ts";
import type { Facts } from "./facts.ts";
import type { Knowledge } from "./observe.ts";
import type { UsualItem } from "./price-book.ts";
import { look, newProfile } from "./profile/profile.ts";
import { plainSnapshot, type Snapshot } from "./profile/snapshot.ts";
import type { LinkSnapshot } from "./profile/links.ts";
import type { Observation } from "./profile/observation.ts";

/** Builders of facts for tests: each gives an ordinary thing, and the test names what differs. */

/** An order of 50 EUR without anything around it. */
export function observation(changes: Partial<Observation> = {}): Observation {
  return {
    id: "evt_01JD0001",
    atMs: Date.parse("2026-11-21T10:00:00.000Z"),
    act: "order",
    amountLog: amountLog(50, "EUR"),
    units: 1,
    links: {},
    place: null,
    visit: null,
    ...changes,
  };
}

/** Nothing known yet. */
export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return { ...plainSnapshot(look(newProfile(), "customer", observation())), ...changes };
}

/** One other was known before, and this one is new. */
export const NEW_LINK: LinkSnapshot = { known: 1, recent: 1, isNew: true };
export const KNOWN_LINK: LinkSnapshot = { known: 1, recent: 1, isNew: false };

/** A customer of twelve orders of 50 EUR, always from one country, on one device, with one card. */
export function regular(changes: Partial<Snapshot> = {}): Snapshot {
  const mean = amountLog(50, "EUR");
  return snapshot({
    orders: 12,
    orders30d: 2,
    amountMean: mean,
    amountEwMean: mean,
    amountMax: mean,
    links: { country: KNOWN_LINK, destination: KNOWN_LINK, device: KNOWN_LINK, card: KNOWN_LINK },
    ...changes,
  });
}

/** An item that always cost 20, one at a time. */
export function usualItem(changes: Partial<UsualItem> = {}): UsualItem {
  return {
    orders: 100,
    priceLog: Math.log(20),
    priceSwing: 0,
    quantityLog: 0,
    quantitySwing: 0,
    formerPriceLog: null,
    ...changes,
  };
}

/** An order of 50 EUR by a regular customer. */
export function facts(changes: Partial<Omit<Facts, "event">> & { event?: Partial<Facts["event"]> } = {}): Facts {
  const { event, ...others } = changes;
  const kept = {
    id: "evt_01JD0001",
    name: "purchase",
    timestamp: "2026-11-21T10:00:00.000Z",
    user_id: "u-1",
    transaction_id: "t-1",
    value: 50,
    currency: "EUR",
    items: [],
    shipping_address: { country: "DE" },
    ...event,
  };
  return {
    event: kept,
    signals: { country: "DE" },
    seen: observation({
      id: kept.id,
      atMs: Date.parse(kept.timestamp),
      amountLog: kept.value === undefined ? null : amountLog(kept.value, kept.currency ?? "EUR"),
    }),
    subject: { kind: "customer", before: regular() },
    counters: [],
    items: [],
    ...others,
  };
}

/** What is read of an item, as an object of its own. */
export function plainUsual(usual: UsualItem): UsualItem {
  const { orders, priceLog, priceSwing, quantityLog, quantitySwing, formerPriceLog } = usual;
  return { orders, priceLog, priceSwing, quantityLog, quantitySwing, formerPriceLog };
}

/** What is known, as objects of its own. */
export function plainKnowledge({ profiles, prices }: Knowledge) {
  const known = Object.entries(profiles).map(([kind, before]) => [kind, plainSnapshot(before)]);
  return { profiles: Object.fromEntries(known), prices: prices.map((usual) => usual && plainUsual(usual)) };
}
