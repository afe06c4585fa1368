import { describe, expect, it } from "vitest";
import { priceOf, type PricedLine } from "../facts.ts";
import { nearestUsualLog, type UsualItem } from "../price-book.ts";
import { below, seededRandom, type Random } from "../random.ts";
import { facts, usualItem } from "../test-facts.ts";
import { ordinarySwing, strangestOf, topItem } from "./basket.ts";

/** What a line is beyond its item's swings, each taken by itself. */
const MEASURES = {
  drop: (line: PricedLine, usual: UsualItem) => -offLog(line, usual) - ordinarySwing(usual.priceSwing, usual),
  rise: (line: PricedLine, usual: UsualItem) => offLog(line, usual) - ordinarySwing(usual.priceSwing, usual),
  quantity: (line: PricedLine, usual: UsualItem) =>
    Math.log(line.quantity) - usual.quantityLog - ordinarySwing(usual.quantitySwing, usual),
} as const;

function isBeyondSwing(line: PricedLine, usual: UsualItem): boolean {
  return Math.abs(offLog(line, usual)) >= ordinarySwing(usual.priceSwing, usual);
}

function offLog(line: PricedLine, usual: UsualItem): number {
  const priceLog = Math.log(priceOf(line));
  return priceLog - nearestUsualLog(usual, priceLog);
}

/** A line near its item's usual price or far from it, or off by just its swing. */
function anyLine(random: Random): PricedLine {
  const usual = usualItem({
    orders: 1 + below(random, 30),
    priceLog: Math.log(0.01 + 100 * random()),
    priceSwing: random() < 0.3 ? 0 : 0.6 * random(),
    quantityLog: Math.log(1 + below(random, 50)),
    quantitySwing: 0.5 * random(),
    formerPriceLog: random() < 0.2 ? Math.log(0.01 + 100 * random()) : null,
  });
  const swing = ordinarySwing(usual.priceSwing, usual);
  const off = [0, swing, -swing, swing * (1 + 1e-15), swing - 1e-9, 3 * (random() - 0.5), 0.2 * random()];
  const quantity = random() < 0.1 ? 1 + below(random, 1_000_000) : 1 + below(random, 300);
  const priceLog = usual.priceLog + (off[below(random, off.length)] ?? 0);
  return { name: `Item ${below(random, 1_000_000)}`, priceLog, quantity, usual: random() < 0.1 ? null : usual };
}

describe("strangestOf", () => {
  it("finds in one walk what each measure finds by itself, to the bit", () => {
    const random = seededRandom(51);
    for (let order = 0; order < 4_000; order++) {
      const items = Array.from({ length: below(random, 12) }, () => anyLine(random));
      const strangest = strangestOf(items);
      const about = facts({ items });
      for (const what of ["drop", "rise", "quantity"] as const) {
        const top = topItem(about, MEASURES[what]);
        const most = top === null ? null : Math.max(0, MEASURES[what](top, top.usual));
        expect(strangest?.[what].by ?? null).toBe(most);
        if (most !== null && most > 0) expect(strangest?.[what].line).toBe(top);
      }
      const off = topItem(about, (line, usual) => (isBeyondSwing(line, usual) ? 1 : 0));
      if (off !== null && isBeyondSwing(off, off.usual)) expect(strangest?.isAnyPriceOff).toBe(true);
    }
  });
});
