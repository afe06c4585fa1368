/**
 * Counts of an entity's acts in each minute, hour and day since the epoch. Only what a window asks for is counted in a span, and only
 * those minutes, hours and days are kept that have anything in them.
 */

const MINUTE = { logins: 0, couponsRefused: 0, cartAdds: 0, cartUnits: 0, views: 0 };
const HOUR = { orders: 0, declines: 0, signUps: 0, amount: 0 };
/** Amounts are euros; `zSum` adds up the clipped z-scores of the amounts of `zCount` orders; `frauds` counts when they became known. */
const DAY = { orders: 0, refunds: 0, coupons: 0, amount: 0, refunded: 0, zSum: 0, zCount: 0, frauds: 0 };

/** Sums over some buckets of a span. */
type MinuteSums = typeof MINUTE;
type HourSums = typeof HOUR;
type DaySums = typeof DAY;

/** With the index of the epoch it is of. */
type Bucket<Sums> = Sums & { at: number };

export interface Counts {
  minutes: Bucket<MinuteSums>[];
  hours: Bucket<HourSums>[];
  days: Bucket<DaySums>[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const MINUTES_KEPT = 60;
const HOURS_KEPT = 24;
const DAYS_KEPT = 30;

/** What is counted in a span, in the order it is packed in. */
const COUNTERS = {
  minutes: Object.keys(MINUTE) as (keyof MinuteSums)[],
  hours: Object.keys(HOUR) as (keyof HourSums)[],
  days: Object.keys(DAY) as (keyof DaySums)[],
}; // their own keys
type PackedBuckets = number[];
export type PackedCounts = [minutes: PackedBuckets, hours: PackedBuckets, days: PackedBuckets];

/** Counts in a quarter of the room: no names, most of which would stand before a zero. */
export function packCounts({ minutes, hours, days }: Counts): PackedCounts {
  return [packBuckets(minutes, COUNTERS.minutes), packBuckets(hours, COUNTERS.hours), packBuckets(days, COUNTERS.days)];
}

export function unpackCounts([minutes, hours, days]: PackedCounts): Counts {
  return {
    minutes: unpackBuckets(minutes, COUNTERS.minutes, MINUTE),
    hours: unpackBuckets(hours, COUNTERS.hours, HOUR),
    days: unpackBuckets(days, COUNTERS.days, DAY),
  };
}

function packBuckets<Sums>(buckets: readonly Bucket<Sums>[], counters: readonly (keyof Sums)[]): PackedBuckets {
  const packed: number[] = [];
  for (const bucket of buckets) {
    packed.push(bucket.at);
    for (const counter of counters) packed.push(bucket[counter] as number); // sums are numbers
  }
  return packed;
}

function unpackBuckets<Sums extends object>(
  packed: PackedBuckets,
  counters: readonly (keyof Sums)[],
  empty: Sums,
): Bucket<Sums>[] {
  const buckets: Bucket<Sums>[] = [];
  for (let at = 0; at < packed.length; at += 1 + counters.length) {
    const bucket = { ...empty, at: packed[at] ?? 0 };
    counters.forEach((counter, index) => {
      bucket[counter] = (packed[at + 1 + index] ?? 0) as Bucket<Sums>[keyof Sums]; // sums are numbers
    });
    buckets.push(bucket);
  }
  return buckets;
}

export function newCounts(): Counts {
  return { minutes: [], hours: [], days: [] };
}

/** Adds to what is counted of a minute; what lies before all that is kept is not counted. The same of an hour and a day below. */
export function countMinute({ minutes }: Counts, atMs: number, counter: keyof MinuteSums, by: number): void {
  const bucket = bucketAt(minutes, Math.floor(atMs / MINUTE_MS), MINUTES_KEPT, MINUTE);
  if (bucket !== null) bucket[counter] += by;
}

export function countHour({ hours }: Counts, atMs: number, counter: keyof HourSums, by: number): void {
  const bucket = bucketAt(hours, Math.floor(atMs / HOUR_MS), HOURS_KEPT, HOUR);
  if (bucket !== null) bucket[counter] += by;
}

export function countDay({ days }: Counts, atMs: number, counter: keyof DaySums, by: number): void {
  const bucket = bucketAt(days, Math.floor(atMs / DAY_MS), DAYS_KEPT, DAY);
  if (bucket !== null) bucket[counter] += by;
}

/** The bucket of an index, made when missing; null when it lies before all that is kept. */
function bucketAt<Sums extends object>(
  buckets: Bucket<Sums>[],
  index: number,
  kept: number,
  empty: Sums,
): Bucket<Sums> | null {
  const last = buckets.at(-1);
  if (last?.at === index) return last;
  const found = buckets.find(({ at }) => at === index);
  if (found !== undefined) return found;
  const newest = buckets.reduce((latest, { at }) => Math.max(latest, at), index);
  if (index <= newest - kept) return null;
  const bucket = { ...empty, at: index };
  const oldest = buckets.findIndex(({ at }) => at <= newest - kept);
  if (oldest >= 0) buckets.splice(0, buckets.length, ...buckets.filter(({ at }) => at > newest - kept));
  buckets.push(bucket);
  return bucket;
}

/** Sums of the windows that end with the minute, hour or day a time lies in. */
export interface Windows {
  /** This minute, and of the one before the share that is not a minute ago yet. */
  minute: Pick<MinuteSums, "cartAdds" | "views">;
  hour: MinuteSums;
  day: HourSums;
  days7: Pick<DaySums, "orders" | "coupons" | "zSum" | "zCount" | "frauds">;
  days30: Pick<DaySums, "orders" | "refunds" | "amount" | "refunded" | "frauds">;
}

export function newWindows(): Windows {
  return {
    minute: { cartAdds: 0, views: 0 },
    hour: { ...MINUTE },
    day: { ...HOUR },
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
