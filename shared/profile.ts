/**
 * What is remembered of one entity (a customer, a client, a network, a card, an e-mail), and how one event changes it.
 *
 * Pure and streaming: `recall` returns what was known *before* the event and then learns from it, so that no event sees itself or
 * its future, and live traffic and replay get the same numbers. Which events it learned from is for its keeper to remember.
 * Bounded: some kilobytes, at most about 50 with keys of ordinary length, whatever the entity does.
 */

/** What an entity can be seen together with. */
export const LINKS = ["customer", "card", "device", "country", "destination"] as const;
export type Link = (typeof LINKS)[number];

/** How long after its first order a link is known. */
const KNOWN_AFTER_MS = 86_400_000;

/** For how long a link counts as recent. */
const RECENT_MS: Record<Link, number> = {
  customer: 7 * 86_400_000,
  card: 3_600_000,
  device: 7 * 86_400_000,
  country: 30 * 86_400_000,
  destination: 30 * 86_400_000,
};

/** One event as a profile sees it. */
export interface Observation {
  /** The event's id, by which the keeper of profiles lets them learn from it once. */
  id: string;
  atMs: number;
  /** An order and a decline are payment attempts; anything else only shows presence. */
  kind: "order" | "decline" | "other";
  /** ln(1 + euros) of a payment attempt; null when it carries no amount. */
  amountLog: number | null;
  links: Partial<Record<Link, string>>;
}

export interface LinkSnapshot {
  /** Different ones an order was made with at least a day before (at most LINKS_KEPT are remembered). */
  known: number;
  /** Different ones seen within the link's recent time, this one included. */
  recent: number;
  /**
   * No order was made with this one at least a day before. Looking around does not make it known: whoever orders has looked
   * around first; nor do the first orders, which may be a thief's.
   */
  isNew: boolean;
}

/** What was known of an entity before an event. Counts end at the event's own time; amounts are ln(1 + euros). */
export interface Snapshot {
  orders: number;
  orders1m: number;
  orders1h: number;
  orders1d: number;
  orders30d: number;
  /** Euros, roughly. */
  amount1d: number;
  attempts1h: number;
  declines1h: number;
  amountMean: number;
  /** Sum of squared deviations from the mean (Welford). */
  amountM2: number;
  amountEwMean: number;
  amountEwVariance: number;
  amountMax: number;
  /** Mean of the clipped z-scores of the amounts of the last 7 days, before this event; 0 without any. */
  amountZ7d: number;
  links: Partial<Record<Link, LinkSnapshot>>;
}

interface Bucket {
  /** Hours or days since the epoch. */
  index: number;
  orders: number;
  amount: number;
  zSum: number;
  zCount: number;
}

interface Attempt {
  atMs: number;
  declined: boolean;
}

interface Seen {
  key: string;
  lastMs: number;
  /** Of the first order with it. */
  orderedMs: number | null;
}

export interface Profile {
  v: 1;
  orders: number;
  amount: { mean: number; m2: number; ewMean: number; ewVariance: number; max: number };
  attempts: Attempt[];
  hours: Bucket[];
  days: Bucket[];
  links: Partial<Record<Link, Seen[]>>;
}

const ATTEMPTS_KEPT = 256;
const LINKS_KEPT = 64;
const EW_ALPHA = 0.05;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export function newProfile(): Profile {
  return {
    v: 1,
    orders: 0,
    amount: { mean: 0, m2: 0, ewMean: 0, ewVariance: 0, max: 0 },
    attempts: [],
    hours: [],
    days: [],
    links: {},
  };
}

/** What was known before this event; the profile then learns from it. For an event it learned from already there is `look`. */
export function recall(profile: Profile, seen: Observation): Snapshot {
  const before = look(profile, seen);
  learn(profile, seen, before);
  return before;
}

/**
 * What is known at this event, of which nothing is learned.
 *
 * Windows of a minute and an hour are exact up to 256 attempts an hour; a day is this hour and the 23 before, 7 and 30 days are
 * this day and those before.
 */
export function look(profile: Profile, seen: Observation): Snapshot {
  const { atMs } = seen;
  const hour = Math.floor(atMs / HOUR_MS);
  const day = Math.floor(atMs / DAY_MS);
  const result: Snapshot = {
    orders: profile.orders,
    orders1m: 0,
    orders1h: 0,
    orders1d: 0,
    orders30d: 0,
    amount1d: 0,
    attempts1h: 0,
    declines1h: 0,
    amountMean: profile.amount.mean,
    amountM2: profile.amount.m2,
    amountEwMean: profile.amount.ewMean,
    amountEwVariance: profile.amount.ewVariance,
    amountMax: profile.amount.max,
    amountZ7d: 0,
    links: {},
  };
  for (const attempt of profile.attempts) {
    const agoMs = atMs - attempt.atMs;
    if (agoMs < 0 || agoMs >= HOUR_MS) continue;
    result.attempts1h++;
    if (attempt.declined) result.declines1h++;
    else result.orders1h++;
    if (!attempt.declined && agoMs < 60_000) result.orders1m++;
  }
  for (const bucket of profile.hours) {
    if (bucket.index > hour || bucket.index <= hour - 24) continue;
    result.orders1d += bucket.orders;
    result.amount1d += bucket.amount;
  }
  let zSum = 0;
  let zCount = 0;
  for (const bucket of profile.days) {
    if (bucket.index > day || bucket.index <= day - 30) continue;
    result.orders30d += bucket.orders;
    if (bucket.index <= day - 7) continue;
    zSum += bucket.zSum;
    zCount += bucket.zCount;
  }
  if (zCount > 0) result.amountZ7d = zSum / zCount;
  for (const link of LINKS) {
    const key = seen.links[link];
    if (key !== undefined)
      result.links[link] = linkSnapshot(profile.links[link] ?? [], key, atMs - RECENT_MS[link], atMs);
  }
  return result;
}

