import { below, exponential, pick } from "../../../shared/random.ts";
import { fillBasket } from "../basket.ts";
import { DAY_MS, HOUR_MS } from "../calendar.ts";
import type { Card } from "../customers.ts";
import { addressIn, purchase, refund, type Address } from "../orders.ts";
import { chargedAs, type Actor, type Simulated, type World } from "../world.ts";
import { asSomeoneElse, markedAs, neighbour, requestOf, type Attack } from "./attack.ts";

/** Goods are kept, or worn, and the money is had back all the same. Honest people return some of what they order, a few of them most of it. */
export const refundAbuse: Attack = (world, atMs, incident) =>
  markedAs("refund_abuse", incident, pick(world.random, [everyOrder, sameOrderAgain, ring])(world, atMs));

/** A customer of whom every order comes back in full within a day or two. */
function everyOrder(world: World, atMs: number): Simulated[] {
  const { random } = world;
  const abuser = newAbuser(world);
  let whenMs = atMs;
  return Array.from({ length: 6 + below(random, 7) }, () => {
    const paid = buy(world, abuser, whenMs);
    const backMs = whenMs + Math.round(6 * HOUR_MS + exponential(random, 12 * HOUR_MS));
    whenMs += Math.round(4 * HOUR_MS + exponential(random, 14 * HOUR_MS));
    return [paid, refund(world, paid, 1, backMs)];
  }).flat();
}

/** The money for one order is had back several times, by way of several people in the office. */
function sameOrderAgain(world: World, atMs: number): Simulated[] {
  const { random } = world;
  const paid = buy(world, newAbuser(world), atMs);
  let whenMs = atMs + DAY_MS;
  const refunds = Array.from({ length: 2 + below(random, 4) }, () => {
    whenMs += Math.round(exponential(random, 10 * HOUR_MS));
    return refund(world, paid, 0.7 + 0.3 * random(), whenMs);
  });
  return [paid, ...refunds];
}

/** One person as many customers, one order each, none of which ever arrived, they say. */
function ring(world: World, atMs: number): Simulated[] {
  const { random } = world;
  const { actor, card, address } = newAbuser(world);
  let whenMs = atMs;
  return Array.from({ length: 5 + below(random, 6) }, () => {
    whenMs += Math.round(exponential(random, 3 * HOUR_MS));
    const paid = buy(world, { actor: asSomeoneElse(world, actor), card, address }, whenMs);
    return [paid, refund(world, paid, 1, whenMs + Math.round(DAY_MS + exponential(random, DAY_MS)))];
  }).flat();
}

interface Abuser {
  actor: Actor;
  card: Card;
  address: Address | null;
}

function newAbuser(world: World): Abuser {
  const person = neighbour(world);
  return {
    actor: asSomeoneElse(world, person),
    card: world.customers.newCard(world.random, person.place.country),
    address: addressIn(world, person.place.country),
  };
}

function buy(world: World, { actor, card, address }: Abuser, atMs: number): Simulated {
  const charged = chargedAs(world.shop, actor.place);
  const anyone = world.customers.join(world.random, atMs);
  const { lines } = fillBasket(world, { ...anyone, isWholesale: false }, charged, atMs, null);
  return purchase(world, actor, requestOf(charged, lines, address), card, atMs);
}
