/**
 * Questions and answers of the profile stores as they cross to them: the lines of an order as arrays of numbers, because an order
 * may have 200 of them and copying as many objects costs more than everything else about it.
 */
import type { PricedItem, UsualItem } from "../../shared/price-book.ts";
import type { Observation, Snapshot } from "../../shared/profile.ts";

/** One event's question to a store: what is known of these entities and items, and learn from it. */
export interface RecallRequest {
  seen: Observation;
  /** Names of the entities' profiles in this store. */
  entities: string[];
  /** Priced items, when this store keeps the price book; null otherwise. */
  items: PricedItem[] | null;
}

export interface RecallAnswer {
  /** Beside `entities`. */
  profiles: Snapshot[];
  prices: (UsualItem | null)[];
  /** This event id was answered before, and not taken back since. */
  repeated: boolean;
}

export interface WireRequest extends Omit<RecallRequest, "items"> {
  items: { keys: string[]; figures: Float64Array } | null;
}

export interface WireAnswer extends Omit<RecallAnswer, "prices"> {
  prices: Float64Array;
}

const ITEM_FIGURES = 2;
const USUAL_FIGURES = 9;

export function packRequest({ items, ...rest }: RecallRequest): WireRequest {
  if (items === null) return { ...rest, items };
  const figures = new Float64Array(items.length * ITEM_FIGURES);
  items.forEach(({ priceLog, quantity }, index) => figures.set([priceLog, quantity], index * ITEM_FIGURES));
  return { ...rest, items: { keys: items.map(({ key }) => key), figures } };
}

export function unpackItems({ keys, figures }: NonNullable<WireRequest["items"]>): PricedItem[] {
  return keys.map((key, index) => {
    const [priceLog = 0, quantity = 1] = figures.subarray(index * ITEM_FIGURES);
    return { key, priceLog, quantity };
  });
}

/** Items never sold become rows of zeros, which no other item has: its orders are at least 1. No former price becomes NaN. */
export function packPrices(prices: readonly (UsualItem | null)[]): Float64Array {
  const figures = new Float64Array(prices.length * USUAL_FIGURES);
  prices.forEach((usual, index) => {
    if (usual === null) return;
    const { orders, priceLog, priceSwing, quantityLog, quantitySwing, last, offInARow, formerPriceLog } = usual;
    const row = [orders, priceLog, priceSwing, quantityLog, quantitySwing, last.priceLog, last.quantityLog, offInARow];
    figures.set([...row, formerPriceLog ?? NaN], index * USUAL_FIGURES);
  });
  return figures;
}

export function unpackAnswer({ prices, ...rest }: WireAnswer): RecallAnswer {
  const usual: (UsualItem | null)[] = [];
  for (let at = 0; at < prices.length; at += USUAL_FIGURES) usual.push(unpackUsual(prices, at));
  return { ...rest, prices: usual };
}

function unpackUsual(figures: Float64Array, at: number): UsualItem | null {
  const figure = (index: number) => figures[at + index] ?? NaN;
  if (figure(0) === 0) return null;
  return {
    orders: figure(0),
    priceLog: figure(1),
    priceSwing: figure(2),
    quantityLog: figure(3),
    quantitySwing: figure(4),
    last: { priceLog: figure(5), quantityLog: figure(6) },
    offInARow: figure(7),
    formerPriceLog: Number.isNaN(figure(8)) ? null : figure(8),
  };
}
