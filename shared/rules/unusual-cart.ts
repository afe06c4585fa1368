import { priceOf, type Facts, type PricedLine } from "../facts.ts";
import { ordinarySwing } from "../features/basket.ts";
import { inWords, money } from "../number-words.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import { graded, type Finding, type Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { mostThrough } from "./through.ts";

/** What someone orders is up to twice what they ordered before. */
const USED_TO_LOG = Math.log(2);
const USED_TO_ORDERS = 2;

/** An item's price is usual from so many orders on, within this of it (ln). */
const SOLD_BEFORE = 5;
const PRICE_LOG = 0.5;

/** Share of an order's worth in ordinary lines, from which on nothing is unusual about the sum. */
const ORDINARY_SHARE = 0.5;

/** An order of this much below what its lines come to was not priced by the shop. */
const TAMPERED_SHARE = 0.1;
const TAMPERED_SCORE = 0.84;
/** Unless nothing had to be paid by card: gift cards and points pay for all of an order too. */
const CREDIT_SCORE = 0.64;

/** Who has ordered so often does not try a card: below the usual threshold. */
const REGULAR_ORDERS = 5;
const REGULAR_SCORE = 0.64;

/** What is told of large orders of those who always order as much: below the usual threshold. */
const USED_TO_SCORE = 0.6;

/**
 * Unusual cart: an order for more than 10,000 euros or for less than one, or a cart filled faster than by hand. A shop that sells such
 * things at such prices, a company that always orders as much, a free order with a coupon and free goods are ordinary; a total
 * far below the sum of the lines is not.
 */
export const unusualCart: Rule = {
  code: "unusual_cart",
  isRelative: true,
  explains: ["amount_log", "amount_z", "amount_ew_z", "amount_over_max", "amount_over_mean"],
  on: ["order", "decline", "cart_add"],
  find(facts, settings) {
    if (facts.seen.act === "cart_add") return fastAdds(facts, settings);
    const { amountLog } = facts.seen;
    if (amountLog === null) return null;
    if (amountLog > Math.log1p(settings.cartEurosMost)) return tooMuch(facts, amountLog, settings);
    // A declined try often comes without its lines, so that what it was for cannot be told.
    const isSale = facts.seen.act === "order";
    return isSale && amountLog < Math.log1p(settings.cartEurosLeast) ? tooLittle(facts, settings) : null;
  },
};

const FILLERS: readonly EntityKind[] = ["customer", "email", "client"];

function fastAdds(facts: Facts, { cartAddsPerMinute }: RuleSettings): Finding | null {
  const found = mostThrough(facts, FILLERS, ({ before }) => before.cartAdds1m + 1, cartAddsPerMinute);
  if (found === null || found.value === cartAddsPerMinute) return null;
  return {
    score: graded(0.75, 0.1, found.value / cartAddsPerMinute),
    detail: `${Math.floor(found.value)} things put into the cart by this ${ENTITY_WORDS[found.kind]} within 1 min`,
  };
}

function tooMuch(facts: Facts, amountLog: number, { cartEurosMost }: RuleSettings): Finding | null {
  const { event, subject } = facts;
  if (ordinaryShare(facts) >= ORDINARY_SHARE) return null;
  const { orders = 0, amountMax = 0 } = subject?.before ?? {};
  const isUsedTo = orders >= USED_TO_ORDERS && amountLog <= amountMax + USED_TO_LOG;
  return {
    score: isUsedTo ? USED_TO_SCORE : graded(0.71, 0.06, Math.expm1(amountLog) / cartEurosMost),
    detail: `${money(event)} is more than ${inWords(cartEurosMost)} EUR in one order`,
  };
}

/** Share of an order's worth in what often sold at this price and in such quantities. */
function ordinaryShare({ event, items }: Facts): number {
  let sum = 0;
  for (const line of items) if (isOrdinary(line)) sum += priceOf(line) * line.quantity;
  return sum / (event.value ?? Infinity);
}

function isOrdinary(line: PricedLine): boolean {
  const { quantity, usual } = line;
  return (
    usual !== null &&
    usual.orders >= SOLD_BEFORE &&
    Math.abs(Math.log(priceOf(line)) - usual.priceLog) <= PRICE_LOG &&
    Math.log(quantity) <= usual.quantityLog + ordinarySwing(usual.quantitySwing, usual)
  );
}

function tooLittle(facts: Facts, { cartEurosLeast }: RuleSettings): Finding | null {
  const { event, items, subject, seen } = facts;
  if (event.coupon !== undefined) return null;
  const value = event.value ?? 0;
  const lines = (event.items ?? []).reduce((sum, { price = 0, quantity = 1 }) => sum + price * quantity, 0);
  if (lines > 0 && value < TAMPERED_SHARE * lines) {
    const listed = money({ ...event, value: Math.round(100 * lines) / 100 });
    const isCredit = value === 0 && event.payment?.card_fingerprint === undefined;
    return {
      score: isCredit ? CREDIT_SCORE : TAMPERED_SCORE,
      detail: `${money(event)} paid for goods of ${listed}, without a coupon`,
    };
  }
  const isGiven = event.items !== undefined && event.items.length > 0 && event.items.every(({ price }) => price === 0);
  if (isGiven || (items.length > 0 && ordinaryShare(facts) >= ORDINARY_SHARE)) return null;
  const { orders = 0, amountMean = 0 } = subject?.before ?? {};
  if (orders >= USED_TO_ORDERS && amountMean <= (seen.amountLog ?? 0) + USED_TO_LOG) return null;
  return {
    score: orders >= REGULAR_ORDERS && value > 0 ? REGULAR_SCORE : 0.72,
    detail: `${money(event)} is less than ${inWords(cartEurosLeast)} EUR for an order`,
  };
}
