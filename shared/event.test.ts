import { describe, expect, it } from "vitest";
import { Event, KeptEvent } from "./event.ts";
import { fieldErrors } from "./serve.ts";

const item = { item_id: "mug", item_name: "Mug", item_category: "kitchen", price: 19.9, quantity: 2 };

/** A valid purchase; `changes` names what a test is about, undefined takes a field away. */
function purchase(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const event = {
    id: "evt_01JD0001",
    name: "purchase",
    timestamp: "2026-11-21T10:00:00.000Z",
    client_id: "c-1",
    session_id: "s-1",
    user_id: "u-1",
    email: "Ann@Shop.example",
    value: 49.9,
    currency: "EUR",
    tax: 7.97,
    shipping: 4.9,
    transaction_id: "t-1",
    items: [item],
    ...changes,
  };
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
}

function pageView(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: "evt_01JD0002", name: "page_view", ...changes };
}

/** The pointers of what is wrong; none for a valid event. */
function pointers(raw: unknown): string[] {
  const parsed = Event.safeParse(raw);
  return parsed.success ? [] : fieldErrors(parsed.error).map(({ pointer }) => pointer);
}

const entries = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

describe("Event", () => {
  it.each([
    { because: "everything a purchase has", event: purchase() },
    { because: "an event needs an id and a name alone", event: pageView() },
    { because: "a name of our own is a custom event", event: pageView({ name: "wheel_spun_2" }) },
    { because: "a name of 40 characters", event: pageView({ name: "a".repeat(40) }) },
    { because: "a refund lists no items", event: purchase({ name: "refund", items: undefined }) },
    { because: "a purchase may list no item at all", event: purchase({ items: [] }) },
    { because: "a payment that failed needs no amount", event: pageView({ name: "payment_failed" }) },
    { because: "an id of 8", event: pageView({ id: "a1_-:.ZZ" }) },
    { because: "an id of 100", event: pageView({ id: "a".repeat(100) }) },
    { because: "200 items", event: purchase({ items: Array.from({ length: 200 }, () => item) }) },
    { because: "200 properties", event: pageView({ properties: entries(200) }) },
    { because: "a property's name of 100", event: pageView({ properties: { ["k".repeat(100)]: null } }) },
    { because: "nested properties", event: pageView({ properties: { a: { b: [1, { c: null }] } } }) },
    { because: "a quantity of 1", event: purchase({ items: [{ ...item, quantity: 1 }] }) },
    { because: "a quantity of 1,000,000", event: purchase({ items: [{ ...item, quantity: 1_000_000 }] }) },
    { because: "nothing paid", event: purchase({ value: 0 }) },
    { because: "the most money", event: purchase({ value: 9_999_999_999, items: [{ price: 9_999_999_999 }] }) },
    { because: "cents of the most money", event: purchase({ value: 9_999_999_998.99 }) },
    { because: "2 decimals of EUR", event: purchase({ value: 0.07 }) },
    { because: "a binary fraction that is no exact cent", event: purchase({ value: 4.35, tax: 1.1 }) },
    { because: "3 decimals of KWD", event: purchase({ value: 1.234, currency: "KWD" }) },
    { because: "no decimals of JPY", event: purchase({ value: 500, currency: "JPY", tax: 0, shipping: 0, items: [] }) },
    {
      because: "a mailbox that a carrier gave out against the rules",
      event: pageView({ email: "ann..b.@docomo.example" }),
    },
    { because: "a mailbox in another script", event: pageView({ email: "ännchen@müller.example" }) },
    { because: "a time with an offset", event: pageView({ timestamp: "2026-11-21T12:00:00+02:00" }) },
    { because: "an address of either kind", event: pageView({ context: { ip: "2001:db8::1" } }) },
    {
      because: "a visit without a referrer or title",
      event: pageView({ context: { page: { referrer: "", title: "" } } }),
    },
    {
      because: "names that objects have of themselves, in the free part",
      event: pageView({ properties: { constructor: 1 } }),
    },
  ])("takes $because", ({ event }) => {
    expect(pointers(event)).toEqual([]);
  });

  it.each([
    { because: "no object", event: [], at: [""] },
    { because: "null", event: null, at: [""] },
    { because: "neither id nor name", event: {}, at: ["/id", "/name"] },
    { because: "an id of 7", event: pageView({ id: "1234567" }), at: ["/id"] },
    { because: "an id of 101", event: pageView({ id: "a".repeat(101) }), at: ["/id"] },
    { because: "an id with a space", event: pageView({ id: "evt 00000001" }), at: ["/id"] },
    { because: "an id with a line break at its end", event: pageView({ id: "evt_00000001\n" }), at: ["/id"] },
    { because: "a capital in the name", event: pageView({ name: "PageView" }), at: ["/name"] },
    { because: "a name of 41", event: pageView({ name: "a".repeat(41) }), at: ["/name"] },
    { because: "a name that begins with a digit", event: pageView({ name: "1st" }), at: ["/name"] },
    {
      because: "a purchase without what it is made of",
      event: purchase({ transaction_id: undefined, value: undefined, currency: undefined, items: undefined }),
      at: ["/transaction_id", "/value", "/currency", "/items"],
    },
    {
      because: "a refund without what it is made of",
      event: pageView({ name: "refund" }),
      at: ["/transaction_id", "/value", "/currency"],
    },
    { because: "a value without a currency", event: pageView({ value: 1 }), at: ["/currency"] },
    { because: "a currency that does not exist", event: purchase({ currency: "XYZ" }), at: ["/currency"] },
    { because: "a currency in lower case", event: purchase({ currency: "eur" }), at: ["/currency"] },
    {
      because: "a name of every object as a currency",
      event: purchase({ currency: "constructor" }),
      at: ["/currency"],
    },
    { because: "3 decimals of EUR", event: purchase({ value: 1.005 }), at: ["/value"] },
    {
      because: "decimals of JPY wherever money stands",
      event: purchase({ currency: "JPY", value: 1.5, tax: 0.5, shipping: 0.5, items: [{ price: 1 }, { price: 0.5 }] }),
      at: ["/value", "/tax", "/shipping", "/items/1/price"],
    },
    { because: "4 decimals of KWD", event: purchase({ currency: "KWD", value: 1.2345 }), at: ["/value"] },
    {
      because: "a price as text",
      event: purchase({ items: [item, { ...item, price: "19.90" }] }),
      at: ["/items/1/price"],
    },
    { because: "less than nothing", event: purchase({ value: -0.01 }), at: ["/value"] },
    { because: "a unit above the most money", event: purchase({ value: 10_000_000_000 }), at: ["/value"] },
    { because: "a price above the most money", event: purchase({ items: [{ price: 1e12 }] }), at: ["/items/0/price"] },
    { because: "no quantity", event: purchase({ items: [{ quantity: 0 }] }), at: ["/items/0/quantity"] },
    { because: "one above the most", event: purchase({ items: [{ quantity: 1_000_001 }] }), at: ["/items/0/quantity"] },
    { because: "half a piece", event: purchase({ items: [{ quantity: 0.5 }] }), at: ["/items/0/quantity"] },
    { because: "201 items", event: purchase({ items: Array.from({ length: 201 }, () => item) }), at: ["/items"] },
    { because: "201 properties", event: pageView({ properties: entries(201) }), at: ["/properties"] },
    {
      because: "a property's name of 101",
      event: pageView({ properties: { ["k".repeat(101)]: 1 } }),
      at: [`/properties/${"k".repeat(100)}`],
    },
    { because: "a property without a name", event: pageView({ properties: { "": 1 } }), at: ["/properties/"] },
    { because: "a list of properties", event: pageView({ properties: [1] }), at: ["/properties"] },
    { because: "an unknown field", event: pageView({ valeu: 1 }), at: ["/valeu"] },
    { because: "a field named as every object has one", event: pageView({ toString: 1 }), at: ["/toString"] },
    { because: "a misspelt field of an item", event: purchase({ items: [{ pricee: 1 }] }), at: ["/items/0/pricee"] },
    {
      because: "a misspelt field of the page",
      event: pageView({ context: { page: { ulr: "https://shop.example/" } } }),
      at: ["/context/page/ulr"],
    },
    { because: "a slash and a tilde in an unknown name", event: pageView({ "a/b~c": 1 }), at: ["/a~1b~0c"] },
    { because: "a time without an offset", event: pageView({ timestamp: "2026-11-21T10:00:00" }), at: ["/timestamp"] },
    { because: "a day that is none", event: pageView({ timestamp: "2026-02-30T10:00:00Z" }), at: ["/timestamp"] },
    { because: "a time as a number", event: pageView({ sent_at: 1_795_000_000 }), at: ["/sent_at"] },
    { because: "no e-mail address", event: pageView({ email: "ann at shop" }), at: ["/email"] },
    { because: "two e-mail addresses", event: pageView({ email: "a@shop.example,b@shop.example" }), at: ["/email"] },
    { because: "no address", event: pageView({ context: { ip: "1.2.3" } }), at: ["/context/ip"] },
    {
      because: "a latitude beyond the pole",
      event: pageView({ context: { geo: { latitude: 91 } } }),
      at: ["/context/geo/latitude"],
    },
    { because: "a full card number", event: pageView({ payment: { bin: "4242424242424242" } }), at: ["/payment/bin"] },
    { because: "an unknown outcome", event: pageView({ payment: { outcome: "maybe" } }), at: ["/payment/outcome"] },
    { because: "an empty customer, who would be everybody", event: pageView({ user_id: "" }), at: ["/user_id"] },
  ])("refuses $because, and points at it", ({ event, at }) => {
    expect(pointers(event)).toEqual(at);
  });

  it("tells in words how a number is out of bounds", () => {
    const parsed = Event.safeParse(purchase({ value: 1e10, items: [{ quantity: 0 }] }));
    expect(parsed.success ? [] : fieldErrors(parsed.error)).toEqual([
      { pointer: "/value", detail: "must be at most 9999999999" },
      { pointer: "/items/0/quantity", detail: "must be at least 1" },
    ]);
  });

  it("looks at properties in time that does not depend on how they nest, because anybody may send them", () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 30; depth++) nested = [nested, nested, depth];
    // Written out, this value would have a billion leaves: a schema that walks it never comes back.
    expect(pointers(pageView({ properties: { nested } }))).toEqual([]);
  });
});

describe("KeptEvent", () => {
  const kept = { id: "evt_01JD0001", name: "login", timestamp: "2026-11-21T10:00:00.000Z" };

  it("takes what is left of an event, with the keyed hash of its e-mail", () => {
    expect(KeptEvent.safeParse({ ...kept, email_hash: "ab12", email_domain: "shop.example" }).success).toBe(true);
  });

  it.each([
    { field: "an e-mail address", event: { ...kept, email: "ann@shop.example" } },
    { field: "an address", event: { ...kept, context: { ip: "192.0.2.1" } } },
    { field: "the sender's clock", event: { ...kept, sent_at: "2026-11-21T10:00:00.000Z" } },
    { field: "no time", event: { id: kept.id, name: kept.name } },
  ])("refuses $field, so that none can be kept by mistake", ({ event }) => {
    expect(KeptEvent.safeParse(event).success).toBe(false);
  });
});
