import { describe, expect, it } from "vitest";
import type { EntityKind } from "../profile/links.ts";
import { facts, observation, snapshot } from "../test-facts.ts";
import { couponAbuse } from "./coupon-abuse.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ couponCodes: 15, couponAccounts: 4 });

const link = (recent: number) => ({ known: 0, recent, isNew: true });

interface Tries {
  kind?: EntityKind;
  /** Before this one. */
  refused: number;
  /** Different codes in the hour, this one included. */
  codes?: number;
  isRefused?: boolean;
}

function tried({ kind = "client", refused, codes = refused + 1, isRefused = true }: Tries) {
  const before = snapshot({ couponsRefused1h: refused, links: { coupon: link(codes) } });
  const seen = observation({ act: isRefused ? "coupon_refused" : "order" });
  return couponAbuse.find(facts({ event: { coupon: "SAVE10" }, seen, counters: [{ kind, before }] }), SETTINGS);
}

describe("couponAbuse, of codes", () => {
  it.each([
    { tries: { refused: 14 }, because: "fifteen are just enough" },
    { tries: { refused: 60, kind: "customer" as const }, because: "with an account" },
    { tries: { refused: 44, kind: "ip" as const }, because: "with cookies cleared each time" },
    { tries: { refused: 20, isRefused: false }, because: "until one was taken" },
  ])("finds codes tried one after another, $because", ({ tries }) => {
    expect(tried(tries)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { tries: { refused: 2 }, because: "people mistype a code" },
    { tries: { refused: 11 }, because: "browser extensions try the dozen they have heard of" },
    { tries: { refused: 40, codes: 2 }, because: "an impatient customer enters the same code again and again" },
    { tries: { refused: 30, kind: "ip" as const }, because: "on a network many mistype a code" },
    { tries: { refused: 14, isRefused: false }, because: "fourteen were refused before one was taken" },
  ])("leaves it alone: $because", ({ tries }) => {
    expect(tried(tries)).toBeNull();
  });

  it("is surer the more codes are tried", () => {
    const scores = [14, 30, 64].map((refused) => tried({ refused })?.score ?? 0);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
  });

  it("tells how many were refused, not which", () => {
    expect(tried({ refused: 29 })?.detail).toBe("30 coupon codes refused to this device in 1 h");
    expect(tried({ refused: 29, isRefused: false })?.detail).toBe(
      "29 coupon codes refused to this device in 1 h before one was taken",
    );
  });
});

interface Names {
  kind?: EntityKind;
  customers?: number;
  /** In 7 d, before this one. */
  coupons?: number;
  orders?: number;
  coupon?: string | undefined;
}

function named({ kind = "card", customers = 4, coupons = 3, orders = coupons, ...event }: Names) {
  const before = snapshot({ coupons7d: coupons, orders7d: orders, links: { customer: link(customers) } });
  return couponAbuse.find(facts({ event: { coupon: "WELCOME", ...event }, counters: [{ kind, before }] }), SETTINGS);
}

describe("couponAbuse, of names", () => {
  it.each([
    { names: {}, because: "four customers and four coupons on one card" },
    { names: { kind: "client" as const, customers: 6, coupons: 5 }, because: "on one device" },
    { names: { customers: 5, coupons: 4, orders: 5 }, because: "with an order without one among them" },
  ])("finds one person under many names, $because", ({ names }) => {
    expect(named(names)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { names: { customers: 3, coupons: 8 }, because: "a household has three accounts" },
    { names: { customers: 8, coupons: 2 }, because: "hardly any coupon" },
    { names: { kind: "client" as const, customers: 60, coupons: 9, orders: 80 }, because: "it is a till in the shop" },
    { names: { kind: "ip" as const, customers: 8, coupons: 8 }, because: "some neighbours on one network" },
    { names: { kind: "ip" as const, customers: 300, coupons: 40 }, because: "most on the network order without" },
    { names: { coupon: undefined }, because: "this order has none" },
  ])("leaves it alone: $because", ({ names }) => {
    expect(named(names)).toBeNull();
  });

  it("stays below the usual threshold for a campus that all uses the coupon for students", () => {
    const score = named({ kind: "ip", customers: 90, coupons: 90 })?.score ?? 0;
    expect(score).toBeGreaterThan(0.6);
    expect(score).toBeLessThan(0.7);
  });

  it("tells how many customers and coupons", () => {
    expect(named({ customers: 7, coupons: 6 })?.detail).toBe(
      "7 customers and 7 orders with a coupon through this card in 7 d",
    );
  });
});
