import { describe, expect, it } from "vitest";
import type { Facts } from "../features.ts";
import type { LinkSnapshot, Snapshot } from "../profile.ts";
import { facts, KNOWN_LINK, NEW_LINK, regular } from "../test-facts.ts";
import { accountTakeover } from "./account-takeover.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ takeoverOrdersBefore: 3 });

interface Order {
  country?: LinkSnapshot;
  destination?: LinkSnapshot;
  device?: LinkSnapshot;
  card?: LinkSnapshot;
  value?: number;
  before?: Partial<Snapshot>;
  changes?: Partial<Omit<Facts, "event">>;
}

/** An order by a regular customer from a new country on a new device, but for what is named. */
function find({ before, value = 50, changes, ...links }: Order) {
  const all = { country: NEW_LINK, destination: KNOWN_LINK, device: NEW_LINK, card: KNOWN_LINK, ...links };
  const subject = { kind: "customer" as const, before: regular({ links: all, ...before }) };
  const event = { value, shipping_address: { country: "RO" } };
  return accountTakeover.find(facts({ event, signals: { country: "VN" }, subject, ...changes }), SETTINGS);
}

describe("accountTakeover", () => {
  it.each([
    { order: {}, because: "a customer who kept to one device" },
    { order: { value: 100 }, because: "twice the usual amount" },
    { order: { card: NEW_LINK }, because: "a card never seen" },
    { order: { destination: NEW_LINK }, because: "goods sent to a new country" },
    { order: { country: KNOWN_LINK, destination: NEW_LINK }, because: "only the destination is new" },
  ])("finds a new country on a new device with $because", ({ order }) => {
    expect(find(order)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { order: { device: KNOWN_LINK }, because: "they are travelling with their phone" },
    { order: { country: KNOWN_LINK }, because: "they bought a new phone" },
    { order: { before: { orders: 2 } }, because: "two orders make no habit" },
    { order: { country: { known: 0, recent: 1, isNew: true } }, because: "no country was known" },
    { order: { device: { known: 9, recent: 1, isNew: true } }, because: "every second order has a new device" },
    { order: { country: { known: 9, recent: 1, isNew: true } }, because: "every second order has a new country" },
  ])("leaves it alone when $because", ({ order }) => {
    expect(find(order)).toBeNull();
  });

  it("stays below the usual threshold for a traveller who sends home the usual with cleared cookies", () => {
    const traveller = { device: { known: 3, recent: 1, isNew: true } };
    expect(find(traveller)?.score).toBe(0.66);
    expect(find({ ...traveller, value: 500 })?.score).toBeGreaterThan(0.7);
  });

  it("is surer with each thing that is unlike the customer", () => {
    const orders = [
      {},
      { value: 500 },
      { value: 500, card: NEW_LINK },
      { value: 500, card: NEW_LINK, country: KNOWN_LINK, destination: NEW_LINK },
      { value: 500, card: NEW_LINK, destination: NEW_LINK },
    ];
    const scores = orders.map((order) => find(order)?.score ?? 0);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });

  it("tells where from and to, and how much more than usual", () => {
    expect(find({ destination: NEW_LINK, value: 510 })?.detail).toBe(
      "first orders from VN and to RO, on a new device, after 12 orders; 510 EUR is 10× this customer's usual",
    );
  });

  it("does not take a browser for a customer: a device cannot be new to itself", () => {
    const links = { country: NEW_LINK, device: NEW_LINK };
    expect(find({ changes: { subject: { kind: "client", before: regular({ links }) } } })).toBeNull();
  });

  it.each([
    { changes: { subject: null }, because: "nobody is known" },
    { changes: { seen: { ...facts().seen, kind: "other" as const } }, because: "nothing is paid" },
  ])("says nothing when $because", ({ changes }) => {
    expect(find({ changes })).toBeNull();
  });
});
