import type { KeptEvent } from "../../shared/event.ts";
import type { Random } from "../../shared/random.ts";
import type { Signals } from "../../shared/signals.ts";
import type { Catalogue, Item } from "./catalogue.ts";
import type { Customer, Customers, Device } from "./customers.ts";
import { MARKETS, type Market } from "./markets.ts";
import type { Networks } from "./networks.ts";
import type { Shop } from "./shops.ts";

export const ATTACK_NAMES = ["card_testing", "account_takeover", "price_glitch", "velocity"] as const;
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
  sessionId: string;
}

export function newSession(world: World): string {
  return `${world.prefix}-s${world.nextNumber().toString(36)}`;
}

export function eventId(world: World): string {
  return `${world.prefix}-e${String(world.nextNumber()).padStart(7, "0")}`;
}

/** An event with all that every event of an actor has. */
export function act(world: World, name: string, atMs: number, actor: Actor): Simulated {
  const { device, place } = actor;
  const event: KeptEvent = {
    id: eventId(world),
    name,
    timestamp: new Date(atMs).toISOString(),
    client_id: device.clientId,
    session_id: actor.sessionId,
    context: { locale: place.locale, screen: device.screen, user_agent: device.userAgent },
  };
  if (actor.userId !== null) event.user_id = actor.userId;
  if (actor.email !== null) {
    // The address stands for its own hash: it belongs to nobody, and replay can send it as an address again.
    event.email_hash = actor.email;
    event.email_domain = actor.email.slice(actor.email.indexOf("@") + 1);
  }
  const signals: Signals = {
    country: place.country,
    city: place.city,
    timezone: place.timezone,
    latitude: place.latitude,
    longitude: place.longitude,
    ip_hash: actor.network,
    browser: device.browser,
    os: device.os,
    device_class: device.kind,
    tls_class: device.tlsClass,
    bot: false,
  };
  return { event, signals, attack: null, incident: null };
}

/** The market whose currency a shop charges someone of this one in. */
export function chargedAs(shop: Shop, home: Market): Market {
  if (shop.currencies.includes(home.currency)) return home;
  const currency = shop.currencies[0];
  const found = MARKETS.find((market) => market.currency === currency);
  if (found === undefined) throw new RangeError(`No market pays in ${currency ?? "no currency"}`);
  return found;
}
