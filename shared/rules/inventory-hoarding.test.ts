import { describe, expect, it } from "vitest";
import type { EntityKind } from "../profile/links.ts";
import { facts, observation, snapshot } from "../test-facts.ts";
import { inventoryHoarding } from "./inventory-hoarding.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ hoardingPieces: 40 });

interface Cart {
  kind?: EntityKind;
  /** In the hour before this. */
  adds: number;
  pieces: number;
  /** Put in now. */
  units?: number;
  /** Different things within a day, this one included; unknown when undefined. */
  items?: number | undefined;
  orders?: number;
}

function find({ kind = "client", adds, pieces, units = 1, items, orders = 0 }: Cart) {
  const links = items === undefined ? {} : { item: { known: 0, recent: items, isNew: true } };
  const before = snapshot({ cartAdds1h: adds, cartUnits1h: pieces, orders1h: orders, links });
  return inventoryHoarding.find(
    facts({ seen: observation({ act: "cart_add", units }), subject: null, counters: [{ kind, before }] }),
    SETTINGS,
  );
}

describe("inventoryHoarding", () => {
  it.each([
    { cart: { adds: 2, pieces: 30, units: 15, items: 1 }, because: "filled again whenever the shop lets it go" },
    { cart: { adds: 5, pieces: 60, units: 15, items: 2 }, because: "two things that are scarce" },
    { cart: { kind: "customer" as const, adds: 3, pieces: 300, items: 1 }, because: "by a customer with an account" },
    { cart: { kind: "ip" as const, adds: 19, pieces: 100, units: 5, items: 1 }, because: "many carts on one network" },
  ])("finds many pieces of the same: $because", ({ cart }) => {
    expect(find(cart)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { cart: { adds: 0, pieces: 0, units: 500, items: 1 }, because: "a company puts in what it needs, once" },
    { cart: { adds: 1, pieces: 24, units: 24, items: 1 }, because: "and then a dozen more" },
    { cart: { adds: 20, pieces: 60, items: 18 }, because: "people collect different things for later" },
    { cart: { adds: 300, pieces: 900, items: 49 }, because: "a company puts together a long order" },
    { cart: { adds: 6, pieces: 200, items: 1, orders: 1 }, because: "they order as well" },
    { cart: { adds: 10, pieces: 20, items: 1 }, because: "too few to keep anybody from buying" },
    { cart: { adds: 9, pieces: 900 }, because: "the shop does not tell what it is" },
    {
      cart: { kind: "ip" as const, adds: 200, pieces: 220, items: 1 },
      because: "at a sale everybody on a campus takes one",
    },
    {
      cart: { kind: "ip" as const, adds: 40, pieces: 200, items: 1, orders: 9 },
      because: "a network where many order",
    },
  ])("leaves $cart.adds adds of $cart.pieces pieces alone: $because", ({ cart }) => {
    expect(find(cart)).toBeNull();
  });

  it("is surer the more is held", () => {
    const scores = [40, 80, 400, 1e6].map((pieces) => find({ adds: 9, pieces, items: 1 })?.score ?? 0);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });

  it("tells how many pieces, how often and how little was ordered", () => {
    expect(find({ adds: 4, pieces: 80, units: 20, items: 1 })?.detail).toBe(
      "100 pieces put into carts through this device in 1 h, 5 times mainly the same, with no order",
    );
  });
});
