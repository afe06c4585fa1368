/**
 * Counts of an entity's acts in each minute, hour and day since the epoch. Only what a window asks for is counted in a span, and only
 * those minutes, hours and days are kept that have anything in them.
 */

/** What is counted in a minute, with its index since the epoch. The same of an hour and a day below. */
interface Minute {
  at: number;
  logins: number;
  couponsRefused: number;
  cartAdds: number;
  cartUnits: number;
  views: number;
}

interface Hour {
  at: number;
  orders: number;
  declines: number;
  signUps: number;
  /** Euros. */
  amount: number;
}

interface Day {
  at: number;
  orders: number;
  refunds: number;
  coupons: number;
  /** Euros, as `refunded`. */
  amount: number;
  refunded: number;
  /** The clipped z-scores of the amounts of `zCount` orders. */
  zSum: number;
  zCount: number;
  /** When they became known. */
  frauds: number;
}

function newMinute(at: number): Minute {
  return { at, logins: 0, couponsRefused: 0, cartAdds: 0, cartUnits: 0, views: 0 };
}

function newHour(at: number): Hour {
  return { at, orders: 0, declines: 0, signUps: 0, amount: 0 };
}

function newDay(at: number): Day {
  return { at, orders: 0, refunds: 0, coupons: 0, amount: 0, refunded: 0, zSum: 0, zCount: 0, frauds: 0 };
}

type Counted<Bucket> = Exclude<keyof Bucket, "at">;

