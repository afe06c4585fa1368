import { below, chance, exponential, pick } from "../../../shared/random.ts";
import { MINUTE_MS } from "../calendar.ts";
import type { Customer } from "../customers.ts";
import { fillBasket, itemsTotal } from "../basket.ts";
import { toMoney } from "../catalogue.ts";
import { purchase } from "../orders.ts";
import { act, chargedAs, type Simulated, type World } from "../world.ts";
import { foreignTo, itemByPrice, markedAs, stranger, type Attack } from "./attack.ts";

/** How much more than its owner a thief spends, as a factor: some stay modest so as not to be noticed. */
const SPENDS = [1, 2, 5] as const;
const CANDIDATES = 12;
/** An account is worth stealing when its owner is known to order. */
const ESTABLISHED_ORDERS = 5;

/** Someone else orders with an established customer's account, from another country and on another device. */
export const accountTakeover: Attack = (world, atMs, incident) => {
  const { random, shop, customers } = world;
  const victim = establishedCustomer(world, atMs);
  if (victim === null) return [];
  const place = foreignTo(world, victim.market);
  const thief = { ...stranger(world, place), userId: victim.userId, email: victim.email };
  const charged = chargedAs(shop, victim.market);
  const spends = pick(random, SPENDS);
  const shipsTo = chance(random, 0.7) ? place.country : victim.market.country;
  const [storedCard] = victim.cards;
  const card = storedCard !== undefined && chance(random, 0.6) ? storedCard : customers.newCard(random, place.country);
  const events: Simulated[] = [act(world, "login", atMs, thief)];
  let whenMs = atMs;
  for (let orders = 1 + below(random, 4); orders > 0; orders--) {
    whenMs += Math.round(exponential(random, 12 * MINUTE_MS));
    const rich: Customer = {
      ...victim,
      basketLog: { ...victim.basketLog, mean: victim.basketLog.mean + Math.log(spends) },
    };
    const basket = fillBasket(world, rich, charged, whenMs, spends > 1 ? itemByPrice(world, "dear") : null);
    const request = {
      basket,
      value: toMoney(itemsTotal(basket), charged.currency),
      shipTo: shop.ships ? { country: shipsTo, postal_code: String(10_000 + below(random, 89_999)) } : null,
    };
    events.push(purchase(world, thief, request, card, whenMs, `${world.prefix}-t${world.nextNumber().toString(36)}`));
  }
  return markedAs("account_takeover", incident, events);
};

/** Of a few customers with an account the one with most orders; null when none of them is established. */
function establishedCustomer({ random, customers }: World, atMs: number): Customer | null {
  let best: Customer | null = null;
  for (let tries = 0; tries < CANDIDATES; tries++) {
    const candidate = customers.returning(random, atMs);
    if (candidate === null || candidate.userId === null || candidate.orders < ESTABLISHED_ORDERS) continue;
    if (best === null || candidate.orders > best.orders) best = candidate;
  }
  return best;
}
