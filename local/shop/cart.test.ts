import { describe, expect, it } from "vitest";
import { Event } from "../../shared/event.ts";
import { EMPTY_CART, countOf, goodsMinor, linesOf, shippingMinor, withAdded, withQuantity, type Cart } from "./cart.ts";
import { categoryOf } from "./category.ts";
import { priceText } from "./money.ts";
import { cartTrack } from "./tracks.ts";

const product = (id: string, priceMinor: number) => ({ id, name: id, category: categoryOf(id), priceMinor, orders: 1 });
const shop = { find: (id: string) => PRODUCTS.find((known) => known.id === id) };
const PRODUCTS = [product("cheap", 29), product("odd", 1_010), product("dear", 99_999)];

describe("a cart", () => {
  it("adds up what is added, and keeps the order in which things came", () => {
    const cart = withAdded(withAdded(withAdded(EMPTY_CART, "odd", 1), "cheap", 2), "odd", 3);
    expect([...cart]).toEqual([
      ["odd", 4],
      ["cheap", 2],
    ]);
    expect(countOf(cart)).toBe(6);
  });

  it("leaves the cart it was given as it was, as an order that is being placed looks at it", () => {
    const before = withAdded(EMPTY_CART, "odd", 1);
    withQuantity(before, "odd", 5);
    expect(before.get("odd")).toBe(1);
  });

  it("drops a line at 0, and below", () => {
    const cart = withAdded(EMPTY_CART, "odd", 1);
    for (const quantity of [0, -3]) expect(withQuantity(cart, "odd", quantity).size).toBe(0);
  });

  it("holds at most 99 of a product and 50 products, so that nobody fills the memory", () => {
    expect(withAdded(EMPTY_CART, "odd", 5_000).get("odd")).toBe(99);
    let cart: Cart = EMPTY_CART;
    for (let index = 0; index < 60; index++) cart = withAdded(cart, `p${index}`, 1);
    expect(cart.size).toBe(50);
    expect(withAdded(cart, "p0", 1).get("p0")).toBe(2);
  });

  it("leaves out what the shop sells no more", () => {
    expect(linesOf(new Map([["gone", 2]]), shop)).toEqual([]);
  });
});

describe("its sums", () => {
  it("are exact to the penny, where pounds as decimals would not be", () => {
    const lines = linesOf(
      new Map([
        ["cheap", 3],
        ["odd", 3],
        ["dear", 99],
      ]),
      shop,
    );
    expect(lines.map(({ totalMinor }) => totalMinor)).toEqual([87, 3_030, 9_899_901]);
    expect(goodsMinor(lines)).toBe(9_903_018);
    expect(priceText(goodsMinor(lines))).toBe("£99,030.18");
    expect(10.1 * 3).not.toBe(30.3);
  });

  it("are sent with the two decimals that pounds have, whatever the quantities: the edge refuses more", () => {
    for (let quantity = 1; quantity <= 99; quantity++) {
      for (const priceMinor of [29, 83, 1_010, 99_999]) {
        const lines = [{ product: product("one", priceMinor), quantity, totalMinor: priceMinor * quantity }];
        const event = { id: "evt_cart_1", name: "view_cart", ...cartTrack("view_cart", lines)[1] };
        expect(Event.safeParse(event).error).toBeUndefined();
      }
    }
  });

  it.each([
    { goods: 3_999, country: "GB", costs: 395, because: "a penny is missing" },
    { goods: 4_000, country: "GB", costs: 0, because: "£40 go for nothing" },
    { goods: 4_000, country: "DE", costs: 995, because: "at home only" },
    { goods: 1, country: "US", costs: 995, because: "abroad is abroad" },
  ])("have $costs pence of delivery for $goods to $country, as $because", ({ goods, country, costs }) => {
    expect(shippingMinor(goods, country)).toBe(costs);
  });
});
