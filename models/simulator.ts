import { chance, exponential, poisson, seededRandom } from "../shared/random.ts";
import { ATTACKS } from "./simulator/attacks/attacks.ts";
import { crawl, lookAround } from "./simulator/browsing.ts";
import { busyness, DAY_MS, MINUTE_MS, orderTime } from "./simulator/calendar.ts";
import { Catalogue } from "./simulator/catalogue.ts";
import { Customers } from "./simulator/customers.ts";
import { Networks } from "./simulator/networks.ts";
import { order } from "./simulator/orders.ts";
import type { Shop } from "./simulator/shops.ts";
import { withhold } from "./simulator/withhold.ts";
import { ATTACK_NAMES, type AttackName, type Simulated, type Visit, type World } from "./simulator/world.ts";

export { SHOPS, type Shop, type ShopName, type Withheld } from "./simulator/shops.ts";
export { ATTACK_NAMES, type AttackName, type Simulated } from "./simulator/world.ts";

export interface Simulation {
  shop: Shop;
  /** Any safe integer: the same simulation gives the same events. */
  seed: number;
  /** A UTC midnight. */
  fromMs: number;
  days: number;
  /** Attacks a day, by name; none unless told. */
  attacksPerDay?: Partial<Record<AttackName, number>>;
  /** Sessions without an order for each order; with any, orders come with every step of theirs, and search engines come by. None unless told. */
  sessionsPerOrder?: number;
}

/**
 * A shop's traffic, made up: who orders, when, what, how they pay, and who abuses it. In time order, a day at a time, so that any
 * length fits in memory.
 *
 * Its people and attackers know nothing of how they are scored.
 *
 * @throws RangeError when `fromMs` is no UTC midnight
 */
export function* simulate(simulation: Simulation): Generator<Simulated, void, undefined> {
  const { shop, fromMs, days } = simulation;
  if (fromMs % DAY_MS !== 0) throw new RangeError("A simulation begins at a UTC midnight");
  const expected = new Map<number, Visit[]>();
  const world = newWorld(simulation, expected);
  const pending = new Map<number, Simulated[]>();
  for (let day = 0; day < days; day++) {
    const dayMs = fromMs + day * DAY_MS;
    for (const simulated of liveThrough(world, dayMs, simulation, expected)) {
      const whichDay = Math.floor((Date.parse(simulated.event.timestamp) - fromMs) / DAY_MS);
      listAt(pending, Math.max(day, whichDay)).push(simulated);
    }
    const today = listAt(pending, day);
    pending.delete(day);
    // Timestamps are all in one form, so they sort as text; the sort is stable.
    today.sort(({ event: a }, { event: b }) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
    for (const simulated of today) yield shop.withholds.length === 0 ? simulated : withhold(simulated, shop.withholds);
  }
}

/** Search engines' visits a day. */
const CRAWLS_PER_DAY = 2;

function newWorld({ shop, seed, fromMs, sessionsPerOrder = 0 }: Simulation, expected: Map<number, Visit[]>): World {
  const random = seededRandom(seed);
  const networks = new Networks(shop);
  const prefix = `${shop.name}-${seed}`;
  let number = 0;
  const world: World = {
    shop,
    prefix,
    random,
    networks,
    catalogue: new Catalogue(shop, seed, random),
    customers: new Customers(shop, networks, prefix),
    tellsSteps: sessionsPerOrder > 0,
    nextNumber: () => ++number,
    expect: (visit) => listAt(expected, Math.floor((visit.atMs - fromMs) / DAY_MS)).push(visit),
  };
  for (let known = 0; known < shop.customers; known++) world.customers.join(random, fromMs).isKnown = true;
  return world;
}

/** Everything that begins on a day; some of it happens later. */
function liveThrough(world: World, dayMs: number, simulation: Simulation, expected: Map<number, Visit[]>): Simulated[] {
  const { random, shop, customers } = world;
  const day = (dayMs - simulation.fromMs) / DAY_MS;
  const attacks = startAttacks(world, dayMs, simulation.attacksPerDay ?? {});
  const visits: Visit[] = [];
  for (let count = poisson(random, shop.ordersPerDay * busyness(dayMs)); count > 0; count--) {
    const isNew = chance(random, shop.newShare);
    const customer = (isNew ? null : customers.returning(random, dayMs)) ?? customers.join(random, dayMs);
    const atMs = orderTime(random, dayMs, customer.market.utcOffsetHours, customer.usualHour);
    const visit = { customer, atMs, wants: null };
    visits.push(visit);
    for (let againMs = atMs; chance(random, shop.encoreShare);) {
      againMs += Math.round(MINUTE_MS + exponential(random, 20 * MINUTE_MS));
      world.expect({ ...visit, atMs: againMs });
    }
  }
  visits.push(...(expected.get(day) ?? []));
  expected.delete(day);
  visits.sort((a, b) => a.atMs - b.atMs);
  const orders = visits.flatMap((visit) => order(world, visit));
  return [...attacks, ...orders, ...browse(world, visits.length, dayMs, simulation.sessionsPerOrder ?? 0)];
}

function startAttacks(world: World, dayMs: number, perDay: Partial<Record<AttackName, number>>): Simulated[] {
  return ATTACK_NAMES.flatMap((name) => {
    const events: Simulated[] = [];
    for (let count = poisson(world.random, perDay[name] ?? 0); count > 0; count--) {
      const atMs = dayMs + Math.floor(world.random() * DAY_MS);
      events.push(...ATTACKS[name](world, atMs, `${world.prefix}-${name}-${world.nextNumber()}`));
    }
    return events;
  });
}

/** The day's sessions that lead to no order. */
function browse(world: World, orders: number, dayMs: number, sessionsPerOrder: number): Simulated[] {
  if (sessionsPerOrder === 0) return [];
  const { random, customers } = world;
  const looking = Array.from({ length: poisson(random, sessionsPerOrder * orders) }, () =>
    lookAround(world, orderTime(random, dayMs, customers.anyMarket(random).utcOffsetHours, null)),
  );
  const crawling = Array.from({ length: poisson(random, CRAWLS_PER_DAY) }, () =>
    crawl(world, dayMs + Math.floor(random() * DAY_MS)),
  );
  return [...looking, ...crawling].flat();
}

function listAt<T>(lists: Map<number, T[]>, key: number): T[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list: T[] = [];
  lists.set(key, list);
  return list;
}
