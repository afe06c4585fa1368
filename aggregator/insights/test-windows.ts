import { normal, poisson, type Random } from "../../shared/random.ts";
import type { Dimension } from "../store/rollups.ts";
import { NO_SUMS, SUMMED, type Scope, type Sums } from "./sums.ts";
import { baselineOf, windowAt, type Baseline } from "./window.ts";

const NOW_MS = Date.parse("2026-11-21T10:30:00Z");
const DAY_MS = 24 * 60 * 60_000;

/** The baseline of a day's window of a shop whose first data came so many days ago. */
export function baselineAfter(days: number): Baseline {
  return baselineOf("24h", windowAt("24h", NOW_MS), NOW_MS - days * DAY_MS);
}

/** What changes in the window that is looked at, by member; 1 for as usual. */
export interface Planted {
  sessions?: number;
  conversion?: number;
  value?: number;
  declines?: number;
  price?: number;
}

interface Shop {
  /** In a window. */
  orders: number;
  /** Standard deviation of whole windows as a share, beyond chance. */
  wander: number;
  /** Standard deviation of the logarithm of an order's value. */
  valueSpread: number;
}

const COUNTRIES = [
  { member: "DE", share: 0.5 },
  { member: "FR", share: 0.3 },
  { member: "AT", share: 0.15 },
  { member: "LI", share: 0.05 },
];
const DEVICES = [
  { member: "mobile", share: 0.6 },
  { member: "desktop", share: 0.4 },
];
const CATEGORIES = [
  { member: "shoes", share: 0.5, price: 60 },
  { member: "hats", share: 0.3, price: 25 },
  { member: "socks", share: 0.2, price: 8 },
];
const ORDER_VALUE = 80;
const SESSIONS_PER_ORDER = 30;
const DECLINED_PER_ORDER = 0.05;
const REFUNDED_PER_ORDER = 0.04;
const ANOMALIES_PER_EVENT = 0.001;
const EVENTS_PER_SESSION = 5;

/**
 * Windows of a shop as chance makes them: cells of country and device, added up to each and to everything, so that parts and whole agree;
 * categories beside them.
 *
 * @param planted of a country, a device or a category, in the first window alone
 */
export function drawScopes(
  random: Random,
  windows: number,
  { orders, wander, valueSpread }: Shop,
  planted: Readonly<Record<string, Planted>> = {},
): Scope[] {
  const drawn = new Map<string, Sums[]>();
  const add = (dimension: Dimension, member: string, window: number, sums: Sums) => {
    const key = `${dimension} ${member}`;
    const own = drawn.get(key) ?? Array.from({ length: windows }, () => ({ ...NO_SUMS }));
    drawn.set(key, own);
    const cell = own[window];
    if (cell !== undefined) for (const measure of SUMMED) cell[measure] += sums[measure];
  };
  for (let window = 0; window < windows; window++) {
    const busy = Math.max(0.05, 1 + wander * normal(random));
    const in0 = (member: string) => (window === 0 ? (planted[member] ?? {}) : {});
    for (const country of COUNTRIES) {
      for (const device of DEVICES) {
        const cell = drawCell(random, busy * orders * country.share * device.share, valueSpread, [
          in0(country.member),
          in0(device.member),
        ]);
        add("all", "", window, cell);
        add("country", country.member, window, cell);
        add("device", device.member, window, cell);
      }
    }
    for (const { member, share, price } of CATEGORIES) {
      const { conversion = 1, price: priceTimes = 1 } = in0(member);
      const own = drawCount(random, busy * orders * share * conversion);
      const quantity = own + drawCount(random, own / 2);
      const revenue = amount(random, own, valueSpread) * 1.5 * price * priceTimes;
      add("category", member, window, { ...NO_SUMS, orders: own, priced: own, quantity, revenue });
    }
  }
  return [...drawn].map(([key, windowsOfIt]) => {
    const [dimension, member = ""] = key.split(" ");
    const [now = NO_SUMS, ...before] = windowsOfIt;
    return { dimension: dimension as Dimension, member, now, before }; // as it was put in
  });
}

function drawCell(random: Random, mean: number, valueSpread: number, changes: readonly Planted[]): Sums {
  const times = (of: (planted: Planted) => number | undefined) =>
    changes.reduce((product, planted) => product * (of(planted) ?? 1), 1);
  const visited = times(({ sessions }) => sessions);
  const sessions = drawCount(random, mean * SESSIONS_PER_ORDER * visited);
  const orders = drawCount(random, mean * visited * times(({ conversion }) => conversion));
  const events = drawCount(random, sessions * EVENTS_PER_SESSION);
  return {
    sessions,
    orders,
    priced: orders,
    events,
    quantity: orders,
    declines: drawCount(random, mean * DECLINED_PER_ORDER * times(({ declines }) => declines)),
    refunded_orders: drawCount(random, mean * REFUNDED_PER_ORDER),
    anomalies: drawCount(random, events * ANOMALIES_PER_EVENT),
    revenue: ORDER_VALUE * times(({ value }) => value) * amount(random, orders, valueSpread),
  };
}

/** The sum of so many values of mean 1, whose logarithms are normal. */
function amount(random: Random, count: number, spread: number): number {
  let sum = 0;
  for (let order = 0; order < count; order++) sum += Math.exp(spread * normal(random) - spread ** 2 / 2);
  return sum;
}

/** From here on a Poisson count is as good as normal, and much faster drawn. */
const NORMAL_FROM = 100;

function drawCount(random: Random, mean: number): number {
  if (mean < NORMAL_FROM) return mean === 0 ? 0 : poisson(random, mean);
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
}
