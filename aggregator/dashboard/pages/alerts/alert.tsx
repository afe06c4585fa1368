import type { RowOf } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";

export type Alert = RowOf<"/v1/alerts">;
export type AlertType = Alert["type"];
type DeliveryStatus = Alert["deliveries"][number]["status"];

export const TYPES: Record<AlertType, { name: string; words: string }> = {
  "anomaly.detected": { name: "Anomaly", words: "An event, or several that are alike, that a rule alerts on" },
  "metric.anomaly": { name: "Incident", words: "Revenue, orders, payments or traffic are not as usual" },
  "model.promoted": { name: "Release", words: "Another model or calibration decides" },
  "drift.detected": { name: "Drift", words: "Scores or features have moved from what was learned" },
  "webhook.disabled": { name: "Destination disabled", words: "A destination only failed and gets nothing any more" },
  "webhook.test": { name: "Test", words: "Sent by hand" },
};

/** In the order they are offered. */
export const TYPE_NAMES = Object.keys(TYPES) as AlertType[]; // of the record above

/** What an alert says first. */
export function titleOf({ data, type }: Pick<Alert, "data" | "type">): string {
  return textAt(data, "alert", "title") ?? TYPES[type].name;
}

/** A text deep in what an alert carries, which differs by type; undefined where there is none. */
export function textAt(data: unknown, ...path: string[]): string | undefined {
  let at = data;
  for (const name of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = new Map<string, unknown>(Object.entries(at)).get(name);
  }
  return typeof at === "string" ? at : undefined;
}

const DELIVERY: Record<DeliveryStatus, { tone: Tone; words: string }> = {
  pending: { tone: "accent", words: "Under way" },
  delivered: { tone: "good", words: "Delivered" },
  exhausted: { tone: "bad", words: "Given up" },
  cancelled: { tone: "neutral", words: "Cancelled" },
};

export function DeliveryBadge({ status }: { status: DeliveryStatus }) {
  const { tone, words } = DELIVERY[status];
  return (
    <Badge tone={tone} dot>
      {words}
    </Badge>
  );
}

/** How its deliveries stand, in a badge: the worst of them, and of how many. */
export function DeliveriesBadge({ deliveries, silenced }: Pick<Alert, "deliveries" | "silenced">) {
  if (silenced) return <Badge>Silenced</Badge>;
  if (deliveries.length === 0) return <span className="faint">nowhere to go</span>;
  const worst = (["exhausted", "pending", "cancelled", "delivered"] as const).find((status) =>
    deliveries.some((delivery) => delivery.status === status),
  );
  const count = deliveries.filter(({ status }) => status === worst).length;
  const { tone, words } = DELIVERY[worst ?? "delivered"];
  return (
    <Badge tone={tone} dot>
      {deliveries.length === 1 ? words : `${words}: ${count} of ${deliveries.length}`}
    </Badge>
  );
}
