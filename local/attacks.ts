/**
 * The attacks hidden in the replay. Three are made of what the replay holds: its customers, its goods, its prices; two, which need no
 * history with the shop, are the simulator's. All are written from what such attacks look like, without regard to how the product finds
 * them.
 */
import type { Event } from "../shared/event.ts";
import { contextOf, orderContext, paymentBy, pounds, type Run, type ShopEvent } from "./orders.ts";
import { cardOf, shopperOf, type Card } from "./shoppers.ts";
import { simulatedAttack } from "./simulated-attacks.ts";

export const ATTACKS = [
  "coupon abuse",
  "card testing",
  "inventory hoarding",
  "account takeover",
  "price glitch",
] as const;
export type Attack = (typeof ATTACKS)[number];

/** An event of the replay, with the attack it belongs to: known here alone, no part of what is sent. */
export interface ReplayEvent extends ShopEvent {
  attack: Attack | null;
}

type Purchase = Event & { items: NonNullable<Event["items"]>; value: number };
interface Order {
  event: Purchase;
  atMs: number;
}

/** Where each attack begins, as shares of the replay's events: late enough that there are histories to compare with. */
const BEGIN_SHARES: Record<Attack, number> = {
  "coupon abuse": 0.54,
  "card testing": 0.6,
  "inventory hoarding": 0.66,
  "account takeover": 0.72,
  "price glitch": 0.84,
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/**
 * The replay with all of the attacks in it, in the order of time.
 *
 * @param genuine the shop's events, oldest first
 * @throws Error when they hold too little to attack: no customer with three orders, no item sold often
 */
export function withAttacks(genuine: readonly ShopEvent[], run: Run): ReplayEvent[] {
  const injected = ATTACKS.flatMap((attack) => {
    const begin = Math.floor(genuine.length * BEGIN_SHARES[attack]);
    const before = ordersOf(genuine.slice(0, begin));
    const after = ordersOf(genuine.slice(begin));
    const beginMs = genuine[begin]?.atMs ?? run.endMs;
    return ATTACK_EVENTS[attack]({ before, after, beginMs, run }).map((event) => ({ ...event, attack }));
  });
  const ids = new Set(injected.map(({ event }) => event.id));
  const untouched = genuine.filter(({ event }) => !ids.has(event.id)).map((event) => ({ ...event, attack: null }));
  return [...untouched, ...injected].sort((a, b) => a.atMs - b.atMs);
}

interface Scene {
  /** Orders before the attack begins, and from then on. */
  before: Order[];
  after: Order[];
  beginMs: number;
  run: Run;
}

const ATTACK_EVENTS: Record<Attack, (scene: Scene) => ShopEvent[]> = {
  "coupon abuse": ({ beginMs, run }) => simulatedAttack("coupon_abuse", beginMs + MINUTE_MS, run),
  "inventory hoarding": ({ beginMs, run }) => simulatedAttack("inventory_hoarding", beginMs + MINUTE_MS, run),
  "card testing": cardTesting,
  "account takeover": accountTakeover,
  "price glitch": priceGlitch,
};

const TESTED_CARDS = 25;
const CARD_COUNTRIES = ["US", "GB", "DE", "FR", "ES", "IT", "CA", "AU"] as const;
const DECLINE_CODES = ["incorrect_cvc", "do_not_honor", "expired_card", "insufficient_funds"] as const;

/** One client on one network tries a list of stolen cards with small guest orders; most are declined, every seventh goes through. */
function cardTesting({ before, beginMs, run }: Scene): ShopEvent[] {
  const thief = shopperOf(run.id, "card thief", "GB");
  const cheap = catalogueOf(before).filter(({ usualMinor }) => usualMinor >= 85 && usualMinor <= 295);
  return Array.from({ length: TESTED_CARDS }, (_, index) => {
    const item = at(cheap, index);
    const card = cardOf(`${run.id} stolen ${index}`, at(CARD_COUNTRIES, index));
    const isDeclined = index % 7 !== 6;
    // A person with a list and two open tabs: 8 to 19 seconds apart.
    const atMs = beginMs + MINUTE_MS + index * 12 * SECOND_MS + ((index * 7) % 8) * SECOND_MS;
    const paid = orderContext({ ...thief, card }, "GB");
    const event: Event = {
      id: `evt_${run.id}_T${index + 1}`,
      name: isDeclined ? "payment_failed" : "purchase",
      timestamp: new Date(atMs).toISOString(),
      value: pounds(item.usualMinor),
      currency: "GBP",
      transaction_id: `T${index + 1}-${run.id}`,
      items: [{ ...item.item, price: pounds(item.usualMinor), quantity: 1 }],
      ...paid,
      ...(isDeclined ? { payment: declined(card, at(DECLINE_CODES, index)) } : {}),
    };
    return { event, atMs };
  });
}

function declined(card: Card, code: string): NonNullable<Event["payment"]> {
  return { ...paymentBy({ card }), outcome: "declined", decline_code: code };
}

const TAKEOVER_COUNTRY = "US";
const TAKEOVER_LINES = 10;
const ORDERS_FOR_HISTORY = 3;

/**
 * Somebody with a customer's password signs in from a new device in a new country, and orders twice, for several times what the customer
 * usually spends, with a new card and to the new country.
 */
function accountTakeover({ before, beginMs, run }: Scene): ShopEvent[] {
  const victim = victimOf(before, beginMs);
  const thief = shopperOf(run.id, "account thief", TAKEOVER_COUNTRY);
  const goods = catalogueOf(before).filter(({ usualMinor }) => usualMinor >= 495);
  const signIn: Event = {
    id: `evt_${run.id}_A0`,
    name: "login",
    timestamp: new Date(beginMs + MINUTE_MS).toISOString(),
    client_id: thief.clientId,
    user_id: victim.userId,
    context: contextOf(thief),
  };
  const order = (number: number, afterMs: number, timesUsual: number): ShopEvent => {
    const lines = Array.from({ length: TAKEOVER_LINES }, (_, index) => at(goods, number * TAKEOVER_LINES + index));
    const perLineMinor = (victim.meanMinor * timesUsual) / lines.length;
    const items = lines.map(({ item, usualMinor }) => ({
      ...item,
      price: pounds(usualMinor),
      quantity: Math.max(1, Math.round(perLineMinor / usualMinor)),
    }));
    const atMs = beginMs + afterMs;
    const event: Event = {
      id: `evt_${run.id}_A${number}`,
      name: "purchase",
      timestamp: new Date(atMs).toISOString(),
      user_id: victim.userId,
      transaction_id: `A${number}-${run.id}`,
      value: pounds(items.reduce((sum, { price, quantity }) => sum + Math.round(price * 100) * quantity, 0)),
      currency: "GBP",
      items,
      ...orderContext(thief, TAKEOVER_COUNTRY),
    };
    return { event, atMs };
  };
  return [{ event: signIn, atMs: beginMs + MINUTE_MS }, order(1, 6 * MINUTE_MS, 4), order(2, 31 * MINUTE_MS, 5)];
}

/** The customer at home with the most orders so far, among those with up to twice the history needed: known, and no reseller. */
function victimOf(before: readonly Order[], beginMs: number): { userId: string; meanMinor: number } {
  const byCustomer = Map.groupBy(before, ({ event }) => event.user_id ?? "");
  const candidates = [...byCustomer].flatMap(([userId, orders]) => {
    const isAtHome = orders.every(({ event }) => event.shipping_address?.country === "GB");
    const isQuiet = orders.every(({ atMs }) => atMs < beginMs - 24 * 60 * MINUTE_MS);
    const isUsual = orders.length >= ORDERS_FOR_HISTORY && orders.length <= 2 * ORDERS_FOR_HISTORY;
    if (!isAtHome || !isQuiet || !isUsual) return [];
    const meanMinor = orders.reduce((sum, { event }) => sum + event.value * 100, 0) / orders.length;
    return [{ userId, orders: orders.length, meanMinor }];
  });
  const [victim] = candidates.sort((a, b) => b.orders - a.orders || (a.userId < b.userId ? -1 : 1));
  if (victim === undefined) throw new Error("no customer of the replay has a history of three orders");
  return victim;
}

const GLITCH_MINOR = 5;
const GLITCH_ORDERS = 5;

/** A slip in the shop's price list: the next orders that happen to hold a much-sold item pay 0.05 for it. All else in them is as it was. */
function priceGlitch({ before, after }: Scene): ShopEvent[] {
  const item = mostSold(catalogueOf(before).filter(({ usualMinor }) => usualMinor >= 395 && usualMinor <= 1_295));
  const customers = new Set<string>();
  const hit = after.filter(({ event }) => {
    const holdsIt = event.items.some(({ item_id: id }) => id === item.item.item_id);
    if (!holdsIt || customers.has(event.user_id ?? "") || customers.size === GLITCH_ORDERS) return false;
    customers.add(event.user_id ?? "");
    return true;
  });
  return hit.map(({ event, atMs }) => ({ event: repriced(event, item.item.item_id), atMs }));
}

function repriced(event: Purchase, itemId: string): Event {
  let lessMinor = 0;
  const items = event.items.map((item) => {
    if (item.item_id !== itemId) return item;
    lessMinor += (Math.round((item.price ?? 0) * 100) - GLITCH_MINOR) * (item.quantity ?? 1);
    return { ...item, price: pounds(GLITCH_MINOR) };
  });
  return { ...event, items, value: pounds(Math.round(event.value * 100) - lessMinor) };
}

interface CatalogueItem {
  item: { item_id: string; item_name: string };
  orders: number;
  /** The median of the prices it was sold at, in pence. */
  usualMinor: number;
}

const ORDERS_TO_BE_LISTED = 20;

/** What was sold in at least twenty orders, by its number. */
function catalogueOf(orders: readonly Order[]): CatalogueItem[] {
  const sold = Map.groupBy(
    orders.flatMap(({ event }) => event.items),
    ({ item_id: id }) => id ?? "",
  );
  return [...sold]
    .filter(([, lines]) => lines.length >= ORDERS_TO_BE_LISTED)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, lines]) => ({
      item: { item_id: id, item_name: lines[0]?.item_name ?? id },
      orders: lines.length,
      usualMinor: Math.round(median(lines.map(({ price = 0 }) => price)) * 100),
    }));
}

function mostSold(items: readonly CatalogueItem[]): CatalogueItem {
  const [first] = items.toSorted((a, b) => b.orders - a.orders);
  if (first === undefined) throw new Error("no item of the replay was sold often enough to have a usual price");
  return first;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function ordersOf(events: readonly ShopEvent[]): Order[] {
  return events.filter((shopEvent): shopEvent is Order => isPurchase(shopEvent.event));
}

function isPurchase(event: Event): event is Purchase {
  return event.name === "purchase" && event.items !== undefined && event.value !== undefined;
}

/** The element at a place, counting on from the start after the end. @throws Error for an empty list */
function at<T>(list: readonly T[], index: number): T {
  if (list.length === 0) throw new Error("the replay holds none of what an attack needs");
  return list[index % list.length] as T; // within the list
}
