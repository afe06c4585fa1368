import { describe, expect, it } from "vitest";
import { priceOf, type PricedLine } from "../facts.ts";
import type { UsualItem } from "../price-book.ts";
import type { EntityKind } from "../profile/links.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { facts, observation, regular, snapshot, usualItem } from "../test-facts.ts";
import { bulkReseller } from "./bulk-reseller.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ bulkPieces: 20, bulkRepeats: 5 });

function line(quantity: number, usual: Partial<UsualItem> | null = {}, price = 20): PricedLine {
  return { name: "Mug", priceLog: Math.log(price), quantity, usual: usual === null ? null : usualItem(usual) };
}

function order(items: PricedLine[], before: Partial<Snapshot> = {}) {
  const value = items.reduce((sum, item) => sum + priceOf(item) * item.quantity, 0);
  const subject = { kind: "customer" as const, before: snapshot(before) };
  return bulkReseller.find(facts({ event: { value }, items, subject }), SETTINGS);
}

describe("bulkReseller, of one order", () => {
  it.each([
    { items: [line(30)], because: "thirty where everybody takes one" },
    { items: [line(60, { orders: 4 })], because: "new, and yet nobody took more than two" },
    { items: [line(300, {}, 0.5)], because: "cheap, and as many more" },
    { items: [line(200), line(1)], because: "nearly all of the order" },
    { items: [line(40, { quantitySwing: 0.6 })], because: "where some take two or three" },
  ])("finds $items.0.quantity mugs, $because", ({ items }) => {
    expect(order(items)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { items: [line(19)], because: "a round of gifts" },
    { items: [line(60, { quantityLog: Math.log(12), quantitySwing: 0.8 })], because: "it is sold by the dozen" },
    { items: [line(60, { quantitySwing: 1.5 })], because: "one takes one, the next a hundred" },
    { items: [line(60, { orders: 1 })], because: "too little is known of the item" },
    { items: [line(100, {}, 0.5)], because: "a box of napkins for a party" },
    { items: [line(60, null)], because: "nothing is known of the item" },
    { items: [line(60), line(40, {}, 30)], because: "a company that furnishes an office buys this and that" },
  ])("leaves $items.0.quantity mugs alone: $because", ({ items }) => {
    expect(order(items)).toBeNull();
  });

  it("knows who always buys in bulk", () => {
    const usual = { orders: 2, amountMax: Math.log1p(1_000) };
    expect(order([line(60)], usual)).toBeNull();
    expect(order([line(60)], { ...usual, amountMax: Math.log1p(100) })).not.toBeNull();
    expect(order([line(60)], { ...usual, orders: 1 })).not.toBeNull();
  });

  it("only mentions what is just enough", () => {
    expect(order([line(20)])?.score).toBeLessThan(0.7);
  });

  it("is surer the more there are", () => {
    const scores = [20, 40, 100, 300].map((quantity) => order([line(quantity)])?.score ?? 0);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
    expect(order([line(1e6)])?.score).toBe(1);
  });

  it("tells how many, against how many are usual", () => {
    expect(order([line(120)])?.detail).toBe("120 pieces of Mug in one order; usual is 1 over 100 orders");
  });
});

interface Repeated {
  kind?: EntityKind;
  /** Before this one. */
  orders?: number;
  items?: number;
  customers?: number;
}

function again({ kind = "card", orders = 5, items = 1, customers = 1 }: Repeated) {
  const link = (recent: number) => ({ known: 0, recent, isNew: true });
  const before = snapshot({ orders1d: orders, links: { item: link(items), customer: link(customers) } });
  return bulkReseller.find(facts({ counters: [{ kind, before }] }), SETTINGS);
}

describe("bulkReseller, of order after order", () => {
  it.each([
    { repeated: { orders: 4 }, because: "five are just enough" },
    { repeated: { orders: 7, items: 2 }, because: "in two colours" },
    { repeated: { kind: "client" as const }, because: "on one device" },
  ])("finds the same item again and again, $because", ({ repeated }) => {
    expect(again(repeated)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { repeated: { orders: 3 }, because: "four are forgetful" },
    { repeated: { orders: 6, items: 2 }, because: "not so often of each" },
    { repeated: { orders: 300, items: 49, kind: "client" as const }, because: "a till in the shop sells everything" },
    { repeated: { orders: 30, kind: "ip" as const }, because: "at a sale a whole campus wants one thing" },
  ])("leaves it alone: $because", ({ repeated }) => {
    expect(again(repeated)).toBeNull();
  });

  it("says nothing where the shop does not tell what is ordered", () => {
    const before = regular({ orders1d: 9 });
    expect(bulkReseller.find(facts({ subject: { kind: "customer", before } }), SETTINGS)).toBeNull();
  });

  it("is surer of many names on one card, and tells them", () => {
    expect(again({ customers: 6 })?.score).toBeGreaterThan(again({})?.score ?? 1);
    expect(again({ customers: 6 })?.detail).toBe(
      "6 orders of mainly the same item with this card in 1 d, by 6 customers",
    );
  });

  it("tells the surer of one large order and many", () => {
    const items = [line(20)];
    const before = snapshot({ orders1d: 60, links: { item: { known: 0, recent: 1, isNew: true } } });
    const both = facts({ event: { value: 400 }, seen: observation(), items, subject: { kind: "customer", before } });
    expect(bulkReseller.find(both, SETTINGS)?.detail).toContain("61 orders");
  });
});
