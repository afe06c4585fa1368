import { describe, expect, it } from "vitest";
import { Event } from "../event.ts";
import { fieldErrors } from "../serve.ts";
import { translate } from "./translate.ts";

type Json = Record<string, unknown>;

const mug = {
  product_id: 507,
  sku: "MUG-1",
  category: "Kitchen",
  name: "Mug",
  brand: "Claymore",
  variant: "blue",
  price: 18.99,
  quantity: 2,
  coupon: "MAY",
  position: 3,
  url: "https://shop.example/mug",
  image_url: "https://shop.example/mug.jpg",
};
const plate = { product_id: "p-9", sku: "PLATE-9", name: "Plate", price: 3, quantity: 1, category: "Kitchen" };
const order = {
  order_id: "o-1001",
  affiliation: "Web shop",
  total: 45.98,
  revenue: 40.98,
  shipping: 3,
  tax: 2,
  discount: 0,
  coupon: "MAY",
  currency: "EUR",
  products: [mug, plate],
};
const coupon = { order_id: "o-1001", cart_id: "c-1", coupon_id: "may_2026", coupon_name: "May", discount: 5 };
const wishlist = { wishlist_id: "w-1", wishlist_name: "Birthday" };
const step = { checkout_id: "ch-1", step: 2, shipping_method: "Post", payment_method: "Visa" };
const promotion = { promotion_id: "promo-1", creative: "top_banner", name: "Spring", position: "top" };
const share = { share_via: "email", share_message: "Look", recipient: "friend@mail.example" };

/** Every event of the spec with every field it has, and our name for it. */
const SPEC: { sent: string; name: string; properties: Json }[] = [
  { sent: "Products Searched", name: "search", properties: { query: "blue mug" } },
  {
    sent: "Product List Viewed",
    name: "view_item_list",
    properties: { list_id: "l-1", category: "Deals", products: [mug] },
  },
  {
    sent: "Product List Filtered",
    name: "view_item_list",
    properties: { list_id: "l-1", category: "Deals", filters: [{ type: "a", value: "b" }], sorts: [], products: [mug] },
  },
  { sent: "Promotion Viewed", name: "view_promotion", properties: promotion },
  { sent: "Promotion Clicked", name: "select_promotion", properties: promotion },
  { sent: "Product Clicked", name: "select_item", properties: mug },
  { sent: "Product Viewed", name: "view_item", properties: { ...mug, currency: "usd", value: 37.98 } },
  { sent: "Product Added", name: "add_to_cart", properties: { cart_id: "c-1", ...mug } },
  { sent: "Product Removed", name: "remove_from_cart", properties: { cart_id: "c-1", ...mug } },
  { sent: "Cart Viewed", name: "view_cart", properties: { cart_id: "c-1", products: [mug, plate] } },
  { sent: "Checkout Started", name: "begin_checkout", properties: { ...order, value: 41 } },
  { sent: "Checkout Step Viewed", name: "checkout_progress", properties: step },
  { sent: "Checkout Step Completed", name: "checkout_progress", properties: step },
  { sent: "Payment Info Entered", name: "add_payment_info", properties: { ...step, order_id: "o-1001" } },
  { sent: "Order Updated", name: "order_updated", properties: order },
  { sent: "Order Completed", name: "purchase", properties: { checkout_id: "ch-1", subtotal: 38, ...order } },
  {
    sent: "Order Refunded",
    name: "refund",
    properties: { order_id: "o-1001", total: 30, currency: "USD", products: [mug] },
  },
  { sent: "Order Cancelled", name: "order_cancelled", properties: order },
  {
    sent: "Coupon Entered",
    name: "coupon_entered",
    properties: { order_id: "o-1001", cart_id: "c-1", coupon_id: "x" },
  },
  { sent: "Coupon Applied", name: "coupon_applied", properties: coupon },
  { sent: "Coupon Denied", name: "coupon_rejected", properties: { ...coupon, reason: "expired" } },
  { sent: "Coupon Removed", name: "coupon_removed", properties: coupon },
  { sent: "Product Added to Wishlist", name: "add_to_wishlist", properties: { ...wishlist, ...mug } },
  { sent: "Product Removed from Wishlist", name: "product_removed_from_wishlist", properties: { ...wishlist, ...mug } },
  { sent: "Wishlist Product Added to Cart", name: "add_to_cart", properties: { ...wishlist, cart_id: "c-1", ...mug } },
  { sent: "Product Shared", name: "share", properties: { ...share, ...mug } },
  {
    sent: "Cart Shared",
    name: "cart_shared",
    properties: { ...share, cart_id: "c-1", products: [{ product_id: "p-9" }] },
  },
  {
    sent: "Product Reviewed",
    name: "product_reviewed",
    properties: { product_id: "p-9", review_id: "r-1", rating: "5" },
  },
];

