import { describe, expect, it } from "vitest";
import { Event } from "../event.ts";
import { fieldErrors } from "../serve.ts";
import { translate } from "./translate.ts";

type Json = Record<string, unknown>;

const money = (amount: number, currencyCode = "EUR") => ({ amount, currencyCode });
const variant = {
  id: "41007289663544",
  sku: "MUG-BLUE",
  title: "Blue",
  untranslatedTitle: "Blue",
  image: { src: "//cdn.example/mug.jpg" },
  price: money(18.99),
  product: { id: "7001", title: "Mug", type: "Kitchen", vendor: "Claymore", url: "/mug", untranslatedTitle: "Mug" },
};
const address = {
  firstName: "Ann",
  lastName: "Arbor",
  address1: "Side Street 1",
  address2: "",
  city: "Berlin",
  country: "Germany",
  countryCode: "DE",
  phone: "+491700000",
  province: null,
  provinceCode: null,
  zip: "10115",
};
const checkout = {
  attributes: [{ key: "gift note", value: "For Bob" }],
  billingAddress: { ...address, countryCode: "AT", zip: "1010" },
  buyerAcceptsEmailMarketing: true,
  buyerAcceptsSmsMarketing: false,
  currencyCode: "EUR",
  delivery: { selectedDeliveryOptions: [] },
  discountApplications: [
    { title: "MAY10", type: "DISCOUNT_CODE", value: { percentage: 10 } },
    { title: "Free post", type: "AUTOMATIC", value: { percentage: 100 } },
  ],
  discountsAmount: money(4.22),
  email: "ann@mail.example",
  lineItems: [
    {
      id: "line-1",
      title: "Mug",
      quantity: 2,
      variant,
      finalLinePrice: money(34.18),
      discountAllocations: [],
      properties: [{ key: "engraving", value: "Bob" }],
      sellingPlanAllocation: null,
    },
    { id: "line-2", title: "Gift wrap", quantity: 1, variant: null, finalLinePrice: money(4.22) },
  ],
  localization: { country: { isoCode: "DE" } },
  order: { id: "5554", customer: { id: "889", isFirstOrder: true } },
  phone: "+491700000",
  shippingAddress: address,
  shippingLine: { price: money(4.9) },
  smsMarketingPhone: "+491700000",
  subtotalPrice: money(37.98),
  token: "tok_1",
  totalPrice: money(50.1),
  totalTax: money(7.22),
  transactions: [
    { amount: money(50.1), gateway: "shopify_payments", paymentMethod: { name: "visa", type: "creditCard" } },
  ],
};
const cartLine = { cost: { totalAmount: money(37.98) }, merchandise: variant, quantity: 2 };
const cart = { id: "cart-1", attributes: [], totalQuantity: 2, cost: { totalAmount: money(37.98) }, lines: [cartLine] };

/** Every standard event with its whole data, and our name for it. */
const STANDARD: { sent: string; name: string; data: Json | null }[] = [
  { sent: "page_viewed", name: "page_view", data: null },
  { sent: "product_viewed", name: "view_item", data: { productVariant: variant } },
  {
    sent: "collection_viewed",
    name: "view_item_list",
    data: { collection: { id: "c-1", title: "Mugs", productVariants: [variant] } },
  },
  {
    sent: "search_submitted",
    name: "search",
    data: { searchResult: { query: "blue mug", productVariants: [variant] } },
  },
  { sent: "product_added_to_cart", name: "add_to_cart", data: { cartLine } },
  { sent: "product_added_to_cart", name: "add_to_cart", data: { cartLine: null } },
  { sent: "product_removed_from_cart", name: "remove_from_cart", data: { cartLine } },
  { sent: "cart_viewed", name: "view_cart", data: { cart } },
  { sent: "cart_viewed", name: "view_cart", data: { cart: null } },
  {
    sent: "checkout_started",
    name: "begin_checkout",
    data: { checkout: { ...checkout, order: null, totalTax: money(0) } },
  },
  { sent: "checkout_contact_info_submitted", name: "checkout_progress", data: { checkout } },
  { sent: "checkout_address_info_submitted", name: "checkout_progress", data: { checkout } },
  { sent: "checkout_shipping_info_submitted", name: "add_shipping_info", data: { checkout } },
  { sent: "payment_info_submitted", name: "add_payment_info", data: { checkout } },
  { sent: "checkout_completed", name: "purchase", data: { checkout } },
  { sent: "alert_displayed", name: "payment_failed", data: { alert: alertOf("PAYMENT_ERROR") } },
  { sent: "alert_displayed", name: "alert_displayed", data: { alert: alertOf("INPUT_REQUIRED") } },
  { sent: "ui_extension_errored", name: "ui_extension_errored", data: { error: { type: "EXTENSION_RUNTIME" } } },
  { sent: "clicked", name: "clicked", data: { element: { value: "typed" } } },
];

