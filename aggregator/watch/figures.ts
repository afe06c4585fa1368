import * as z from "zod";
import type { CalendarDays } from "./calendar.ts";
import { expectedSums, HOUR_MS, MINUTE_MS, type Scope } from "./scope.ts";
import { LEARNED, WATCHED, type Side, type Sums, type Watched, type WatchedName } from "./watched.ts";

/** A segment's part in an incident of everything. */
export const Contribution = z.strictObject({
  dimension: z.enum(["country", "device", "category"]),
  member: z.string(),
  share: z.number().meta({ description: "Of the difference; those of one dimension are about 1 together." }),
  observed: z.number(),
  expected: z.number(),
});
export type Contribution = z.infer<typeof Contribution>;

/** What an incident amounts to so far. Counts are by the minute, rates and amounts are what they are. */
export interface Figures {
  observed: number;
  expected: number;
  /** Where it would be by chance and with hours as unlike as they usually are. */
  low: number;
  high: number;
  /** By how much of what was expected it is more; null where nothing was. */
  change: number | null;
  /** Revenue that came beyond what was expected: negative for a loss. Null where it cannot be told. */
  impact: number | null;
  segments: Contribution[];
}

/** What was seen in a scope during an incident. */
export interface Seen {
  scope: Scope;
  sums: Sums;
}

/** Minutes since 1970. */
export interface Window {
  from: number;
  until: number;
}

/** How far a band reaches on either side, in standard deviations. */
export const BAND_DEVIATIONS = 3;
/** Orders of one shop differ by about their own size: so a sum of them has twice the variance of their number. */
const VALUE_VARIANCE = 1;
const SEGMENTS_MOST = 10;
const SEGMENT_SHARE_LEAST = 0.1;

interface Lead {
  metric: WatchedName;
  side: Side;
  dimension: string;
  member: string;
}

/** @returns null while the scope of the incident is not known, as when it is no longer watched */
export function figuresOf(
  lead: Lead,
  window: Window,
  seen: readonly Seen[],
  days: readonly CalendarDays[],
): Figures | null {
  const own = seen.find(({ scope }) => scope.dimension === lead.dimension && scope.member === lead.member);
  if (own === undefined || own.scope.profile === null) return null;
  const watched: Watched = WATCHED[lead.metric];
  const expected = expectedSums(own.scope.profile, window.from, window.until, days);
  const minutes = window.until - window.from;
  const saw = valueOf(watched, own.sums, minutes);
  const usual = valueOf(watched, expected, minutes);
  const deviation = usual * deviationOf(own.scope, watched, { seen: own.sums, expected, minutes });
  const difference = differenceOf(watched, own.sums, expected);
  return {
    observed: saw,
    expected: usual,
    low: Math.max(0, usual - BAND_DEVIATIONS * deviation),
    high: usual + BAND_DEVIATIONS * deviation,
    change: usual === 0 ? null : saw / usual - 1,
    impact: impactOf(own.scope, lead.metric, own.sums, expected),
    segments: lead.dimension === "all" ? contributions(watched, difference, seen, window, days) : [],
  };
}

/** What the metric is made of: a value by the minute, or per something that was counted. */
function partsOf({ method }: Watched): { value(sums: Sums): number; units: null | ((sums: Sums) => number) } {
  return method.of === "revenue" ? { value: ({ revenue }) => revenue, units: null } : LEARNED[method.of];
}

/** The metric's value: by the minute, or of a quotient as it is. */
export function valueOf(watched: Watched, sums: Sums, minutes: number): number {
  const { value, units } = partsOf(watched);
  return quotient(value(sums), units?.(sums) ?? minutes);
}

/** How much more was seen than expected, in counts or money, so that segments add up to the whole. */
function differenceOf(watched: Watched, seen: Sums, expected: Sums): number {
  const { value, units } = partsOf(watched);
  if (units === null) return value(seen) - value(expected);
  return value(seen) - quotient(value(expected), units(expected)) * units(seen);
}

/** Standard deviation of the value over so many minutes, as a share of it: by chance, and as whole hours differ. */
export function deviationOf(
  { profile, state }: Scope,
  watched: Watched,
  { seen, expected, minutes }: { seen: Sums; expected: Sums; minutes: number },
): number {
  if (profile === null) return 0;
  const { value, units } = partsOf(watched);
  const { of } = watched.method;
  const by = (counts: number, wander: number) =>
    Math.sqrt(1 / Math.max(counts, 1) + Math.max(0, wander) / Math.max(1, (minutes * MINUTE_MS) / HOUR_MS));
  if (of === "revenue") {
    return by(expected.orders / (1 + VALUE_VARIANCE), profile.orders.wander + profile.order_value.wander);
  }
  const { wander } = profile[of];
  if (of === "order_value") return by(seen.orders / VALUE_VARIANCE, wander);
  if (of === "conversion" || of === "refund" || of === "decline") {
    return by((units?.(seen) ?? 0) * valueOf(watched, expected, minutes), wander);
  }
  return by(value(expected) / (state.series[of]?.dispersion ?? 1), wander);
}

function quotient(value: number, units: number): number {
  return units === 0 ? 0 : value / units;
}

function impactOf({ state }: Scope, metric: WatchedName, seen: Sums, expected: Sums): number | null {
  if (state.currency === null || expected.orders <= 0 || metric === "events") return null;
  // What is declined or refunded too often has no value of its own: orders of the usual value are lost.
  if (metric === "payment_decline_rate" || metric === "refund_rate") {
    return (-differenceOf(WATCHED[metric], seen, expected) * expected.revenue) / expected.orders;
  }
  return seen.revenue - expected.revenue;
}

/** The segments that most of the difference is in, the largest part first. */
function contributions(
  watched: Watched,
  total: number,
  seen: readonly Seen[],
  window: Window,
  days: readonly CalendarDays[],
) {
  if (total === 0) return [];
  const minutes = window.until - window.from;
  return seen
    .flatMap(({ scope: { dimension, member, profile }, sums }): Contribution[] => {
      if (dimension === "all" || profile === null || !watched.dimensions.includes(dimension)) return [];
      const expected = expectedSums(profile, window.from, window.until, days);
      const values = { observed: valueOf(watched, sums, minutes), expected: valueOf(watched, expected, minutes) };
      return [{ dimension, member, share: differenceOf(watched, sums, expected) / total, ...values }];
    })
    .filter(({ share }) => share >= SEGMENT_SHARE_LEAST)
    .toSorted((a, b) => b.share - a.share)
    .slice(0, SEGMENTS_MOST);
}
