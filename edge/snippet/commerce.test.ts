import { describe, expect, it } from "vitest";
import { currencyDecimals } from "../../shared/currency.ts";
import { Event, EVENT_NAMES } from "../../shared/event.ts";
import { COMMERCE_NAME, EVENT_NAME, toEventFields, URGENT_NAME } from "./commerce.ts";
import { newFields, toJson } from "./json.ts";

const fields = (name: string, params: object) => {
  const [event, properties] = toEventFields(name, newFields(params));
  return JSON.parse(toJson({ ...event, properties }));
};

/** What the edge says of an event with these fields. */
const refusals = (name: string, params: object) => {
  const parsed = Event.safeParse({ id: "evt_00000001", name, ...fields(name, params) });
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("/"));
};

const GA4_PURCHASE = {
  transaction_id: "T-1",
  value: 72.05,
  tax: 3.6,
  shipping: 5.99,
  currency: "USD",
  coupon: "SUMMER",
  items: [
    { item_id: "SKU_1", item_name: "Tee", affiliation: "Store", index: 0, price: 10.01, quantity: 3, item_brand: "G" },
    { item_id: "SKU_2", item_name: "Cap", price: 21.01, quantity: 2 },
  ],
};

describe("toEventFields", () => {
  it("takes a GA4 purchase as the edge wants it, and keeps what has no field", () => {
    expect(fields("purchase", GA4_PURCHASE)).toEqual({
      transaction_id: "T-1",
      value: 72.05,
      tax: 3.6,
      shipping: 5.99,
      currency: "USD",
      coupon: "SUMMER",
      items: [
        { item_id: "SKU_1", item_name: "Tee", price: 10.01, quantity: 3 },
        { item_id: "SKU_2", item_name: "Cap", price: 21.01, quantity: 2 },
      ],
      properties: { items: [{ affiliation: "Store", index: 0, item_brand: "G" }, {}] },
    });
    expect(refusals("purchase", GA4_PURCHASE)).toEqual([]);
  });

  it.each([
    { value: "19.90", currency: "EUR", read: 19.9, because: "text that is a number" },
    { value: "19,90", currency: "EUR", read: 19.9, because: "a decimal comma" },
    { value: 59.980000000000004, currency: "EUR", read: 59.98, because: "the dust of a sum" },
    { value: 16.80672269, currency: "EUR", read: 16.81, because: "a price without its tax" },
    { value: 1234.5, currency: "JPY", read: 1235, because: "yen have no decimals" },
    { value: 12.3456, currency: "KWD", read: 12.346, because: "dinars have three" },
    { value: 5, currency: "eur", read: 5, because: "a code in small letters" },
    { value: 0, currency: "EUR", read: 0, because: "free is a price" },
  ])("reads $value $currency as $read: $because", ({ value, currency, read }) => {
    expect(fields("add_to_cart", { value, currency })).toMatchObject({ value: read, currency: currency.toUpperCase() });
    expect(refusals("add_to_cart", { value, currency })).toEqual([]);
  });

  it.each([
    { params: { value: 5 }, because: "a value without a currency" },
    { params: { value: "1.234,50", currency: "EUR" }, because: "a number that could be read in two ways" },
    { params: { value: -5, currency: "EUR" }, because: "a negative amount" },
    { params: { value: 1e10, currency: "EUR" }, because: "an amount above the edge's limit" },
    { params: { currency: "Euro" }, because: "a currency that is no code" },
  ])("keeps in properties what the edge would refuse: $because", ({ params }) => {
    expect(fields("add_to_cart", params).properties).toMatchObject(
      "value" in params ? { value: params.value } : { currency: params.currency },
    );
    expect(refusals("add_to_cart", params)).toEqual([]);
  });

  it.each([
    {
      item: { item_id: 12345, quantity: "2", price: "3,50" },
      read: { item_id: "12345", quantity: 2, price: 3.5 },
      extra: {},
    },
    { item: { quantity: 1.5 }, read: {}, extra: { quantity: 1.5 } },
    { item: { quantity: 0 }, read: {}, extra: { quantity: 0 } },
    { item: { item_name: "", item_category: null, item_brand: "B" }, read: {}, extra: { item_brand: "B" } },
    { item: "not an item", read: {}, extra: undefined },
  ])("reads the item $item", ({ item, read, extra }) => {
    const found = fields("view_item", { currency: "EUR", items: [item] });
    expect(found.items).toEqual([read]);
    if (extra !== undefined && Object.keys(extra).length) expect(found.properties.items).toEqual([extra]);
    expect(refusals("view_item", { currency: "EUR", items: [item] })).toEqual([]);
  });

  it("gives a purchase without items an empty list, as the edge asks for one", () => {
    expect(refusals("purchase", { transaction_id: "T", value: 1, currency: "EUR" })).toEqual([]);
  });

  it("takes nothing of what GA4 pages collect of the person for advertising", () => {
    expect(fields("purchase", { ...GA4_PURCHASE, user_data: { email: "ann@mail.example" } })).not.toHaveProperty(
      "properties.user_data",
    );
  });

  it.each(["ann", "a b@c.de", `${"a".repeat(65)}@b.de`])("does not let %s cost the event as an e-mail", (email) => {
    expect(refusals("login", { email })).toEqual([]);
    expect(fields("login", { email }).properties).toEqual({});
  });

  it("rounds in every currency of the edge to what the edge takes", () => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    const known = codes.filter((code) => currencyDecimals(code) !== undefined);
    expect(known.length).toBeGreaterThan(150);
    for (const currency of known) {
      const [value, decimals] = [1.23456789, currencyDecimals(currency) || 0];
      const read = fields("view_item", { value, currency }).value;
      expect(refusals("view_item", { value, currency }), currency).toEqual([]);
      expect(Math.abs(read - value), currency).toBeLessThanOrEqual(decimals === 4 ? 0.005 : 0.5 * 10 ** -decimals);
    }
  });
});

describe("names", () => {
  it("of the edge's trade are all known, but for page views, which we count ourselves", () => {
    for (const name of EVENT_NAMES) expect(COMMERCE_NAME.test(name), name).toBe(name !== "page_view");
    for (const name of EVENT_NAMES) expect(EVENT_NAME.test(name), name).toBe(true);
  });

  it.each(["gtm.js", "scroll", "cookie_consent", "timer", "user_engagement"])("of %s are not the trade's", (name) => {
    expect(COMMERCE_NAME.test(name)).toBe(false);
  });

  it("are urgent where a fraud could be stopped", () => {
    const urgent = EVENT_NAMES.filter((name) => URGENT_NAME.test(name));
    expect(urgent).toEqual([
      "begin_checkout",
      "add_payment_info",
      "purchase",
      "refund",
      "login",
      "sign_up",
      "payment_failed",
    ]);
  });
});