export interface Counts {
  minutes: Minute[];
  hours: Hour[];
  days: Day[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const MINUTES_KEPT = 60;
const HOURS_KEPT = 24;
const DAYS_KEPT = 30;

/** What is counted in a span, in the order it is packed in. */
const COUNTED = {
  minutes: ["logins", "couponsRefused", "cartAdds", "cartUnits", "views"],
  hours: ["orders", "declines", "signUps", "amount"],
  days: ["orders", "refunds", "coupons", "amount", "refunded", "zSum", "zCount", "frauds"],
} as const satisfies { [Span in keyof Counts]: readonly Counted<Counts[Span][number]>[] };

/** Of each bucket: its index, a bit for each counter that is not 0, and those. Most are. */
type PackedBuckets = number[];
export type PackedCounts = [minutes: PackedBuckets, hours: PackedBuckets, days: PackedBuckets];

/** Counts in little room: no names, and nothing of what is 0. */
export function packCounts({ minutes, hours, days }: Counts): PackedCounts {
  return [packBuckets(minutes, COUNTED.minutes), packBuckets(hours, COUNTED.hours), packBuckets(days, COUNTED.days)];
}

export function unpackCounts([minutes, hours, days]: PackedCounts): Counts {
  return {
    minutes: unpackBuckets(minutes, COUNTED.minutes, newMinute),
    hours: unpackBuckets(hours, COUNTED.hours, newHour),
    days: unpackBuckets(days, COUNTED.days, newDay),
  };
}

function packBuckets<Bucket extends { at: number }>(
  buckets: readonly Bucket[],
  counters: readonly Counted<Bucket>[],
): PackedBuckets {
  const packed: number[] = [];
  for (const bucket of buckets) {
    let counted = 0;
    const countedAt = packed.push(bucket.at, counted) - 1;
    for (let index = 0; index < counters.length; index++) {
      const count = bucket[counters[index] as Counted<Bucket>] as number; // one of them, and all are numbers
      if (count === 0) continue;
      counted |= 1 << index;
      packed.push(count);
    }
    packed[countedAt] = counted;
  }
  return packed;
}

function unpackBuckets<Bucket extends { at: number }>(
  packed: PackedBuckets,
  counters: readonly Counted<Bucket>[],
  newBucket: (at: number) => Bucket,
): Bucket[] {
  const buckets: Bucket[] = [];
  let at = 0;
  while (at < packed.length) {
    const bucket = newBucket(packed[at++] ?? 0);
    const counted = packed[at++] ?? 0;
    for (let index = 0; index < counters.length; index++) {
      if ((counted & (1 << index)) === 0) continue;
      const counter = counters[index] as Counted<Bucket>; // one of them
      bucket[counter] = (packed[at++] ?? 0) as Bucket[Counted<Bucket>]; // all are numbers
    }
    buckets.push(bucket);
  }
  return buckets;
}

export function newCounts(): Counts {
  return { minutes: [], hours: [], days: [] };
}

/**
 * What is counted of a minute, to add to; null when it lies before all that is kept. The same of an hour and a day below.
 *
 * The first is put into a list of its own: one that is pushed into begins with room for 17, and most entities need no more than one.
 */
export function minuteOf(counts: Counts, atMs: number): Minute | null {
  const index = Math.floor(atMs / MINUTE_MS);
  if (counts.minutes.length === 0) counts.minutes = [newMinute(index)];
  return bucketAt(counts.minutes, index, MINUTES_KEPT, newMinute);
}

export function hourOf(counts: Counts, atMs: number): Hour | null {
  const index = Math.floor(atMs / HOUR_MS);
  if (counts.hours.length === 0) counts.hours = [newHour(index)];
  return bucketAt(counts.hours, index, HOURS_KEPT, newHour);
}

export function dayOf(counts: Counts, atMs: number): Day | null {
  const index = Math.floor(atMs / DAY_MS);
  if (counts.days.length === 0) counts.days = [newDay(index)];
  return bucketAt(counts.days, index, DAYS_KEPT, newDay);
}

/** Adds to what is counted of a minute; what lies before all that is kept is not counted. The same of an hour and a day below. */
export function countMinute(counts: Counts, atMs: number, counter: Counted<Minute>, by: number): void {
  const minute = minuteOf(counts, atMs);
  if (minute !== null) minute[counter] += by;
}

export function countHour(counts: Counts, atMs: number, counter: Counted<Hour>, by: number): void {
  const hour = hourOf(counts, atMs);
  if (hour !== null) hour[counter] += by;
}

export function countDay(counts: Counts, atMs: number, counter: Counted<Day>, by: number): void {
  const day = dayOf(counts, atMs);
  if (day !== null) day[counter] += by;
}

/** The bucket of an index, made when missing; null when it lies before all that is kept. */
function bucketAt<Bucket extends { at: number }>(
  buckets: Bucket[],
  index: number,
  kept: number,
  newBucket: (at: number) => Bucket,
): Bucket | null {
  let newest = index;
  for (let at = buckets.length - 1; at >= 0; at--) {
    const bucket = buckets[at] as Bucket; // within the list
    if (bucket.at === index) return bucket;
    if (bucket.at > newest) newest = bucket.at;
  }
  if (index <= newest - kept) return null;
  letGo(buckets, newest - kept);
  const bucket = newBucket(index);
  buckets.push(bucket);
  return bucket;
}

/** Of those up to an index. */
function letGo(buckets: { at: number }[], last: number): void {
  let left = 0;
  for (const bucket of buckets) if (bucket.at > last) buckets[left++] = bucket;
  buckets.length = left;
}

/** Sums of the windows that end with the minute, hour or day a time lies in. */
export interface Windows {
  /** This minute, and of the one before the share that is not a minute ago yet. */
  minute: Pick<Minute, "cartAdds" | "views">;
  hour: Omit<Minute, "at">;
  day: Omit<Hour, "at">;
  days7: Pick<Day, "orders" | "coupons" | "zSum" | "zCount" | "frauds">;
  days30: Pick<Day, "orders" | "refunds" | "amount" | "refunded" | "frauds">;
}

export function newWindows(): Windows {
  return {
    minute: { cartAdds: 0, views: 0 },
    hour: { logins: 0, couponsRefused: 0, cartAdds: 0, cartUnits: 0, views: 0 },
    day: { orders: 0, declines: 0, signUps: 0, amount: 0 },
    days7: { orders: 0, coupons: 0, zSum: 0, zCount: 0, frauds: 0 },
    days30: { orders: 0, refunds: 0, amount: 0, refunded: 0, frauds: 0 },
  };
}

/**
 * What was counted up to a time; what lies after it is left out.
 *
 * @param windows gone over and returned: whoever looks often brings the same each time
 */
export function windowsAt({ minutes, hours, days }: Counts, atMs: number, windows = newWindows()): Windows {
  const { minute, hour, day, days7, days30 } = windows;
  minute.cartAdds = minute.views = 0;
  hour.logins = hour.couponsRefused = hour.cartAdds = hour.cartUnits = hour.views = 0;
  const thisMinute = Math.floor(atMs / MINUTE_MS);
  for (const bucket of minutes) {
    const ago = thisMinute - bucket.at;
    if (ago < 0 || ago >= MINUTES_KEPT) continue;
    hour.logins += bucket.logins;
    hour.couponsRefused += bucket.couponsRefused;
    hour.cartAdds += bucket.cartAdds;
    hour.cartUnits += bucket.cartUnits;
    hour.views += bucket.views;
    if (ago > 1) continue;
    const share = ago === 0 ? 1 : 1 - (atMs % MINUTE_MS) / MINUTE_MS;
    minute.cartAdds += share * bucket.cartAdds;
    minute.views += share * bucket.views;
  }
  day.orders = day.declines = day.signUps = day.amount = 0;
  const thisHour = Math.floor(atMs / HOUR_MS);
  for (const bucket of hours) {
    const ago = thisHour - bucket.at;
    if (ago < 0 || ago >= HOURS_KEPT) continue;
    day.orders += bucket.orders;
    day.declines += bucket.declines;
    day.signUps += bucket.signUps;
    day.amount += bucket.amount;
  }
  days7.orders = days7.coupons = days7.zSum = days7.zCount = days7.frauds = 0;
  days30.orders = days30.refunds = days30.amount = days30.refunded = days30.frauds = 0;
  const today = Math.floor(atMs / DAY_MS);
  for (const bucket of days) {
    const ago = today - bucket.at;
    if (ago < 0 || ago >= DAYS_KEPT) continue;
    days30.orders += bucket.orders;
    days30.refunds += bucket.refunds;
    days30.amount += bucket.amount;
    days30.refunded += bucket.refunded;
    days30.frauds += bucket.frauds;
    if (ago >= 7) continue;
    days7.orders += bucket.orders;
    days7.coupons += bucket.coupons;
    days7.zSum += bucket.zSum;
    days7.zCount += bucket.zCount;
    days7.frauds += bucket.frauds;
  }
  return windows;
}
