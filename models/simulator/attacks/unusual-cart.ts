import { below, pick } from "../../../shared/random.ts";
import { lineOf } from "../browsing.ts";
import { MINUTE_MS } from "../calendar.ts";
import { toMoney } from "../catalogue.ts";
import { addressIn, purchase } from "../orders.ts";
import { Session } from "../session.ts";
import { chargedAs, type Simulated, type World } from "../world.ts";
import { anyCountry, itemByPrice, markedAs, neighbour, requestOf, stranger, type Attack } from "./attack.ts";

/** What no shopper does: an order for more than 10,000 euros or for less than one, or a cart filled by more than 100 adds in a minute. */
export const unusualCart: Attack = (world, atMs, incident) =>
  markedAs("unusual_cart", incident, pick(world.random, [huge, nextToNothing, manyAdds])(world, atMs));

/** Somebody nobody knows orders for tens of thousands. */
function huge(world: World, atMs: number): Simulated[] {
  const { random, shop, customers } = world;
  const buyer = { ...stranger(world, anyCountry(world)), email: customers.throwawayEmail(random) };
  const charged = chargedAs(shop, buyer.place);
  const worth = (12_000 + 50_000 * random()) * charged.unitsPerEur;
  const lines = Array.from({ length: 1 + below(random, 4) }, () => {
    const line = lineOf(world, itemByPrice(world, "dear"), 1, atMs, charged);
    return { ...line, quantity: Math.ceil(worth / line.price) };
  });
  const request = requestOf(charged, lines, addressIn(world, buyer.place.country));
  return [purchase(world, buyer, request, customers.newCard(random, buyer.place.country), atMs)];
}

/** The shop's page was made to send another total: good things for next to nothing. */
function nextToNothing(world: World, atMs: number): Simulated[] {
  const { random, shop, customers } = world;
  const buyer = { ...neighbour(world), email: customers.throwawayEmail(random) };
  const charged = chargedAs(shop, buyer.place);
  const card = customers.newCard(random, buyer.place.country);
  return Array.from({ length: 1 + below(random, 3) }, (_, index) => {
    const whenMs = atMs + index * 4 * MINUTE_MS;
    const lines = [lineOf(world, itemByPrice(world, "dear"), 1, whenMs, charged)];
    const request = requestOf(charged, lines, addressIn(world, buyer.place.country));
    const value = toMoney(0.9 * random() * charged.unitsPerEur, charged.currency);
    return purchase(world, buyer, { ...request, value }, card, whenMs);
  });
}

/** A script puts thing after thing into one cart. */
function manyAdds(world: World, atMs: number): Simulated[] {
  const { random, shop, catalogue } = world;
  const session = new Session(world, { ...stranger(world, anyCountry(world)), hands: "hidden script" }, atMs, 0);
  const charged = chargedAs(shop, session.actor.place);
  const adds = 130 + below(random, 200);
  const gapMs = 60 + below(random, 340);
  for (let added = 0; added < adds; added++) {
    session.atMs += Math.round(gapMs * (0.7 + 0.6 * random()));
    session.stepWith("add_to_cart", charged, [lineOf(world, catalogue.popular(random), 1, session.atMs, charged)]);
  }
  return session.events;
}
