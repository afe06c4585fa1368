import type { KeptEvent } from "../../shared/event.ts";
import { chance, exponential, pick, type Random } from "../../shared/random.ts";
import { fillBasket, itemsTotal, type Basket } from "./basket.ts";
import { DAY_MS, MINUTE_MS } from "./calendar.ts";
import { toMoney } from "./catalogue.ts";
import { tryCoupon, type Coupon } from "./coupons.ts";
import { anyPostalCode, STAY_DAYS, type Card, type Customer } from "./customers.ts";
import { MARKETS, type Market } from "./markets.ts";
import { personalPace, Session } from "./session.ts";
import {
  act,
  chargedAs,
  emailFields,
  eventId,
  itemsOf,
  newSession,
  newTransaction,
  type Actor,
  type Simulated,
  type Visit,
  type World,
} from "./world.ts";

/** What happens now and then in an honest customer's life, as shares of their stays anywhere; gifts, of their orders. */
const LIFE = {
  trip: 0.03,
  hidden: 0.01,
  newPhone: 0.02,
  clearedCookies: 0.1,
  replacedCard: 0.01,
  movedHome: 0.005,
  giftAbroad: 0.01,
} as const;
/** Nobody is at home and abroad on one day: there is a flight between. */
const JOURNEY_MS = 1.5 * DAY_MS;
const SHARED_NETWORK_SHARE = 0.3;
const LOGIN_SHARE = 0.6;
const LIST_SHARE = 0.4;
const LIST_PACE_MS = 250;
const FREE_SHIPPING_EUR = 60;
const SHIPPING_EUR = 4.9;

/** After a declined payment: who gives up, who takes another card, and how often it is declined again. */
const AFTER_DECLINE = { givesUp: 0.25, otherCard: 0.3, declinedAgain: 0.45, triesMost: 7 } as const;
const DECLINE_CODES = [
  "insufficient_funds",
  "do_not_honor",
  "authentication_required",
  "expired_card",
  "incorrect_cvc",
] as const;

/** All that one visit leads to, from its first page to the order, in time order but for a refund days later. */
export function order(world: World, visit: Visit): Simulated[] {
  const { random, shop, tellsSteps } = world;
  const { customer, atMs } = visit;
  live(world, customer, atMs);
  const session = new Session(world, arrive(world, customer, atMs), atMs, personalPace(random));
  const basket = fillBasket(world, customer, chargedAs(shop, customer.market), atMs, visit.wants);
  if (tellsSteps) session.step("page_view");
  identify(world, session, customer);
  if (tellsSteps) {
    if (customer.isWholesale && chance(random, LIST_SHARE)) uploadList(session, basket);
    else fillCart(session, basket);
    session.stepWith("begin_checkout", basket.charged, basket.lines);
  }
  const coupon = tryCoupon(session, customer, random);
  if (tellsSteps) session.step("add_payment_info");
  if (session.events.length > 0) session.pause(MINUTE_MS / 2);
  const request: OrderRequest = {
    basket,
    coupon,
    ...destination(world, customer),
    value: total(world, basket, coupon),
  };
  const paid = pay(world, customer, session, request);
  if (paid !== null) customer.orders++;
  if (paid !== null && chance(random, customer.returnShare)) {
    const share = chance(random, 0.6) ? 1 : random();
    session.events.push(refund(world, paid, share, session.atMs + Math.round((2 + exponential(random, 7)) * DAY_MS)));
  }
  customer.isKnown = true;
  markMispriced(session.events, basket);
  return session.events;
}

/** A basket on its way to be paid. */
export interface OrderRequest {
  basket: Basket;
  coupon: Coupon | null;
  /** Major units. */
  value: number;
  shipTo: Address | null;
  billTo: Address | null;
}

export interface Address {
  country: string;
  postal_code: string;
}