function alertOf(type: string) {
  return { type, target: "cart.payment", message: "The card was declined.", value: "typed 4242424242424242" };
}

/** A pixel event as Shopify makes it; `changes` names what a test is about. */
function pixel(name: string, data: unknown, changes: Json = {}): Json {
  return {
    format: "shopify",
    id: "sh-f3b2c4d1-77E5-4D87",
    clientId: "client-1",
    name,
    seq: 4,
    type: "standard",
    timestamp: "2026-11-21T10:00:00.000Z",
    data,
    context: {
      document: {
        location: { href: "https://shop.example/thanks", host: "shop.example" },
        referrer: "",
        title: "Thanks",
      },
      navigator: { language: "de-DE", userAgent: "Mozilla/5.0", cookieEnabled: true },
      window: { innerWidth: 400, innerHeight: 800, screen: { width: 411, height: 890 } },
    },
    ...changes,
  };
}

function ours(raw: unknown, source: "publishable" | "secret" = "publishable"): Json {
  const translated = translate(raw, source);
  if (translated.kind === "rejected") throw new Error(`rejected: ${JSON.stringify(translated.errors)}`);
  return translated.event as Json; // translations of objects are objects
}

function pointers(raw: unknown): string[] {
  const parsed = Event.safeParse(ours(raw));
  return parsed.success ? [] : fieldErrors(parsed.error).map(({ pointer }) => pointer);
}

const completed = (changes: Json) => pixel("checkout_completed", { checkout: { ...checkout, ...changes } });

