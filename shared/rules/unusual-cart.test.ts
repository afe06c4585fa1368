import { describe, expect, it } from "vitest";
import { amountLog } from "../currency.ts";
import type { Item, KeptEvent } from "../event.ts";
import type { PricedLine } from "../facts.ts";
import type { EntityKind } from "../profile/links.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { facts, observation, regular, snapshot, usualItem } from "../test-facts.ts";
import { RuleSettings } from "./settings.ts";
import { unusualCart } from "./unusual-cart.ts";

const SETTINGS = RuleSettings.parse({ cartEurosMost: 10_000, cartEurosLeast: 1, cartAddsPerMinute: 100 });

interface Order {
  value: number;
  currency?: string;
  isDeclined?: boolean;
  /** With what is usual of them when they were sold before. */
  lines?: (Item & { sold?: number })[];
  event?: Partial<KeptEvent>;
  before?: Partial<Snapshot>;
}

const CARD = { card_fingerprint: "card-1" };

function find({ value, currency = "EUR", isDeclined = false, lines = [], event = {}, before }: Order) {
  const items: PricedLine[] = lines.flatMap(({ price = 0, quantity = 1, sold }) => {
    const usual = sold === undefined ? null : usualItem({ orders: sold, priceLog: Math.log(price) });
    return price > 0 ? [{ name: "Thing", priceLog: Math.log(price), quantity, usual }] : [];
  });
  const listed = lines.map(({ sold: _sold, ...item }) => item);
  return unusualCart.find(
    facts({
      event: { value, currency, items: listed, payment: CARD, ...event },
      seen: observation({ act: isDeclined ? "decline" : "order", amountLog: amountLog(value, currency) }),
      subject: { kind: "customer", before: before === undefined ? regular() : snapshot(before) },
      items,
    }),
    SETTINGS,
  );
}

describe("unusualCart, of sums", () => {
  it.each([
    { order: { value: 10_001 }, because: "just over the limit" },
    { order: { value: 3_000_000, currency: "JPY" }, because: "in another currency" },
    { order: { value: 40_000, isDeclined: true }, because: "the bank would not have it" },
    {
      order: { value: 12_000, lines: [{ price: 20, quantity: 600, sold: 100 }] },
      because: "hundreds of a cheap thing",
    },
    { order: { value: 12_000, lines: [{ price: 12_000, sold: 2 }] }, because: "for something hardly ever sold" },
    {
      order: { value: 0.99, before: { orders: 4, amountMean: amountLog(50, "EUR") } },
      because: "just under the least",
    },
    { order: { value: 0, event: { items: undefined } }, because: "nothing, for nobody knows what" },
    {
      order: { value: 0.5, before: { orders: 4, amountMean: amountLog(50, "EUR") }, lines: [{ price: 0.5 }] },
      because: "for something never sold",
    },
    { order: { value: 0.5, lines: [{ price: 200, sold: 50 }] }, because: "for what costs 200" },
  ])("finds an order of $order.value, $because", ({ order }) => {
    expect(find(order)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { order: { value: 9_999 }, because: "within what people spend" },
    { order: { value: 1 }, because: "a small thing" },
    { order: { value: 12_000, currency: "JPY" }, because: "that is 70 euros" },
    { order: { value: 14_000, lines: [{ price: 14_000, sold: 9 }] }, because: "the shop sells such things" },
    { order: { value: 0.5, lines: [{ price: 0.5, sold: 90 }] }, because: "the shop sells songs" },
    { order: { value: 0, event: { coupon: "GIFT" }, lines: [{ price: 30 }] }, because: "a coupon pays for all of it" },
    { order: { value: 0, lines: [{ price: 0 }, { price: 0 }] }, because: "samples are free" },
    {
      order: { value: 0.4, before: { orders: 9, amountMean: amountLog(0.5, "EUR") } },
      because: "this customer buys songs",
    },
    { order: { value: 0.4, isDeclined: true }, because: "what a declined try was for is not told" },
  ])("leaves an order of $order.value alone: $because", ({ order }) => {
    expect(find(order)).toBeNull();
  });

  it.each([
    {
      order: { value: 20_000, before: { orders: 4, amountMax: amountLog(15_000, "EUR") } },
      because: "a company always orders as much",
    },
    {
      order: { value: 0, lines: [{ price: 30 }], event: { payment: { method: "gift_card" } } },
      because: "a gift card pays",
    },
  ])("stays below the usual threshold when $because", ({ order }) => {
    const score = find(order)?.score ?? 0;
    expect(score).toBeGreaterThanOrEqual(0.6);
    expect(score).toBeLessThan(0.7);
  });

  it("is surer the larger the order is", () => {
    const scores = [10_100, 30_000, 200_000].map((value) => find({ value })?.score ?? 0);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
    expect(find({ value: 9e9 })?.score).toBe(1);
  });

  it("tells a little order of a regular customer below the usual threshold: who has ordered often does not try a card", () => {
    expect(
      find({ value: 0.5, before: { orders: 5, amountMean: amountLog(50, "EUR") }, lines: [{ price: 0.5 }] })?.score,
    ).toBe(0.64);
  });

  it("tells the sum in the order's own currency", () => {
    expect(find({ value: 3_000_000, currency: "JPY" })?.detail).toBe(
      "3,000,000 JPY is more than 10,000 EUR in one order",
    );
    expect(find({ value: 0.5, lines: [{ price: 99.95, quantity: 2 }] })?.detail).toBe(
      "0.50 EUR paid for goods of 199.90 EUR, without a coupon",
    );
    expect(find({ value: 0.2 })?.detail).toBe("0.20 EUR is less than 1 EUR for an order");
  });
});

function adding(cartAdds1m: number, kind: EntityKind = "client") {
  const seen = observation({ act: "cart_add", amountLog: null });
  const counters = [{ kind, before: snapshot({ cartAdds1m }) }];
  return unusualCart.find(facts({ seen, subject: null, counters }), SETTINGS);
}

describe("unusualCart, of adds", () => {
  it("finds more than a hundred things put into the cart within a minute, with this one counted", () => {
    expect(adding(99)).toBeNull();
    expect(adding(100)?.score).toBeGreaterThanOrEqual(0.7);
    expect(adding(149.6)?.detail).toBe("150 things put into the cart by this device within 1 min");
  });

  it("leaves a network alone, where at a sale a hundred people do so", () => {
    expect(adding(400, "ip")).toBeNull();
  });
});
