import { below, chance, exponential, pick } from "../../../shared/random.ts";
import { fillBasket } from "../basket.ts";
import { MINUTE_MS } from "../calendar.ts";
import { addressIn, decline, purchase } from "../orders.ts";
import { chargedAs } from "../world.ts";
import { accountOf, anyCountry, markedAs, requestOf, stranger, type Attack } from "./attack.ts";

/** One stolen card is spent as fast as it goes, until the bank notices. */
export const velocity: Attack = (world, atMs, incident) => {
  const { random, shop, customers } = world;
  const thief = stranger(world, anyCountry(world));
  thief.email = customers.throwawayEmail(random);
  if (chance(random, 0.6)) thief.userId = accountOf(world, thief.email);
  const lookalike = customers.join(random, atMs);
  const charged = chargedAs(shop, lookalike.market);
  const card = customers.newCard(random, lookalike.market.country);
  const orders = 8 + below(random, 25);
  const gapMs = pick(random, [0.5, 1, 2, 4]) * MINUTE_MS;
  const blockedAfter = Math.ceil(orders * (0.7 + 0.3 * random()));
  const address = addressIn(world, lookalike.market.country, lookalike.postalCode);
  let whenMs = atMs;
  const events = Array.from({ length: orders }, (_, index) => {
    whenMs += Math.round(exponential(random, gapMs));
    const request = requestOf(charged, fillBasket(world, lookalike, charged, whenMs, null).lines, address);
    return (index >= blockedAfter ? decline : purchase)(world, thief, request, card, whenMs);
  });
  return markedAs("velocity", incident, events);
};
