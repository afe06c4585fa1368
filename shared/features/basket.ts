import type { Facts, PricedLine } from "../facts.ts";
import { duration } from "../number-words.ts";
import { nearestUsualLog, type UsualItem } from "../price-book.ts";
import { isPayment } from "../profile/observation.ts";
import { MISSING, ofSubject, type Feature } from "./feature.ts";
import { isFirst } from "./places.ts";

/** What is in an order, and how fast it was put together. */
export const BASKET: readonly Feature[] = [
  {
    name: "price_drop",
    unit: "ln of the usual price over this price beyond the item's own swings, most of the items",
    value: mostOfItems(priceDrop),
    words: (facts) => priceWords(facts, priceDrop),
  },
  {
    name: "price_rise",
    unit: "ln of this price over the usual price beyond the item's own swings, most of the items",
    value: mostOfItems(priceRise),
    words: (facts) => priceWords(facts, priceRise),
  },
  {
    name: "quantity_over_usual",
    unit: "ln of the quantity over the item's usual quantity beyond its own swings, most of the items",
    value: mostOfItems(quantityRise),
    words: (facts) => {
      const found = topItem(facts, quantityRise);
      return found === null
        ? "an unusual quantity"
        : `${found.quantity} of ${found.name}; usual is ${Math.max(1, Math.round(Math.exp(found.usual.quantityLog)))}`;
    },
  },
  ofSubject({
    name: "new_category",
    unit: "ln of the customer's orders over the categories they were mainly of, when this one is new",
    measure: ({ orders, links: { category } }) => {
      if (category === undefined) return NaN;
      return isFirst(category) ? Math.log(Math.max(1, (orders + 1) / category.known)) : 0;
    },
    words: ({ orders }) => `first order mainly of this category, after ${orders} in all`,
  }),
  {
    name: "checkout_haste",
    unit: "ln of 1 min over the time since the session began, when that is shorter",
    value: (facts) => {
      const ms = visitMs(facts);
      if (!isPayment(facts.seen.act) || Number.isNaN(ms)) return MISSING;
      return Math.max(0, Math.log(HASTE_MS / Math.max(ms, HASTE_LEAST_MS)));
    },
    words: (facts) => `paid ${duration(visitMs(facts))} after the session began`,
  },
];

/** People take longer than this from their first page to their payment. */
const HASTE_MS = 60_000;

/** Less says no more: so it looks too when a session was renewed on the way to the payment, or a wallet paid at a touch. */
const HASTE_LEAST_MS = 6_000;

/** Since the session began, as its device or customer tells; NaN when neither does. */
export function visitMs({ subject, counters }: Facts): number {
  const client = counters.find(({ kind }) => kind === "client") ?? subject;
  return client?.before.visitMs ?? NaN;
}

/** An item's usual price counts once it was sold this often. */
const ORDERS_FOR_USUAL = 5;

/** An item whose price changes by more than this (ln) from one order to the next has no usual price: postage, custom work. */
const SWING_MOST = 0.5;

/** How many times its usual swing an item's price or quantity moves before that is strange. */
const SWINGS = 5;

type ItemMeasure = (item: PricedLine, usual: UsualItem) => number;

function mostOfItems(measure: ItemMeasure): Feature["value"] {
  return (facts) => {
    const found = topItem(facts, measure);
    return found === null ? MISSING : Math.max(0, measure(found, found.usual));
  };
}

function priceDrop(item: PricedLine, usual: UsualItem): number {
  const priceLog = Math.log(item.price);
  return nearestUsualLog(usual, priceLog) - priceLog - ordinarySwing(usual.priceSwing, usual);
}

function priceRise(item: PricedLine, usual: UsualItem): number {
  const priceLog = Math.log(item.price);
  return priceLog - nearestUsualLog(usual, priceLog) - ordinarySwing(usual.priceSwing, usual);
}

function quantityRise(item: PricedLine, usual: UsualItem): number {
  return Math.log(item.quantity) - usual.quantityLog - ordinarySwing(usual.quantitySwing, usual);
}

/** How far (ln) an item's price or quantity moves without that being strange; wider while it was sold only a few times. */
export function ordinarySwing(swing: number, { orders }: UsualItem): number {
  return SWINGS * (swing + 1 / orders);
}

type UsualLine = PricedLine & { usual: UsualItem };

/**
 * The item with the largest measure among those that have a usual price: sold often enough, and not for another price each time.
 *
 * @param ordersLeast from how many orders on that is
 */
export function topItem(facts: Facts, measure: ItemMeasure, ordersLeast = ORDERS_FOR_USUAL): UsualLine | null {
  let top: UsualLine | null = null;
  let most = -Infinity;
  for (const item of facts.items) {
    if (!hasUsual(item, ordersLeast)) continue;
    const value = measure(item, item.usual);
    if (value <= most) continue;
    top = item;
    most = value;
  }
  return top;
}

function hasUsual(item: PricedLine, ordersLeast: number): item is UsualLine {
  return item.usual !== null && item.usual.orders >= ordersLeast && item.usual.priceSwing <= SWING_MOST;
}

function priceWords(facts: Facts, measure: ItemMeasure): string {
  const found = topItem(facts, measure);
  if (found === null) return "an unusual price";
  const show = (price: number) => `${Number(price.toFixed(2))} ${facts.event.currency ?? ""}`.trim();
  return `${found.name} at ${show(found.price)}; usual is ${show(Math.exp(found.usual.priceLog))}`;
}
