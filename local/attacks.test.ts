import { describe, expect, it } from "vitest";
import { Event } from "../shared/event.ts";
import { networkOf } from "../shared/network.ts";
import { ATTACKS, withAttacks, type Attack } from "./attacks.ts";
import { shopEvents, type Run } from "./orders.ts";
import { readSlice } from "./retail-slice.ts";

const run: Run = { id: "k3f9", endMs: Date.parse("2026-11-21T10:00:00Z") };
const genuine = shopEvents(readSlice(), run);
const replayed = withAttacks(genuine, run);
const eventsOf = (attack: Attack) => replayed.filter((each) => each.attack === attack);
const distinct = (values: unknown[]) => new Set(values).size;

describe("withAttacks", () => {
  it("keeps every real event as it was, but for the orders the price glitch hits", () => {
    const hit = new Set(eventsOf("price glitch").map(({ event }) => event.id));
    const untouched = replayed.filter(({ attack }) => attack === null).map(({ event }) => event);
    expect(untouched).toEqual(genuine.map(({ event }) => event).filter(({ id }) => !hit.has(id)));
  });

  it("makes events that the edge takes, each under an id of its own, in the order of time", () => {
    const refused = replayed.filter(({ attack, event }) => attack !== null && !Event.safeParse(event).success);
    expect(refused).toEqual([]);
    expect(distinct(replayed.map(({ event }) => event.id))).toBe(replayed.length);
    expect(replayed.map(({ atMs }) => atMs)).toEqual(replayed.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    for (const { event, atMs } of replayed) expect(Date.parse(event.timestamp ?? "")).toBe(atMs);
  });

  it.each(ATTACKS)("has the %s in the second half, when there are histories to compare with", (attack) => {
    expect(eventsOf(attack).length).toBeGreaterThan(0);
    const first = replayed.findIndex((each) => each.attack === attack);
    expect(first).toBeGreaterThan(replayed.length / 2);
  });

  it("refuses to attack where nothing happened before", () => {
    expect(() => withAttacks(genuine.slice(0, 10), run)).toThrow();
  });
});

describe("card testing", () => {
  const events = eventsOf("card testing").map(({ event }) => event);

  it("tries 25 cards through one device on one network within minutes, mostly in vain, as a guest", () => {
    expect(events).toHaveLength(25);
    expect(distinct(events.map(({ payment }) => payment?.card_fingerprint))).toBe(25);
    expect(distinct(events.map(({ client_id: client }) => client))).toBe(1);
    expect(distinct(events.map(({ context }) => networkOf(context?.ip ?? "")))).toBe(1);
    expect(events.every(({ user_id: user }) => user === undefined)).toBe(true);
    const paid = events.filter(({ name }) => name === "purchase");
    expect(paid.length).toBeGreaterThan(0);
    expect(paid.length).toBeLessThan(8);
    expect(events.every(({ name, payment }) => (name === "payment_failed") === (payment?.outcome === "declined"))).toBe(
      true,
    );
    const times = eventsOf("card testing").map(({ atMs }) => atMs);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(10 * 60_000);
  });

  it("keeps to small amounts, as it is the card that is of interest", () => {
    expect(Math.max(...events.map(({ value = Infinity }) => value))).toBeLessThan(5);
  });
});

describe("account takeover", () => {
  const events = eventsOf("account takeover").map(({ event }) => event);
  const victim = events[0]?.user_id;
  const before = genuine
    .filter(({ event, atMs }) => event.user_id === victim && atMs < (eventsOf("account takeover")[0]?.atMs ?? 0))
    .map(({ event }) => event)
    .filter(({ name }) => name === "purchase");
  const orders = events.filter(({ name }) => name === "purchase");

  it("is of a customer with three real orders at least before it", () => {
    expect(distinct(events.map(({ user_id: user }) => user))).toBe(1);
    expect(before.length).toBeGreaterThanOrEqual(3);
  });

  it("comes with a device, a network, a card and a country that customer never had", () => {
    const traits = (event: Event) => [
      event.client_id,
      networkOf(event.context?.ip ?? ""),
      event.payment?.card_fingerprint,
      event.context?.geo?.country,
      event.shipping_address?.country,
    ];
    const known = new Set(before.flatMap(traits));
    expect(orders.length).toBeGreaterThan(0);
    for (const trait of orders.flatMap(traits)) {
      expect(trait).toBeDefined();
      expect(known).not.toContain(trait);
    }
  });

  it("orders for several times the customer's usual, at the usual prices, and the values are the sums", () => {
    const mean = before.reduce((sum, { value = 0 }) => sum + value, 0) / before.length;
    for (const { value = 0, items = [] } of orders) {
      expect(value).toBeGreaterThan(2 * mean);
      expect(items.reduce((sum, { price = 0, quantity = 0 }) => sum + Math.round(price * 100) * quantity, 0)).toBe(
        Math.round(value * 100),
      );
    }
  });
});

describe("price glitch", () => {
  const hit = eventsOf("price glitch").map(({ event }) => event);
  const original = (id: string) => genuine.find(({ event }) => event.id === id)?.event;

  it("sells one much-sold item at 0.05 in five customers' orders, whose values fall by just that", () => {
    expect(distinct(hit.map(({ user_id: user }) => user))).toBe(5);
    const glitched = hit.map((event) => {
      const before = original(event.id);
      const changed = (event.items ?? []).filter(({ price }, index) => price !== before?.items?.[index]?.price);
      const lostMinor = (event.items ?? []).reduce(
        (sum, { price = 0, quantity = 0 }, index) =>
          sum + (Math.round((before?.items?.[index]?.price ?? 0) * 100) - Math.round(price * 100)) * quantity,
        0,
      );
      expect(Math.round((before?.value ?? 0) * 100) - Math.round((event.value ?? 0) * 100)).toBe(lostMinor);
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.every(({ price }) => price === 0.05)).toBe(true);
      return changed.map(({ item_id: id }) => id);
    });
    expect(distinct(glitched.flat())).toBe(1);
  });

  it("changes nothing else in them, so that only the price gives it away", () => {
    for (const event of hit) {
      const { items: _items, value: _value, ...rest } = event;
      expect(original(event.id)).toMatchObject(rest);
    }
  });
});