function linkSnapshot(known: readonly Seen[], key: string, sinceMs: number, atMs: number): LinkSnapshot {
  const result = { known: 0, recent: 1, isNew: true };
  for (const other of known) {
    const isKnown = other.orderedMs !== null && other.orderedMs <= atMs - KNOWN_AFTER_MS;
    if (isKnown) result.known++;
    if (other.key === key) result.isNew = !isKnown;
    else if (other.lastMs > sinceMs && other.lastMs <= atMs) result.recent++;
  }
  return result;
}

function learn(profile: Profile, seen: Observation, before: Snapshot): void {
  for (const link of LINKS) {
    const key = seen.links[link];
    if (key !== undefined) learnLink((profile.links[link] ??= []), key, seen);
  }
  if (seen.kind === "other") return;
  keepLast(profile.attempts, { atMs: seen.atMs, declined: seen.kind === "decline" }, ATTEMPTS_KEPT);
  if (seen.kind === "order") learnOrder(profile, seen.atMs, seen.amountLog, before);
}

function learnOrder(profile: Profile, atMs: number, amountLog: number | null, before: Snapshot): void {
  profile.orders++;
  const z = amountLog === null ? null : Math.max(-3, Math.min(6, amountZ(before, amountLog)));
  for (const [buckets, index, kept] of [
    [profile.hours, Math.floor(atMs / HOUR_MS), 24],
    [profile.days, Math.floor(atMs / DAY_MS), 30],
  ] as const) {
    const bucket = bucketAt(buckets, index, kept);
    if (bucket === null) continue;
    bucket.orders++;
    if (amountLog === null || z === null) continue;
    bucket.amount += Math.expm1(amountLog);
    bucket.zSum += z;
    bucket.zCount++;
  }
  if (amountLog === null) return;
  const { amount } = profile;
  const delta = amountLog - amount.mean;
  amount.mean += delta / profile.orders;
  amount.m2 += delta * (amountLog - amount.mean);
  amount.max = Math.max(amount.max, amountLog);
  if (profile.orders === 1) amount.ewMean = amountLog;
  const ewDelta = amountLog - amount.ewMean;
  amount.ewMean += EW_ALPHA * ewDelta;
  amount.ewVariance = (1 - EW_ALPHA) * (amount.ewVariance + EW_ALPHA * ewDelta * ewDelta);
}

/**
 * z-score of an amount against an entity's own orders, both ends open. The variance is shrunk to a weak prior, so that the first
 * few orders do not explode; 0 with fewer than two orders.
 */
export function amountZ(before: Pick<Snapshot, "orders" | "amountMean" | "amountM2">, amountLog: number): number {
  if (before.orders < 2) return 0;
  const variance = (before.amountM2 + 0.75) / (before.orders + 2);
  return (amountLog - before.amountMean) / Math.sqrt(variance + 0.01);
}

/** The bucket of an hour or day, made when missing; null when it lies before all that is kept. */
function bucketAt(buckets: Bucket[], index: number, kept: number): Bucket | null {
  const found = buckets.find((bucket) => bucket.index === index);
  if (found !== undefined) return found;
  const newest = buckets.reduce((latest, bucket) => Math.max(latest, bucket.index), index);
  if (index <= newest - kept) return null;
  const bucket = { index, orders: 0, amount: 0, zSum: 0, zCount: 0 };
  const fresh = buckets.filter((old) => old.index > newest - kept);
  buckets.splice(0, buckets.length, ...fresh, bucket);
  return bucket;
}

function learnLink(known: Seen[], key: string, { atMs, kind }: Observation): void {
  const at = known.findIndex((other) => other.key === key);
  const link = (at < 0 ? undefined : known[at]) ?? { key, lastMs: atMs, orderedMs: null };
  if (at >= 0) known.splice(at, 1);
  link.lastMs = Math.max(link.lastMs, atMs);
  if (kind === "order") link.orderedMs = Math.min(link.orderedMs ?? atMs, atMs);
  keepLast(known, link, LINKS_KEPT);
}

function keepLast<T>(list: T[], item: T, kept: number): void {
  list.push(item);
  if (list.length > kept) list.shift();
}
