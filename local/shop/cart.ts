import type { Catalogue, Product } from "./catalogue.ts";

/** How many of each product, by its id, in the order they were first added. */
export type Cart = ReadonlyMap<string, number>;

export interface CartLine {
  product: Product;
  quantity: number;
  /** Pence. */
  totalMinor: number;
}

export const EMPTY_CART: Cart = new Map();

export const QUANTITY_MAX = 99;
/** Different products in one cart; no more are added. */
const LINES_MAX = 50;

/** Orders of at least this much go to the United Kingdom for nothing. */
export const FREE_SHIPPING_MINOR = 4_000;
export const SHIPPING_MINOR = { home: 395, abroad: 995 } as const;

/** A cart with this many of a product, none when it is 0: at most {@link QUANTITY_MAX}. */
export function withQuantity(cart: Cart, productId: string, quantity: number): Cart {
  const changed = new Map(cart);
  if (quantity <= 0) changed.delete(productId);
  else if (cart.has(productId) || cart.size < LINES_MAX) changed.set(productId, Math.min(quantity, QUANTITY_MAX));
  return changed;
}

export function withAdded(cart: Cart, productId: string, quantity: number): Cart {
  return withQuantity(cart, productId, (cart.get(productId) ?? 0) + quantity);
}

export function linesOf(cart: Cart, catalogue: Pick<Catalogue, "find">): CartLine[] {
  return [...cart].flatMap(([id, quantity]) => {
    const product = catalogue.find(id);
    return product === undefined ? [] : [{ product, quantity, totalMinor: product.priceMinor * quantity }];
  });
}

/** Pence of all goods. */
export function goodsMinor(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0);
}

/** How many things there are, counting each of a kind. */
export function countOf(cart: Cart): number {
  return [...cart.values()].reduce((sum, quantity) => sum + quantity, 0);
}

/** Pence to send goods of this worth to a country (ISO 3166-1 alpha-2). */
export function shippingMinor(goods: number, country: string): number {
  if (country !== "GB") return SHIPPING_MINOR.abroad;
  return goods >= FREE_SHIPPING_MINOR ? 0 : SHIPPING_MINOR.home;
}