/** What changed in a customer's life since their last stay ended. */
function live(world: World, customer: Customer, atMs: number): void {
  const { random, customers, networks } = world;
  if (customer.stay.untilMs > atMs || customer.seenMs > atMs - JOURNEY_MS) return;
  const abroad = pick<Market>(random, chance(random, 0.5) ? customers.markets : MARKETS);
  const hides = chance(random, LIFE.hidden);
  const market = hides || chance(random, LIFE.trip) ? abroad : customer.market;
  const untilMs = atMs + STAY_DAYS * (0.5 + random()) * DAY_MS;
  customer.stay = { market, untilMs, hiddenBehind: hides ? networks.rented(random) : null };
  const [main] = customer.devices;
  if (main !== undefined && chance(random, LIFE.newPhone)) customer.devices[0] = customers.newDevice(random);
  else if (main !== undefined && chance(random, LIFE.clearedCookies)) customer.devices[0] = customers.cleared(main);
  if (chance(random, LIFE.replacedCard)) customer.cards[0] = customers.newCard(random, customer.market.country);
  if (chance(random, LIFE.movedHome)) customer.postalCode = anyPostalCode(random);
}

/** A customer sits down somewhere with one of their devices. */
export function arrive(world: World, customer: Customer, atMs: number): Actor {
  customer.seenMs = Math.max(customer.seenMs, atMs);
  const { random, customers, networks } = world;
  const { market: place, hiddenBehind } = customer.stay;
  const isOut = place !== customer.market || chance(random, SHARED_NETWORK_SHARE);
  return {
    userId: customer.userId,
    email: customer.email,
    device: customers.deviceOf(random, customer),
    place,
    network: hiddenBehind ?? (isOut ? networks.shared(random, place.country) : customer.homeNetwork),
    locale: customer.market.locale,
    sessionId: newSession(world),
    hands: "person",
  };
}

/** Who has an account opens it the first time and later logs in, where the shop has forgotten them. */
function identify({ random }: World, session: Session, { userId, isKnown }: Customer): void {
  if (userId === null) return;
  if (!isKnown) session.step("sign_up");
  else if (chance(random, LOGIN_SHARE)) session.step("login");
}

/** Everything is looked at first. */
function fillCart(session: Session, { charged, lines }: Basket): void {
  for (const line of lines) {
    session.stepWith("view_item", charged, [{ ...line, quantity: 1 }]);
    session.stepWith("add_to_cart", charged, [line]);
  }
}

/** Who orders by a list of article numbers has it all in the cart within seconds. */
function uploadList(session: Session, { charged, lines }: Basket): void {
  const { paceMs } = session;
  session.paceMs = LIST_PACE_MS;
  for (const line of lines) session.stepWith("add_to_cart", charged, [line]);
  session.paceMs = paceMs;
}

function destination(world: World, customer: Customer): Pick<OrderRequest, "shipTo" | "billTo"> {
  const { random, customers } = world;
  const billTo = addressIn(world, customer.market.country, customer.postalCode);
  const shipTo = chance(random, LIFE.giftAbroad) ? addressIn(world, pick(random, customers.markets).country) : billTo;
  return { shipTo, billTo };
}

/** An address, somewhere in a country unless told where; null where nothing is shipped. */
export function addressIn({ random, shop }: World, country: string, postalCode?: string): Address | null {
  return shop.ships ? { country, postal_code: postalCode ?? anyPostalCode(random) } : null;
}

/** Items, shipping and coupon, in the basket's currency. */
function total({ shop }: World, basket: Basket, coupon: Coupon | null): number {
  const items = itemsTotal(basket);
  const { unitsPerEur, currency } = basket.charged;
  const shipping = shop.ships && items < FREE_SHIPPING_EUR * unitsPerEur ? SHIPPING_EUR * unitsPerEur : 0;
  return toMoney(items * (1 - (coupon?.share ?? 0)) + shipping, currency);
}

