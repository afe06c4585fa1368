import type { CartLine } from "./cart.ts";
import { goodsMinor } from "./cart.ts";
import type { Product } from "./catalogue.ts";
import { CURRENCY } from "./money.ts";
import { pounds } from "../orders.ts";

/** An event for the page to track: GA4's name and parameters. */
export type Track = readonly [name: string, params: Record<string, unknown>];

/** A product as GA4's `items` have it. */
export interface TrackedItem {
  item_id: string;
  item_name: string;
  item_category: string;
  /** Pounds. */
  price: number;
  quantity: number;
}

export function itemOf({ id, name, category, priceMinor }: Product, quantity = 1): TrackedItem {
  return { item_id: id, item_name: name, item_category: category.name, price: pounds(priceMinor), quantity };
}

export function itemsOf(lines: readonly CartLine[]): TrackedItem[] {
  return lines.map(({ product, quantity }) => itemOf(product, quantity));
}

/** An event about some of a product, such as `add_to_cart`. */
export function productTrack(name: string, product: Product, quantity = 1): Track {
  const value = pounds(product.priceMinor * quantity);
  return [name, { currency: CURRENCY, value, items: [itemOf(product, quantity)] }];
}

/** An event about everything in the cart, such as `begin_checkout`. */
export function cartTrack(name: string, lines: readonly CartLine[], more: Record<string, unknown> = {}): Track {
  return [name, { currency: CURRENCY, value: pounds(goodsMinor(lines)), items: itemsOf(lines), ...more }];
}

export function listTrack(listName: string, products: readonly Product[]): Track {
  const items = products.map((product) => itemOf(product));
  return ["view_item_list", { item_list_name: listName, currency: CURRENCY, items }];
}
