import { amountLog } from "./currency.ts";
import type { KeptEvent } from "./event.ts";
import type { PricedItem, UsualItem } from "./price-book.ts";
import type { Observation, Snapshot } from "./profile.ts";
import type { Signals } from "./signals.ts";

/** What has a profile of its own. */
export const ENTITY_KINDS = ["customer", "email", "client", "card", "ip"] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** What an entity is called in reasons. */
export const ENTITY_WORDS: Record<EntityKind, string> = {
  customer: "customer",
  email: "customer",
  client: "device",
  card: "card",
  ip: "network",
};

/** What the profiles knew before an event: a kind is missing when the event does not name it or its profile did not answer. */
export interface Knowledge {
  profiles: Partial<Record<EntityKind, Snapshot>>;
  /** Beside the event's priced items; null for items never sold. Empty when nothing is known of prices. */
  prices: (UsualItem | null)[];
}

/** The entities an event names, each with the key of its profile. */
export function entitiesOf(event: KeptEvent, signals: Signals): { kind: EntityKind; key: string }[] {
  const keys: Record<EntityKind, string | undefined> = {
    customer: event.user_id,
    email: event.email_hash,
    client: event.client_id,
    card: event.payment?.card_fingerprint,
    ip: signals.ip_hash,
  };
  return ENTITY_KINDS.flatMap((kind) => {
    const key = keys[kind];
    return key === undefined ? [] : [{ kind, key }];
  });
}

/** What kind of act an event is to a profile. */
export function actOf(event: KeptEvent): Observation["kind"] {
  if (event.name === "payment_failed") return "decline";
  if (event.name !== "purchase") return "other";
  return event.payment?.outcome === "declined" ? "decline" : "order";
}

/** An event as every profile it names sees it. */
export function observationOf(event: KeptEvent, signals: Signals): Observation {
  const kind = actOf(event);
  const links: Observation["links"] = {};
  const customer = event.user_id ?? event.email_hash;
  if (customer !== undefined) links.customer = customer;
  if (event.payment?.card_fingerprint !== undefined) links.card = event.payment.card_fingerprint;
  const device = event.client_id ?? deviceFamily(signals);
  if (device !== undefined) links.device = device;
  if (signals.country !== undefined) links.country = signals.country;
  if (event.shipping_address?.country !== undefined) links.destination = event.shipping_address.country;
  return {
    id: event.id,
    atMs: Date.parse(event.timestamp),
    kind,
    amountLog: kind === "other" || event.value === undefined ? null : amountLog(event.value, event.currency ?? "EUR"),
    links,
  };
}

/** Without a client id, the family of browser and system stands for the device. */
function deviceFamily(signals: Signals): string | undefined {
  if (signals.browser === undefined && signals.os === undefined) return undefined;
  return `${signals.browser ?? "?"}/${signals.os ?? "?"}/${signals.device_class ?? "?"}`;
}

/** The lines of an order that have a price, as the price book sees them. Other events have none. */
export function pricedItemsOf(event: KeptEvent): PricedItem[] {
  if (event.name !== "purchase") return [];
  return (event.items ?? []).flatMap((item) => {
    const name = item.item_id ?? item.item_name;
    if (name === undefined || item.price === undefined || item.price <= 0) return [];
    return [{ key: `${event.currency ?? ""} ${name}`, priceLog: Math.log(item.price), quantity: item.quantity ?? 1 }];
  });
}
