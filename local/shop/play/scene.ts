import type { Event } from "../../../shared/event.ts";
import type { Catalogue, Product } from "../catalogue.ts";
import { pounds } from "../../orders.ts";
import { CURRENCY } from "../money.ts";
import { itemOf } from "../tracks.ts";

/** One time a scene is played. */
export interface Run {
  /** Part of every id, so that each time is other people's. 4 to 12 of a-z 0-9. */
  id: string;
  /** How often scenes were played since the shop was opened. */
  count: number;
  endMs: number;
  catalogue: Catalogue;
}

/** Something bad that happens to shops, made of events as the shop's server would send them. */
export interface Scene {
  slug: string;
  name: string;
  /** What is done. */
  what: string;
  /** What is to be seen of it. */
  expect: string;
  /** Oldest first. */
  events(run: Run): Event[];
}

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** The parts of an event that say what was ordered, for which price each. */
export function basket(products: readonly (readonly [product: Product, quantity: number, priceMinor: number])[]) {
  const items = products.map(([product, quantity, priceMinor]) => ({
    ...itemOf(product, quantity),
    price: pounds(priceMinor),
  }));
  const value = pounds(products.reduce((sum, [, quantity, priceMinor]) => sum + quantity * priceMinor, 0));
  return { items, value, currency: CURRENCY };
}

/** Products within a range of prices in pence. @throws Error when there is none */
export function pricedBetween({ products }: Catalogue, least: number, most: number): [Product, ...Product[]] {
  const [first, ...others] = products.filter(({ priceMinor }) => priceMinor >= least && priceMinor <= most);
  if (first === undefined) throw new Error(`the shop sells nothing for ${least} to ${most} pence`);
  return [first, ...others];
}

/** The element at a place, counting on from the start after the end. */
export function around<T>([first, ...others]: readonly [T, ...T[]], index: number): T {
  return [first, ...others][index % (others.length + 1)] ?? first;
}
