import { below, chance, pick } from "../../../shared/random.ts";
import { itemsTotal, type Line } from "../basket.ts";
import { toMoney, type Item } from "../catalogue.ts";
import type { Customer, Device } from "../customers.ts";
import { MARKETS, type Market } from "../markets.ts";
import type { Address, OrderRequest } from "../orders.ts";
import { newSession, type Actor, type AttackName, type Simulated, type World } from "../world.ts";

/** Sets one attack going. What it does itself is returned; what it makes honest customers do, it tells the world. */
export type Attack = (world: World, atMs: number, incident: string) => Simulated[];

/** Between these, each as likely. */
export type Range = readonly [least: number, most: number];

export function between({ random }: World, [least, most]: Range): number {
  return least + below(random, most - least + 1);
}

/** Marks events as made by an attack. */
export function markedAs(attack: AttackName, incident: string, events: readonly Simulated[]): Simulated[] {
  return events.map((simulated) => ({ ...simulated, attack, incident }));
}

/** Someone nobody knows: a fresh device on a rented network. */
export function stranger(world: World, place: Market): Actor {
  return {
    userId: null,
    email: null,
    device: world.customers.newDevice(world.random),
    place,
    network: world.networks.rented(world.random),
    locale: place.locale,
    sessionId: newSession(world),
    hands: "person",
  };
}

/** Someone new who lives where the shop's customers do, at home. */
export function neighbour(world: World): Actor {
  return { ...stranger(world, world.customers.anyMarket(world.random)), network: world.networks.home() };
}

/** The same person with cookies cleared and an account that was made for the purpose. */
export function asSomeoneElse(world: World, actor: Actor): Actor {
  const { random, customers } = world;
  const email = customers.throwawayEmail(random);
  const device: Device = chance(random, 0.7) ? customers.cleared(actor.device) : actor.device;
  return { ...actor, email, userId: accountOf(world, email), device, sessionId: newSession(world) };
}

/** The account of an e-mail, as the shop numbers it. */
export function accountOf({ prefix }: World, email: string): string {
  return `${prefix}-u-${email}`;
}

export function anyCountry(world: World): Market {
  return pick<Market>(world.random, MARKETS);
}

/** A country other than someone's own. */
export function foreignTo(world: World, home: Market): Market {
  return pick<Market>(
    world.random,
    MARKETS.filter(({ country }) => country !== home.country),
  );
}

/** An account is worth stealing when its owner is known to order. */
const ESTABLISHED_ORDERS = 5;
const CANDIDATES = 12;

/** Of a few customers with an account the one with most orders; null when none of them is established. */
export function establishedCustomer({ random, customers }: World, atMs: number): Customer | null {
  let best: Customer | null = null;
  for (let tries = 0; tries < CANDIDATES; tries++) {
    const candidate = customers.returning(random, atMs);
    if (candidate === null || candidate.userId === null || candidate.orders < ESTABLISHED_ORDERS) continue;
    if (best === null || candidate.orders > best.orders) best = candidate;
  }
  return best;
}

/** The extreme of a few popular items by list price. */
export function itemByPrice(world: World, wanted: "cheap" | "dear"): Item {
  const ordered = popularItems(world, 8 + below(world.random, 8)).toSorted((a, b) => a.priceLog - b.priceLog);
  const found = wanted === "cheap" ? ordered[0] : ordered.at(-1);
  if (found === undefined) throw new RangeError("The catalogue is empty");
  return found;
}

/** The best seller of a few items that have one price. */
export function sought(world: World): Item {
  const priced = popularItems(world, 30).filter(({ openPrice }) => !openPrice);
  const [first, ...others] = priced.slice(0, 3);
  if (first === undefined) throw new RangeError("Each order names its own price");
  return others.reduce((best, item) => (item.rank < best.rank ? item : best), first);
}

function popularItems({ random, catalogue }: World, count: number): Item[] {
  return Array.from({ length: count }, () => catalogue.popular(random));
}

/** An order of these lines for what they cost. */
export function requestOf(
  charged: Market,
  lines: Line[],
  shipTo: Address | null,
  billTo: Address | null = shipTo,
): OrderRequest {
  const value = toMoney(itemsTotal({ lines }), charged.currency);
  return { basket: { charged, lines }, coupon: null, value, shipTo, billTo };
}
