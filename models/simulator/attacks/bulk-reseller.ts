import { below, chance, exponential, pick } from "../../../shared/random.ts";
import { lineOf } from "../browsing.ts";
import { MINUTE_MS } from "../calendar.ts";
import type { Item } from "../catalogue.ts";
import { addressIn, purchase } from "../orders.ts";
import { chargedAs, type Actor, type Simulated, type World } from "../world.ts";
import { asSomeoneElse, markedAs, neighbour, requestOf, sought, type Attack } from "./attack.ts";

/**
 * Someone buys up what is in demand, to sell it dearer elsewhere. Companies and wholesale buyers take as much, but spread over what
 * they need, in packs, and again and again.
 */
export const bulkReseller: Attack = (world, atMs, incident) =>
  markedAs("bulk_reseller", incident, pick(world.random, [atOnce, underTheLimit])(world, atMs, sought(world)));

/** One or two orders of a great many pieces. */
function atOnce(world: World, atMs: number, item: Item): Simulated[] {
  const { random } = world;
  const buyer = asSomeoneElse(world, neighbour(world));
  const orders = 1 + below(random, 2);
  return Array.from({ length: orders }, (_, index) =>
    buy(world, buyer, { item, quantity: 25 + below(random, 200), atMs: atMs + index * 3 * MINUTE_MS }),
  );
}

/** The shop sells a few pieces to each customer: one person is many, with one address, and one or two cards. */
function underTheLimit(world: World, atMs: number, item: Item): Simulated[] {
  const { random, customers } = world;
  const person = neighbour(world);
  const address = addressIn(world, person.place.country);
  const cards = [customers.newCard(random, person.place.country), customers.newCard(random, person.place.country)];
  const quantity = 2 + below(random, 4);
  let whenMs = atMs;
  return Array.from({ length: 8 + below(random, 15) }, () => {
    whenMs += Math.round(MINUTE_MS / 2 + exponential(random, 5 * MINUTE_MS));
    const card = pick(random, chance(random, 0.7) ? cards.slice(0, 1) : cards);
    return buy(world, asSomeoneElse(world, person), { item, quantity, atMs: whenMs }, { address, card });
  });
}

function buy(
  world: World,
  actor: Actor,
  { item, quantity, atMs }: { item: Item; quantity: number; atMs: number },
  {
    address = addressIn(world, actor.place.country),
    card = world.customers.newCard(world.random, actor.place.country),
  } = {},
): Simulated {
  const charged = chargedAs(world.shop, actor.place);
  const request = requestOf(charged, [lineOf(world, item, quantity, atMs, charged)], address);
  return purchase(world, actor, request, card, atMs);
}