/** A track call as analytics.js makes it; `changes` names what a test is about. */
function track(event: string, properties: Json, changes: Json = {}): Json {
  return {
    format: "segment",
    type: "track",
    event,
    messageId: "ajs-next-1700000000000-0f1e2d3c",
    anonymousId: "anon-1",
    userId: null,
    timestamp: "2026-11-21T10:00:00.000Z",
    sentAt: "2026-11-21T10:00:01.000Z",
    integrations: { All: true },
    writeKey: "w-secret",
    _metadata: { bundled: [] },
    properties,
    context: {
      ip: "203.0.113.9",
      userAgent: "Mozilla/5.0",
      locale: "de-DE",
      timezone: "Europe/Berlin",
      page: { url: "https://shop.example/cart?a=1", referrer: "", title: "Cart", path: "/cart", search: "?a=1" },
      screen: { width: 411.43, height: 890, density: 2 },
      location: { country: "Germany", region: "BE", city: "Berlin", latitude: 52.5, longitude: 13.4, speed: 0 },
      campaign: { name: "may", source: "newsletter" },
      traits: { phone: "+491700000", firstName: "Ann" },
    },
    ...changes,
  };
}

function ours(raw: unknown, source: "publishable" | "secret" = "publishable"): Json {
  const translated = translate(raw, source);
  if (translated.kind === "rejected") throw new Error(`rejected: ${JSON.stringify(translated.errors)}`);
  return translated.event as Json; // translations of objects are objects
}

/** Pointers of what the schema refuses in a translated event. */
function pointers(raw: unknown): string[] {
  const parsed = Event.safeParse(ours(raw));
  return parsed.success ? [] : fieldErrors(parsed.error).map(({ pointer }) => pointer);
}

/** Every text, number and truth inside, as text in capitals: a currency is written so, and numbers become names. */
function leavesOf(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leavesOf);
  return [JSON.stringify(value).replaceAll('"', "").toUpperCase()];
}

/** Our words for one call of the given event: its money alone. */
function money(event: string, properties: Json) {
  const { value, currency, tax, shipping } = ours(track(event, properties));
  return { value, currency, tax, shipping };
}

