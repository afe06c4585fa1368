/**
 * What is remembered of one entity (a customer, a client, a network, a card, an e-mail), and how one event changes it.
 *
 * Pure and streaming: `recall` returns what was known *before* the event and then learns from it, so that no event sees itself or
 * its future, and live traffic and replay get the same numbers. Which events it learned from is for its keeper to remember.
 * Bounded: some kilobytes, at most 60, whatever the entity does.
 */
import {
  countDay,
  countHour,
  countMinute,
  dayOf,
  hourOf,
  minuteOf,
  newCounts,
  newWindows,
  windowsAt,
  type Counts,
} from "./counters.ts";
import { learnHabit, lookHabit, type Habit } from "./habit.ts";
import { firstLink, learnLink, linkKey, linkKeys, lookLink, type EntityKind, type Seen } from "./links.ts";
import { LINKS, type Link, type Observation } from "./observation.ts";
import { learnStay, lookStay, type Stay } from "./place.ts";
import { FIGURE, setLink, snapshotAt, SNAPSHOT_FIGURES, type Snapshot } from "./snapshot.ts";
import { learnVisit, lookVisit, type Visit } from "./visit.ts";

export interface Attempt {
  atMs: number;
  declined: boolean;
}

export interface Profile {
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

const ATTEMPTS_KEPT = 200;
const EW_ALPHA = 0.05;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export function newProfile(): Profile {
  return {
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
  learn(profile, kind, seen);
  return before;
}

/** What is known at this event, of which nothing is learned. */
export function look(profile: Profile, kind: EntityKind, seen: Observation): Snapshot {
  const row = new Float64Array(SNAPSHOT_FIGURES);
  lookInto(row, 0, profile, kind, seen);
  return snapshotAt(row, 0);
}

/**
 * `look`, written as the row of a snapshot: a store answers hundreds of profiles at once, and objects of so many fields are slow.
 *
 * @param keys of the event, which whoever asks several profiles about it makes once
 */
export function lookInto(
  row: Float64Array,
  at: number,
  profile: Profile,
  kind: EntityKind,
  seen: Observation,
  keys = linkKeys(seen),
): void {
  const { atMs } = seen;
  const { amount } = profile;
  const { minute, hour, day, days7, days30 } = windowsAt(profile.counts, atMs, windows);
  row[at + FIGURE.orders] = profile.orders;
  row[at + FIGURE.orders1d] = day.orders;
  row[at + FIGURE.orders7d] = days7.orders;
  row[at + FIGURE.orders30d] = days30.orders;
  row[at + FIGURE.declines1d] = day.declines;
  row[at + FIGURE.declinesInARow] = profile.declinesInARow;
  row[at + FIGURE.refunds30d] = days30.refunds;
  row[at + FIGURE.logins1h] = hour.logins;
  row[at + FIGURE.signUps1d] = day.signUps;
  row[at + FIGURE.coupons7d] = days7.coupons;
  row[at + FIGURE.couponsRefused1h] = hour.couponsRefused;
  row[at + FIGURE.cartAdds1m] = minute.cartAdds;
  row[at + FIGURE.cartAdds1h] = hour.cartAdds;
  row[at + FIGURE.cartUnits1h] = hour.cartUnits;
  row[at + FIGURE.views1m] = minute.views;
  row[at + FIGURE.views1h] = hour.views;
  row[at + FIGURE.frauds7d] = Math.max(0, days7.frauds);
  row[at + FIGURE.frauds30d] = Math.max(0, days30.frauds);
  row[at + FIGURE.amount1d] = day.amount;
  row[at + FIGURE.amount30d] = days30.amount;
  row[at + FIGURE.refunded30d] = days30.refunded;
  row[at + FIGURE.amountMean] = amount.mean;
  row[at + FIGURE.amountM2] = amount.m2;
  row[at + FIGURE.amountEwMean] = amount.ewMean;
  row[at + FIGURE.amountEwVariance] = amount.ewVariance;
  row[at + FIGURE.amountMax] = amount.max;
  row[at + FIGURE.amountZ7d] = days7.zCount > 0 ? days7.zSum / days7.zCount : 0;
  row[at + FIGURE.sinceFirstMs] = since(profile.firstMs, atMs);
  row[at + FIGURE.sinceLastMs] = since(profile.lastMs, atMs);
  row[at + FIGURE.sinceOrderMs] = since(profile.orderedMs, atMs);
  row[at + FIGURE.sinceSignUpMs] = since(profile.signedUpMs, atMs);
  lookAttempts(row, at, profile.attempts, atMs);
  const { movedKm, movedMs } = lookStay(profile.stay, seen);
  row[at + FIGURE.movedKm] = movedKm;
  row[at + FIGURE.movedMs] = movedMs;
  const habit = lookHabit(profile.habit, atMs);
  row[at + FIGURE.habitNear] = habit.near;
  row[at + FIGURE.habitAll] = habit.all;
  const { visitMs, viewGaps, viewGapVariation } = lookVisit(profile.visit, seen);
  row[at + FIGURE.visitMs] = visitMs;
  row[at + FIGURE.viewGaps] = viewGaps;
  row[at + FIGURE.viewGapVariation] = viewGapVariation;
  for (let index = 0; index < LINKS.length; index++) {
    const link = LINKS[index] as Link; // one of them
    const key = linkKey(kind, index, keys);
    setLink(row, at, index, key === null ? null : lookLink(profile.links[link], link, key, atMs));
  }
}

/** Gone over by each look, and never held beyond it. */
const windows = newWindows();

function since(pastMs: number | null, atMs: number): number {
  return pastMs === null ? NaN : Math.max(0, atMs - pastMs);
}

function lookAttempts(row: Float64Array, at: number, attempts: readonly Attempt[], atMs: number): void {
  let declines1h = 0;
  let orders1h = 0;
  let orders1m = 0;
  for (const { atMs: triedMs, declined } of attempts) {
    const agoMs = atMs - triedMs;
    if (agoMs < 0 || agoMs >= HOUR_MS) continue;
    if (declined) declines1h++;
    else orders1h++;
    if (!declined && agoMs < MINUTE_MS) orders1m++;
  }
  row[at + FIGURE.attempts1h] = declines1h + orders1h;
  row[at + FIGURE.declines1h] = declines1h;
  row[at + FIGURE.orders1h] = orders1h;
  row[at + FIGURE.orders1m] = orders1m;
}

/** The profile learns from an event. @param keys as for `lookInto` */
export function learn(profile: Profile, kind: EntityKind, seen: Observation, keys = linkKeys(seen)): void {
  const { atMs } = seen;
  for (let index = 0; index < LINKS.length; index++) {
    const key = linkKey(kind, index, keys);
    if (key === null) continue;
    const link = LINKS[index] as Link; // one of them
    const known = profile.links[link];
    if (known === undefined) profile.links[link] = firstLink(key, seen);
    else learnLink(known, key, seen);
  }
  profile.firstMs = Math.min(profile.firstMs ?? atMs, atMs);
  profile.lastMs = Math.max(profile.lastMs ?? atMs, atMs);
  profile.stay = learnStay(profile.stay, seen);
  profile.visit = learnVisit(profile.visit, seen);
  learnAct(profile, seen);
}

function learnAct(profile: Profile, seen: Observation): void {
  const { atMs, act, amountLog, units } = seen;
  const { counts } = profile;
  switch (act) {
    case "order":
      learnAttempt(profile, atMs, false);
      learnOrder(profile, seen);
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
      learnCart(profile, atMs, units);
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

function learnCart({ counts }: Profile, atMs: number, units: number): void {
  const minute = minuteOf(counts, atMs);
  if (minute === null) return;
  minute.cartAdds++;
  minute.cartUnits += units;
}

function learnAttempt(profile: Profile, atMs: number, declined: boolean): void {
  const { attempts } = profile;
  // The first in a list no longer than it, see `firstLink`.
  if (attempts.length === 0) profile.attempts = [{ atMs, declined }];
  else attempts.push({ atMs, declined });
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

function learnOrder(profile: Profile, { atMs, amountLog, links }: Observation): void {
  const { amount, counts, orders: ordersBefore } = profile;
  profile.orders++;
  profile.orderedMs = Math.max(profile.orderedMs ?? atMs, atMs);
  profile.declinesInARow = 0;
  profile.habit = learnHabit(profile.habit, atMs);
  const paid = amountLog === null ? 0 : Math.expm1(amountLog);
  const hour = hourOf(counts, atMs);
  if (hour !== null) {
    hour.orders++;
    hour.amount += paid;
  }
  const day = dayOf(counts, atMs);
  if (day !== null) {
    day.orders++;
    if (links.coupon !== undefined) day.coupons++;
    day.amount += paid;
  }
  if (amountLog === null) return;
  const z = amountZ({ orders: ordersBefore, amountMean: amount.mean, amountM2: amount.m2 }, amountLog);
  if (day !== null) {
    day.zSum += Math.max(-3, Math.min(6, z));
    day.zCount++;
  }
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
