import { below, chance, exponential, pick } from "../../../shared/random.ts";
import { fillBasket } from "../basket.ts";
import { HOUR_MS, MINUTE_MS } from "../calendar.ts";
import { anyCode, campaignAt, enter, WELCOME, type Coupon } from "../coupons.ts";
import { addressIn, purchase, type OrderRequest } from "../orders.ts";
import { toMoney } from "../catalogue.ts";
import { Session } from "../session.ts";
import { chargedAs, type Simulated, type World } from "../world.ts";
import { anyCountry, asSomeoneElse, markedAs, neighbour, requestOf, stranger, type Attack } from "./attack.ts";

/** Codes are guessed, or one for a first order is used by the same person as ever new customers. */
export const couponAbuse: Attack = (world, atMs, incident) =>
  markedAs("coupon_abuse", incident, pick(world.random, [guess, alwaysNew])(world, atMs));

/** A script or somebody patient goes through codes until one is taken, or they give up. People mistype one or two. */
function guess(world: World, atMs: number): Simulated[] {
  const { random, customers } = world;
  const isScript = chance(random, 0.6);
  const guesser = isScript ? stranger(world, anyCountry(world)) : neighbour(world);
  guesser.hands = isScript ? "hidden script" : "person";
  const session = new Session(world, guesser, atMs, isScript ? 1_500 : 12_000);
  session.step("begin_checkout");
  const guesses = isScript ? 40 + below(random, 160) : 20 + below(random, 30);
  for (let guessed = 0; guessed < guesses; guessed++) enter(session, "coupon_rejected", anyCode(random));
  if (chance(random, 0.5)) {
    const coupon = campaignAt(session.atMs);
    enter(session, "coupon_applied", coupon.code);
    const card = customers.newCard(random, guesser.place.country);
    session.events.push(purchase(world, guesser, discounted(world, session, coupon), card, session.atMs + MINUTE_MS));
  }
  return session.events;
}

/** Account after account from one home and on one or two cards, each with its first order at a discount. A household has two or three. */
function alwaysNew(world: World, atMs: number): Simulated[] {
  const { random, customers } = world;
  const person = neighbour(world);
  const card = customers.newCard(random, person.place.country);
  const shipTo = addressIn(world, person.place.country);
  const gapMs = pick(random, [5 * MINUTE_MS, 2 * HOUR_MS]);
  let whenMs = atMs;
  return Array.from({ length: 6 + below(random, 10) }, () => {
    whenMs += Math.round(exponential(random, gapMs));
    const session = new Session(world, asSomeoneElse(world, person), whenMs, 20_000);
    session.step("sign_up");
    enter(session, "coupon_applied", WELCOME.code);
    const request = { ...discounted(world, session, WELCOME), shipTo, billTo: shipTo };
    const used = chance(random, 0.8) ? card : customers.newCard(random, person.place.country);
    session.events.push(purchase(world, session.actor, request, used, session.atMs + MINUTE_MS));
    return session.events;
  }).flat();
}

/** What anybody might order here, for less. */
function discounted(world: World, { actor, atMs }: Session, coupon: Coupon): OrderRequest {
  const charged = chargedAs(world.shop, actor.place);
  const anyone = world.customers.join(world.random, atMs);
  const { lines } = fillBasket(world, { ...anyone, isWholesale: false }, charged, atMs, null);
  const request = requestOf(charged, lines, addressIn(world, actor.place.country));
  return { ...request, coupon, value: toMoney(request.value * (1 - coupon.share), charged.currency) };
}
