/**
 * What is remembered of one entity (a customer, a client, a network, a card, an e-mail), and how one event changes it.
 *
 * Pure and streaming: `recall` returns what was known *before* the event and then learns from it, so that no event sees itself or
 * its future, and live traffic and replay get the same numbers. Which events it learned from is for its keeper to remember.
 * Bounded: some kilobytes, at most 60, whatever the entity does.
 */
import { countDay, countHour, countMinute, newCounts, windowsAt, type Counts } from "./counters.ts";
import { learnHabit, lookHabit, type Habit } from "./habit.ts";
import { learnLink, linksSeen, lookLink, type EntityKind, type LinkSnapshot, type Seen } from "./links.ts";
import type { Link, Observation } from "./observation.ts";
import { learnStay, lookStay, type Stay } from "./place.ts";
import { learnVisit, lookVisit, type Visit } from "./visit.ts";

interface Attempt {
  atMs: number;
  declined: boolean;
}

export interface Profile {
  v: 2;
  /** Of the first event, and the newest. */
  firstMs: number | null;
  lastMs: number | null;
  signedUpMs: number | null;
  orders: number;
  orderedMs: number | null;
  amount: { mean: number; m2: number; ewMean: number; ewVariance: number; max: number };
  attempts: Attempt[];
  /** Declines since the last order. */
  declinesInARow: number;
  counts: Counts;
  links: Partial<Record<Link, Seen[]>>;
  stay: Stay | null;
  visit: Visit | null;
  habit: Habit;
}

/**
 * What was known of an entity before an event. Payments of `1m` and `1h` are exact, up to 200 attempts. Of all else `1m` is this minute
 * and what is left of the one before, `1h` this minute and the 59 before, `1d` this hour and the 23 before, `7d` and `30d` this day and
 * those before; nothing later is in them, but for what came within the same minute, hour or day.
 * Amounts are ln(1 + euros) where the name says so by `amountM…`, else euros, roughly. NaN where nothing can be known.
 */
export interface Snapshot {
  orders: number;
  orders1m: number;
  orders1h: number;
  orders1d: number;
  orders7d: number;
  orders30d: number;
  attempts1h: number;
  declines1h: number;
  declines1d: number;
  declinesInARow: number;
  refunds30d: number;
  logins1h: number;
  signUps1d: number;
  coupons7d: number;
  couponsRefused1h: number;
  cartAdds1m: number;
  cartAdds1h: number;
  cartUnits1h: number;
  views1m: number;
  views1h: number;
  frauds7d: number;
  frauds30d: number;
  amount1d: number;
  amount30d: number;
  refunded30d: number;
  amountMean: number;
  /** Sum of squared deviations from the mean (Welford). */
  amountM2: number;
  amountEwMean: number;
  amountEwVariance: number;
  amountMax: number;
  /** Mean of the clipped z-scores of the amounts of the last 7 days, before this event; 0 without any. */
  amountZ7d: number;
  /** Since the first event, the newest, the last order and the sign-up. */
  sinceFirstMs: number;
  sinceLastMs: number;
  sinceOrderMs: number;
  sinceSignUpMs: number;
  /** From where it was last, or before if that is here, and since when it was last seen there; see `lookStay`. */
  movedKm: number;
  movedMs: number;
  /** Orders at about this time of a day like this one, and of how many; see `lookHabit`. */
  habitNear: number;
  habitAll: number;
  visitMs: number;
  viewGaps: number;
  viewGapVariation: number;
  links: Partial<Record<Link, LinkSnapshot>>;
}

const ATTEMPTS_KEPT = 200;
const EW_ALPHA = 0.05;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export function newProfile(): Profile {
  return {
    v: 2,
    firstMs: null,
    lastMs: null,
    signedUpMs: null,
    orders: 0,
    orderedMs: null,
    amount: { mean: 0, m2: 0, ewMean: 0, ewVariance: 0, max: 0 },
    attempts: [],
    declinesInARow: 0,
    counts: newCounts(),
    links: {},
    stay: null,
    visit: null,
    habit: null,
  };
}

/** What was known before this event; the profile then learns from it. For an event it learned from already there is `look`. */
export function recall(profile: Profile, kind: EntityKind, seen: Observation): Snapshot {
  const before = look(profile, kind, seen);
  learn(profile, kind, seen, before);
  return before;
}

