import { below, chance, exponential, normal, pick, pickWeighted, type Random } from "../../shared/random.ts";
import { DAY_MS, hourOfDay } from "./calendar.ts";
import { marketOf, MARKETS, type Market } from "./markets.ts";
import type { Networks } from "./networks.ts";
import type { Shop } from "./shops.ts";

export interface Device {
  clientId: string;
  userAgent: string;
  browser: string;
  os: string;
  kind: "desktop" | "mobile" | "tablet" | "bot";
  tlsClass: string;
  screen: { width: number; height: number };
}

export interface Card {
  fingerprint: string;
  bin: string;
  country: string;
}

export interface Customer {
  /** Null for guests. */
  userId: string | null;
  email: string | null;
  market: Market;
  homeNetwork: string;
  /** The one they order with most first, which may be a household's; the last is theirs alone. */
  devices: Device[];
  cards: Card[];
  /** Of ln of what they spend on an order, in euros. */
  basketLog: { mean: number; deviation: number };
  isWholesale: boolean;
  orders: number;
  /** Share of their orders of which they send something back. */
  returnShare: number;
  postalCode: string;
  /** Of their day, about when they order most. */
  usualHour: number;
  /** Has come before, or was a customer before the simulation began. */
  isKnown: boolean;
  /** When they stop being a customer. */
  leavesMs: number;
  /** Where they are, until then; the network of a company that hides where that is, if they use one. */
  stay: { market: Market; untilMs: number; hiddenBehind: string | null };
  /** When they were last seen. */
  seenMs: number;
}

const BROWSERS = [
  { browser: "Chrome", os: "Android", kind: "mobile", share: 34, screen: { width: 412, height: 915 } },
  { browser: "Safari", os: "iOS", kind: "mobile", share: 24, screen: { width: 390, height: 844 } },
  { browser: "Chrome", os: "Windows", kind: "desktop", share: 20, screen: { width: 1920, height: 1080 } },
  { browser: "Microsoft Edge", os: "Windows", kind: "desktop", share: 8, screen: { width: 1536, height: 864 } },
  { browser: "Safari", os: "macOS", kind: "desktop", share: 7, screen: { width: 1440, height: 900 } },
  { browser: "Firefox", os: "Windows", kind: "desktop", share: 4, screen: { width: 1920, height: 1080 } },
  { browser: "Safari", os: "iOS", kind: "tablet", share: 3, screen: { width: 820, height: 1180 } },
] as const;

const USER_AGENTS: Record<string, string> = {
  "Chrome Android":
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
  "Safari iOS":
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
  "Chrome Windows":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Microsoft Edge Windows":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
  "Safari macOS":
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
  "Firefox Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
};

const MAIL_DOMAINS = ["mail.example", "post.example", "inbox.example", "work.example"] as const;
/** Anyone can read a mailbox there without asking for it. They are the well-known ones: lists hold nothing made up. */
const THROWAWAY_DOMAINS = ["mailinator.com", "guerrillamail.com", "yopmail.com", "10minutemail.com"] as const;
/** Share of honest customers who do not want the shop's letters. */
const THROWAWAY_SHARE = 0.01;
/** Share of mailboxes named after a birth year or a house number too. */
const NUMBERED_SHARE = 0.3;
/** Share of customers whose cards are from another country than they live in. */
const FOREIGN_CARD_SHARE = 0.03;
const RETURNS_MOST = 0.6;

/** A wholesale buyer spends this much more than others, as ln. */
const WHOLESALE_LOG = 1.6;
const HOUSEHOLD_SHARE = 0.12;
const SECOND_CARD_SHARE = 0.25;
const DEVICE_WEIGHTS = [0.6, 0.3, 0.1] as const;
const REMAINS_DAYS = 400;
/** For about so long someone is at home, or away, before it may change. */
export const STAY_DAYS = 12;
/** A customer's rate of ordering against the shop's mean: most order seldom, a few all the time. */
const RATE_DEVIATION_LOG = 1.1;

/** Everyone a shop has ever sold to. Grows; nobody is forgotten. */
export class Customers {
  /** Where the shop's customers live. */
  readonly markets: readonly Market[];
  readonly #shares: readonly number[];
  readonly #shop: Shop;
  readonly #networks: Networks;
  readonly #prefix: string;
  readonly #all: Customer[] = [];
  /** Sum of the rates up to each customer. */
  readonly #cumulativeRates: number[] = [];
  #made = { devices: 0, cards: 0 };

  /** @param prefix of every id, so that customers of different simulations differ */
  constructor(shop: Shop, networks: Networks, prefix: string) {
    this.#shop = shop;
    this.#networks = networks;
    this.#prefix = prefix;
    this.markets = Object.keys(shop.markets).map(marketOf);
    this.#shares = Object.values(shop.markets);
  }

