import { describe, expect, it } from "vitest";
import { Event } from "../shared/event.ts";
import { LIMITS } from "../shared/limits.ts";
import { shopEvents, type Run } from "./orders.ts";
import { readSlice, type Invoice, type InvoiceLine } from "./retail-slice.ts";
import { countryCode } from "./shoppers.ts";

const DAY_MS = 86_400_000;
const run: Run = { id: "k3f9", endMs: Date.parse("2026-11-21T10:00:00Z") };
const line = (change: Partial<InvoiceLine> = {}): InvoiceLine => ({
  stockCode: "22423",
  description: "REGENCY CAKESTAND 3 TIER",
  quantity: 2,
  priceMinor: 1_275,
  ...change,
});
const invoice = (change: Partial<Invoice> = {}): Invoice => ({
  number: "570247",
  atMs: Date.parse("2011-10-10T08:23Z"),
  customer: "15193",
  country: "United Kingdom",
  lines: [line()],
  ...change,
});
const eventOf = (change: Partial<Invoice> = {}) => shopEvents([invoice(change)], run)[0]?.event;

describe("shopEvents", () => {
  it("makes a purchase of an invoice, with what a shop's server knows of its shopper", () => {
    expect(eventOf()).toEqual({
      id: "evt_k3f9_570247",
      name: "purchase",
      timestamp: "2026-11-21T10:00:00.000Z",
      client_id: expect.stringMatching(/^dev-/),
      user_id: "15193-k3f9",
      transaction_id: "570247-k3f9",
      value: 25.5,
      currency: "GBP",
      items: [{ item_id: "22423", item_name: "REGENCY CAKESTAND 3 TIER", price: 12.75, quantity: 2 }],
      payment: {
        method: "card",
        card_fingerprint: expect.stringMatching(/^card-/),
        bin: expect.stringMatching(/^\d{6}$/),
        card_country: "GB",
        outcome: "authorized",
      },
      shipping_address: { country: "GB" },
      context: {
        ip: expect.stringMatching(/^2001:db8:/),
        user_agent: expect.stringMatching(/^Mozilla/),
        geo: { country: "GB" },
      },
    });
  });

  it("makes a refund with a positive value of a cancellation, and of nobody's device, as it is booked in the office", () => {
    const refund = eventOf({ number: "C570248", lines: [line({ quantity: -3 })] });
    expect(refund).toMatchObject({ name: "refund", value: 38.25, items: [{ quantity: 3 }] });
    expect(refund).not.toHaveProperty("context");
    expect(refund).not.toHaveProperty("payment");
  });

  it.each([
    {
      because: "0.1 + 0.2 is 0.3",
      lines: [line({ quantity: 1, priceMinor: 10 }), line({ quantity: 1, priceMinor: 20 })],
      value: 0.3,
    },
    { because: "thirds of a penny never appear", lines: [line({ quantity: 3, priceMinor: 333 })], value: 9.99 },
    { because: "a gift costs nothing", lines: [line({ priceMinor: 0 })], value: 0 },
  ])("sums to $value exactly, because $because", ({ lines, value }) => {
    expect(eventOf({ lines })?.value).toBe(value);
  });

  it("takes postage for shipping and not for goods", () => {
    const event = eventOf({
      lines: [line({ quantity: 1 }), line({ stockCode: "POST", quantity: 1, priceMinor: 1_800 })],
    });
    expect(event).toMatchObject({ value: 12.75, shipping: 18 });
    expect(event?.items).toHaveLength(1);
  });

  it.each(["M", "D", "BANK CHARGES"])(
    "leaves out what was booked by hand (%s), and an invoice of nothing else",
    (stockCode) => {
      expect(eventOf({ lines: [line(), line({ stockCode, priceMinor: 394_932 })] })).toMatchObject({ value: 25.5 });
      expect(eventOf({ lines: [line({ stockCode })] })).toBeUndefined();
    },
  );

  it("cuts the items of a very long invoice and keeps its value, as parts would look like a burst of orders", () => {
    const event = eventOf({ lines: Array.from({ length: 250 }, () => line({ quantity: 1, priceMinor: 100 })) });
    expect(event?.items).toHaveLength(LIMITS.items);
    expect(event?.value).toBe(250);
  });

  it("knows a customer again by device, card and network, and never takes two customers or two runs for one", () => {
    const identityOf = (customer: string, of: Run) => {
      const [first] = shopEvents([invoice({ customer })], of);
      const { user_id: user, client_id: client, payment, context } = first?.event ?? {};
      return [user, client, payment?.card_fingerprint, context?.ip];
    };
    expect(identityOf("15193", run)).toEqual(identityOf("15193", { ...run, endMs: 0 }));
    const [mine, another, later] = [
      identityOf("15193", run),
      identityOf("15194", run),
      identityOf("15193", { ...run, id: "aaaa" }),
    ];
    for (const others of [another, later]) expect(mine.filter((part, index) => part === others[index])).toEqual([]);
  });
});

describe("the slice", () => {
  const invoices = readSlice();
  const events = shopEvents(invoices, run);

  it("becomes events that the edge takes, every one: the schema, the size of an event, ids of their own", () => {
    const refused = events.filter(({ event }) => !Event.safeParse(event).success);
    expect(refused.map(({ event }) => event.id)).toEqual([]);
    expect(Math.max(...events.map(({ event }) => JSON.stringify(event).length))).toBeLessThan(LIMITS.eventBytes);
    expect(new Set(events.map(({ event }) => event.id)).size).toBe(events.length);
    expect(events.length).toBeGreaterThan(2_000);
  });

  it("ends when the run ends and begins less than 30 days before, with the time between orders as it was", () => {
    expect(events.at(-1)?.atMs).toBe(run.endMs);
    expect(run.endMs - (events[0]?.atMs ?? 0)).toBeLessThan(29 * DAY_MS);
    const lengthMs = (invoices.at(-1)?.atMs ?? 0) - (invoices[0]?.atMs ?? 0);
    expect(run.endMs - (events[0]?.atMs ?? 0)).toBe(lengthMs);
  });

  it("names only countries that have a code, as one without would weaken every score of its orders", () => {
    const unknown = new Set(invoices.map(({ country }) => country).filter((name) => countryCode(name) === undefined));
    expect([...unknown]).toEqual([]);
  });

  it("leaves histories: a customer in fifteen has three orders and more", () => {
    const byCustomer = Map.groupBy(
      events.filter(({ event }) => event.name === "purchase"),
      ({ event }) => event.user_id,
    );
    const known = [...byCustomer.values()].filter((orders) => orders.length >= 3).length;
    expect(known).toBeGreaterThan(80);
  });
});
