import { priceOf, type Facts, type PricedLine } from "../facts.ts";
import { ordinarySwing, priceOff, strangestOf, topItem } from "../features/basket.ts";
import { times } from "../number-words.ts";
import type { UsualItem } from "../price-book.ts";
import { graded, type Rule } from "./rule.ts";

/**
 * Share of an order's worth that must be at stake in a price that is off by just `priceGlitchFactor`; falls with the square of the
 * factor. Among a hundred lines of a wholesale order some price is always odd, but hardly ever by ten times.
 */
const STAKE_SHARE = 0.2;

/** Who takes so many pieces pays less by nature, down to so many times less. */
const TRADE = { pieces: 12, times: 2 } as const;

/**
 * Price glitch: an item sells for a price several times below or above its usual one, as after a slipped decimal point, further off
 * than its prices go by nature, and the difference matters to the order.
 */
export const priceGlitch: Rule = {
  code: "price_glitch",
  explains: ["price_drop", "price_rise"],
  on: ["order", "decline"],
  find(facts, { priceGlitchFactor }) {
    if (strangestOf(facts.items)?.isAnyPriceOff !== true) return null;
    const found = topItem(facts, (line, usual) => glitchLog(facts, line, usual, priceGlitchFactor));
    if (found === null || glitchLog(facts, found, found.usual, priceGlitchFactor) === 0) return null;
    const off = priceOff(found, found.usual);
    const factor = Math.exp(Math.abs(off));
    const show = (price: number) => `${Number(price.toFixed(2))} ${facts.event.currency ?? ""}`.trim();
    return {
      score: graded(0.72, 0.08, factor / priceGlitchFactor),
      detail: `${found.name} sold at ${show(priceOf(found))}; usual is ${show(priceOf(found) / Math.exp(off))} over ${found.usual.orders} orders, ${times(factor)} ${off < 0 ? "less" : "more"}`,
    };
  },
};

/** How far (ln) a line's price is off, to either side, when that is a glitch; else 0. */
function glitchLog(facts: Facts, line: PricedLine, usual: UsualItem, glitchFactor: number): number {
  const offLog = priceOff(line, usual);
  const off = Math.abs(offLog);
  const isTrade = line.quantity >= TRADE.pieces && offLog < 0;
  const excess = Math.exp(off) / (glitchFactor * (isTrade ? TRADE.times : 1));
  if (excess < 1 || off < ordinarySwing(usual.priceSwing, usual)) return 0;
  return stakeShare(facts, line, offLog) >= STAKE_SHARE / excess ** 2 ? off : 0;
}

/** What the wrong price adds or takes away, as a share of the order's worth with or without it, whichever is more. */
function stakeShare({ event }: Facts, line: PricedLine, offLog: number): number {
  const paid = priceOf(line) * line.quantity;
  const due = paid / Math.exp(offLog);
  const value = event.value ?? paid;
  return Math.abs(due - paid) / Math.max(value, value - paid + due);
}
