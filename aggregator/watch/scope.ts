import * as z from "zod";
import { markOf, type CalendarDays, type Mark } from "./calendar.ts";
import { LEARNING_HOURS, learnHour, NEW_SEASON, Season, usualIn } from "./season.ts";
import { NEW_SERIES, Series, stepSeries } from "./series.ts";
import {
  LEARNED,
  LearnedName,
  NO_SUMS,
  WATCHED,
  WATCHED_DIMENSIONS,
  WatchedName,
  type Sums,
  type Watched,
} from "./watched.ts";

/**
 * Of state and profile, and of what their numbers mean: counted up with every change that earlier ones cannot be read as. Scopes that were
 * kept by another version begin anew, with what the sums of their last weeks teach.
 */
const VERSION = 1;

/** What is watched together: everything, or a country, a device class, a category. */
export const ScopeName = z.object({
  dimension: z.enum(WATCHED_DIMENSIONS),
  /** Empty for everything. */
  member: z.string(),
});
export type ScopeName = z.infer<typeof ScopeName>;

/** What is usual in the hour, in the one before and in the one after; and how whole hours differ for no reason. */
const Present = z.strictObject({
  hour: z.number(),
  usual: z.record(LearnedName, z.tuple([z.number(), z.number(), z.number()])),
  wander: z.record(LearnedName, z.number()),
});
type Present = z.infer<typeof Present>;

/** What a scope carries from minute to minute. Plain JSON. */
export const ScopeState = z.strictObject({
  version: z.literal(VERSION),
  /** The one most of its orders are in, which its amounts are of; null without orders. */
  currency: z.string().nullable(),
  /** Hours since 1970 before which everything is learned. */
  learnedUntil: z.number(),
  /** How many hours that was. */
  hours: z.number(),
  /** What is usual about the hour that goes on; null before the first. */
  present: Present.nullable(),
  series: z.partialRecord(WatchedName, Series),
});
export type ScopeState = z.infer<typeof ScopeState>;

/** What is usual at every hour. Large, and of use once an hour. */
export const Profile = z.record(LearnedName, Season);
export type Profile = z.infer<typeof Profile>;

export const NEW_PROFILE = Object.fromEntries(LearnedName.options.map((name) => [name, NEW_SEASON])) as Profile; // of every name

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const MINUTES = 60;
/** An hour is learned when another has passed: by then what came late is in it. */
const LEARNED_AFTER_HOURS = 1;

export const Scope = ScopeName.extend({
  state: ScopeState,
  /** Null when it was not read: then no hour may turn. */
  profile: Profile.nullable(),
});
export type Scope = z.infer<typeof Scope>;

export function newScopeState(currency: string | null, fromHour: number): ScopeState {
  return { version: VERSION, currency, learnedUntil: fromHour, hours: 0, present: null, series: {} };
}

/** The hour since 1970 that a minute since 1970 is in. */
export function hourOf(minute: number): number {
  return Math.floor(minute / MINUTES);
}

/** Whether another hour than the one that is known goes on at this minute. */
export function turnsHour({ present }: ScopeState, minute: number): boolean {
  return hourOf(minute) !== present?.hour;
}

/** The hour before which everything is to be learned when this hour, since 1970, begins. */
export function toLearnAt(hour: number): number {
  return hour - LEARNED_AFTER_HOURS;
}

/**
 * Learns the hours before `until`. A day that is marked teaches nothing, and neither does an hour in which nothing comes where something
 * should: a shop that was closed for a week is not half a shop.
 *
 * @param sumsAt by hours since 1970; where there is none, nothing came
 */
export function learn(
  scope: Scope,
  sumsAt: ReadonlyMap<number, Sums>,
  until: number,
  days: readonly CalendarDays[],
): Scope {
  let { profile, state } = scope;
  if (profile === null || state.learnedUntil >= until) return scope;
  const { no_data, no_orders } = state.series;
  const silentMs = Math.min(no_data?.alarm?.startedMs ?? Infinity, no_orders?.alarm?.startedMs ?? Infinity);
  for (let hour = state.learnedUntil; hour < until; hour++) {
    if (!markOf(days, hour * HOUR_MS).isTaught || (hour + 1) * HOUR_MS > silentMs) continue;
    profile = learnedFrom(profile, hour, sumsAt.get(hour) ?? NO_SUMS);
    state = { ...state, hours: state.hours + 1 };
  }
  return { ...scope, profile, state: { ...state, learnedUntil: until } };
}

