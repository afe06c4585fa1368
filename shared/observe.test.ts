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
    { event: purchase({ name: "refund", payment: { outcome: "declined" } }), act: "refund" },
    { event: { ...bare, name: "login" }, act: "login" },
    { event: { ...bare, name: "sign_up" }, act: "sign_up" },
    { event: { ...bare, name: "coupon_rejected" }, act: "coupon_refused" },
    { event: { ...bare, name: "add_to_cart" }, act: "cart_add" },
    { event: { ...bare, name: "begin_checkout" }, act: "checkout" },
    { event: bare, act: "view" },
    { event: { ...bare, name: "view_item" }, act: "view" },
    { event: { ...bare, name: "view_item_list" }, act: "view" },
    { event: { ...bare, name: "search" }, act: "view" },
    { event: { ...bare, name: "add_payment_info" }, act: "step" },
    { event: { ...bare, name: "constructor" }, act: "step" },
  ])("takes $event.name for $act", ({ event, act }) => {
    expect(actOf(event)).toBe(act);
  });
});

describe("observationOf", () => {
  it("holds an order with its amount in euros and what it was seen together with", () => {
    expect(observationOf(purchase({ value: 100, currency: "USD" }), { country: "DE", browser: "Safari" })).toEqual({
      id: "evt_01JD0001",
      atMs: Date.parse("2026-11-21T10:00:00Z"),
      act: "order",
      amountLog: amountLog(100, "USD"),
      units: 1,
      links: { customer: "u-1", card: "card-1", device: "c-1", country: "DE", destination: "FR" },
      place: null,
      visit: null,
    });
  });

  it("lets the e-mail stand for a customer without an id, and the software for a client without one", () => {
    const { user_id: _user, client_id: _client, ...event } = purchase();
    const { links } = observationOf(event, { browser: "Safari", os: "iOS", device_class: "mobile" });
    expect(links).toMatchObject({ customer: "e-1", device: "Safari/iOS/mobile" });
  });

  it("names the item most of a cart's or order's worth is in, and the software the browser's handshake tells of", () => {
    const items = [
      { item_id: "mug", price: 20, quantity: 2 },
      { item_name: "Cup", price: 30 },
    ];
    const handshake = { tls_class: "a1b2" };
    expect(observationOf(purchase({ items }), handshake).links).toMatchObject({ item: "mug", software: "a1b2" });
    const added = purchase({ name: "add_to_cart", items: items.slice(1) });
    expect(observationOf(added, {}).links.item).toBe("Cup");
    expect(observationOf(purchase({ name: "view_item", items }), {}).links.item).toBeUndefined();
  });

  it("names a postal code with its country, the coupon, and the category most of an order's worth is in", () => {
    const items = [
      { item_id: "mug", item_category: "Kitchen", price: 20, quantity: 3 },
      { item_id: "pen", item_category: "Office", price: 50 },
      { item_id: "cup", item_category: "Kitchen" },
    ];
    const shipping_address = { country: "FR", postal_code: "75001" };
    const { links } = observationOf(purchase({ items, shipping_address, coupon: "SALE" }), {});
    expect(links).toMatchObject({ address: "FR 75001", coupon: "SALE", category: "Kitchen" });
    expect(observationOf(purchase({ items, payment: { outcome: "declined" } }), {}).links.category).toBeUndefined();
  });

  it("knows the place by both its coordinates, and the session", () => {
    const place = { latitude: 48.1, longitude: -11.6 };
    expect(observationOf({ ...bare, session_id: "s-1" }, place)).toMatchObject({ place, visit: "s-1" });
    expect(observationOf(bare, { latitude: 48.1 }).place).toBeNull();
  });

  it.each([
    {
      name: "purchase",
      items: [{ quantity: 3 }, { item_id: "a" }],
      units: 4,
      because: "a line without a quantity is one",
    },
    { name: "add_to_cart", items: [], units: 1, because: "something was put there" },
    { name: "add_to_cart", items: undefined, units: 1, because: "whether or not it says what" },
    { name: "view_item", items: [{ quantity: 3 }], units: 0, because: "looking at it is not having it" },
  ])("counts $units pieces of a $name: $because", ({ name, items, units }) => {
    expect(observationOf(purchase({ name, items }), {}).units).toBe(units);
  });

  it("gives no amount to what is no payment, so that browsing teaches no spending", () => {
    for (const name of ["page_view", "add_to_cart", "begin_checkout"])
      expect(observationOf({ ...bare, name, value: 100, currency: "EUR" }, {}).amountLog).toBeNull();
    expect(observationOf({ ...bare, name: "refund", value: 100, currency: "EUR" }, {}).amountLog).toBe(Math.log1p(100));
  });

  it("gives a failed payment without a value no amount, rather than nothing paid", () => {
    expect(observationOf({ ...bare, name: "payment_failed" }, {})).toMatchObject({ act: "decline", amountLog: null });
  });
});

describe("pricedItemsOf", () => {
  it("names item and currency in the key, because 100 JPY is no price for what costs 100 EUR", () => {
    const items = [
      { item_id: "mug", price: 20, quantity: 2 },
      { item_name: "Cup", price: 5 },
    ];
    expect(pricedItemsOf(purchase({ items }))).toEqual([
      { key: "EUR mug", priceLog: Math.log(20), quantity: 2, name: "mug" },
      { key: "EUR Cup", priceLog: Math.log(5), quantity: 1, name: "Cup" },
    ]);
  });

  it("leaves out what has no price, no name or is free, and everything that is no purchase", () => {
    const items = [{ item_id: "a" }, { price: 3 }, { item_id: "b", price: 0 }];
    expect(pricedItemsOf(purchase({ items }))).toEqual([]);
    expect(pricedItemsOf(purchase({ name: "add_to_cart", items: [{ item_id: "mug", price: 20 }] }))).toEqual([]);
  });
});
