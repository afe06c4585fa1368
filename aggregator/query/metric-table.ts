import * as z from "zod";
import type { Measure } from "../store/rollups.ts";

export const GroupBy = z.enum(["country", "device", "name", "category"]);
export type GroupBy = z.infer<typeof GroupBy>;

export const Unit = z.enum(["money", "count", "ratio"]);

export interface Metric {
  unit: z.infer<typeof Unit>;
  value: Measure;
  /** What the value is divided by, added up; nothing for a plain sum. */
  per: readonly Measure[];
  groups: readonly [GroupBy, ...GroupBy[]];
  words: string;
}

export const METRICS = {
  revenue: {
    unit: "money",
    value: "revenue",
    per: [],
    groups: ["country", "device", "category"],
    words: "value of the orders, refunds not taken off; by category, price times quantity of the items",
  },
  orders: {
    unit: "count",
    value: "orders",
    per: [],
    groups: ["country", "device", "category"],
    words: "purchases that were not declined, each transaction once; by category, those with an item of it",
  },
  events: { unit: "count", value: "events", per: [], groups: ["country", "device", "name"], words: "all events" },
  sessions: {
    unit: "count",
    value: "sessions",
    per: [],
    groups: ["country", "device"],
    words: "sessions, by when they began",
  },
  conversion_rate: {
    unit: "ratio",
    value: "converted",
    per: ["sessions"],
    groups: ["country", "device"],
    words: "share of the sessions, by when they began, that have an order",
  },
  average_order_value: {
    unit: "money",
    value: "revenue",
    per: ["orders"],
    groups: ["country", "device"],
    words: "revenue divided by orders",
  },
  refund_rate: {
    unit: "ratio",
    value: "refunded_orders",
    per: ["orders"],
    groups: ["country", "device"],
    words:
      "transactions that were refunded, in part or whole, by when they first were, divided by orders of the same time; may be more than 1",
  },
  anomaly_rate: {
    unit: "ratio",
    value: "anomalies",
    per: ["events"],
    groups: ["country", "device", "name"],
    words: "share of the events that are anomalies, those dismissed not counted; of trusted traffic 0 by its meaning",
  },
  payment_decline_rate: {
    unit: "ratio",
    value: "declines",
    per: ["declines", "orders"],
    groups: ["country", "device"],
    words: "failed payments and declined purchases, divided by these and the orders",
  },
} as const satisfies Record<string, Metric>;

export const MetricName = z.enum(Object.keys(METRICS) as [keyof typeof METRICS]); // an enum wants to know that there is one
export type MetricName = z.infer<typeof MetricName>;

export const Traffic = z.enum(["all", "trusted"]);
export type Traffic = z.infer<typeof Traffic>;

export const TrafficAsked = Traffic.default("all").meta({
  description:
    "`trusted`: without declared bots and without anomalies, unless they were dismissed. A session is trusted when all of its events are.",
});