function learnedFrom(profile: Profile, hour: number, sums: Sums): Profile {
  const learned = { ...profile };
  for (const name of LearnedName.options) {
    const { value, units, counted } = LEARNED[name];
    learned[name] = learnHour(profile[name], hour, { value: value(sums), units: units?.(sums) ?? 1 }, counted);
  }
  return learned;
}

interface Step {
  /** Minutes since 1970. */
  minute: number;
  sums: Sums;
  days: readonly CalendarDays[];
  /** How many scopes of its dimension are looked at. */
  looks: number;
  /** Whether changes may be told of. */
  isTold: boolean;
}

/** Takes a scope through one minute. While it learns there is nothing to hold a minute against. */
export function stepScope(scope: Scope, { minute, sums, days, looks, isTold }: Step): Scope {
  const { state, dimension } = scope;
  const hour = hourOf(minute);
  const present = state.present?.hour === hour ? state.present : presentOf(scope.profile, hour);
  if (state.hours < LEARNING_HOURS) return { ...scope, state: { ...state, present } };
  const mark = markOf(days, minute * MINUTE_MS);
  const series = { ...state.series };
  for (const metric of WatchedName.options) {
    const watched: Watched = WATCHED[metric];
    if (!watched.dimensions.includes(dimension)) continue;
    const before = series[metric] ?? NEW_SERIES;
    const given = minuteOf(present, watched, minute, sums, mark);
    series[metric] = mark.isIgnored
      ? { ...before, evidences: [] }
      : stepSeries(
          before,
          { ...given, atMs: minute * MINUTE_MS, looks, held: mark.held, isTold, isSlow: dimension === "all" },
          watched,
        );
  }
  return { ...scope, state: { ...state, present, series } };
}

/** @throws Error when an hour turns and the profile was not read, which is a fault of who read the scope */
function presentOf(profile: Profile | null, hour: number): Present {
  if (profile === null) throw new Error("an hour turned without the profile");
  const of = (name: LearnedName, at: number) => usualIn(profile[name], at, LEARNED[name].counted);
  const entries = LearnedName.options.map((name) => [name, [of(name, hour - 1), of(name, hour), of(name, hour + 1)]]);
  return {
    hour,
    usual: Object.fromEntries(entries) as Present["usual"], // of every name
    wander: Object.fromEntries(LearnedName.options.map((name) => [name, profile[name].wander])) as Present["wander"], // likewise
  };
}

/** What of `name` is usual in a unit at a minute: on a line from the middle of one hour to that of the next. */
function usualAt(present: Present, name: LearnedName, minute: number): number {
  const [before, here, after] = present.usual[name];
  const place = ((minute % MINUTES) + 0.5) / MINUTES - 0.5;
  return here + Math.abs(place) * ((place < 0 ? before : after) - here);
}

function minuteOf(present: Present, { method: { of } }: Watched, minute: number, sums: Sums, { factor }: Mark) {
  const { order_value, orders } = present.wander;
  const usual = (name: LearnedName) => usualAt(present, name, minute);
  if (of === "revenue") {
    const counts = (factor * usual("orders")) / MINUTES;
    const amount = { observed: sums.revenue, units: counts, usual: usual("order_value") };
    return { ...amount, usualCounts: counts, wander: order_value + orders };
  }
  const { value, units } = LEARNED[of];
  const counted = { observed: value(sums), usual: usual(of), wander: present.wander[of], usualCounts: sums.orders };
  return { ...counted, units: units === null ? factor / MINUTES : units(sums) };
}

/** What is to be expected between two minutes since 1970, from the profile alone; and the variance of its hours. */
export function expectedSums(profile: Profile, from: number, until: number, days: readonly CalendarDays[]): Sums {
  const sums = { ...NO_SUMS };
  let present: Present | null = null;
  let factor = 1;
  for (let minute = from; minute < until; minute++) {
    const hour = hourOf(minute);
    if (present?.hour !== hour) {
      present = presentOf(profile, hour);
      factor = markOf(days, hour * HOUR_MS).factor;
    }
    const here = present;
    const part = (name: LearnedName) => (factor * usualAt(here, name, minute)) / MINUTES;
    const orders = part("orders");
    const attempts = orders / Math.max(1e-9, 1 - Math.min(0.999, usualAt(here, "decline", minute)));
    sums.events += part("events");
    sums.sessions += part("sessions");
    sums.orders += orders;
    sums.revenue += orders * usualAt(here, "order_value", minute);
    sums.declines += attempts - orders;
    sums.refunded_orders += orders * usualAt(here, "refund", minute);
  }
  return sums;
}