/** Tries to pay until it is authorized, or the customer gives up: null. */
function pay(world: World, customer: Customer, session: Session, request: OrderRequest): Simulated | null {
  const { random, shop } = world;
  const { actor, events } = session;
  let card = favouriteCard(random, customer);
  let declined = chance(random, shop.declineShare);
  for (let tries = 1; declined; tries++) {
    events.push(decline(world, actor, request, card, session.atMs));
    if (tries >= AFTER_DECLINE.triesMost || chance(random, AFTER_DECLINE.givesUp)) return null;
    if (chance(random, AFTER_DECLINE.otherCard)) card = otherCard(world, customer, card);
    session.atMs += Math.round(15_000 + exponential(random, 1.2 * MINUTE_MS));
    declined = chance(random, AFTER_DECLINE.declinedAgain);
  }
  const paid = purchase(world, actor, request, card, session.atMs);
  events.push(paid);
  return paid;
}

function favouriteCard(random: Random, { cards }: Customer): Card {
  const [first, ...others] = cards;
  if (first === undefined) throw new RangeError("A customer has a card");
  return others.length > 0 && chance(random, 0.25) ? pick(random, others) : first;
}

function otherCard({ random, customers }: World, customer: Customer, card: Card): Card {
  const others = customer.cards.filter((other) => other !== card);
  if (others.length > 0) return pick(random, others);
  const added = customers.newCard(random, customer.market.country);
  customer.cards.push(added);
  return added;
}

/** An authorized order. */
export function purchase(world: World, actor: Actor, request: OrderRequest, card: Card, atMs: number): Simulated {
  const simulated = act(world, "purchase", atMs, actor);
  Object.assign(simulated.event, orderFields(world, request));
  simulated.event.payment = payment(card, "authorized");
  return simulated;
}

/** A declined payment, as the shop reports those. */
export function decline(world: World, actor: Actor, request: OrderRequest, card: Card, atMs: number): Simulated {
  const isOwnEvent = world.shop.reportsFailedPayments;
  const simulated = act(world, isOwnEvent ? "payment_failed" : "purchase", atMs, actor);
  const { event } = simulated;
  if (isOwnEvent) {
    event.value = request.value;
    event.currency = request.basket.charged.currency;
  } else {
    Object.assign(event, orderFields(world, request));
  }
  event.payment = { ...payment(card, "declined"), decline_code: pick(world.random, DECLINE_CODES) };
  return simulated;
}

function orderFields(world: World, { basket, coupon, value, shipTo, billTo }: OrderRequest): Partial<KeptEvent> {
  return {
    transaction_id: newTransaction(world),
    value,
    currency: basket.charged.currency,
    items: itemsOf(basket.lines),
    ...(coupon === null ? {} : { coupon: coupon.code }),
    ...(shipTo === null ? {} : { shipping_address: shipTo }),
    ...(billTo === null ? {} : { billing_address: billTo }),
  };
}

function payment(card: Card, outcome: "authorized" | "declined"): NonNullable<KeptEvent["payment"]> {
  return { method: "card", card_fingerprint: card.fingerprint, bin: card.bin, card_country: card.country, outcome };
}

/** A share of an order's money goes back. It is booked in the shop's office: nothing is known of a device. */
export function refund(world: World, { event: paid }: Simulated, share: number, atMs: number): Simulated {
  const event: KeptEvent = {
    id: eventId(world),
    name: "refund",
    timestamp: new Date(atMs).toISOString(),
    value: toMoney((paid.value ?? 0) * share, paid.currency ?? ""),
    ...(paid.currency === undefined ? {} : { currency: paid.currency }),
    ...(paid.transaction_id === undefined ? {} : { transaction_id: paid.transaction_id }),
    ...(paid.user_id === undefined ? {} : { user_id: paid.user_id }),
    ...(paid.email_hash === undefined ? {} : emailFields(paid.email_hash)),
  };
  if (paid.payment?.card_fingerprint !== undefined) {
    event.payment = { method: "card", card_fingerprint: paid.payment.card_fingerprint };
  }
  return { event, signals: {}, attack: null, incident: null };
}

/** What was sold at a wrong price is part of what the price did. */
function markMispriced(events: readonly Simulated[], { lines }: Basket): void {
  const glitch = lines.find((line) => line.glitch !== null)?.glitch;
  if (!glitch) return;
  for (const simulated of events.filter(({ event }) => event.name === "purchase")) {
    simulated.attack = "price_glitch";
    simulated.incident = glitch.incident;
  }
}