/** What is known at this event, of which nothing is learned. */
export function look(profile: Profile, kind: EntityKind, seen: Observation): Snapshot {
  const { atMs } = seen;
  const { amount } = profile;
  const { minute, hour, day, days7, days30 } = windowsAt(profile.counts, atMs);
  const attempts = lookAttempts(profile.attempts, atMs);
  const habit = lookHabit(profile.habit, atMs);
  const visit = lookVisit(profile.visit, seen);
  const links: Snapshot["links"] = {};
  for (const [link, key] of linksSeen(kind, seen)) links[link] = lookLink(profile.links[link], link, key, atMs);
  return {
    orders: profile.orders,
    orders1m: attempts.orders1m,
    orders1h: attempts.orders1h,
    orders1d: day.orders,
    orders7d: days7.orders,
    orders30d: days30.orders,
    attempts1h: attempts.attempts1h,
    declines1h: attempts.declines1h,
    declines1d: day.declines,
    declinesInARow: profile.declinesInARow,
    refunds30d: days30.refunds,
    logins1h: hour.logins,
    signUps1d: day.signUps,
    coupons7d: days7.coupons,
    couponsRefused1h: hour.couponsRefused,
    cartAdds1m: minute.cartAdds,
    cartAdds1h: hour.cartAdds,
    cartUnits1h: hour.cartUnits,
    views1m: minute.views,
    views1h: hour.views,
    frauds7d: Math.max(0, days7.frauds),
    frauds30d: Math.max(0, days30.frauds),
    amount1d: day.amount,
    amount30d: days30.amount,
    refunded30d: days30.refunded,
    amountMean: amount.mean,
    amountM2: amount.m2,
    amountEwMean: amount.ewMean,
    amountEwVariance: amount.ewVariance,
    amountMax: amount.max,
    amountZ7d: days7.zCount > 0 ? days7.zSum / days7.zCount : 0,
    sinceFirstMs: since(profile.firstMs, atMs),
    sinceLastMs: since(profile.lastMs, atMs),
    sinceOrderMs: since(profile.orderedMs, atMs),
    sinceSignUpMs: since(profile.signedUpMs, atMs),
    ...lookStay(profile.stay, seen),
    habitNear: habit.near,
    habitAll: habit.all,
    ...visit,
    links,
  };
}

function since(pastMs: number | null, atMs: number): number {
  return pastMs === null ? NaN : Math.max(0, atMs - pastMs);
}

function lookAttempts(attempts: readonly Attempt[], atMs: number) {
  const found = { attempts1h: 0, declines1h: 0, orders1h: 0, orders1m: 0 };
  for (const { atMs: triedMs, declined } of attempts) {
    const agoMs = atMs - triedMs;
    if (agoMs < 0 || agoMs >= HOUR_MS) continue;
    found.attempts1h++;
    if (declined) found.declines1h++;
    else found.orders1h++;
    if (!declined && agoMs < MINUTE_MS) found.orders1m++;
  }
  return found;
}

function learn(profile: Profile, kind: EntityKind, seen: Observation, before: Snapshot): void {
  const { atMs } = seen;
  for (const [link, key] of linksSeen(kind, seen)) learnLink((profile.links[link] ??= []), key, seen);
  profile.firstMs = Math.min(profile.firstMs ?? atMs, atMs);
  profile.lastMs = Math.max(profile.lastMs ?? atMs, atMs);
  profile.stay = learnStay(profile.stay, seen);
  profile.visit = learnVisit(profile.visit, seen);
  learnAct(profile, seen, before);
}

function learnAct(profile: Profile, seen: Observation, before: Snapshot): void {
  const { atMs, act, amountLog, units } = seen;
  const { counts } = profile;
  switch (act) {
    case "order":
      learnAttempt(profile, atMs, false);
      learnOrder(profile, seen, before);
      return;
    case "decline":
      learnAttempt(profile, atMs, true);
      profile.declinesInARow++;
      countHour(counts, atMs, "declines", 1);
      return;
    case "refund":
      countDay(counts, atMs, "refunds", 1);
      if (amountLog !== null) countDay(counts, atMs, "refunded", Math.expm1(amountLog));
      return;
    case "login":
      countMinute(counts, atMs, "logins", 1);
      return;
    case "sign_up":
      profile.signedUpMs = Math.max(profile.signedUpMs ?? atMs, atMs);
      countHour(counts, atMs, "signUps", 1);
      return;
    case "coupon_refused":
      countMinute(counts, atMs, "couponsRefused", 1);
      return;
    case "cart_add":
      countMinute(counts, atMs, "cartAdds", 1);
      countMinute(counts, atMs, "cartUnits", units);
      return;
    case "view":
      countMinute(counts, atMs, "views", 1);
      return;
    case "checkout":
    case "step":
      return;
    default:
      act satisfies never;
  }
}

function learnAttempt({ attempts }: Profile, atMs: number, declined: boolean): void {
  attempts.push({ atMs, declined });
  if (attempts.length > ATTEMPTS_KEPT) attempts.shift();
}

/**
 * An act of this entity turned out to be fraud, which is counted from then on, not before; -1 takes it back.
 *
 * @param knownMs when it turned out to be fraud, also where that is taken back
 */
export function learnFraud({ counts }: Profile, knownMs: number, by: 1 | -1): void {
  countDay(counts, knownMs, "frauds", by);
}

function learnOrder(profile: Profile, { atMs, amountLog, links }: Observation, before: Snapshot): void {
  const { amount, counts } = profile;
  profile.orders++;
  profile.orderedMs = Math.max(profile.orderedMs ?? atMs, atMs);
  profile.declinesInARow = 0;
  profile.habit = learnHabit(profile.habit, atMs);
  countHour(counts, atMs, "orders", 1);
  countDay(counts, atMs, "orders", 1);
  if (links.coupon !== undefined) countDay(counts, atMs, "coupons", 1);
  if (amountLog === null) return;
  countHour(counts, atMs, "amount", Math.expm1(amountLog));
  countDay(counts, atMs, "amount", Math.expm1(amountLog));
  countDay(counts, atMs, "zSum", Math.max(-3, Math.min(6, amountZ(before, amountLog))));
  countDay(counts, atMs, "zCount", 1);
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
