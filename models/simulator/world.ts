import type { Item as SoldItem, KeptEvent } from "../../shared/event.ts";
import { below, chance, exponential, type Random } from "../../shared/random.ts";
import type { Signals } from "../../shared/signals.ts";
import type { Line } from "./basket.ts";
import type { Catalogue, Item } from "./catalogue.ts";
import type { Customer, Customers, Device } from "./customers.ts";
import { MARKETS, type Market } from "./markets.ts";
import { locate, ownerOf, type Networks } from "./networks.ts";
import type { Shop } from "./shops.ts";

export const ATTACK_NAMES = [
  "card_testing",
  "account_takeover",
  "velocity",
  "geo_anomaly",
  "bulk_reseller",
  "inventory_hoarding",
  "coupon_abuse",
  "refund_abuse",
  "price_glitch",
  "bot_traffic",
  "unusual_cart",
] as const;
export type AttackName = (typeof ATTACK_NAMES)[number];

/** One event as the edge would have it after enrichment, and whether an attack made it. */
export interface Simulated {
  event: KeptEvent;
  signals: Signals;
  attack: AttackName | null;
  /** Groups the events of one attack; null for ordinary traffic. */
  incident: string | null;
}

/** Someone about to order. */
export interface Visit {
  customer: Customer;
  atMs: number;
  /** What they come for, whatever else they take. */
  wants: Item | null;
}

/** A shop in the course of a simulation. */
export interface World {
  shop: Shop;
  /** Begins every id, so that simulations can be mixed. */
  prefix: string;
  random: Random;
  catalogue: Catalogue;
  customers: Customers;
  networks: Networks;
  /** Whether the shop's pages tell of every step of a session, not only of what it comes to. */
  tellsSteps: boolean;
  /** 1, 2, 3 …: for ids. */
  nextNumber(): number;
  /** Someone will come; not before the day being simulated. */
  expect(visit: Visit): void;
}

/** Who acts, on what, and where from. */
export interface Actor {
  userId: string | null;
  email: string | null;
  device: Device;
  /** Where they are, and the network they are on there. */
  place: Market;
  network: string;
  /** The language of their device, which travels with them. */
  locale: string;
  sessionId: string;
  /** A person's page tells of presses; a script's tells of none, and of being driven unless it hides that. */
  hands: "person" | "script" | "hidden script";
}

export function newSession(world: World): string {
  return `${world.prefix}-s${world.nextNumber().toString(36)}`;
}

export function newTransaction(world: World): string {
  return `${world.prefix}-t${world.nextNumber().toString(36)}`;
}

export function eventId(world: World): string {
  return `${world.prefix}-e${String(world.nextNumber()).padStart(7, "0")}`;
}

/** What the shop's server reports, not its pages. */
const FROM_SERVER: ReadonlySet<string> = new Set(["purchase", "payment_failed", "refund"]);

/** An event with all that every event of an actor has. */
export function act(world: World, name: string, atMs: number, actor: Actor): Simulated {
  const { device, place, network } = actor;
  const event: KeptEvent = {
    id: eventId(world),
    name,
    timestamp: new Date(atMs).toISOString(),
    client_id: device.clientId,
    session_id: actor.sessionId,
    context: { locale: actor.locale, screen: device.screen, user_agent: device.userAgent },
    ...(FROM_SERVER.has(name) ? {} : { properties: { _signals: usage(world.random, name, actor) } }),
  };
  if (actor.userId !== null) event.user_id = actor.userId;
  if (actor.email !== null) Object.assign(event, emailFields(actor.email));
  const signals: Signals = {
    country: place.country,
    city: place.city,
    timezone: place.timezone,
    ...locate(place, network),
    ...ownerOf(network),
    ip_hash: network,
    browser: device.browser,
    os: device.os,
    device_class: device.kind,
    tls_class: device.tlsClass,
    bot: device.kind === "bot",
    ...(actor.email === null ? {} : { email_digits: digitShare(actor.email.slice(world.prefix.length + 1)) }),
  };
  return { event, signals, attack: null, incident: null };
}

/** The address stands for its own hash: it belongs to nobody, and replay can send it as an address again. */
export function emailFields(email: string): Pick<KeptEvent, "email_hash" | "email_domain"> {
  return { email_hash: email, email_domain: email.slice(email.indexOf("@") + 1) };
}

/** Of a mailbox's name. */
function digitShare(email: string): number {
  const name = email.slice(0, email.indexOf("@"));
  return name.replaceAll(/\D/g, "").length / name.length;
}

/** Share of people whose hands never press a pointer: keyboards, switches, readers. */
const NO_POINTER_SHARE = 0.03;

/** How a page was used, as the snippet tells it. A view is told of as it begins, before anything is pressed. */
function usage(random: Random, name: string, { hands }: Actor): Record<string, unknown> {
  const isView = name === "page_view";
  if (hands !== "person") return { on_page_ms: below(random, isView ? 40 : 400), webdriver: hands === "script" };
  const cadence = (meanMs: number) => {
    const mean = Math.round(meanMs * (0.5 + random()));
    return {
      count: 1 + Math.floor(exponential(random, 4)),
      mean_ms: mean,
      variance_ms2: Math.round(mean ** 2 * random()),
    };
  };
  if (isView) return { on_page_ms: below(random, 900), webdriver: false };
  const types = chance(random, 0.2);
  const points = !chance(random, NO_POINTER_SHARE);
  return {
    on_page_ms: Math.round(800 + exponential(random, 12_000)),
    ...(types || !points ? { keys: cadence(220) } : {}),
    ...(points ? { pointer: cadence(1_400) } : {}),
    webdriver: false,
  };
}

/** Lines of a basket as events list them. */
export function itemsOf(lines: readonly Line[]): SoldItem[] {
  return lines.map(({ item, price, quantity }) => ({
    item_id: item.id,
    item_name: item.name,
    item_category: item.category,
    price,
    quantity,
  }));
}

/** The market whose currency a shop charges someone of this one in. */
export function chargedAs(shop: Shop, home: Market): Market {
  if (shop.currencies.includes(home.currency)) return home;
  const currency = shop.currencies[0];
  const found = MARKETS.find((market) => market.currency === currency);
  if (found === undefined) throw new RangeError(`No market pays in ${currency ?? "no currency"}`);
  return found;
}
