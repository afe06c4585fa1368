import { categoryOf, type Category } from "./category.ts";
import { productName } from "./product-name.ts";
import type { Invoice } from "../retail-slice.ts";

export interface Product {
  /** The stock code, as in the shop's books and in the demo's replay: both learn the same item's price. */
  id: string;
  name: string;
  category: Category;
  /** Pence. */
  priceMinor: number;
  /** In how many orders of the slice it was. */
  orders: number;
}

export interface Catalogue {
  /** What was ordered most first. */
  products: readonly Product[];
  find(id: string): Product | undefined;
  inCategory(slug: string): Product[];
  /** Products of which name and category hold every word of the query, what was ordered most first. */
  search(query: string): Product[];
}

const PRODUCTS = 200;

/** Goods are numbered, some with letters for their variants; postage, fees and corrections have names. */
const GOODS = /^\d{5}[A-Z]{0,2}$/;

/** What a shop with these invoices sells: the goods ordered most, at the price that half of its orders paid at most. */
export function catalogueOf(invoices: readonly Invoice[]): Catalogue {
  const orders = invoices.filter(({ number }) => !number.startsWith("C"));
  const sold = Map.groupBy(
    orders.flatMap(({ lines }) => lines).filter(({ stockCode, priceMinor }) => GOODS.test(stockCode) && priceMinor > 0),
    ({ stockCode }) => stockCode,
  );
  const products = [...sold]
    .sort(([a, linesOfA], [b, linesOfB]) => linesOfB.length - linesOfA.length || (a < b ? -1 : 1))
    .slice(0, PRODUCTS)
    .map(([id, lines]): Product => {
      const name = productName(lines[0]?.description ?? id);
      const prices = lines.map(({ priceMinor }) => priceMinor).toSorted((a, b) => a - b);
      return {
        id,
        name,
        category: categoryOf(name),
        priceMinor: prices[prices.length >> 1] ?? 0,
        orders: lines.length,
      };
    });
  const byId = new Map(products.map((product) => [product.id, product]));
  return {
    products,
    find: (id) => byId.get(id),
    inCategory: (slug) => products.filter(({ category }) => category.slug === slug),
    search(query) {
      const words = wordsOf(query);
      if (words.length === 0) return [];
      return products.filter(({ name, category }) => {
        const text = wordsOf(`${name} ${category.name}`).join(" ");
        return words.every((word) => text.includes(word));
      });
    },
  };
}

/** In lower case, without accents and signs, so that `T-light`, `tlight` and `t light` are found alike. */
function wordsOf(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\p{M}'’-]/gu, "");
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
