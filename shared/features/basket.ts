import { priceOf, type Facts, type PricedLine } from "../facts.ts";
import { duration } from "../number-words.ts";
import { nearestUsualLog, type UsualItem } from "../price-book.ts";
import { MISSING, ofSubject, type Feature } from "./feature.ts";
import { isFirst } from "./places.ts";

/** What is in an order, and how fast it was put together. */
export const BASKET: readonly Feature[] = [
  {
    name: "price_drop",
    unit: "ln of the usual price over this price beyond the item's own swings, most of the items",
    on: "payments",
    value: ({ items }) => strangestOf(items)?.drop.by ?? MISSING,
    words: ({ items, event }) => priceWords(strangestOf(items)?.drop.line ?? null, event),
  },
  {
    name: "price_rise",
    unit: "ln of this price over the usual price beyond the item's own swings, most of the items",
    on: "payments",
    value: ({ items }) => strangestOf(items)?.rise.by ?? MISSING,
    words: ({ items, event }) => priceWords(strangestOf(items)?.rise.line ?? null, event),
  },
  {
    name: "quantity_over_usual",
    unit: "ln of the quantity over the item's usual quantity beyond its own swings, most of the items",
    on: "payments",
    value: ({ items }) => strangestOf(items)?.quantity.by ?? MISSING,
    words: ({ items }) => {
      const found = strangestOf(items)?.quantity.line ?? null;
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
    on: "payments",
    value: (facts) => {
      const ms = visitMs(facts);
      return Number.isNaN(ms) ? MISSING : Math.max(0, Math.log(HASTE_MS / Math.max(ms, HASTE_LEAST_MS)));
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
  for (let index = 0; index < counters.length; index++) {
    const counter = counters[index];
    if (counter?.kind === "client") return counter.before.visitMs;
  }
  return subject?.before.visitMs ?? NaN;
}

/** An item's usual price counts once it was sold this often. */
const ORDERS_FOR_USUAL = 5;

/** An item whose price changes by more than this (ln) from one order to the next has no usual price: postage, custom work. */
const SWING_MOST = 0.5;

/** How many times its usual swing an item's price or quantity moves before that is strange. */
const SWINGS = 5;

type UsualLine = PricedLine & { usual: UsualItem };

/** How far (ln) a line is beyond its item's swings, at least 0; the first of those furthest out, null where none is beyond. */
interface Beyond {
  by: number;
  line: UsualLine | null;
}

/** What is strangest about the lines of an order whose items have a usual price. */
interface Strangest {
  drop: Beyond;
  rise: Beyond;
  quantity: Beyond;
  /** Whether the price of any is beyond the item's own swings, or so near to it that rounding decides. */
  isAnyPriceOff: boolean;
}

/** Of the order that was asked about last: features and rules in a row ask of the same. */
let last: { items: readonly PricedLine[]; strangest: Strangest | null } = { items: [], strangest: null };

/** In one walk, as an order may have 200 lines; null where no item has a usual price. */
export function strangestOf(items: readonly PricedLine[]): Strangest | null {
  if (last.items !== items) last = { items, strangest: lookForStrangest(items) };
  return last.strangest;
}

function lookForStrangest(items: readonly PricedLine[]): Strangest | null {
  let strangest: Strangest | null = null;
  for (let index = 0; index < items.length; index++) {
    const line = items[index];
    if (line === undefined || !hasUsual(line, ORDERS_FOR_USUAL)) continue;
    const { quantity, usual } = line;
    strangest ??= { drop: nothing(), rise: nothing(), quantity: nothing(), isAnyPriceOff: false };
    heed(strangest.quantity, line, logOf(quantity) - usual.quantityLog - ordinarySwing(usual.quantitySwing, usual));
    if (isOrdinaryPrice(line, usual)) continue;
    const off = priceOff(line, usual);
    const swing = ordinarySwing(usual.priceSwing, usual);
    strangest.isAnyPriceOff = true;
    heed(strangest.drop, line, -off - swing);
    heed(strangest.rise, line, off - swing);
  }
  return strangest;
}

function nothing(): Beyond {
  return { by: 0, line: null };
}

function heed(beyond: Beyond, line: UsualLine, by: number): void {
  if (by <= beyond.by) return;
  beyond.by = by;
  beyond.line = line;
}

/** Most quantities are below this, and looking their ln up takes a tenth of the time. */
const LOGS = Float64Array.from({ length: 256 }, (_log, quantity) => Math.log(quantity));

function logOf(quantity: number): number {
  return quantity < LOGS.length ? (LOGS[quantity] ?? Math.log(quantity)) : Math.log(quantity);
}

/** ln of the price over the nearest usual one. */
export function priceOff(item: PricedLine, usual: UsualItem): number {
  const priceLog = Math.log(priceOf(item)); // which its own ln may miss by the last digit
  return priceLog - nearestUsualLog(usual, priceLog);
}

/** More than ln and exp are off by, and far less than matters. */
const ROUNDING = 1e-9;

/** Whether a price is within the item's own swings, as hardly any is not: so that no ln need be taken of it. */
function isOrdinaryPrice({ priceLog }: PricedLine, usual: UsualItem): boolean {
  const off = Math.abs(priceLog - nearestUsualLog(usual, priceLog));
  return off < ordinarySwing(usual.priceSwing, usual) - ROUNDING;
}

/** How far (ln) an item's price or quantity moves without that being strange; wider while it was sold only a few times. */
export function ordinarySwing(swing: number, { orders }: UsualItem): number {
  return SWINGS * (swing + 1 / orders);
}

type ItemMeasure = (item: PricedLine, usual: UsualItem) => number;

/**
 * The item with the largest measure among those that have a usual price: sold often enough, and not for another price each time.
 *
 * @param ordersLeast from how many orders on that is
 */
export function topItem(facts: Facts, measure: ItemMeasure, ordersLeast = ORDERS_FOR_USUAL): UsualLine | null {
  const { items } = facts;
  let top: UsualLine | null = null;
  let most = -Infinity;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item === undefined || !hasUsual(item, ordersLeast)) continue;
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

function priceWords(found: UsualLine | null, { currency }: Facts["event"]): string {
  if (found === null) return "an unusual price";
  const show = (price: number) => `${Number(price.toFixed(2))} ${currency ?? ""}`.trim();
  return `${found.name} at ${show(priceOf(found))}; usual is ${show(Math.exp(found.usual.priceLog))}`;
}
