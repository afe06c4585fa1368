import { describe, expect, it } from "vitest";
import type { Facts } from "../facts.ts";
import type { LinkSnapshot } from "../profile/links.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { facts, KNOWN_LINK, NEW_LINK, observation, regular, snapshot } from "../test-facts.ts";
import { accountTakeover } from "./account-takeover.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ takeoverOrdersBefore: 3, takeoverLoginsPerHour: 6 });

interface Order {
  country?: LinkSnapshot;
  destination?: LinkSnapshot;
  device?: LinkSnapshot;
  card?: LinkSnapshot;
  address?: LinkSnapshot;
  software?: LinkSnapshot;
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

  describe("where the customer always is, on a device of another kind", () => {
    const nearby = { country: KNOWN_LINK, software: NEW_LINK };
    const rented = { changes: { signals: { country: "DE", as_organization: "Example Hosting" } } };

    it.each([
      { order: { ...nearby, ...rented, address: NEW_LINK }, because: "to a new address" },
      { order: { ...nearby, ...rented, value: 500 }, because: "for more than usual" },
    ])("finds an order through rented servers $because", ({ order }) => {
      expect(find(order)?.score).toBeGreaterThanOrEqual(0.7);
      expect(find(order)?.detail).toContain("through a network of rented servers");
    });

    it.each([
      { order: { ...nearby, ...rented }, because: "a new phone and a VPN take nothing" },
      { order: { ...nearby, ...rented, software: KNOWN_LINK, value: 500 }, because: "the software is as always" },
      { order: { ...nearby, value: 500 }, because: "the network is one of people" },
    ])("leaves it alone when $because", ({ order }) => {
      expect(find(order)).toBeNull();
    });
  });

  it("stays below the usual threshold for a traveller who sends home the usual with cleared cookies", () => {
    const traveller = { device: { known: 3, recent: 1, isNew: true } };
    expect(find(traveller)?.score).toBe(0.66);
    expect(find({ ...traveller, value: 500 })?.score).toBeGreaterThan(0.7);
  });

  it("is less sure when the software is as always, as after cookies were cleared", () => {
    expect(find({ software: KNOWN_LINK })?.score).toBeLessThan(0.7);
    expect(find({ software: NEW_LINK })?.score).toBe(find({})?.score);
    expect(find({ software: KNOWN_LINK, value: 500, card: NEW_LINK })?.score).toBeGreaterThan(0.7);
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

  it("says nothing when nobody is known", () => {
    expect(find({ changes: { subject: null } })).toBeNull();
  });

  describe("from where the customer always is", () => {
    const home = { country: KNOWN_LINK, card: NEW_LINK, address: NEW_LINK };

    it("finds a new device with a new card to a new address, and is surer of a large order", () => {
      expect(find(home)?.score).toBeGreaterThanOrEqual(0.7);
      expect(find({ ...home, value: 500 })?.score).toBeGreaterThan(find(home)?.score ?? 1);
    });

    it.each([
      { order: { ...home, card: KNOWN_LINK }, because: "they moved house and have a new phone" },
      { order: { ...home, address: KNOWN_LINK }, because: "they have a new phone and a new card" },
      { order: { ...home, device: KNOWN_LINK }, because: "they give a present with a new card" },
    ])("leaves it alone when $because", ({ order }) => {
      expect(find(order)).toBeNull();
    });

    it("tells what is new", () => {
      expect(find(home)?.detail).toBe(
        "first orders to a new address with a new card, on a new device, after 12 orders; 50 EUR is 1× this customer's usual",
      );
    });
  });
});

interface Login {
  device?: LinkSnapshot;
  country?: LinkSnapshot;
  kind?: "client" | "ip";
  /** Before this one, within the hour, through the device or network. */
  logins?: number;
  customers?: number;
}

/** A regular customer logs in on a device and from a country never seen with them, as others do through the same network. */
function logIn({ device = NEW_LINK, country = NEW_LINK, kind = "ip", logins = 5, customers = logins + 1 }: Login) {
  const through = snapshot({ logins1h: logins, links: { customer: { known: 0, recent: customers, isNew: true } } });
  return accountTakeover.find(
    facts({
      seen: observation({ act: "login", amountLog: null }),
      subject: { kind: "customer", before: regular({ links: { device, country } }) },
      counters: [{ kind, before: through }],
    }),
    SETTINGS,
  );
}

describe("accountTakeover, of logins", () => {
  it.each([
    { login: {}, because: "one customer after another through one network" },
    { login: { kind: "client" as const }, because: "on one device" },
  ])("finds passwords being tried: $because", ({ login }) => {
    expect(logIn(login)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { login: { logins: 4 }, because: "a family on holiday" },
    { login: { device: KNOWN_LINK, logins: 60 }, because: "an office travels with its laptops" },
    {
      login: { device: { known: 0, recent: 1, isNew: true }, logins: 60 },
      because: "nothing is known of the customer's devices",
    },
    { login: { logins: 30, customers: 1 }, because: "one customer cannot log in" },
  ])("leaves it alone when $because", ({ login }) => {
    expect(logIn(login)).toBeNull();
  });

  it("stays below the usual threshold where the customer is known to be: a carrier has many of them", () => {
    expect(logIn({ country: KNOWN_LINK, logins: 500 })?.score).toBeLessThan(0.7);
  });

  it("is surer the more log in, and tells how many", () => {
    expect(logIn({ logins: 40 })?.score).toBeGreaterThan(logIn({})?.score ?? 1);
    expect(logIn({ logins: 40 })?.detail).toBe(
      "first seen on this device, after 12 orders; 41 logins through this network in 1 h",
    );
  });
});
