import type { Facts, PricedLine } from "../facts.ts";
import { ordinarySwing, topItem } from "../features/basket.ts";
import { times } from "../number-words.ts";
import { nearestUsualLog, type UsualItem } from "../price-book.ts";
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
    const isGlitch = (line: PricedLine, usual: UsualItem) => {
      const off = Math.abs(offLog(line, usual));
      const excess = Math.exp(off) / (priceGlitchFactor * tradeTimes(line, usual));
      const stakeLeast = STAKE_SHARE / excess ** 2;
      return (
        excess >= 1 && off >= ordinarySwing(usual.priceSwing, usual) && stakeShare(facts, line, usual) >= stakeLeast
      );
    };
    const found = topItem(facts, (line, usual) => (isGlitch(line, usual) ? Math.abs(offLog(line, usual)) : 0));
    if (found === null || !isGlitch(found, found.usual)) return null;
    const off = offLog(found, found.usual);
    const factor = Math.exp(Math.abs(off));
    const show = (price: number) => `${Number(price.toFixed(2))} ${facts.event.currency ?? ""}`.trim();
    return {
      score: graded(0.72, 0.08, factor / priceGlitchFactor),
      detail: `${found.name} sold at ${show(found.price)}; usual is ${show(found.price / Math.exp(off))} over ${found.usual.orders} orders, ${times(factor)} ${off < 0 ? "less" : "more"}`,
    };
  },
};

function tradeTimes(line: PricedLine, usual: UsualItem): number {
  return line.quantity >= TRADE.pieces && offLog(line, usual) < 0 ? TRADE.times : 1;
}

/** ln of a line's price over the nearest usual one. */
function offLog({ price }: PricedLine, usual: UsualItem): number {
  const priceLog = Math.log(price);
  return priceLog - nearestUsualLog(usual, priceLog);
}

/** What the wrong price adds or takes away, as a share of the order's worth with or without it, whichever is more. */
function stakeShare({ event }: Facts, line: PricedLine, usual: UsualItem): number {
  const paid = line.price * line.quantity;
  const due = paid / Math.exp(offLog(line, usual));
  const value = event.value ?? paid;
  return Math.abs(due - paid) / Math.max(value, value - paid + due);
}
