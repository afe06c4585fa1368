import type { Answer } from "../../api/client.ts";

export type MetricsAnswer = Answer<"get", "/v1/metrics">;
export type Metric = MetricsAnswer["metric"];
export type GroupBy = NonNullable<MetricsAnswer["group_by"]>;

interface MetricForm {
  label: string;
  groups: readonly GroupBy[];
  /** Whether what is usual is known of it. */
  isWatched: boolean;
}

const SHOPPERS = ["country", "device"] as const;

/** The metrics as people call them, with what the API groups them by. */
export const METRICS: Record<Metric, MetricForm> = {
  revenue: { label: "Revenue", groups: [...SHOPPERS, "category"], isWatched: true },
  orders: { label: "Orders", groups: [...SHOPPERS, "category"], isWatched: true },
  average_order_value: { label: "Average order value", groups: SHOPPERS, isWatched: true },
  conversion_rate: { label: "Conversion", groups: SHOPPERS, isWatched: true },
  sessions: { label: "Sessions", groups: SHOPPERS, isWatched: true },
  events: { label: "Events", groups: [...SHOPPERS, "name"], isWatched: true },
  payment_decline_rate: { label: "Payments declined", groups: SHOPPERS, isWatched: true },
  refund_rate: { label: "Refunds", groups: SHOPPERS, isWatched: true },
  anomaly_rate: { label: "Anomaly rate", groups: [...SHOPPERS, "name"], isWatched: false },
};

export const GROUP_WORDS: Record<GroupBy, string> = {
  country: "Country",
  device: "Device",
  category: "Category",
  name: "Kind of event",
};

/** What a link asks for, or the first that there is. */
export function metricOf(asked: string): Metric {
  return Object.hasOwn(METRICS, asked) ? (asked as Metric) : "revenue"; // just checked to be one
}

export function groupOf(metric: Metric, asked: string): GroupBy | null {
  return METRICS[metric].groups.find((group) => group === asked) ?? null;
}
