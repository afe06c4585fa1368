import { describe, expect, it } from "vitest";
import { priceOf, type PricedLine } from "../facts.ts";
import type { UsualItem } from "../price-book.ts";
import { facts, usualItem } from "../test-facts.ts";
import { priceGlitch } from "./price-glitch.ts";
import { RuleSettings } from "./settings.ts";

/** An item that always cost 400. */
const COSTLY = { priceLog: Math.log(400) };

const SETTINGS = RuleSettings.parse({ priceGlitchFactor: 4 });

function line(price: number, usual: Partial<UsualItem> | null = {}, quantity = 1): PricedLine {
  return { name: "Mug", priceLog: Math.log(price), quantity, usual: usual === null ? null : usualItem(usual) };
}

function find(...items: PricedLine[]) {
  const value = items.reduce((sum, item) => sum + priceOf(item) * item.quantity, 0);
  return priceGlitch.find(facts({ event: { value }, items }), SETTINGS);
}

describe("priceGlitch", () => {
  it.each([
    { price: 2, because: "a slipped decimal" },
    { price: 0.2, because: "slipped twice" },
    { price: 200, because: "a zero too many" },
    { price: 5, because: "just four times less" },
    { price: 80.01, because: "just four times more" },
  ])("finds a mug of 20 sold for $price, $because", ({ price }) => {
    expect(find(line(price))?.score).toBeGreaterThanOrEqual(0.72);
  });

  it.each([
    { items: [line(20)], because: "the usual price" },
    { items: [line(10)], because: "half the price is a sale" },
    { items: [line(5.1)], because: "not quite four times less" },
    { items: [line(2, null)], because: "an item never sold before" },
    { items: [line(2, { orders: 4 })], because: "an item sold four times" },
    { items: [line(2, { priceSwing: 0.6 })], because: "an item whose price is another each time" },
    { items: [line(5, { priceSwing: 0.3 })], because: "an item whose price varies a lot" },
    { items: [line(5, { orders: 5, priceSwing: 0.1 })], because: "too little is known of its swings" },
    { items: [line(2, { formerPriceLog: Math.log(2.1) })], because: "its price before" },
    { items: [line(4.9), line(400, COSTLY)], because: "the difference is small beside the order" },
    { items: [line(2.6, {}, 12)], because: "a dozen costs less, each" },
    { items: [], because: "no items" },
  ])("leaves it alone: $because", ({ items }) => {
    expect(find(...items)).toBeNull();
  });

  it("finds a price off by a hundred times whatever else is in the order", () => {
    expect(find(line(0.2), line(400, COSTLY))?.detail).toContain("100× less");
  });

  it("finds a dozen for far less than trade prices, and one too dear", () => {
    expect(find(line(2.4, {}, 12))).not.toBeNull();
    expect(find(line(100, {}, 12))).not.toBeNull();
  });

  it("weighs what is at stake by the quantity", () => {
    expect(find(line(4.9, {}, 10), line(400, COSTLY))).not.toBeNull();
  });

  it("tells of the worst line, with its usual price and what that rests on", () => {
    expect(find(line(20), line(0.2), line(4))?.detail).toBe(
      "Mug sold at 0.2 EUR; usual is 20 EUR over 100 orders, 100× less",
    );
  });

  it("is surer the further off the price is", () => {
    const scores = [5, 2, 0.5, 0.02].map((price) => find(line(price))?.score ?? 0);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });
});
