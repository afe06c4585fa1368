import { currencyDecimals } from "../../shared/currency.ts";
import { hashText } from "../../shared/hash.ts";
import { chance, normal, pick, type Random } from "../../shared/random.ts";
import { DAY_MS, isSale } from "./calendar.ts";
import type { Market } from "./markets.ts";
import type { Shop } from "./shops.ts";

/** Something a shop sells. */
export interface Item {
  id: string;
  name: string;
  category: string;
  /** 0 for the best seller. */
  rank: number;
  /** ln of the list price in euros. */
  priceLog: number;
  /** Each order names its own price: a gift card, custom work. */
  openPrice: boolean;
  /** Trade price over list price. */
  tradeShare: number;
  /** Share of its buyers who take more than one. */
  severalShare: number;
}

/** A wrong price on sale for a while. */
export interface Glitch {
  item: Item;
  fromMs: number;
  untilMs: number;
  /** What the right price is multiplied by; depends on the currency when its figure was mistaken for another's. */
  factor(market: Market): number;
  incident: string;
}

export interface Price {
  amount: number;
  /** The glitch that made it wrong, if one did. */
  glitch: Glitch | null;
}

const CATEGORIES = [
  "kitchen",
  "garden",
  "toys",
  "books",
  "outdoor",
  "office",
  "sport",
  "music",
  "light",
  "travel",
] as const;
const KINDS = [
  "lamp",
  "set",
  "box",
  "bag",
  "kit",
  "stand",
  "case",
  "frame",
  "holder",
  "cover",
  "panel",
  "clock",
] as const;
const STYLES = ["oak", "linen", "steel", "amber", "nordic", "mini", "classic", "folding", "striped", "matte"] as const;

/** How steeply sales fall from the best seller on (Zipf). */
const POPULARITY_EXPONENT = 0.9;
const SEVERAL_SHARE_MOST = 0.3;
/** Share of the weeks an item spends on offer, and of the items in a shop-wide sale. */
const OFFER_SHARE = 0.06;
/** Share of the weeks an item is sold off for a half to a quarter of its price. */
const CLEARANCE_SHARE = 0.004;
const SALE_SHARE = 0.35;
const REPRICING_DAYS = 60;

/** A shop's items, best sellers first, and what they cost at any time. */
export class Catalogue {
  readonly items: readonly Item[];
  readonly #seed: number;
  readonly #cumulative: Float64Array;
  readonly #glitches: Glitch[] = [];

  constructor(shop: Shop, seed: number, random: Random) {
    this.#seed = seed;
    this.items = Array.from({ length: shop.items }, (_, index) => newItem(shop, index, random));
    let total = 0;
    this.#cumulative = Float64Array.from(this.items, (_, index) => (total += (index + 1) ** -POPULARITY_EXPONENT));
  }

  /** An item, as likely as it is popular. */
  popular(random: Random): Item {
    const at = random() * (this.#cumulative.at(-1) ?? 0);
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cumulative[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    const item = this.items[low];
    if (item === undefined) throw new RangeError("The catalogue is empty");
    return item;
  }

  /** Puts a wrong price on sale. */
  mislabel(glitch: Glitch): void {
    this.#glitches.push(glitch);
  }

  /** The unit price of an item in a market's currency at a time, in major units; at least the currency's smallest unit. */
  price(item: Item, market: Market, atMs: number, random: Random): Price {
    const glitch =
      this.#glitches.find(({ item: wrong, fromMs, untilMs }) => wrong === item && atMs >= fromMs && atMs < untilMs) ??
      null;
    const euros = item.openPrice
      ? Math.exp(item.priceLog + normal(random))
      : Math.exp(item.priceLog) * this.#repriced(item, atMs) * this.#reduced(item, atMs);
    const right = charming(euros * market.unitsPerEur, market.currency);
    const amount = glitch === null ? right : toMoney(right * glitch.factor(market), market.currency);
    return { amount, glitch };
  }

  /** Now and then a list price changes by a few per cent. */
  #repriced(item: Item, atMs: number): number {
    const period = Math.floor(atMs / DAY_MS / REPRICING_DAYS);
    return 0.94 + 0.12 * this.#dice(`${item.id} list ${period}`);
  }

  /** On offer by 10 to 40 %, some weeks; many items at once while a sale is on; seldom sold off. */
  #reduced(item: Item, atMs: number): number {
    const week = Math.floor(atMs / DAY_MS / 7);
    const share = isSale(atMs) ? SALE_SHARE : OFFER_SHARE;
    const dice = this.#dice(`${item.id} offer ${week}`);
    if (dice > 1 - CLEARANCE_SHARE) return 0.25 + (0.25 * (1 - dice)) / CLEARANCE_SHARE;
    return dice < share ? 0.9 - 0.3 * (dice / share) : 1;
  }

  /** A number in [0, 1) that stays the same for the same text: prices depend on nothing but the time. */
  #dice(text: string): number {
    const mixed = Math.imul(hashText(`${text} ${this.#seed}`), 0x9e3779b1);
    return (((mixed ^ (mixed >>> 15)) * 0x85eb) >>> 0) / 2 ** 32;
  }
}

function newItem(shop: Shop, index: number, random: Random): Item {
  const id = `SKU-${String(index + 1).padStart(5, "0")}`;
  const openPrice = chance(random, shop.openPriceShare);
  return {
    id,
    name: openPrice ? `Gift card ${id}` : `${pick(random, STYLES)} ${pick(random, KINDS)} ${id}`,
    category: openPrice ? "gift cards" : pick(random, CATEGORIES),
    rank: index,
    priceLog: shop.priceLog.mean + shop.priceLog.deviation * normal(random),
    openPrice,
    tradeShare: 0.4 + 0.5 * random(),
    severalShare: SEVERAL_SHARE_MOST * random(),
  };
}

/** An amount as price tags show it: 19.99, 24.5, 1,290. */
function charming(amount: number, currency: string): number {
  const decimals = currencyDecimals(currency) ?? 2;
  if (amount >= 1_000) return Math.round(amount / 10) * 10;
  if (amount >= 100 || decimals === 0) return Math.max(1, Math.round(amount));
  if (amount >= 5) return toMoney(Math.round(amount) - 0.01, currency);
  return toMoney(Math.round(amount * 20) / 20, currency);
}

/** An amount with no more decimals than its currency, at least one of its smallest unit. */
export function toMoney(amount: number, currency: string): number {
  const scale = 10 ** (currencyDecimals(currency) ?? 2);
  return Math.max(1, Math.round(amount * scale)) / scale;
}
