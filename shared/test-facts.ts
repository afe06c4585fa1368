import { amountLog } from "./currency.ts";
import type { Facts } from "./features.ts";
import type { UsualItem } from "./price-book.ts";
import type { LinkSnapshot, Snapshot } from "./profile.ts";

/** Builders of facts for tests: each gives an ordinary thing, and the test names what differs. */

/** Nothing known yet. */
export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    orders: 0,
    orders1m: 0,
    orders1h: 0,
    orders1d: 0,
    orders30d: 0,
    amount1d: 0,
    attempts1h: 0,
    declines1h: 0,
    amountMean: 0,
    amountM2: 0,
    amountEwMean: 0,
    amountEwVariance: 0,
    amountMax: 0,
    amountZ7d: 0,
    links: {},
    ...changes,
  };
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
    last: { priceLog: Math.log(20), quantityLog: 0 },
    offInARow: 0,
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
    seen: {
      id: kept.id,
      atMs: Date.parse(kept.timestamp),
      kind: "order",
      amountLog: kept.value === undefined ? null : amountLog(kept.value, kept.currency ?? "EUR"),
      links: {},
    },
    subject: { kind: "customer", before: regular() },
    counters: [],
    items: [],
    ...others,
  };
}
