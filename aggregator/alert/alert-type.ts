import * as z from "zod";

/** What there is to be alerted of; the `type` of a webhook's body. */
export const ALERT_TYPES = [
  "anomaly.detected",
  "metric.anomaly",
  "model.promoted",
  "drift.detected",
  "webhook.disabled",
  "webhook.test",
] as const;
export const AlertType = z.enum(ALERT_TYPES);
export type AlertType = z.infer<typeof AlertType>;

export const TEST_ALERT = "webhook.test" satisfies AlertType;
export const DISABLED_ALERT = "webhook.disabled" satisfies AlertType;