describe("Shopify's vocabulary", () => {
  it.each(STANDARD)("calls $sent $name, with the whole data of it", ({ sent, name, data }) => {
    const raw = pixel(sent, data);
    expect(pointers(raw)).toEqual([]);
    expect(ours(raw)["name"]).toBe(name);
  });

  it("translates a whole order", () => {
    expect(ours(completed({}))).toEqual({
      id: "sh-f3b2c4d1-77E5-4D87",
      name: "purchase",
      timestamp: "2026-11-21T10:00:00.000Z",
      client_id: "client-1",
      user_id: "889",
      email: "ann@mail.example",
      transaction_id: "5554",
      value: 37.98,
      currency: "EUR",
      tax: 7.22,
      shipping: 4.9,
      coupon: "MAY10",
      items: [
        { item_id: "41007289663544", item_name: "Mug", item_category: "Kitchen", price: 18.99, quantity: 2 },
        { item_name: "Gift wrap", quantity: 1 },
      ],
      payment: { method: "creditCard" },
      shipping_address: { country: "DE", postal_code: "10115" },
      billing_address: { country: "AT", postal_code: "1010" },
      context: {
        page: { url: "https://shop.example/thanks", title: "Thanks" },
        locale: "de-DE",
        screen: { width: 411, height: 890 },
      },
      properties: { total: 50.1, discount: 4.22, gateway: "shopify_payments" },
    });
  });

  it.each([
    { order: { id: "gid://shopify/Order/123" }, id: "gid://shopify/Order/123", because: "a global id is one" },
    { order: { id: 5554 }, id: "5554", because: "a number is one" },
    { order: { id: null }, id: "tok_1", because: "the checkout stands for an order not yet numbered" },
    { order: null, id: "tok_1", because: "the checkout stands for an order not yet made" },
  ])("names the transaction $id: $because", ({ order, id }) => {
    expect(ours(completed({ order }))["transaction_id"]).toBe(id);
    expect(pointers(completed({ order }))).toEqual([]);
  });

  it.each([
    { because: "the subtotal is without tax and shipping", changes: {}, value: 37.98 },
    { because: "nothing was paid", changes: { subtotalPrice: money(0) }, value: 0 },
    { because: "the rest of the total is", changes: { subtotalPrice: null }, value: 37.98 },
    {
      because: "nothing is to be taken off",
      changes: { subtotalPrice: null, totalTax: null, shippingLine: null },
      value: 50.1,
    },
    { because: "cents are reckoned exactly", changes: { subtotalPrice: null, totalPrice: money(12.42) }, value: 0.3 },
    { because: "it has no dust", changes: { subtotalPrice: money(0.1 + 0.2) }, value: 0.3 },
  ])("values an order at $value where $because", ({ changes, value }) => {
    expect(ours(completed(changes))["value"]).toBe(value);
  });

  it("finds the currency with the amount, where the checkout does not tell it", () => {
    const inYen = {
      currencyCode: null,
      subtotalPrice: money(1500, "JPY"),
      totalTax: money(100, "JPY"),
      shippingLine: null,
    };
    expect(ours(completed({ ...inYen, lineItems: [] }))).toMatchObject({ value: 1500, currency: "JPY" });
    expect(pointers(completed({ ...inYen, lineItems: [] }))).toEqual([]);
  });

  it.each([
    { variant: { ...variant, id: null }, id: "MUG-BLUE", because: "a sku names it too" },
    { variant: { ...variant, id: null, sku: "" }, id: "7001", because: "its product is nearer than nothing" },
    { variant: { ...variant, id: 41 }, id: "41", because: "a number is text" },
    { variant: null, id: undefined, because: "a line's own id is of this order only" },
  ])("calls a line's item $id: $because", ({ variant: sent, id }) => {
    const { items } = ours(completed({ lineItems: [{ id: "line-1", quantity: 1, variant: sent }] })) as {
      items: Json[];
    };
    expect(items[0]?.["item_id"]).toBe(id);
  });

  it("takes lines, value and currency from wherever the event has them", () => {
    const item = { item_id: "41007289663544", item_name: "Mug", item_category: "Kitchen", price: 18.99 };
    const inCart = { items: [{ ...item, quantity: 2 }], value: 37.98, currency: "EUR" };
    expect(ours(pixel("product_added_to_cart", { cartLine }))).toMatchObject(inCart);
    expect(ours(pixel("cart_viewed", { cart }))).toMatchObject({ ...inCart, properties: { cart_id: "cart-1" } });
    expect(ours(pixel("product_viewed", { productVariant: variant }))).toMatchObject({ items: [item], value: 18.99 });
    const list = { collection: { id: "c-1", title: "Mugs", productVariants: [variant] } };
    const listed = ours(pixel("collection_viewed", list));
    expect(listed).toMatchObject({
      items: [item],
      currency: "EUR",
      properties: { item_list_id: "c-1", item_list_name: "Mugs" },
    });
    expect(listed).not.toHaveProperty("value");
    const found = { searchResult: { query: "mug", productVariants: [] } };
    expect(ours(pixel("search_submitted", found))).toMatchObject({ items: [], properties: { search_term: "mug" } });
  });

  it.each([
    { type: "PAYMENT_ERROR", name: "payment_failed" },
    { type: "CHECKOUT_ERROR", name: "alert_displayed" },
    { type: "INPUT_INVALID", name: "alert_displayed" },
    { type: "DISCOUNT_ERROR", name: "alert_displayed" },
  ])("reads an alert of $type as $name, because most alerts are about a field", ({ type, name }) => {
    const event = ours(pixel("alert_displayed", { alert: alertOf(type) }));
    expect(event).toMatchObject({ name, properties: { alert_type: type, alert_target: "cart.payment" } });
    expect(JSON.stringify(event)).not.toContain("typed");
  });

  it("carries over no name, phone, street, note or typed text, wherever the parts of the event stand", () => {
    const raws = [
      completed({}),
      pixel("checkout_completed", null, { checkout }),
      pixel("checkout_completed", null, { properties: { checkout, customer: { email: "ann@mail.example" } } }),
      pixel("order_noted", null, { customData: { phone: "+491700000", firstName: "Ann" } }),
      pixel("clicked", { element: { value: "typed Ann" } }),
    ];
    for (const raw of raws) {
      const { email: _email, ...rest } = ours(raw, "secret");
      const text = JSON.stringify(rest);
      for (const secret of ["Ann", "Arbor", "+491700000", "Side Street", "Bob", "@", "typed"])
        expect(text).not.toContain(secret);
    }
  });

  it("finds the parts of an event in our envelope too", () => {
    const { data: _data, ...envelope } = pixel("checkout_completed", null);
    expect(ours({ ...envelope, checkout })).toEqual(ours(completed({})));
    expect(ours({ ...envelope, properties: { checkout } })).toEqual(ours(completed({})));
  });

  it("takes our own fields from the envelope, where only the name is Shopify's", () => {
    const own = {
      session_id: "s-1",
      transaction_id: "t-1",
      value: 1.1 * 3,
      currency: "EUR",
      items: [{ item_id: "a", price: 1.1 * 3 }],
      payment: { bin: "424242" },
    };
    const { data: _data, ...envelope } = pixel("checkout_completed", null);
    const raw = { ...envelope, ...own, gift: true };
    expect(ours(raw)).toMatchObject({
      ...own,
      value: 3.3,
      items: [{ item_id: "a", price: 3.3 }],
      properties: { gift: true },
    });
    expect(own.items).toEqual([{ item_id: "a", price: 1.1 * 3 }]);
    expect(pointers(raw)).toEqual([]);
  });

  it("keeps what a shop says in an event of its own", () => {
    const raw = pixel("Newsletter Opened", null, { type: "custom", customData: { list: "may", count: 2 } });
    expect(ours(raw)).toMatchObject({ name: "newsletter_opened", properties: { list: "may", count: 2 } });
    expect(pointers(raw)).toEqual([]);
  });

  it("says of a shopper's address and browser what a server says, and nothing of what a browser says", () => {
    const raw = pixel("page_viewed", null);
    const forwarded = { ...raw, context: { ...(raw["context"] as Json), ip: "203.0.113.9" } };
    expect(ours(forwarded, "secret")["context"]).toMatchObject({ ip: "203.0.113.9", user_agent: "Mozilla/5.0" });
    expect(ours(forwarded, "publishable")["context"]).not.toHaveProperty("ip");
    expect(ours(forwarded, "publishable")["context"]).not.toHaveProperty("user_agent");
    expect(Event.safeParse(ours(forwarded, "secret")).success).toBe(true);
  });

  it.each([
    { because: "lines are a list", raw: completed({ lineItems: "two mugs" }), at: ["/items"] },
    { because: "a line is an object", raw: completed({ lineItems: [7] }), at: ["/items/0"] },
    { because: "an amount is a number", raw: completed({ subtotalPrice: { amount: "a lot" } }), at: ["/value"] },
    {
      because: "a country is a code",
      raw: completed({ shippingAddress: { countryCode: "Germany" } }),
      at: ["/shipping_address/country"],
    },
    {
      because: "a purchase has a checkout",
      raw: pixel("checkout_completed", null),
      at: ["/transaction_id", "/value", "/currency", "/items"],
    },
  ])("leaves to the schema what has no sense in our terms: $because", ({ raw, at }) => {
    expect(pointers(raw)).toEqual(at);
  });
});
