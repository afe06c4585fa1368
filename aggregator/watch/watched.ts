import * as z from "zod";
import type { Dimension, Measure } from "../store/rollups.ts";
import type { Counted } from "./season.ts";

/** The measures that are read, of the members that are watched. */
export const READ = [
  "events",
  "sessions",
  "orders",
  "revenue",
  "declines",
  "refunded_orders",
] as const satisfies Measure[];
export type Sums = Record<(typeof READ)[number], number>;
export const NO_SUMS: Sums = { events: 0, sessions: 0, orders: 0, revenue: 0, declines: 0, refunded_orders: 0 };

export const WATCHED_DIMENSIONS = ["all", "country", "device", "category"] as const satisfies Dimension[];
export type WatchedDimension = (typeof WATCHED_DIMENSIONS)[number];

/** What is learned of each hour: how much per how much. */
export const LEARNED = {
  events: { counted: "value", value: ({ events }) => events, units: null },
  sessions: { counted: "value", value: ({ sessions }) => sessions, units: null },
  orders: { counted: "value", value: ({ orders }) => orders, units: null },
  order_value: { counted: "units", value: ({ revenue }) => revenue, units: ({ orders }) => orders },
  conversion: { counted: "value", value: ({ orders }) => orders, units: ({ sessions }) => sessions },
  decline: { counted: "value", value: ({ declines }) => declines, units: ({ declines, orders }) => declines + orders },
  refund: { counted: "value", value: (sums) => sums.refunded_orders, units: ({ orders }) => orders },
} as const satisfies Record<
  string,
  { counted: Counted; value(sums: Sums): number; units: null | ((sums: Sums) => number) }
>;
export const LearnedName = z.enum(Object.keys(LEARNED) as [keyof typeof LEARNED]); // an enum wants to know that there is one
export type LearnedName = z.infer<typeof LearnedName>;

export const Side = z.enum(["up", "down"]);
export type Side = z.infer<typeof Side>;

/**
 * How a metric is watched. `count`: Poisson, against what is usual at the time. `rate`: Poisson, against what is usual of something else
 * that was just there. `share`: binomial, of trials. `silence`: nothing comes where something should. `amount`: continuous.
 */
type Method =
  | { kind: "count" | "silence"; of: "events" | "sessions" | "orders" }
  | { kind: "rate"; of: "conversion" | "refund" }
  | { kind: "share"; of: "decline" }
  | { kind: "amount"; of: "revenue" | "order_value"; everyMinutes: number };

export interface Watched {
  method: Method;
  sides: readonly Side[];
  dimensions: readonly WatchedDimension[];
  /** Below any of these a change is not told, however sure it is. */
  least: {
    /** Counts that were seen or expected since it began. */
    counts: number;
    /** Counts by which the two differ; of an amount, orders of the usual value. */
    difference: number;
    /** Share of what was expected by which they differ. */
    change: number;
  };
  words: string;
}

const BOTH = ["up", "down"] as const;
const SHOPPERS = ["all", "country", "device"] as const;

/** In the order in which one leads an incident that shows in several. */
export const WATCHED = {
  no_data: {
    method: { kind: "silence", of: "events" },
    sides: ["down"],
    dimensions: ["all"],
    least: { counts: 20, difference: 20, change: 0.9 },
    words: "events",
  },
  no_orders: {
    method: { kind: "silence", of: "orders" },
    sides: ["down"],
    dimensions: WATCHED_DIMENSIONS,
    least: { counts: 12, difference: 12, change: 0.9 },
    words: "orders",
  },
  orders: {
    method: { kind: "count", of: "orders" },
    sides: BOTH,
    dimensions: WATCHED_DIMENSIONS,
    least: { counts: 10, difference: 5, change: 0.25 },
    words: "orders",
  },
  revenue: {
    method: { kind: "amount", of: "revenue", everyMinutes: 5 },
    sides: BOTH,
    dimensions: WATCHED_DIMENSIONS,
    least: { counts: 20, difference: 10, change: 0.4 },
    words: "revenue",
  },
  payment_decline_rate: {
    method: { kind: "share", of: "decline" },
    sides: ["up"],
    dimensions: SHOPPERS,
    least: { counts: 10, difference: 8, change: 0.5 },
    words: "declined payments",
  },
  conversion_rate: {
    method: { kind: "rate", of: "conversion" },
    sides: BOTH,
    dimensions: SHOPPERS,
    least: { counts: 10, difference: 5, change: 0.25 },
    words: "orders per session",
  },
  average_order_value: {
    method: { kind: "amount", of: "order_value", everyMinutes: 15 },
    sides: BOTH,
    dimensions: WATCHED_DIMENSIONS,
    least: { counts: 20, difference: 10, change: 0.3 },
    words: "average order value",
  },
  sessions: {
    method: { kind: "count", of: "sessions" },
    sides: BOTH,
    dimensions: SHOPPERS,
    least: { counts: 30, difference: 20, change: 0.25 },
    words: "sessions",
  },
  events: {
    method: { kind: "count", of: "events" },
    sides: BOTH,
    dimensions: SHOPPERS,
    least: { counts: 100, difference: 60, change: 0.3 },
    words: "events",
  },
  refund_rate: {
    method: { kind: "rate", of: "refund" },
    sides: ["up"],
    dimensions: SHOPPERS,
    least: { counts: 10, difference: 8, change: 1 },
    words: "refunds per order",
  },
} as const satisfies Record<string, Watched>;

export const WatchedName = z.enum(Object.keys(WATCHED) as [keyof typeof WATCHED]); // an enum wants to know that there is one
export type WatchedName = z.infer<typeof WatchedName>;

/** What is lost or gained by a change: more orders are a gain, more declined payments a loss. */
export function isLoss(metric: WatchedName, side: Side): boolean {
  return (side === "down") !== (metric === "payment_decline_rate" || metric === "refund_rate");
}
