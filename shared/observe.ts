import { amountLog } from "./currency.ts";
import type { Item, KeptEvent } from "./event.ts";
import { flatText } from "./flat-text.ts";
import type { PricedItem, UsualItem } from "./price-book.ts";
import { LINKS_OF, type EntityKind } from "./profile/links.ts";
import type { Act, Observation } from "./profile/observation.ts";
import type { Snapshot } from "./profile/snapshot.ts";
import type { Signals } from "./signals.ts";

export const ENTITY_KINDS = Object.keys(LINKS_OF) as EntityKind[]; // its own keys

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

/** An event as profiles and price book see it. */
export interface Sighting {
  seen: Observation;
  items: (PricedItem & { name: string })[];
}

export function sightingOf(event: KeptEvent, signals: Signals): Sighting {
  return { seen: observationOf(event, signals), items: pricedItemsOf(event) };
}

/** The entities an event names, each with the key of its profile. */
export function entitiesOf(event: KeptEvent, signals: Signals): { kind: EntityKind; key: string }[] {
  const entities: { kind: EntityKind; key: string }[] = [];
  const add = (kind: EntityKind, key: string | undefined) => {
    if (key !== undefined) entities.push({ kind, key });
  };
  add("customer", event.user_id);
  add("email", event.email_hash);
  add("client", event.client_id);
  add("card", event.payment?.card_fingerprint);
  add("ip", signals.ip_hash);
  return entities;
}

/** What events are to a profile by their name; a purchase also by its outcome. Any other is a step. */
const ACT_OF: ReadonlyMap<string, Act> = new Map([
  ["purchase", "order"],
  ["payment_failed", "decline"],
  ["refund", "refund"],
  ["login", "login"],
  ["sign_up", "sign_up"],
  ["coupon_rejected", "coupon_refused"],
  ["add_to_cart", "cart_add"],
  ["begin_checkout", "checkout"],
  ["page_view", "view"],
  ["view_item", "view"],
  ["view_item_list", "view"],
  ["search", "view"],
]);

/** What kind of act an event is to a profile. */
export function actOf(event: KeptEvent): Act {
  if (event.name === "purchase" && event.payment?.outcome === "declined") return "decline";
  return ACT_OF.get(event.name) ?? "step";
}

/** Acts with an amount that is the shopper's own doing. */
const HAS_AMOUNT: ReadonlySet<Act> = new Set(["order", "decline", "refund"]);
const HAS_UNITS: ReadonlySet<Act> = new Set(["order", "cart_add"]);

/** An event as every profile it names sees it. */
export function observationOf(event: KeptEvent, signals: Signals): Observation {
  const act = actOf(event);
  const hasUnits = HAS_UNITS.has(act);
  const { value, currency } = event;
  const { latitude, longitude } = signals;
  return {
    id: event.id,
    atMs: Date.parse(event.timestamp),
    act,
    amountLog: value === undefined || !HAS_AMOUNT.has(act) ? null : amountLog(value, currency ?? "EUR"),
    units: hasUnits ? unitsOf(event) : 0,
    links: {
      customer: event.user_id ?? event.email_hash,
      card: event.payment?.card_fingerprint,
      device: event.client_id ?? deviceFamily(signals),
      country: signals.country,
      destination: event.shipping_address?.country,
      address: addressOf(event),
      category: act === "order" ? mainOf(event, ({ item_category }) => item_category) : undefined,
      coupon: event.coupon,
      item: hasUnits ? mainOf(event, ({ item_id, item_name }) => item_id ?? item_name) : undefined,
      software: signals.tls_class,
    },
    place: latitude === undefined || longitude === undefined ? null : { latitude, longitude },
    visit: event.session_id ?? null,
  };
}

function addressOf({ shipping_address: to }: KeptEvent): string | undefined {
  return to?.postal_code === undefined ? undefined : flatText(`${to.country ?? ""} `, to.postal_code);
}

/** Pieces in an event's items; one when it lists none. */
function unitsOf({ items }: KeptEvent): number {
  if (items === undefined || items.length === 0) return 1;
  let units = 0;
  for (const { quantity } of items) units += quantity ?? 1;
  return units;
}

/** Of the categories or items of an event, the one most of its worth is in; the first of these. */
function mainOf({ items = [] }: KeptEvent, nameOf: (item: Item) => string | undefined): string | undefined {
  const [only] = items;
  if (only === undefined || items.length === 1) return only && nameOf(only);
  const worth = new Map<string, number>();
  let main: string | undefined;
  let most = -1;
  for (const item of items) {
    const name = nameOf(item);
    if (name === undefined) continue;
    const sum = (worth.get(name) ?? 0) + (item.price ?? 0) * (item.quantity ?? 1);
    worth.set(name, sum);
    if (sum <= most) continue;
    main = name;
    most = sum;
  }
  return main;
}

/** Without a client id, the family of browser and system stands for the device. */
function deviceFamily(signals: Signals): string | undefined {
  if (signals.browser === undefined && signals.os === undefined) return undefined;
  return [signals.browser ?? "?", signals.os ?? "?", signals.device_class ?? "?"].join("/"); // see flatText
}

/** The lines of an order that have a price, as the price book sees them, each with what it is called. Other events have none. */
export function pricedItemsOf(event: KeptEvent): Sighting["items"] {
  const priced: Sighting["items"] = [];
  if (event.name !== "purchase" || event.items === undefined) return priced;
  const inCurrency = `${event.currency ?? ""} `;
  for (const { item_id: id, item_name: name, price, quantity = 1 } of event.items) {
    const known = id ?? name;
    if (known === undefined || price === undefined || price <= 0) continue;
    priced.push({ key: flatText(inCurrency, known), priceLog: Math.log(price), quantity, name: name ?? known });
  }
  return priced;
}
