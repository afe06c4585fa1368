import type { Item as SoldItem, KeptEvent } from "../../shared/event.ts";
import { below, chance, exponential } from "../../shared/random.ts";
import { DAY_MS, MINUTE_MS } from "./calendar.ts";
import type { Item } from "./catalogue.ts";
import { arrive } from "./orders.ts";
import { act, chargedAs, eventId, newSession, type Actor, type Simulated, type World } from "./world.ts";

const LOOKED_AT_MOST = 6;

/**
 * What leads up to an order on the same day: the pages and steps of its session.
 *
 * @param firstTry the session's first try at paying, which may have been declined
 */
export function browseTo(world: World, { event, signals }: Simulated, firstTry: Simulated): Simulated[] {
  const payingMs = Date.parse(firstTry.event.timestamp);
  const dayMs = payingMs - (payingMs % DAY_MS);
  const items = event.items ?? [];
  const viewed = items.flatMap((item) => [
    { name: "view_item", item },
    { name: "add_to_cart", item },
  ]);
  const steps = [{ name: "page_view" }, ...viewed, { name: "begin_checkout" }, { name: "add_payment_info" }];
  let atMs = payingMs;
  const events = steps.toReversed().map((step) => {
    atMs = Math.max(dayMs, atMs - Math.round(3_000 + exponential(world.random, 0.4 * MINUTE_MS)));
    return { event: stepOf(world, event, atMs, step), signals, attack: null, incident: null };
  });
  return events.toReversed();
}

/** One step of an order's session, by the same shopper. */
function stepOf(
  world: World,
  order: KeptEvent,
  atMs: number,
  { name, item }: { name: string; item?: SoldItem },
): KeptEvent {
  const { client_id, session_id, user_id, email_hash, email_domain, context, currency } = order;
  const shopper = { client_id, session_id, user_id, email_hash, email_domain, context };
  const step = { id: eventId(world), name, timestamp: new Date(atMs).toISOString(), ...shopper };
  return item === undefined || currency === undefined ? step : { ...step, currency, items: [item] };
}

/** Someone looks around and leaves, with or without a basket. */
export function lookAround(world: World, atMs: number): Simulated[] {
  const { random, catalogue, customers, shop } = world;
  const known = chance(random, 0.4) ? customers.returning(random, atMs) : null;
  const actor = known === null ? passerBy(world) : arrive(world, known);
  if (known !== null && !chance(random, 0.5)) actor.userId = null;
  const events = [act(world, "page_view", atMs, actor)];
  let whenMs = atMs;
  const later = (name: string, item?: Item) => {
    whenMs += Math.round(3_000 + exponential(random, 0.5 * MINUTE_MS));
    const simulated = act(world, name, whenMs, actor);
    if (item !== undefined) {
      const charged = chargedAs(shop, actor.place);
      const { amount } = catalogue.price(item, charged, whenMs, random);
      simulated.event.currency = charged.currency;
      simulated.event.items = [
        { item_id: item.id, item_name: item.name, item_category: item.category, price: amount, quantity: 1 },
      ];
    }
    events.push(simulated);
    return chance(random, 0.7);
  };
  for (let looked = below(random, LOOKED_AT_MOST); looked > 0; looked--) later("view_item", catalogue.popular(random));
  if (chance(random, 0.12) && later("add_to_cart", catalogue.popular(random)) && later("view_cart"))
    later("begin_checkout");
  return events;
}

/** Someone who never ordered. */
function passerBy(world: World): Actor {
  const { random, customers, networks } = world;
  const place = customers.anyMarket(random);
  return {
    userId: null,
    email: null,
    device: customers.newDevice(random),
    place,
    network: chance(random, 0.5) ? networks.shared(random, place.country) : networks.home(),
    sessionId: newSession(world),
  };
}
