import type { KeptEvent } from "../../shared/event.ts";
import { below, chance, exponential, pick, type Random } from "../../shared/random.ts";
import { fillBasket, itemsTotal, type Basket } from "./basket.ts";
import { DAY_MS, MINUTE_MS } from "./calendar.ts";
import { toMoney } from "./catalogue.ts";
import { STAY_DAYS, type Card, type Customer } from "./customers.ts";
import { MARKETS, type Market } from "./markets.ts";
import { act, chargedAs, newSession, type Actor, type Simulated, type Visit, type World } from "./world.ts";

/** What happens now and then in an honest customer's life, as shares of their stays anywhere; gifts, of their orders. */
const LIFE = {
  trip: 0.03,
  newPhone: 0.02,
  clearedCookies: 0.1,
  replacedCard: 0.01,
  movedHome: 0.005,
  giftAbroad: 0.01,
} as const;
const SHARED_NETWORK_SHARE = 0.3;
const COUPON_SHARE = 0.08;
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

/** All that one visit to the checkout leads to, in time order but for a refund days later. */
export function order(world: World, visit: Visit): Simulated[] {
  const { customer, atMs } = visit;
  live(world, customer, atMs);
  const actor = arrive(world, customer);
  const basket = fillBasket(world, customer, chargedAs(world.shop, customer.market), atMs, visit.wants);
  const request: OrderRequest = { basket, value: total(world, basket), shipTo: destination(world, customer) };
  const paid = pay(world, customer, actor, request, atMs);
  const events = paid.events;
  if (paid.transactionId !== null) {
    customer.orders++;
    if (chance(world.random, world.shop.refundShare))
      events.push(refund(world, actor, request, paid.transactionId, atMs));
  }
  const glitch = basket.lines.find((line) => line.glitch !== null)?.glitch;
  if (glitch) {
    for (const simulated of events) {
      if (simulated.event.name !== "purchase") continue;
      simulated.attack = "price_glitch";
      simulated.incident = glitch.incident;
    }
  }
  return events;
}

/** A basket on its way to be paid. */
export interface OrderRequest {
  basket: Basket;
  /** Major units. */
  value: number;
  shipTo: { country: string; postal_code: string } | null;
}

/** What changed in a customer's life since their last stay ended. */
function live({ random, customers }: World, customer: Customer, atMs: number): void {
  if (customer.stay.untilMs > atMs) return;
  const abroad = pick<Market>(random, chance(random, 0.5) ? customers.markets : MARKETS);
  const market = chance(random, LIFE.trip) ? abroad : customer.market;
  customer.stay = { market, untilMs: atMs + STAY_DAYS * (0.5 + random()) * DAY_MS };
  const [main] = customer.devices;
  if (main !== undefined && chance(random, LIFE.newPhone)) customer.devices[0] = customers.newDevice(random);
  else if (main !== undefined && chance(random, LIFE.clearedCookies)) customer.devices[0] = customers.cleared(main);
  if (chance(random, LIFE.replacedCard)) customer.cards[0] = customers.newCard(random, customer.market.country);
  if (chance(random, LIFE.movedHome)) customer.postalCode = String(10_000 + below(random, 89_999));
}

/** A customer sits down somewhere with one of their devices. */
export function arrive(world: World, customer: Customer): Actor {
  const { random, customers, networks } = world;
  const place = customer.stay.market;
  const isOut = place !== customer.market || chance(random, SHARED_NETWORK_SHARE);
  return {
    userId: customer.userId,
    email: customer.email,
    device: customers.deviceOf(random, customer),
    place,
    network: isOut ? networks.shared(random, place.country) : customer.homeNetwork,
    sessionId: newSession(world),
  };
}

function destination({ random, shop, customers }: World, customer: Customer): OrderRequest["shipTo"] {
  if (!shop.ships) return null;
  const { country } = chance(random, LIFE.giftAbroad) ? pick(random, customers.markets) : customer.market;
  return { country, postal_code: customer.postalCode };
}

/** Items, shipping and coupon, in the basket's currency. */
function total({ random, shop }: World, basket: Basket): number {
  const items = itemsTotal(basket);
  const { unitsPerEur, currency } = basket.charged;
  const shipping = shop.ships && items < FREE_SHIPPING_EUR * unitsPerEur ? SHIPPING_EUR * unitsPerEur : 0;
  const discount = chance(random, COUPON_SHARE) ? 0.1 * items : 0;
  return toMoney(items + shipping - discount, currency);
}

/** Tries to pay until it is authorized or the customer gives up. */
function pay(world: World, customer: Customer, actor: Actor, request: OrderRequest, fromMs: number): Paid {
  const { random, shop } = world;
  const events: Simulated[] = [];
  let atMs = fromMs;
  let card = favouriteCard(random, customer);
  let declined = chance(random, shop.declineShare);
  for (let tries = 1; declined; tries++) {
    events.push(decline(world, actor, request, card, atMs));
    if (tries >= AFTER_DECLINE.triesMost || chance(random, AFTER_DECLINE.givesUp))
      return { events, transactionId: null };
    if (chance(random, AFTER_DECLINE.otherCard)) card = otherCard(world, customer, card);
    atMs += Math.round(15_000 + exponential(random, 1.2 * MINUTE_MS));
    declined = chance(random, AFTER_DECLINE.declinedAgain);
  }
  const transactionId = `${world.prefix}-t${world.nextNumber().toString(36)}`;
  events.push(purchase(world, actor, request, card, atMs, transactionId));
  return { events, transactionId };
}

interface Paid {
  events: Simulated[];
  transactionId: string | null;
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
export function purchase(
  world: World,
  actor: Actor,
  request: OrderRequest,
  card: Card,
  atMs: number,
  transactionId: string,
): Simulated {
  const simulated = act(world, "purchase", atMs, actor);
  Object.assign(simulated.event, orderFields(request, transactionId));
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
    Object.assign(event, orderFields(request, `${world.prefix}-t${world.nextNumber().toString(36)}`));
  }
  event.payment = { ...payment(card, "declined"), decline_code: pick(world.random, DECLINE_CODES) };
  return simulated;
}

function orderFields(
  { basket, value, shipTo }: OrderRequest,
  transactionId: string,
): Pick<KeptEvent, "transaction_id" | "value" | "currency" | "items" | "shipping_address"> {
  return {
    transaction_id: transactionId,
    value,
    currency: basket.charged.currency,
    items: basket.lines.map(({ item, price, quantity }) => ({
      item_id: item.id,
      item_name: item.name,
      item_category: item.category,
      price,
      quantity,
    })),
    ...(shipTo === null ? {} : { shipping_address: shipTo }),
  };
}

function payment(card: Card, outcome: "authorized" | "declined"): NonNullable<KeptEvent["payment"]> {
  return { method: "card", card_fingerprint: card.fingerprint, bin: card.bin, card_country: card.country, outcome };
}

/** All or a part of the money goes back, days later. */
function refund(
  world: World,
  actor: Actor,
  request: OrderRequest,
  transactionId: string,
  orderedMs: number,
): Simulated {
  const { random } = world;
  const atMs = orderedMs + Math.round((2 + exponential(random, 7)) * DAY_MS);
  const simulated = act(world, "refund", atMs, actor);
  const { currency } = request.basket.charged;
  simulated.event.transaction_id = transactionId;
  simulated.event.value = toMoney(request.value * (chance(random, 0.6) ? 1 : random()), currency);
  simulated.event.currency = currency;
  return simulated;
}
