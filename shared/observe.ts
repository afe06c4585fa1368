import { amountLog } from "./currency.ts";
import type { Item, KeptEvent } from "./event.ts";
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

/** What events are to a profile by their name; a purchase also by its outcome. Any other is a step. */
const ACT_OF: Readonly<Record<string, Act>> = {
  purchase: "order",
  payment_failed: "decline",
  refund: "refund",
  login: "login",
  sign_up: "sign_up",
  coupon_rejected: "coupon_refused",
  add_to_cart: "cart_add",
  begin_checkout: "checkout",
  page_view: "view",
  view_item: "view",
  view_item_list: "view",
  search: "view",
};

/** What kind of act an event is to a profile. */
export function actOf(event: KeptEvent): Act {
  if (event.name === "purchase" && event.payment?.outcome === "declined") return "decline";
  return Object.hasOwn(ACT_OF, event.name) ? (ACT_OF[event.name] ?? "step") : "step";
}

/** Acts with an amount that is the shopper's own doing. */
const HAS_AMOUNT: ReadonlySet<Act> = new Set(["order", "decline", "refund"]);
const HAS_UNITS: ReadonlySet<Act> = new Set(["order", "cart_add"]);

/** An event as every profile it names sees it. */
export function observationOf(event: KeptEvent, signals: Signals): Observation {
  const act = actOf(event);
  const { value, currency, shipping_address: to } = event;
  const { latitude, longitude } = signals;
  const links: Observation["links"] = {};
  const customer = event.user_id ?? event.email_hash;
  if (customer !== undefined) links.customer = customer;
  if (event.payment?.card_fingerprint !== undefined) links.card = event.payment.card_fingerprint;
  const device = event.client_id ?? deviceFamily(signals);
  if (device !== undefined) links.device = device;
  if (signals.country !== undefined) links.country = signals.country;
  if (to?.country !== undefined) links.destination = to.country;
  if (to?.postal_code !== undefined) links.address = `${to.country ?? ""} ${to.postal_code}`;
  if (event.coupon !== undefined) links.coupon = event.coupon;
  const category = act === "order" ? mainOf(event, ({ item_category }) => item_category) : undefined;
  if (category !== undefined) links.category = category;
  const item = HAS_UNITS.has(act) ? mainOf(event, ({ item_id, item_name }) => item_id ?? item_name) : undefined;
  if (item !== undefined) links.item = item;
  if (signals.tls_class !== undefined) links.software = signals.tls_class;
  return {
    id: event.id,
    atMs: Date.parse(event.timestamp),
    act,
    amountLog: value === undefined || !HAS_AMOUNT.has(act) ? null : amountLog(value, currency ?? "EUR"),
    units: HAS_UNITS.has(act) ? unitsOf(event) : 0,
    links,
    place: latitude === undefined || longitude === undefined ? null : { latitude, longitude },
    visit: event.session_id ?? null,
  };
}

/** Pieces in an event's items; one when it lists none. */
function unitsOf({ items }: KeptEvent): number {
  if (items === undefined || items.length === 0) return 1;
  return items.reduce((sum, { quantity }) => sum + (quantity ?? 1), 0);
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
  return `${signals.browser ?? "?"}/${signals.os ?? "?"}/${signals.device_class ?? "?"}`;
}

/** The lines of an order that have a price, as the price book sees them, each with what it is called. Other events have none. */
export function pricedItemsOf(event: KeptEvent): Sighting["items"] {
  if (event.name !== "purchase") return [];
  return (event.items ?? []).flatMap(({ item_id: id, item_name: name, price, quantity = 1 }) => {
    const known = id ?? name;
    if (known === undefined || price === undefined || price <= 0) return [];
    return [{ key: `${event.currency ?? ""} ${known}`, priceLog: Math.log(price), quantity, name: name ?? known }];
  });
}
