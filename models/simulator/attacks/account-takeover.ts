import { below, chance, exponential, pick } from "../../../shared/random.ts";
import { fillBasket } from "../basket.ts";
import { MINUTE_MS } from "../calendar.ts";
import type { Customer } from "../customers.ts";
import { addressIn, purchase } from "../orders.ts";
import { act, chargedAs, type Simulated } from "../world.ts";
import { establishedCustomer, foreignTo, itemByPrice, markedAs, requestOf, stranger, type Attack } from "./attack.ts";

/** How much more than its owner a thief spends, as a factor: some stay modest so as not to be noticed. */
const SPENDS = [1, 2, 5] as const;

/** Of the thieves, those who rent a network in the customer's country so as not to be noticed by it. They are there for dear goods. */
const NEARBY_SHARE = 0.25;

/** Someone else orders with an established customer's account, on another device and mostly from another country. */
export const accountTakeover: Attack = (world, atMs, incident) => {
  const { random, shop, customers } = world;
  const victim = establishedCustomer(world, atMs);
  if (victim === null) return [];
  const isNearby = chance(random, NEARBY_SHARE);
  const place = isNearby ? victim.market : foreignTo(world, victim.market);
  const thief = { ...stranger(world, place), userId: victim.userId, email: victim.email };
  const charged = chargedAs(shop, victim.market);
  const spends = pick(random, isNearby ? SPENDS.slice(1) : SPENDS);
  const shipsTo = chance(random, 0.7) ? place.country : victim.market.country;
  const [storedCard] = victim.cards;
  const card = storedCard !== undefined && chance(random, 0.6) ? storedCard : customers.newCard(random, place.country);
  const events: Simulated[] = [act(world, "login", atMs, thief)];
  const shipTo = addressIn(world, shipsTo);
  const billTo = addressIn(world, victim.market.country, victim.postalCode);
  let whenMs = atMs;
  for (let orders = 1 + below(random, 4); orders > 0; orders--) {
    whenMs += Math.round(exponential(random, 12 * MINUTE_MS));
    const rich: Customer = {
      ...victim,
      basketLog: { ...victim.basketLog, mean: victim.basketLog.mean + Math.log(spends) },
    };
    const basket = fillBasket(world, rich, charged, whenMs, spends > 1 ? itemByPrice(world, "dear") : null);
    events.push(purchase(world, thief, requestOf(charged, basket.lines, shipTo, billTo), card, whenMs));
  }
  return markedAs("account_takeover", incident, events);
};
