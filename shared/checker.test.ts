import { describe, expect, it } from "vitest";
import * as z from "zod";
import { compileCheck } from "./checker.ts";
import { EVENT_NAMES, Event } from "./event.ts";
import { below, chance, seededRandom, type Random } from "./random.ts";

const check = compileCheck(Event);

/** A value for every field of an event, good ones first. */
const VALUES: Record<string, readonly unknown[]> = {
  id: ["evt_00000001", "short", "evt 00000001", 12345678],
  name: [...EVENT_NAMES, "custom_1", "Upper", ""],
  timestamp: ["2026-11-21T10:00:00Z", "2026-11-21T10:00:00.123456+02:00", "2026-02-29T10:00:00Z", "2026-11-21", 1],
  sent_at: ["2024-02-29T23:59:59Z", "2026-11-21T24:00:00Z", "2026-11-21T10:00:00", null],
  client_id: ["c", "", "a".repeat(500), "a".repeat(501), 7],
  email: ["ann@shop.example", "nobody", "a@b.c", `${"a".repeat(250)}@b.co`, "ä@ö.de"],
  value: [0, 49.9, 9_999_999_999, -0.01, 10_000_000_000, 1.005, NaN, "1"],
  currency: ["EUR", "JPY", "KWD", "XXX", "eur", "EURO"],
  tax: [0.01, 1.234, -1],
  transaction_id: ["t-1", ""],
  items: [
    [],
    [{ item_id: "mug", price: 4.95, quantity: 2 }],
    [{ price: 0.001, quantity: 1 }],
    [{ quantity: 0 }],
    [{ quantity: 1.5 }],
    [{ quantity: 1_000_001 }],
    [{ colour: "red" }],
    lines(200),
    lines(201),
    {},
  ],
  payment: [
    {},
    { outcome: "declined", bin: "424242" },
    { outcome: "maybe" },
    { bin: "42" },
    { card_country: "de" },
    [],
  ],
  shipping_address: [{ country: "DE" }, { country: "Germany" }, { street: "x" }],
  context: [
    {},
    { ip: "192.0.2.1" },
    { ip: "2001:db8::1" },
    { ip: "300.1.1.1" },
    { page: { url: "https://a/", referrer: "" } },
    { page: { url: "" } },
    { screen: { width: 1.5 } },
    { geo: { latitude: 90, longitude: -180 } },
    { geo: { latitude: 91 } },
  ],
  properties: [{}, { a: [1, { b: null }] }, { "": 1 }, { ["k".repeat(101)]: 1 }, many(200), many(201), []],
  unknown_field: [1],
};

function lines(count: number): object[] {
  return Array.from({ length: count }, () => ({}));
}

function many(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_each, index) => [`k${index}`, index]));
}

function pick<T>(random: Random, list: readonly T[]): T | undefined {
  return list[chance(random, 0.7) ? 0 : below(random, list.length)];
}

function randomEvent(random: Random): Record<string, unknown> {
  const fields = Object.entries(VALUES).filter(
    ([field]) => field === "id" || field === "name" || chance(random, field === "unknown_field" ? 0.02 : 0.6),
  );
  return Object.fromEntries(fields.map(([field, values]) => [field, pick(random, values)]));
}

describe("compileCheck", () => {
  it("says of 20,000 events what zod says, and zod changes none of those it takes", () => {
    const random = seededRandom(7);
    let taken = 0;
    for (let round = 0; round < 20_000; round++) {
      const event = randomEvent(random);
      const parsed = Event.safeParse(event);
      expect(check(event), JSON.stringify(event)).toBe(parsed.success);
      if (!parsed.success) continue;
      expect(parsed.data).toEqual(event);
      taken++;
    }
    expect(taken).toBeGreaterThan(1_000);
    expect(taken).toBeLessThan(19_000);
  });

  it.each(Object.entries(VALUES))("says of every value of %s what zod says", (field, values) => {
    const base = { id: "evt_00000001", name: "purchase", value: 1, currency: "EUR", transaction_id: "t", items: [] };
    for (const value of values) {
      const event = { ...base, [field]: value };
      expect(check(event), JSON.stringify(value)).toBe(Event.safeParse(event).success);
    }
  });

  it.each([null, undefined, [], "text", 7, new Map()])("takes %j for no event", (value) => {
    expect(check(value)).toBe(Event.safeParse(value).success);
  });

  it.each([null, undefined, true, false, 0, 1, "", "true", "text", 0.5])(
    "says of %j what zod says, where a field may be null or is a boolean",
    (value) => {
      for (const schema of [
        z.boolean(),
        z.string().min(1).nullable(),
        z.boolean().nullable(),
        z.number().max(0).nullable(),
      ])
        expect(compileCheck(schema)(value)).toBe(schema.safeParse(value).success);
    },
  );

  it("leaves to zod what it does not know itself", () => {
    const schema = z.strictObject({
      at: z.string().regex(/x/),
      kind: z.discriminatedUnion("k", [z.object({ k: z.literal(1) })]),
    });
    const compiled = compileCheck(schema);
    expect(compiled({ at: "x", kind: { k: 1, more: 2 } })).toBe(true);
    expect(compiled({ at: "x", kind: { k: 2 } })).toBe(false);
    expect(compileCheck(z.object({ a: z.string() }))({ a: "b", more: 1 })).toBe(true);
    expect(compileCheck(z.ipv6())("::g")).toBe(false);
    expect(compileCheck(z.int32())(2 ** 31)).toBe(false);
    const five = compileCheck(z.number().min(1).multipleOf(5));
    expect([0, 4, 5, 10, NaN, "5"].map(five)).toEqual([false, false, true, true, false, false]);
    const open = compileCheck(z.number().gt(1).lt(3));
    expect([1, 2, 3].map(open)).toEqual([false, true, false]);
    const beginning = compileCheck(z.string().min(2).startsWith("a"));
    expect(["a", "ab", "ba"].map(beginning)).toEqual([false, true, false]);
  });
});
