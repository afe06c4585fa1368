import type { Dimension } from "../store/rollups.ts";
import type { Side } from "../watch/watched.ts";
import type { Sums } from "./sums.ts";

/** A figure that is held against what is usual. */
export interface Tested {
  value(sums: Sums): number;
  /** What it is divided by; null for a plain sum. */
  units: null | ((sums: Sums) => number);
  /**
   * What varies as chance has it: `count`, things that happened; `sum`, money in orders that are more or fewer; `mean`, money in as many
   * orders as there are.
   */
  as: "count" | "sum" | "mean";
  dimensions: readonly Dimension[];
  sides: readonly Side[];
  /** Of a rate that is more: whether what is divided is more too, and not only what it is divided by less. Always so when missing. */
  isMore?: (now: Sums, usual: Sums) => boolean;
  /** Below any of these a change is not told, however sure it is. */
  least: {
    /** Counts, now or usually; of money the orders or pieces it is for. */
    counts: number;
    /** Counts by which the two differ. */
    difference: number;
    /** Share of what is usual by which they differ: of everything, and of a member. */
    change: number;
    memberChange: number;
  };
}

/** By so much what is divided must be more. */
const MORE_TIMES = 1.2;

/** Orders that are missing make no payments declined: what is, is held against as many visits as there are. */
function moreDeclines(now: Sums, usual: Sums): boolean {
  const visits = usual.sessions > 0 ? Math.min(1, now.sessions / usual.sessions) : 1;
  return now.declines >= MORE_TIMES * usual.declines * visits;
}

const BOTH = ["up", "down"] as const;
const SHOPPERS = ["all", "country", "device"] as const;

/** In the order in which one leads a finding that shows in several. */
export const TESTED = {
  revenue: {
    value: ({ revenue }) => revenue,
    units: null,
    as: "sum",
    dimensions: ["all", "country", "device", "category"],
    sides: BOTH,
    least: { counts: 20, difference: 5, change: 0.15, memberChange: 0.3 },
  },
  orders: {
    value: ({ orders }) => orders,
    units: null,
    as: "count",
    dimensions: ["all", "country", "device", "category"],
    sides: BOTH,
    least: { counts: 10, difference: 5, change: 0.15, memberChange: 0.25 },
  },
  conversion: {
    value: ({ orders }) => orders,
    units: ({ sessions }) => sessions,
    as: "count",
    dimensions: SHOPPERS,
    sides: BOTH,
    least: { counts: 10, difference: 5, change: 0.15, memberChange: 0.25 },
  },
  sessions: {
    value: ({ sessions }) => sessions,
    units: null,
    as: "count",
    dimensions: SHOPPERS,
    sides: BOTH,
    least: { counts: 30, difference: 20, change: 0.2, memberChange: 0.3 },
  },
  order_value: {
    value: ({ revenue }) => revenue,
    units: ({ priced }) => priced,
    as: "mean",
    dimensions: SHOPPERS,
    sides: BOTH,
    least: { counts: 20, difference: 5, change: 0.15, memberChange: 0.25 },
  },
  piece_price: {
    value: ({ revenue }) => revenue,
    units: ({ quantity }) => quantity,
    as: "mean",
    dimensions: ["category"],
    sides: BOTH,
    least: { counts: 20, difference: 5, change: 0.25, memberChange: 0.25 },
  },
  decline_rate: {
    value: ({ declines }) => declines,
    units: ({ declines, orders }) => declines + orders,
    isMore: moreDeclines,
    as: "count",
    dimensions: SHOPPERS,
    sides: ["up"],
    least: { counts: 10, difference: 8, change: 0.3, memberChange: 0.5 },
  },
  // Not by the orders of the time: refunds are of earlier ones.
  refunds: {
    value: (sums) => sums.refunded_orders,
    units: null,
    as: "count",
    dimensions: SHOPPERS,
    sides: ["up"],
    least: { counts: 10, difference: 8, change: 0.5, memberChange: 0.5 },
  },
  anomaly_rate: {
    value: ({ anomalies }) => anomalies,
    units: ({ events }) => events,
    as: "count",
    dimensions: SHOPPERS,
    sides: ["up"],
    least: { counts: 10, difference: 8, change: 1, memberChange: 1 },
  },
  events: {
    value: ({ events }) => events,
    units: null,
    as: "count",
    dimensions: ["name"],
    sides: ["down"],
    least: { counts: 50, difference: 40, change: 0.7, memberChange: 0.7 },
  },
} as const satisfies Record<string, Tested>;

export type TestedName = keyof typeof TESTED;
export const TESTED_NAMES = Object.keys(TESTED) as TestedName[]; // its own keys
