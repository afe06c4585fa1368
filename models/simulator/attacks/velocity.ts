import { below, chance, exponential, pick } from "../../../shared/random.ts";
import { fillBasket, itemsTotal } from "../basket.ts";
import { MINUTE_MS } from "../calendar.ts";
import { toMoney } from "../catalogue.ts";
import { decline, purchase } from "../orders.ts";
import { chargedAs } from "../world.ts";
import { anyCountry, markedAs, stranger, throwawayEmail, type Attack } from "./attack.ts";

/** One stolen card is spent as fast as it goes, until the bank notices. */
export const velocity: Attack = (world, atMs, incident) => {
  const { random, shop, customers } = world;
  const thief = stranger(world, anyCountry(world));
  thief.email = throwawayEmail(world);
  if (chance(random, 0.6)) thief.userId = `${world.prefix}-u-${thief.email}`;
  const lookalike = customers.join(random, atMs);
  const charged = chargedAs(shop, lookalike.market);
  const card = customers.newCard(random, lookalike.market.country);
  const orders = 8 + below(random, 25);
  const gapMs = pick(random, [0.5, 1, 2, 4]) * MINUTE_MS;
  const blockedAfter = Math.ceil(orders * (0.7 + 0.3 * random()));
  let whenMs = atMs;
  const events = Array.from({ length: orders }, (_, index) => {
    whenMs += Math.round(exponential(random, gapMs));
    const basket = fillBasket(world, lookalike, charged, whenMs, null);
    const request = {
      basket,
      value: toMoney(itemsTotal(basket), charged.currency),
      shipTo: shop.ships ? { country: lookalike.market.country, postal_code: lookalike.postalCode } : null,
    };
    if (index >= blockedAfter) return decline(world, thief, request, card, whenMs);
    return purchase(world, thief, request, card, whenMs, `${world.prefix}-t${world.nextNumber().toString(36)}`);
  });
  return markedAs("velocity", incident, events);
};