  /** Where one of the shop's customers may live. */
  anyMarket(random: Random): Market {
    return pickWeighted(random, this.markets, this.#shares);
  }

  get count(): number {
    return this.#all.length;
  }

  /** Someone new, who has not ordered yet. */
  join(random: Random, atMs: number): Customer {
    const shop = this.#shop;
    const number = this.#all.length;
    const market = this.anyMarket(random);
    const isGuest = shop.guestShare > 0 && chance(random, shop.guestShare);
    const isWholesale = chance(random, shop.wholesaleShare);
    const neighbour = number > 0 && chance(random, HOUSEHOLD_SHARE) ? this.#all[below(random, number)] : undefined;
    const sharesHome = neighbour?.market === market;
    const { least, most } = shop.ownSpreadLog;
    const customer: Customer = {
      userId: isGuest ? null : `${this.#prefix}-u${number.toString(36)}`,
      email: isGuest && !chance(random, shop.guestEmailShare) ? null : this.#email(random, number),
      market,
      homeNetwork: sharesHome ? neighbour.homeNetwork : this.#networks.home(),
      devices: [],
      cards: [],
      basketLog: {
        mean: shop.basketLog.mean + shop.basketLog.deviation * normal(random) + (isWholesale ? WHOLESALE_LOG : 0),
        deviation: least + (most - least) * random(),
      },
      isWholesale,
      orders: 0,
      returnShare: Math.min(RETURNS_MOST, exponential(random, shop.refundShare)),
      usualHour: hourOfDay(random),
      isKnown: false,
      postalCode: sharesHome ? neighbour.postalCode : anyPostalCode(random),
      leavesMs: atMs + exponential(random, REMAINS_DAYS) * DAY_MS,
      stay: { market, untilMs: atMs + STAY_DAYS * random() * DAY_MS, hiddenBehind: null },
      seenMs: atMs,
    };
    const shared = sharesHome && chance(random, 0.3) ? neighbour.devices[0] : undefined;
    if (shared !== undefined) customer.devices.push(shared);
    customer.devices.push(this.newDevice(random));
    while (customer.devices.length < 3 && chance(random, 0.35)) customer.devices.push(this.newDevice(random));
    const bankedIn = chance(random, FOREIGN_CARD_SHARE) ? pick<Market>(random, MARKETS).country : market.country;
    customer.cards.push(this.newCard(random, bankedIn));
    if (chance(random, SECOND_CARD_SHARE)) customer.cards.push(this.newCard(random, bankedIn));
    this.#all.push(customer);
    const rate = Math.exp(RATE_DEVIATION_LOG * normal(random) + (isWholesale ? 0.7 : 0)) * (isGuest ? 0.2 : 1);
    this.#cumulativeRates.push((this.#cumulativeRates.at(-1) ?? 0) + rate);
    return customer;
  }

  #email(random: Random, number: number): string {
    const name = chance(random, NUMBERED_SHARE) ? `.${1_950 + below(random, 60)}` : "";
    const domain = pick(random, chance(random, THROWAWAY_SHARE) ? THROWAWAY_DOMAINS : MAIL_DOMAINS);
    return `${this.#prefix}-${letters(number)}${name}@${domain}`;
  }

  /** A mailbox made for the purpose: a name of letters and digits, mostly where nobody has to sign up for it. */
  throwawayEmail(random: Random): string {
    const number = below(random, 1_000_000);
    const domain = pick(random, chance(random, 0.6) ? THROWAWAY_DOMAINS : MAIL_DOMAINS);
    return `${this.#prefix}-${letters(number)}${10 + below(random, 99_990)}@${domain}`;
  }

  /** Someone who still comes, as likely as they order often; null when nobody was found. */
  returning(random: Random, atMs: number): Customer | null {
    for (let tries = 0; tries < 8; tries++) {
      const customer = this.#byRate(random() * (this.#cumulativeRates.at(-1) ?? 0));
      if (customer !== undefined && customer.leavesMs > atMs) return customer;
    }
    return null;
  }

  #byRate(at: number): Customer | undefined {
    let low = 0;
    let high = this.#cumulativeRates.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cumulativeRates[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return this.#all[low];
  }

  newDevice(random: Random): Device {
    const mobileShare = this.#shop.mobileShare;
    const weights = BROWSERS.map(({ kind, share }) => share * (kind === "desktop" ? 1 - mobileShare : mobileShare));
    const { browser, os, kind, screen } = pickWeighted(random, BROWSERS, weights);
    return {
      clientId: this.#clientId(),
      userAgent: USER_AGENTS[`${browser} ${os}`] ?? "",
      browser,
      os,
      kind,
      tlsClass: `${browser}-${below(random, 4)}`.toLowerCase().replace(" ", "-"),
      screen,
    };
  }

  /** The same device after its cookies were cleared: it looks like another one. */
  cleared(device: Device): Device {
    return { ...device, clientId: this.#clientId() };
  }

  #clientId(): string {
    return `${this.#prefix}-d${(this.#made.devices++).toString(36)}`;
  }

  newCard(random: Random, country: string): Card {
    const number = this.#made.cards++;
    return {
      fingerprint: `${this.#prefix}-c${number.toString(36)}`,
      bin: String(400_000 + below(random, 150_000)),
      country,
    };
  }

  /** One of a customer's devices, the first most often; away from home the one that is theirs alone. */
  deviceOf(random: Random, { devices, stay, market }: Customer): Device {
    const own = devices.at(-1);
    if (stay.market !== market && own !== undefined) return own;
    return pickWeighted(random, devices, DEVICE_WEIGHTS.slice(0, devices.length));
  }
}

const POSTAL_CODES = 2_000;

/** Where people live: some codes are a village, some half a town. */
export function anyPostalCode(random: Random): string {
  return String(10_000 + 37 * Math.floor(POSTAL_CODES * random() ** 1.5));
}

/** A number as a word. */
function letters(number: number): string {
  return number.toString(26).replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)));
}
