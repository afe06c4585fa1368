import { describe, expect, it } from "vitest";
import { readSlice, type Invoice, type InvoiceLine } from "../retail-slice.ts";
import { catalogueOf } from "./catalogue.ts";
import { CATEGORIES } from "./category.ts";

const shop = catalogueOf(readSlice());

function invoice(number: string, ...lines: Partial<InvoiceLine>[]): Invoice {
  const whole = lines.map((line) => ({
    stockCode: "22423",
    description: "MUG",
    quantity: 1,
    priceMinor: 100,
    ...line,
  }));
  return { number, atMs: 0, customer: "1", country: "United Kingdom", lines: whole };
}

describe("catalogueOf", () => {
  it("offers 200 products, each once, with a name, a whole price in pence and a shelf", () => {
    expect(shop.products).toHaveLength(200);
    expect(new Set(shop.products.map(({ id }) => id)).size).toBe(200);
    for (const { name, priceMinor, category } of shop.products) {
      expect(name).toMatch(/^[A-Z\d].{3,60}$/);
      expect(Number.isInteger(priceMinor) && priceMinor > 0).toBe(true);
      expect(CATEGORIES).toContain(category);
    }
  });

  it("fills every shelf, so that no link of the shop leads to an empty one", () => {
    for (const { slug } of CATEGORIES) expect(shop.inCategory(slug).length, slug).toBeGreaterThanOrEqual(5);
  });

  it("sells neither postage nor corrections, which are lines of the books too", () => {
    for (const code of ["POST", "M", "D", "BANK CHARGES"]) expect(shop.find(code)).toBeUndefined();
  });

  it("takes the price in the middle, as resellers pay less and mistakes pay anything", () => {
    const prices = [100, 295, 295, 295, 9_999];
    const { products } = catalogueOf(prices.map((priceMinor, index) => invoice(`${index}`, { priceMinor })));
    expect(products).toMatchObject([{ id: "22423", priceMinor: 295, orders: 5 }]);
  });

  it("counts no cancellation and nothing given away", () => {
    const { products } = catalogueOf([
      invoice("1", {}),
      invoice("C2", { quantity: -1 }),
      invoice("3", { priceMinor: 0 }),
    ]);
    expect(products).toMatchObject([{ orders: 1 }]);
  });

  it("lists first what was ordered most, and of equals the lower number, so that every start shows the same shop", () => {
    const codes = ["20002", "20001", "20003"].map((stockCode) => ({ stockCode }));
    const { products } = catalogueOf([invoice("1", ...codes), invoice("2", { stockCode: "20003" })]);
    expect(products.map(({ id }) => id)).toEqual(["20003", "20001", "20002"]);
  });
});

describe("search", () => {
  it.each([
    { query: "hot water", first: "Hot water bottle keep calm", because: "all words have to be there" },
    { query: "RETROSPOT jumbo", first: "Jumbo bag red retrospot", because: "neither case nor order matters" },
    { query: "t-light", first: "White hanging heart T-light holder", because: "hyphens may be typed" },
    { query: "tlight", first: "White hanging heart T-light holder", because: "or left out" },
    { query: "  cakestand ", first: "Regency cakestand 3 tier", because: "spaces say nothing" },
    { query: "gardener’s", first: "Gardener's kneeling pad keep calm", because: "apostrophes are typed in two ways" },
    { query: "decorations owls", first: "Set of 3 hanging owls Ollie beak", because: "the shelf counts too" },
  ])("finds “$first” for “$query”: $because", ({ query, first }) => {
    expect(shop.search(query)[0]?.name).toBe(first);
  });

  it.each(["", "   ", "unicorn", "<script>", "%", "\\", "💡"])("finds nothing for %j", (query) => {
    expect(shop.search(query)).toEqual([]);
  });
});
