/**
 * What items usually cost and how many are usually taken, learned from orders as they pass.
 *
 * Steps are clipped, so that a wrong price repeated many times moves the usual one little; a price that stays is adopted in the end.
 */
import { TextMap } from "./text-map.ts";

/** One line of an order as the book sees it. `key` names item and currency. */
export interface PricedItem {
  key: string;
  /** ln of the unit price in major units; free items are left out. */
  priceLog: number;
  quantity: number;
}

/** What was known of an item before the event. */
export interface UsualItem {
  orders: number;
  priceLog: number;
  /**
   * Mean change of ln of the price from one order to the next: near 0 for most items, large for gift cards, postage and custom work.
   * A wrong price for a while is two changes, however many buy, so it does not pass for such an item.
   */
  priceSwing: number;
  quantityLog: number;
  /** The same of ln of the quantity. */
  quantitySwing: number;
  /** What was usual before a price that stayed was adopted, which it may go back to; null when that never happened. */
  formerPriceLog: number | null;
}

/** What the book holds of an item, to learn from the next order by. */
export interface BookedItem extends UsualItem {
  last: { priceLog: number; quantityLog: number };
  /** Orders in a row, up to the last, that paid about the same price far from the usual. */
  offInARow: number;
  /** It is among those of the book that changed. */
  isTouched: boolean;
}

export interface PriceBook {
  /** Once there are many, least recently sold first. */
  items: TextMap<BookedItem>;
  /** Items that changed or fell out since whoever keeps a copy last cleared this. */
  touched: TextMap<true>;
}

const ITEMS_KEPT = 20_000;
/** From so many on items are kept in the order they were sold: moving one to the end costs more than learning its price. */
const ITEMS_UNORDERED = 10_000;

/** The first few orders set the level; after that one order moves it by at most alpha times the item's swing, or CLIP_LOG. */
const LEARNING_ORDERS = 3;
const CLIP_LOG = 0.1;
const ALPHA_LEAST = 0.05;
/**
 * A price is off when it is this far from the usual (ln). One that stays is adopted once so many orders in a row paid it, within
 * these bounds half as many as ever paid the usual one.
 */
const OFF_LOG = 0.5;
const ADOPTED_AFTER = { least: 5, most: 40 } as const;

const SWING_CLIP = 2;
const SWING_ALPHA_LEAST = 0.02;

export function newPriceBook(): PriceBook {
  return { items: new TextMap(), touched: new TextMap() };
}

/** The usual price and quantity of each item before this order, null for items never sold; the book then learns from it. */
export function recallPrices(book: PriceBook, items: readonly PricedItem[]): (UsualItem | null)[] {
  const booked = bookedItems(book, items);
  const before = booked.map(usualOf);
  learnPrices(book, items, booked);
  return before;
}

/** The same of an order that the book learned from already: it learns nothing. */
export function lookPrices(book: PriceBook, items: readonly PricedItem[]): (UsualItem | null)[] {
  return bookedItems(book, items).map(usualOf);
}

function usualOf(booked: BookedItem | null): UsualItem | null {
  if (booked === null) return null;
  const { last: _last, offInARow: _offInARow, isTouched: _isTouched, ...usual } = booked;
  return usual;
}

/** The same as the book holds it: gone over when the book learns, so it is only good for reading at once. */
export function bookedItems(book: PriceBook, items: readonly PricedItem[]): (BookedItem | null)[] {
  const { size } = book.items;
  return items.map(({ key }) => (size < ITEMS_UNORDERED ? book.items.get(key) : book.items.renew(key)) ?? null);
}

/**
 * Learns from an order, its lines in turn.
 *
 * @param booked what `bookedItems` just gave for them
 */
export function learnPrices(
  book: PriceBook,
  items: readonly PricedItem[],
  booked: readonly (BookedItem | null)[],
): void {
  for (const [index, item] of items.entries()) learnItem(book, item, booked[index] ?? null);
}

/** In place, as the book holds thousands of items and learns of as many a second. */
function learnItem(book: PriceBook, item: PricedItem, booked: BookedItem | null): void {
  // An item may stand in two lines of the first order it is in.
  const known = booked ?? book.items.get(item.key);
  const usual = known ?? firstSeen(item);
  if (known === undefined) book.items.set(item.key, usual);
  else learn(known, item);
  if (usual.isTouched) return;
  usual.isTouched = true;
  book.touched.set(item.key, true);
  if (book.items.size <= ITEMS_KEPT) return;
  const oldest = book.items.keys().next();
  if (oldest.done) return;
  book.items.delete(oldest.value);
  book.touched.set(oldest.value, true);
}

function firstSeen({ priceLog, quantity }: PricedItem): BookedItem {
  const quantityLog = Math.log(quantity);
  const last = { priceLog, quantityLog };
  return {
    orders: 1,
    priceLog,
    priceSwing: 0,
    quantityLog,
    quantitySwing: 0,
    last,
    offInARow: 0,
    formerPriceLog: null,
    isTouched: false,
  };
}

function learn(usual: BookedItem, { priceLog, quantity }: PricedItem): void {
  const { orders, last } = usual;
  const quantityLog = Math.log(quantity);
  const alpha = Math.max(ALPHA_LEAST, 1 / (orders + 1));
  // `orders` is also the number of changes between orders, this one included.
  const swingAlpha = Math.max(SWING_ALPHA_LEAST, 1 / orders);
  const swing = (before: number, change: number) =>
    before + swingAlpha * (Math.min(SWING_CLIP, Math.abs(change)) - before);
  learnPrice(usual, priceLog, alpha);
  usual.orders = orders + 1;
  usual.priceSwing = swing(usual.priceSwing, priceLog - last.priceLog);
  usual.quantityLog += alpha * clipped(quantityLog - usual.quantityLog, 1);
  usual.quantitySwing = swing(usual.quantitySwing, quantityLog - last.quantityLog);
  last.priceLog = priceLog;
  last.quantityLog = quantityLog;
}

/** Before the rest: it asks for the swing and the last price as they were. */
function learnPrice(usual: BookedItem, priceLog: number, alpha: number): void {
  const { orders, priceLog: usualLog, priceSwing, last } = usual;
  const isOff = Math.abs(priceLog - usualLog) > OFF_LOG;
  const stays = usual.offInARow > 0 && Math.abs(priceLog - last.priceLog) <= OFF_LOG;
  usual.offInARow = isOff ? (stays ? usual.offInARow + 1 : 1) : 0;
  const { least, most } = ADOPTED_AFTER;
  if (usual.offInARow > Math.max(least, Math.min(most, (orders - usual.offInARow) / 2))) {
    usual.priceLog = priceLog;
    usual.offInARow = 0;
    usual.formerPriceLog = usualLog;
    return;
  }
  const clip = orders < LEARNING_ORDERS ? Infinity : Math.max(CLIP_LOG, priceSwing);
  usual.priceLog = usualLog + alpha * clipped(priceLog - usualLog, clip);
}

function clipped(change: number, most: number): number {
  return Math.max(-most, Math.min(most, change));
}

/** ln of the price an item usually had that is nearest to this one: today's usual price, or the one before it. */
export function nearestUsualLog({ priceLog, formerPriceLog }: UsualItem, paidLog: number): number {
  if (formerPriceLog === null) return priceLog;
  return Math.abs(paidLog - formerPriceLog) < Math.abs(paidLog - priceLog) ? formerPriceLog : priceLog;
}
