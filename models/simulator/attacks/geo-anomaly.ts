import { below, chance, exponential, pick } from "../../../shared/random.ts";
import { fillBasket } from "../basket.ts";
import { MINUTE_MS } from "../calendar.ts";
import type { Customer } from "../customers.ts";
import { distanceKm, MARKETS, type Market } from "../markets.ts";
import { addressIn, arrive, purchase } from "../orders.ts";
import { personalPace, Session } from "../session.ts";
import { chargedAs, type Actor, type Simulated, type World } from "../world.ts";
import { establishedCustomer, markedAs, requestOf, stranger, type Attack } from "./attack.ts";

/** Further than anybody gets between two looks at a shop. */
const FAR_KM = 3_000;

/**
 * A customer's account is used where the customer cannot be: they were at home minutes ago. People who travel are seen days later,
 * and people who hide behind a company's network stay behind it.
 */
export const geoAnomaly: Attack = (world, atMs, incident) => {
  const { random } = world;
  const victim = establishedCustomer(world, atMs);
  if (victim === null) return [];
  const own = new Session(world, arrive(world, victim, atMs), atMs, personalPace(random));
  own.step("page_view");
  own.step("login");
  const awayMs = own.atMs + Math.round((2 + exponential(random, 20)) * MINUTE_MS);
  const elsewhere = pick(random, [stolenSession, soldPassword])(world, victim, own.actor, awayMs);
  return [...own.events, ...markedAs("geo_anomaly", incident, elsewhere)];
};

/** A thief holds the customer's cookies: the shop sees the same browser, a world away, with other software under it. */
function stolenSession(world: World, victim: Customer, seen: Actor, fromMs: number): Simulated[] {
  const { random, customers, networks } = world;
  const thief: Actor = {
    ...seen,
    place: farFrom(world, seen.place),
    network: networks.rented(random),
    device: { ...seen.device, tlsClass: customers.newDevice(random).tlsClass },
  };
  const session = new Session(world, thief, fromMs, 1.5 * MINUTE_MS);
  session.step("page_view");
  for (let orders = 1 + below(random, 3); orders > 0; orders--) orderThere(world, victim, session);
  return session.events;
}

/** A password that was sold to several people: the account is in three to six countries within an hour or two. */
function soldPassword(world: World, victim: Customer, seen: Actor, fromMs: number): Simulated[] {
  const { random } = world;
  let { place } = seen;
  let whenMs = fromMs;
  return Array.from({ length: 3 + below(random, 4) }, (_, visit) => {
    place = farFrom(world, place);
    const user = { ...stranger(world, place), userId: victim.userId, email: victim.email };
    const session = new Session(world, user, whenMs, 1.5 * MINUTE_MS);
    session.step("login");
    if (visit === 0 || chance(random, 0.6)) orderThere(world, victim, session);
    whenMs = session.atMs + Math.round((3 + exponential(random, 15)) * MINUTE_MS);
    return session.events;
  }).flat();
}

/** About what the customer would order, on one of their cards, to an address of the thief's or to them. */
function orderThere(world: World, victim: Customer, session: Session): void {
  const { random, shop } = world;
  session.pause(4 * MINUTE_MS);
  const charged = chargedAs(shop, victim.market);
  const { lines } = fillBasket(world, victim, charged, session.atMs, null);
  const billTo = addressIn(world, victim.market.country, victim.postalCode);
  const shipTo = chance(random, 0.6) ? addressIn(world, session.actor.place.country) : billTo;
  const request = requestOf(charged, lines, shipTo, billTo);
  session.events.push(purchase(world, session.actor, request, pick(random, victim.cards), session.atMs));
}

function farFrom({ random }: World, from: Market): Market {
  return pick<Market>(
    random,
    MARKETS.filter((market) => distanceKm(from, market) > FAR_KM),
  );
}
