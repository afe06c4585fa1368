import { describe, expect, it } from "vitest";
import { amountLog } from "./currency.ts";
import type { KeptEvent } from "./event.ts";
import { actOf, entitiesOf, observationOf, pricedItemsOf } from "./observe.ts";

function purchase(changes: Partial<KeptEvent> = {}): KeptEvent {
  return {
    id: "evt_01JD0001",
    name: "purchase",
    timestamp: "2026-11-21T10:00:00.000Z",
    user_id: "u-1",
    client_id: "c-1",
    email_hash: "e-1",
    value: 50,
    currency: "EUR",
    transaction_id: "t-1",
    items: [],
    payment: { card_fingerprint: "card-1" },
    shipping_address: { country: "FR" },
    ...changes,
  };
}

const bare: KeptEvent = { id: "evt_01JD0002", name: "page_view", timestamp: "2026-11-21T10:00:00.000Z" };

describe("entitiesOf", () => {
  it("names every entity of an event once, always in the same order", () => {
    expect(entitiesOf(purchase(), { ip_hash: "ip-1" })).toEqual([
      { kind: "customer", key: "u-1" },
      { kind: "email", key: "e-1" },
      { kind: "client", key: "c-1" },
      { kind: "card", key: "card-1" },
      { kind: "ip", key: "ip-1" },
    ]);
  });

  it("names none where the event names nobody", () => {
    expect(entitiesOf(bare, {})).toEqual([]);
  });
});

describe("actOf", () => {
  it.each([
    { event: purchase(), act: "order" },
    { event: purchase({ payment: { outcome: "authorized" } }), act: "order" },
    { event: purchase({ payment: { outcome: "declined" } }), act: "decline" },
    { event: { ...bare, name: "payment_failed" }, act: "decline" },
    { event: purchase({ name: "refund" }), act: "other" },
    { event: bare, act: "other" },
  ])("takes $event.name for $act", ({ event, act }) => {
    expect(actOf(event)).toBe(act);
  });
});

describe("observationOf", () => {
  it("holds an order with its amount in euros and what it was seen together with", () => {
    expect(observationOf(purchase({ value: 100, currency: "USD" }), { country: "DE", browser: "Safari" })).toEqual({
      id: "evt_01JD0001",
      atMs: Date.parse("2026-11-21T10:00:00Z"),
      kind: "order",
      amountLog: amountLog(100, "USD"),
      links: { customer: "u-1", card: "card-1", device: "c-1", country: "DE", destination: "FR" },
    });
  });

  it("lets the e-mail stand for a customer without an id, and the software for a client without one", () => {
    const { user_id: _user, client_id: _client, ...event } = purchase();
    const { links } = observationOf(event, { browser: "Safari", os: "iOS", device_class: "mobile" });
    expect(links).toMatchObject({ customer: "e-1", device: "Safari/iOS/mobile" });
  });

  it("gives no amount to what is no payment, so that browsing teaches no spending", () => {
    expect(observationOf({ ...bare, value: 100, currency: "EUR" }, {})).toMatchObject({
      kind: "other",
      amountLog: null,
    });
  });

  it("gives a failed payment without a value no amount, rather than nothing paid", () => {
    expect(observationOf({ ...bare, name: "payment_failed" }, {})).toMatchObject({ kind: "decline", amountLog: null });
  });
});

describe("pricedItemsOf", () => {
  it("names item and currency in the key, because 100 JPY is no price for what costs 100 EUR", () => {
    const items = [
      { item_id: "mug", price: 20, quantity: 2 },
      { item_name: "Cup", price: 5 },
    ];
    expect(pricedItemsOf(purchase({ items }))).toEqual([
      { key: "EUR mug", priceLog: Math.log(20), quantity: 2 },
      { key: "EUR Cup", priceLog: Math.log(5), quantity: 1 },
    ]);
  });

  it("leaves out what has no price, no name or is free, and everything that is no purchase", () => {
    const items = [{ item_id: "a" }, { price: 3 }, { item_id: "b", price: 0 }];
    expect(pricedItemsOf(purchase({ items }))).toEqual([]);
    expect(pricedItemsOf(purchase({ name: "add_to_cart", items: [{ item_id: "mug", price: 20 }] }))).toEqual([]);
  });
});
