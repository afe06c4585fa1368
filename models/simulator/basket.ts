import { chance, exponential, normal, type Random } from "../../shared/random.ts";
import { toMoney, type Glitch, type Item } from "./catalogue.ts";
import type { Customer } from "./customers.ts";
import type { Market } from "./markets.ts";
import type { World } from "./world.ts";

export interface Line {
  item: Item;
  /** Per piece, in the basket's currency. */
  price: number;
  quantity: number;
  glitch: Glitch | null;
}

export interface Basket {
  /** Whose currency it is charged in. */
  charged: Market;
  lines: Line[];
}

const LINES_MOST = 15;
/** A basket is full once this share of what the customer wanted to spend is left. */
const LEFT_SHARE = 0.25;
/** From so many pieces on, wholesale buyers pay the trade price. */
const TRADE_QUANTITY = 12;
const PACKS = [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 36, 48, 72, 96, 120, 144, 200, 240, 288, 400, 500, 600, 1_000];

/** What a customer puts in the basket: what they came for, then popular things until it is worth about what they like to spend. */
export function fillBasket(
  world: World,
  customer: Customer,
  charged: Market,
  atMs: number,
  wants: Item | null,
): Basket {
  const { random } = world;
  const { mean, deviation } = customer.basketLog;
  const budget = Math.exp(mean + deviation * normal(random)) * charged.unitsPerEur;
  const basket: Basket = { charged, lines: [] };
  let left = budget;
  if (wants !== null) left -= addLine(world, customer, basket, wants, atMs, left);
  for (let tries = 0; tries < LINES_MOST && (basket.lines.length === 0 || left > budget * LEFT_SHARE); tries++) {
    const item = choose(world, left / charged.unitsPerEur, basket);
    if (item !== null) left -= addLine(world, customer, basket, item, atMs, left);
  }
  return basket;
}

/** What lines cost together, in their currency. */
export function itemsTotal({ lines }: { lines: readonly Line[] }): number {
  return lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
}

/** Of a few popular items the one that suits the money left best; null when it is in the basket already. */
function choose({ random, catalogue }: World, leftEuros: number, { lines }: Basket): Item | null {
  const aimLog = Math.log(Math.max(1, leftEuros * 0.7));
  let best = catalogue.popular(random);
  for (let others = 0; others < 4; others++) {
    const other = catalogue.popular(random);
    if (Math.abs(other.priceLog - aimLog) < Math.abs(best.priceLog - aimLog)) best = other;
  }
  return lines.some(({ item }) => item === best) ? null : best;
}

/** @returns what the line costs */
function addLine(world: World, customer: Customer, basket: Basket, item: Item, atMs: number, left: number): number {
  const { random, catalogue } = world;
  const { amount, glitch } = catalogue.price(item, basket.charged, atMs, random);
  const quantity = customer.isWholesale ? packs((left * (0.2 + 0.4 * random())) / amount) : pieces(random, item);
  const isTrade = customer.isWholesale && quantity >= TRADE_QUANTITY;
  const price = toMoney(amount * (isTrade ? item.tradeShare : 1), basket.charged.currency);
  basket.lines.push({ item, price, quantity, glitch });
  return price * quantity;
}

/** Mostly one. */
function pieces(random: Random, item: Item): number {
  return chance(random, item.severalShare) ? 2 + Math.floor(exponential(random, 1.2)) : 1;
}

/** As many as wanted, in the sizes goods are packed in. */
function packs(wanted: number): number {
  return PACKS.findLast((pack) => pack <= wanted) ?? 1;
}
