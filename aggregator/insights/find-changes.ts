import { OTHER, type Dimension } from "../store/rollups.ts";
import type { Side } from "../watch/watched.ts";
import { compare, thresholdFor, type Assumed, type Comparison } from "./significance.ts";
import { usualSums, type Scope, type Sums } from "./sums.ts";
import { TESTED, TESTED_NAMES, type Tested, type TestedName } from "./tested.ts";
import type { Baseline } from "./window.ts";

/** A figure of a member that is not as usual, beyond what chance makes of it. */
export interface Change {
  metric: TestedName;
  dimension: Dimension;
  member: string;
  side: Side;
  /** A sum, or a quotient as it is. */
  value: number;
  usual: number;
  /** 1 for as usual; infinite for what there usually is none of. */
  ratio: number;
  /** In what is counted or paid: of a quotient, beyond the usual quotient of as many units as there are. */
  difference: number;
  p: number;
}

/**
 * Share of quiet windows, in which nothing but chance is at work, of which any change is told at most: half for everything, half for
 * the members. Effects that are too small to matter are not told at all, so it is fewer.
 */
export const FALSE_RATE = 0.02;

/** What is assumed of windows before they have spoken: how unlike whole windows are, as a share squared, and how sure that is. */
const ASSUMED: Record<Baseline["kind"], Pick<Assumed, "wander" | "worth">> = {
  hour_of_week: { wander: 0.015, worth: 12 },
  hour_of_day: { wander: 0.02, worth: 12 },
  day_before: { wander: 0.02, worth: 12 },
  none: { wander: 0, worth: 0 },
};

/** Orders of one shop differ by about their own size; pieces of an order come together, and so do their prices. */
const SIZE_TIMES = { count: 1, sum: 2, mean: 1 } as const;
const PIECES_TOGETHER = 2;
/** Amounts that are much alike vary less than counts do. */
const DISPERSION_LEAST = { count: 1, sum: 0.5, mean: 0.25 } as const;

export interface Expectation {
  /** How many times the usual the calendar says there will be. */
  factor: number;
  /** Sides that the calendar explains. */
  held: readonly Side[];
}

/**
 * What has changed against the baseline: in everything, and in each member that is told apart. Of the first family and of the second
 * Benjamini and Hochberg's rule keeps the false ones to half of `FALSE_RATE` each.
 */
export function findChanges(
  scopes: readonly Scope[],
  baseline: Baseline,
  { factor, held }: Expectation = { factor: 1, held: [] },
): Change[] {
  if (baseline.occasions.length === 0) return [];
  const looked = scopes.flatMap((scope) =>
    scope.member === OTHER
      ? []
      : TESTED_NAMES.flatMap((metric) => {
          const change = lookAt(metric, scope, baseline, factor);
          return change === null ? [] : [change];
        }),
  );
  const families = [
    looked.filter(({ dimension }) => dimension === "all"),
    looked.filter(({ dimension }) => dimension !== "all"),
  ];
  return families.flatMap((family) => {
    const ps = family.map(({ p }) => p);
    const most = thresholdFor(ps, FALSE_RATE / families.length);
    return family.filter((change) => change.p <= most && matters(change) && !held.includes(change.side)).map(told);
  });
}

interface Looked extends Change {
  /** Of money, in orders of the usual value. */
  differenceCounts: number;
}

function lookAt(metric: TestedName, scope: Scope, baseline: Baseline, factor: number): Looked | null {
  const tested: Tested = TESTED[metric];
  if (!tested.dimensions.includes(scope.dimension)) return null;
  const usual = usualSums(scope, baseline.occasions);
  if (metric === "conversion" && !tellsSessions(usual)) return null;
  if (tested.isMore !== undefined && !tested.isMore(scope.now, usual)) return null;
  const unitsOf = (sums: Sums) => tested.units?.(sums) ?? 1;
  const size = sizeOf(metric, tested, usual);
  // A day that is known to have twice as much is held against twice as much.
  const times = tested.units === null ? factor : 1;
  const now = { value: tested.value(scope.now) / times, units: unitsOf(scope.now) };
  if (countsOf(tested, scope.now, usual) < tested.least.counts || Math.min(now.units, unitsOf(usual)) <= 0) return null;
  const history = baseline.occasions.map(({ weight }, index) => {
    const own = scope.before[index];
    return { weight, value: own === undefined ? 0 : tested.value(own), units: own === undefined ? 0 : unitsOf(own) };
  });
  const dispersionLeast = DISPERSION_LEAST[tested.as];
  const compared = compare(now, history, { ...ASSUMED[baseline.kind], size, dispersionLeast });
  return compared === null ? null : lookedAt(metric, scope, compared, { now, size, times });
}

/** What a figure rests on: of money the orders, as one that is dear makes no trend. */
function countsOf({ as, value, units }: Tested, now: Sums, usual: Sums): number {
  if (as === "count") return Math.max(value(now), value(usual));
  return as === "sum" ? Math.max(now.priced, usual.priced) : Math.min(units?.(now) ?? 0, units?.(usual) ?? 0);
}

function lookedAt(
  metric: TestedName,
  { dimension, member }: Scope,
  { usual, expected, p }: Comparison,
  { now, size, times }: { now: { value: number; units: number }; size: number; times: number },
): Looked {
  const { as }: Tested = TESTED[metric];
  const value = times * (now.value / now.units);
  const difference = times * (now.value - expected);
  const differenceCounts = (SIZE_TIMES[as] * Math.abs(difference)) / size;
  const ratio = value / (times * usual);
  const side = difference < 0 ? "down" : "up";
  return { metric, dimension, member, side, value, usual: times * usual, ratio, difference, p, differenceCounts };
}

function told({ differenceCounts: _counts, ...change }: Looked): Change {
  return change;
}

function matters({ metric, dimension, side, ratio, differenceCounts }: Looked): boolean {
  const { sides, least }: Tested = TESTED[metric];
  const changeLeast = dimension === "all" ? least.change : least.memberChange;
  return sides.includes(side) && Math.abs(ratio - 1) >= changeLeast && differenceCounts >= least.difference;
}

/** A shop that sends no sessions, or of some orders only, has no orders per session. */
export function tellsSessions({ sessions, orders }: Sums): boolean {
  return sessions > 0 && orders <= sessions;
}

function sizeOf(metric: TestedName, { as }: Tested, usual: Sums): number {
  if (as === "count") return 1;
  if (metric === "piece_price") return usual.quantity > 0 ? (PIECES_TOGETHER * usual.revenue) / usual.quantity : 0;
  const orderValue = usual.priced > 0 ? usual.revenue / usual.priced : 0;
  return SIZE_TIMES[as] * orderValue;
}