describe("Segment's vocabulary", () => {
  it.each(SPEC)("calls $sent $name, with every field the spec gives it", ({ sent, name, properties }) => {
    const raw = track(sent, properties);
    expect(pointers(raw)).toEqual([]);
    expect(ours(raw)["name"]).toBe(name);
  });

  it.each(SPEC)("keeps every fact of $sent but who else was told", ({ sent, properties }) => {
    const kept = leavesOf(ours(track(sent, properties)));
    expect(kept).toEqual(expect.arrayContaining(leavesOf({ ...properties, recipient: [] })));
  });

  it.each([
    { sent: "order completed", name: "purchase" },
    { sent: "Order_Completed", name: "purchase" },
    { sent: "OrderCompleted", name: "purchase" },
    { sent: "purchase", name: "purchase" },
    { sent: "Wheel Spun 2", name: "wheel_spun_2" },
    { sent: "constructor", name: "constructor" },
  ])("reads the name $sent as $name", ({ sent, name }) => {
    expect(ours(track(sent, { revenue: 1, order_id: "o" }))["name"]).toBe(name);
  });

  it.each([
    { sent: "Größe gewählt", because: "letters are not dropped, so that two names cannot become one" },
    { sent: "2nd Visit", because: "a name begins with a letter" },
    { sent: "A".repeat(41), because: "it is too long" },
    { sent: `Order${" ".repeat(99)}Completed`, because: "it is far too long to be looked into" },
  ])("leaves $sent to be refused: $because", ({ sent }) => {
    expect(pointers(track(sent, {}))).toEqual(["/name"]);
  });

  it("translates a whole order", () => {
    expect(ours(track("Order Completed", { ...order, email: "Ann@Mail.example", gift: true }))).toEqual({
      id: "ajs-next-1700000000000-0f1e2d3c",
      name: "purchase",
      timestamp: "2026-11-21T10:00:00.000Z",
      sent_at: "2026-11-21T10:00:01.000Z",
      client_id: "anon-1",
      email: "Ann@Mail.example",
      transaction_id: "o-1001",
      value: 40.98,
      currency: "EUR",
      tax: 2,
      shipping: 3,
      coupon: "MAY",
      items: [
        { item_id: "507", item_name: "Mug", item_category: "Kitchen", price: 18.99, quantity: 2 },
        { item_id: "p-9", item_name: "Plate", item_category: "Kitchen", price: 3, quantity: 1 },
      ],
      context: {
        page: { url: "https://shop.example/cart?a=1", title: "Cart" },
        locale: "de-DE",
        screen: { width: 411, height: 890 },
      },
      properties: {
        affiliation: "Web shop",
        total: 45.98,
        discount: 0,
        gift: true,
        campaign: { name: "may", source: "newsletter" },
        products: [
          {
            sku: "MUG-1",
            brand: "Claymore",
            variant: "blue",
            coupon: "MAY",
            position: 3,
            url: "https://shop.example/mug",
            image_url: "https://shop.example/mug.jpg",
          },
          { sku: "PLATE-9" },
        ],
      },
    });
  });

  it("takes the facts of our envelope from beside `properties` as well, under those in it", () => {
    const beside = { format: "segment", id: "evt_00000001", name: "Order Completed", client_id: "c", ...order };
    const inside = {
      format: "segment",
      id: "evt_00000001",
      name: "Order Completed",
      client_id: "c",
      properties: order,
    };
    expect(ours(beside)).toEqual(ours(inside));
    expect(ours({ ...beside, properties: { revenue: 7, gift: true } })).toMatchObject({
      value: 7,
      transaction_id: "o-1001",
      properties: { gift: true },
    });
  });

  it("takes our own fields from the envelope, which say what Segment has no word for", () => {
    const own = {
      session_id: "s-1",
      payment: { bin: "424242", outcome: "authorized" },
      shipping_address: { country: "DE" },
    };
    const event = ours({
      format: "segment",
      id: "evt_00000001",
      name: "Order Completed",
      ...order,
      ...own,
      payment_method: "Visa",
    });
    expect(event).toMatchObject({ ...own, payment: { ...own.payment, method: "Visa" } });
    expect(own.payment).toEqual({ bin: "424242", outcome: "authorized" });
  });

  it("makes one item of a product told by the facts themselves, and keeps the rest of it", () => {
    expect(ours(track("Product Added", { cart_id: "c-1", ...mug }))).toMatchObject({
      items: [{ item_id: "507", item_name: "Mug", item_category: "Kitchen", price: 18.99, quantity: 2 }],
      coupon: "MAY",
      properties: { cart_id: "c-1", sku: "MUG-1", brand: "Claymore", position: 3, url: "https://shop.example/mug" },
    });
    expect(ours(track("Product Added", { sku: "MUG-1" }))["items"]).toEqual([{ item_id: "MUG-1" }]);
    expect(ours(track("Promotion Viewed", promotion))).not.toHaveProperty("items");
  });

  it("sets no quantity where none is told, as none is known", () => {
    expect(ours(track("Cart Viewed", { products: [{ product_id: "a", price: 1 }] }))["items"]).toEqual([
      { item_id: "a", price: 1 },
    ]);
  });

  describe("value", () => {
    it.each([
      {
        because: "revenue is without tax and shipping",
        facts: { revenue: 25, total: 30, subtotal: 22, value: 1 },
        value: 25,
      },
      { because: "free is a price", facts: { revenue: 0, total: 5 }, value: 0 },
      { because: "a subtotal is without them too", facts: { revenue: null, subtotal: 22.5, total: 27.5 }, value: 22.5 },
      { because: "a total is with them", facts: { total: 27.5, tax: 2, shipping: 3 }, value: 22.5 },
      { because: "cents are reckoned exactly", facts: { total: 0.3, tax: 0.1, shipping: 0.1 }, value: 0.1 },
      { because: "an amount may be text", facts: { revenue: "18.99" }, value: 18.99 },
      { because: "the sender's sum left dust", facts: { revenue: 1.1 * 3 }, value: 3.3 },
      { because: "nothing else is told", facts: { value: 12 }, value: 12 },
      { because: "the lines tell it", facts: { products: [mug, plate] }, value: 40.98 },
      {
        because: "a line without a quantity is of one",
        facts: { products: [{ price: 0.1 }, { price: 0.2 }] },
        value: 0.3,
      },
      { because: "a line without a price tells nothing", facts: { products: [mug, { sku: "x" }] }, value: undefined },
      { because: "no lines tell nothing", facts: { products: [] }, value: undefined },
      { because: "a discount makes the lines too dear", facts: { products: [mug], discount: "5" }, value: undefined },
    ])("of an order is $value where $because", ({ facts, value }) => {
      expect(money("Order Completed", { currency: "EUR", ...facts }).value).toBe(value);
    });

    it.each([
      { because: "it is what was paid back", facts: { total: 30, tax: 2, shipping: 3 }, value: 30 },
      { because: "that is what the order was worth to us", facts: { total: 30, revenue: 25 }, value: 25 },
      { because: "some count it as a loss", facts: { total: -30 }, value: 30 },
      { because: "text may be a loss too", facts: { revenue: "-12.50" }, value: 12.5 },
      {
        because: "only a part came back",
        facts: { products: [{ product_id: "a", price: 1.1, quantity: 3 }] },
        value: 3.3,
      },
    ])("of a refund is $value where $because", ({ facts, value }) => {
      expect(money("Order Refunded", { currency: "EUR", ...facts }).value).toBe(value);
      expect(pointers(track("Order Refunded", { order_id: "o-1", currency: "EUR", ...facts }))).toEqual([]);
    });

    it.each([
      { because: "the spec gives it after quantity", event: "Product Viewed", facts: { ...mug, value: 30 }, value: 30 },
      { because: "price times quantity stands for it", event: "Product Added", facts: mug, value: 37.98 },
      { because: "a cart is its lines", event: "Cart Viewed", facts: { products: [mug, plate] }, value: 40.98 },
      {
        because: "a list on show is not for sale at once",
        event: "Product List Viewed",
        facts: { products: [mug] },
        value: undefined,
      },
      { because: "a click is worth nothing yet", event: "Product Clicked", facts: mug, value: undefined },
      { because: "the merchant says so", event: "Wheel Spun", facts: { value: 5 }, value: 5 },
    ])("of $event is $value where $because", ({ event, facts, value }) => {
      expect(money(event, { currency: "EUR", ...facts }).value).toBe(value);
    });

    it("respects a currency without decimals", () => {
      expect(money("Order Completed", { total: 1500, tax: 100, currency: "JPY" }).value).toBe(1400);
      expect(pointers(track("Order Completed", { ...order, currency: "JPY" }))).toContain("/value");
    });
  });

  describe("currency", () => {
    it.each([
      {
        because: "the spec takes revenue to be in dollars",
        event: "Order Completed",
        facts: { revenue: 1 },
        currency: "USD",
      },
      { because: "every figure of an order is revenue", event: "Order Refunded", facts: { total: 1 }, currency: "USD" },
      { because: "revenue is revenue in any event", event: "Plan Renewed", facts: { revenue: 1 }, currency: "USD" },
      {
        because: "the spec itself writes it so",
        event: "Order Completed",
        facts: { revenue: 1, currency: "usd" },
        currency: "USD",
      },
      { because: "a price alone might be of any", event: "Product Added", facts: mug, currency: undefined },
    ])("of $event is $currency: $because", ({ event, facts, currency }) => {
      expect(money(event, facts).currency).toBe(currency);
    });

    it("keeps a figure of unknown currency as a property, which is neither a guess nor a loss", () => {
      const event = ours(track("Product Viewed", { ...mug, value: 37.98 }));
      expect(event).not.toHaveProperty("value");
      expect(event["properties"]).toMatchObject({ value: 37.98 });
    });
  });

  describe("page", () => {
    const page = { format: "segment", type: "page", messageId: "evt_00000001", anonymousId: "a" };

    it("is a page view, whose name is a fact about the page", () => {
      const properties = {
        url: "https://shop.example/a",
        title: "A",
        referrer: "https://x.example/",
        path: "/a",
        url_hash: "#",
      };
      const raw = {
        ...page,
        name: "Home",
        category: "Docs",
        properties,
        context: { page: { title: "old" }, locale: "en" },
      };
      expect(ours(raw)).toEqual({
        id: "evt_00000001",
        name: "page_view",
        client_id: "a",
        context: { page: { url: "https://shop.example/a", title: "A", referrer: "https://x.example/" }, locale: "en" },
        properties: { name: "Home", category: "Docs", path: "/a", url_hash: "#" },
      });
      expect(pointers(raw)).toEqual([]);
    });

    it("needs neither name nor properties", () => {
      expect(ours({ ...page, name: null, category: null })).toEqual({
        id: "evt_00000001",
        name: "page_view",
        client_id: "a",
      });
    });

    it("lends no product's address to the page", () => {
      const event = ours(track("Product Viewed", mug, { context: {} }));
      expect(event).not.toHaveProperty("context");
      expect(event["properties"]).toMatchObject({ url: "https://shop.example/mug" });
    });
  });

  describe("time", () => {
    const at = "2026-11-21T10:00:00.000Z";
    const sent = "2026-11-21T10:00:01.000Z";
    it.each([
      {
        because: "the sender's clock is set right here",
        times: { timestamp: at, sentAt: sent },
        timestamp: at,
        sent_at: sent,
      },
      {
        because: "Segment has set it right",
        times: { timestamp: at, sentAt: sent, originalTimestamp: sent },
        timestamp: at,
      },
      { because: "Segment has received it", times: { timestamp: at, sentAt: sent, receivedAt: sent }, timestamp: at },
      {
        because: "nobody has yet",
        times: { timestamp: null, originalTimestamp: at, sentAt: sent },
        timestamp: at,
        sent_at: sent,
      },
      {
        because: "it is told in our words",
        times: { timestamp: at, sentAt: undefined, sent_at: sent },
        timestamp: at,
        sent_at: sent,
      },
    ])("is passed on as $timestamp, sent at $sent_at, where $because", ({ times, timestamp, sent_at }) => {
      const event = ours(track("Wheel Spun", {}, times));
      expect({ timestamp: event["timestamp"], sent_at: event["sent_at"] }).toEqual({ timestamp, sent_at });
    });
  });

  describe("privacy", () => {
    it("leaves out what only a server may say of a shopper, when a browser says it", () => {
      const context = ours(track("Wheel Spun", {}), "publishable")["context"];
      for (const field of ["ip", "user_agent", "geo"]) expect(context).not.toHaveProperty(field);
    });

    it("passes it on from a server, but for a country's name, which is no code", () => {
      const raw = track("Wheel Spun", {});
      expect(ours(raw, "secret")["context"]).toMatchObject({
        ip: "203.0.113.9",
        user_agent: "Mozilla/5.0",
        geo: { region: "BE", city: "Berlin", latitude: 52.5, longitude: 13.4 },
      });
      expect(Event.safeParse(ours(raw, "secret")).success).toBe(true);
      const coded = track("Wheel Spun", {}, { context: { location: { country: "de" } } });
      expect(ours(coded, "secret")["context"]).toEqual({ geo: { country: "DE" } });
    });

    it("keeps an e-mail in its own field only, and no phone, name, address of a friend, credential or ip at all", () => {
      const raw = track(
        "Product Shared",
        { ...share, ...mug, email: "ann@mail.example", phone: "+491700000", firstName: "Ann", ip: "203.0.113.9" },
        { email: "other@mail.example" },
      );
      const event = ours(raw);
      expect(event["email"]).toBe("other@mail.example");
      const { email: _email, ...rest } = event;
      const text = JSON.stringify(rest);
      for (const secret of ["@", "+491700000", "Ann", "203.0.113.9", "w-secret"]) expect(text).not.toContain(secret);
    });

    it("finds the e-mail among the traits, where analytics libraries put it", () => {
      const raw = track("Order Completed", order, { context: { traits: { email: "ann@mail.example" } } });
      expect(ours(raw)["email"]).toBe("ann@mail.example");
    });
  });

  describe("what has no sense in our terms", () => {
    it.each([
      {
        because: "an id of other characters might collide with another",
        raw: track("A", {}, { messageId: "a/b c d e f" }),
        at: ["/id"],
      },
      {
        because: "a price is no currency sign",
        raw: track("Product Added", { ...mug, price: "$18.99" }),
        at: ["/items/0/price"],
      },
      {
        because: "half a mug is not sold",
        raw: track("Product Added", { ...mug, quantity: 1.5 }),
        at: ["/items/0/quantity"],
      },
      {
        because: "half a cent is no money",
        raw: track("Order Completed", { ...order, revenue: 1.005 }),
        at: ["/value"],
      },
      { because: "products are a list", raw: track("Order Completed", { ...order, products: {} }), at: ["/items"] },
      {
        because: "a product is an object",
        raw: track("Order Completed", { ...order, products: ["MUG-1"] }),
        at: ["/items/0"],
      },
      {
        because: "an order has an id",
        raw: track("Order Completed", { ...order, order_id: {} }),
        at: ["/transaction_id"],
      },
      { because: "an event has a name", raw: { format: "segment", id: "evt_00000001" }, at: ["/name"] },
      {
        because: "there is no such currency",
        raw: track("Order Completed", { ...order, currency: "XYZ" }),
        at: ["/currency"],
      },
      { because: "tax is an amount", raw: track("Order Completed", { ...order, tax: "none" }), at: ["/tax"] },
      {
        because: "a purchase names its order and worth",
        raw: track("Order Completed", {}),
        at: ["/transaction_id", "/value", "/currency", "/items"],
      },
    ])("is left to the schema: $because", ({ raw, at }) => {
      expect(pointers(raw)).toEqual(at);
    });

    it("has room for 200 properties and is refused, not cut, with one more", () => {
      const facts = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
      const bare = { context: {} };
      expect(pointers(track("Wheel Spun", facts(200), bare))).toEqual([]);
      expect(pointers(track("Wheel Spun", facts(201), bare))).toEqual(["/properties"]);
      expect(pointers(track("Wheel Spun", { ...facts(200), revenue: 1, currency: "EUR" }, bare))).toEqual([]);
    });
  });
});
