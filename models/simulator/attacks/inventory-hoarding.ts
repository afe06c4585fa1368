import { below, exponential, pick } from "../../../shared/random.ts";
import { lineOf } from "../browsing.ts";
import { MINUTE_MS } from "../calendar.ts";
import type { Item } from "../catalogue.ts";
import { Session } from "../session.ts";
import { chargedAs, newSession, type Simulated, type World } from "../world.ts";
import { anyCountry, markedAs, sought, stranger, type Attack } from "./attack.ts";

/** How long a shop keeps for someone what is in their cart. */
const KEPT_MS = 15 * MINUTE_MS;

/** Carts are filled with what is scarce and never paid for, so that nobody else can buy it. People who collect for later take one of each. */
export const inventoryHoarding: Attack = (world, atMs, incident) =>
  markedAs("inventory_hoarding", incident, pick(world.random, [oneCart, manyCarts])(world, atMs, sought(world)));

/** One cart is filled to the brim and filled again whenever the shop lets it go. */
function oneCart(world: World, atMs: number, item: Item): Simulated[] {
  const { random } = world;
  const session = openAt(world, atMs);
  const quantity = 15 + below(random, 80);
  for (let rounds = 5 + below(random, 12); rounds > 0; rounds--) {
    hold(world, session, item, quantity);
    session.atMs += Math.round(KEPT_MS + exponential(random, MINUTE_MS));
  }
  return session.events;
}

/** Many carts on one network take a few pieces each within half an hour. */
function manyCarts(world: World, atMs: number, item: Item): Simulated[] {
  const { random, customers } = world;
  const { actor } = openAt(world, atMs);
  let whenMs = atMs;
  return Array.from({ length: 10 + below(random, 25) }, () => {
    whenMs += Math.round(exponential(random, MINUTE_MS));
    const device = customers.newDevice(random);
    const session = new Session(world, { ...actor, device, sessionId: newSession(world) }, whenMs, 2_500);
    for (let adds = 1 + below(random, 4); adds > 0; adds--) hold(world, session, item, 3 + below(random, 8));
    return session.events;
  }).flat();
}

function openAt(world: World, atMs: number): Session {
  return new Session(world, { ...stranger(world, anyCountry(world)), hands: "hidden script" }, atMs, 2_500);
}

function hold(world: World, session: Session, item: Item, quantity: number): void {
  const charged = chargedAs(world.shop, session.actor.place);
  session.stepWith("add_to_cart", charged, [lineOf(world, item, quantity, session.atMs, charged)]);
}
