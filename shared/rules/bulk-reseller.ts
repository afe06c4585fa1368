import { priceOf, type Facts } from "../facts.ts";
import { topItem } from "../features/basket.ts";
import { inWords } from "../number-words.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { UsualItem } from "../price-book.ts";
import { graded, type Finding, type Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { mostThrough, PERSONAL } from "./through.ts";

/** How many times its usual swing an item's quantity moves among ordinary buyers. */
const SWINGS = 3;

/** Orders of an item that say how many ordinary buyers take, with the allowance for so few. */
const SOLD_BEFORE = 2;

/** Share of an order's worth in the one item: a company buys this and that. */
const MAIN_SHARE = 0.7;

/** What someone orders is up to twice what they ordered before. */
const USED_TO_LOG = Math.log(2);
const USED_TO_ORDERS = 2;

/** Orders for each item they are mainly of, from which on it is the item that is sought. */
const ORDERS_PER_ITEM = 4;
/** A till in the shop sells more than these within a day, and more often. */
const ITEMS_MOST = 10;

/** From so many customers on, one card or device is one person under many names. */
const NAMES = 3;

/**
 * Bulk buying for resale: one order of far more pieces of one item than buyers of that item take, or order after order of mainly the same
 * item within a day, under whatever names. Companies and wholesale buyers take as much, but of several things, or as always; where
 * an item is often bought by the hundred, a hundred says nothing.
 */
export const bulkReseller: Rule = {
  code: "bulk_reseller",
  isRelative: true,
  explains: [
    "quantity_over_usual",
    "orders_1h",
    "order_burst",
    "counter_order_burst",
    "counter_customers_7d",
    "counter_customers_known",
  ],
  on: ["order"],
  find(facts, settings) {
    const atOnce = boughtAtOnce(facts, settings);
    const again = boughtAgain(facts, settings);
    if (atOnce === null || again === null) return atOnce ?? again;
    return atOnce.score >= again.score ? atOnce : again;
  },
};

function boughtAtOnce(facts: Facts, { bulkPieces, bulkEuros }: RuleSettings): Finding | null {
  const { event, seen } = facts;
  // What costs little has to be as many more.
  const worth = seen.amountLog === null ? 1 : Math.expm1(seen.amountLog) / bulkEuros;
  const most = (mostPieces(facts) / bulkPieces) * Math.min(1, worth);
  // Of nearly every order that much can be told without a look at what is usual.
  if (most < 1 || isUsedTo(facts)) return null;
  const found = topItem(facts, ({ quantity }, usual) => Math.log(quantity) - mostUsualLog(usual), SOLD_BEFORE);
  if (found === null || found.quantity < bulkPieces) return null;
  // Where everybody takes one, twenty are many times the usual, and still only a class set.
  const pieces = Math.min(found.quantity / Math.exp(mostUsualLog(found.usual)), found.quantity / bulkPieces);
  const excess = pieces * Math.min(1, worth);
  if (excess < 1 || priceOf(found) * found.quantity < MAIN_SHARE * (event.value ?? 0)) return null;
  const usual = Math.max(1, Math.round(Math.exp(found.usual.quantityLog)));
  return {
    score: graded(0.66, 0.09, excess),
    detail: `${inWords(found.quantity)} pieces of ${found.name} in one order; usual is ${usual} over ${found.usual.orders} orders`,
  };
}

/** Whether the customer ordered about as much before. */
function isUsedTo({ subject, seen }: Facts): boolean {
  if (subject === null) return false;
  const { orders, amountMax } = subject.before;
  return orders >= USED_TO_ORDERS && (seen.amountLog ?? 0) <= amountMax + USED_TO_LOG;
}

/** Of one line. */
function mostPieces({ items }: Facts): number {
  let most = 0;
  for (let index = 0; index < items.length; index++) most = Math.max(most, items[index]?.quantity ?? 0);
  return most;
}

/** ln of as many pieces as ordinary buyers take. */
function mostUsualLog({ quantityLog, quantitySwing, orders }: UsualItem): number {
  return quantityLog + SWINGS * (quantitySwing + 1 / orders);
}

function boughtAgain(facts: Facts, { bulkRepeats }: RuleSettings): Finding | null {
  const found = mostThrough(facts, PERSONAL, ({ before }) => {
    const orders = before.orders1d + 1;
    if (orders < bulkRepeats) return 0;
    const items = before.links.item?.recent ?? Infinity;
    return items <= ITEMS_MOST && orders >= ORDERS_PER_ITEM * items ? orders : 0;
  });
  if (found === null) return null;
  const names = found.before.links.customer?.recent ?? 1;
  return {
    score: graded(names >= NAMES ? 0.78 : 0.71, 0.1, found.value / bulkRepeats),
    detail: `${found.value} orders of mainly the same item with this ${ENTITY_WORDS[found.kind]} in 1 d${names >= NAMES ? `, by ${names} customers` : ""}`,
  };
}
