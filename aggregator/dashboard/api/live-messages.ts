/** An event as the feed tells it: enough for a line. */
export interface LiveEvent {
  id: string;
  name: string;
  occurred_at: string;
  score: number;
  anomaly: boolean;
  value: number | null;
  currency: string | null;
  country: string | null;
  user_id: string | null;
}

export interface LiveAnomaly {
  id: string;
  event_id: string;
  occurred_at: string;
  score: number;
  name: string;
  value: number | null;
  currency: string | null;
  country: string | null;
  reason: string | null;
}

export type ChangedKind = "alert" | "anomaly" | "incident" | "model" | "training_run" | "delivery";

export type LiveMessage =
  | { type: "ready"; seq: number; replayed: number }
  | { type: "stored"; seq: number; at: string; events: LiveEvent[]; more: number; anomalies: LiveAnomaly[] }
  | { type: "changed"; seq: number; kind: ChangedKind; id: string }
  | { type: "gap"; seq: number }
  | { type: "pong" };

/** Paths whose answers change with each kind of thing. */
export const PATHS_OF: Record<ChangedKind, readonly string[]> = {
  alert: ["/v1/alerts"],
  anomaly: ["/v1/anomalies", "/v1/events"],
  incident: ["/v1/incidents"],
  model: ["/v1/models", "/v1/calibrations", "/v1/releases", "/v1/drift"],
  training_run: ["/v1/training-runs", "/v1/models"],
  delivery: ["/v1/webhooks", "/v1/deliveries", "/v1/alerts"],
};
