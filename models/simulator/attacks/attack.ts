import { below, pick } from "../../../shared/random.ts";
import type { Item } from "../catalogue.ts";
import type { Market } from "../markets.ts";
import { MARKETS } from "../markets.ts";
import { newSession, type Actor, type AttackName, type Simulated, type World } from "../world.ts";

/** Sets one attack going. What it does itself is returned; what it makes honest customers do, it tells the world. */
export type Attack = (world: World, atMs: number, incident: string) => Simulated[];

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
    sessionId: newSession(world),
  };
}

/** A name for a mailbox made for the purpose. */
export function throwawayEmail(world: World): string {
  return `${world.prefix}-x${world.nextNumber().toString(36)}@throwaway.example`;
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

/** The extreme of a few popular items by list price. */
export function itemByPrice(world: World, wanted: "cheap" | "dear"): Item {
  const seen = Array.from({ length: 8 + below(world.random, 8) }, () => world.catalogue.popular(world.random));
  const ordered = seen.toSorted((a, b) => a.priceLog - b.priceLog);
  const found = wanted === "cheap" ? ordered[0] : ordered.at(-1);
  if (found === undefined) throw new RangeError("The catalogue is empty");
  return found;
}
