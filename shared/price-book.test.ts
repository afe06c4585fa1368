import { describe, expect, it } from "vitest";
import {
  lookPrices,
  nearestUsualLog,
  newPriceBook,
  recallPrices,
  type PriceBook,
  type UsualItem,
} from "./price-book.ts";

const KEY = "EUR mug";

/** Sells one item at a price; what was known of it before. */
function sell(book: PriceBook, price: number, quantity = 1, key = KEY): UsualItem | null {
  const items = [{ key, priceLog: Math.log(price), quantity }];
  return recallPrices(book, items)[0] ?? null;
}

function soldAt(...prices: number[]): PriceBook {
  const book = newPriceBook();
  for (const price of prices) sell(book, price);
  return book;
}

const times = (count: number, price: number) => Array.from({ length: count }, () => price);

function usualPrice(book: PriceBook): number {
  return Math.exp(book.items.get(KEY)?.priceLog ?? NaN);
}

describe("lookPrices", () => {
  it("answers what recallPrices would, and learns nothing, so that a retry moves no price", () => {
    const book = soldAt(20, 24);
    const items = [KEY, "EUR never sold"].map((key) => ({ key, priceLog: 3, quantity: 1 }));
    const learned = structuredClone(book);
    const known = lookPrices(book, items);
    expect(book).toEqual(learned);
    expect(known).toMatchObject([{ orders: 2 }, null]);
    expect(recallPrices(book, items)).toEqual(known);
  });
});

describe("recallPrices", () => {
  it("knows nothing of an item never sold, and its price from then on", () => {
    const book = newPriceBook();
    expect(sell(book, 20)).toBeNull();
    expect(sell(book, 25)).toMatchObject({ orders: 1, priceLog: Math.log(20), quantityLog: 0 });
  });

  it("answers beside each line of the order, before any of its lines is learned", () => {
    const line = (key: string) => ({ key, priceLog: 1, quantity: 2 });
    const book = newPriceBook();
    recallPrices(book, [line("a")]);
    const known = recallPrices(book, [line("b"), line("a"), line("a")]);
    expect(known.map((usual) => usual?.orders ?? null)).toEqual([null, 1, 1]);
  });

  it("leaves what it answered as it was when it learns more", () => {
    const book = soldAt(20);
    const known = sell(book, 20);
    const copy = structuredClone(known);
    sell(book, 90);
    expect(known).toEqual(copy);
  });

  it("starts from the first three prices, not only the first", () => {
    expect(usualPrice(soldAt(20, 24, 22))).toBeCloseTo((20 * 24 * 22) ** (1 / 3), 9);
  });

  it("moves by less than a fifth for 30 orders at a tenth of the price, so that a glitch stays one", () => {
    expect(usualPrice(soldAt(...times(100, 50), ...times(30, 5)))).toBeGreaterThan(40);
  });

  it("adopts a price that stays after 40 orders, and remembers the one before", () => {
    const book = soldAt(...times(100, 50), ...times(40, 20));
    expect(usualPrice(book)).toBeGreaterThan(40);
    sell(book, 20);
    expect(usualPrice(book)).toBeCloseTo(20, 9);
    const usual = book.items.get(KEY);
    expect(usual && Math.exp(nearestUsualLog(usual, Math.log(49)))).toBeGreaterThan(40);
    expect(usual && Math.exp(nearestUsualLog(usual, Math.log(19)))).toBeCloseTo(20, 9);
  });

  it("adopts sooner where little is known of the usual price", () => {
    expect(usualPrice(soldAt(...times(8, 50), ...times(6, 20)))).toBeCloseTo(20, 9);
  });

  it("does not adopt prices that are off by something else each time", () => {
    const book = soldAt(...times(60, 50));
    for (let order = 0; order < 60; order++) sell(book, order % 2 === 0 ? 5 : 400);
    expect(usualPrice(book)).toBeGreaterThan(30);
    expect(usualPrice(book)).toBeLessThan(80);
  });

  it("tells an item whose price varies from one with a wrong price for a while", () => {
    const varying = soldAt(...times(30, 1).flatMap(() => [10, 40]));
    const glitched = soldAt(...times(60, 50), ...times(30, 5));
    expect(varying.items.get(KEY)?.priceSwing).toBeCloseTo(Math.log(4), 9);
    expect(glitched.items.get(KEY)?.priceSwing).toBeLessThan(0.05);
  });

  it("forgets the item not sold for longest when more than 20,000 are known, and says which", () => {
    const book = newPriceBook();
    for (let item = 0; item <= 20_000; item++) sell(book, 10, 1, `item-${item}`);
    expect(book.items.size).toBe(20_000);
    expect(book.items.has("item-0")).toBe(false);
    expect(book.touched.has("item-0")).toBe(true);
    expect(book.items.has("item-1")).toBe(true);
  });

  it("keeps an item that still sells", () => {
    const book = newPriceBook();
    for (let item = 0; item <= 20_000; item++) {
      sell(book, 10, 1, `item-${item}`);
      if (item === 10_000) sell(book, 10, 1, "item-0");
    }
    expect(book.items.has("item-0")).toBe(true);
    expect(book.items.has("item-1")).toBe(false);
  });

  it("learns how many are usually taken", () => {
    const book = newPriceBook();
    for (let order = 0; order < 50; order++) sell(book, 10, 12);
    expect(book.items.get(KEY)?.quantityLog).toBeCloseTo(Math.log(12), 9);
    expect(book.items.get(KEY)?.quantitySwing).toBe(0);
  });
});
