import type { EventRecord } from "../../store/find-events.ts";
import { money, type Columns } from "./csv.ts";

/** What an event is in a table: what analysts sort and filter by. All the rest is in the lines of JSON. */
export const EVENT_CSV: Columns<EventRecord> = {
  id: ({ id }) => id,
  name: ({ event }) => event.name,
  occurred_at: ({ occurredAt }) => occurredAt.toISOString(),
  received_at: ({ receivedAt }) => receivedAt.toISOString(),
  score: ({ assessment }) => assessment.score,
  anomaly: ({ assessment }) => assessment.anomaly,
  label: ({ label }) => label,
  reasons: ({ assessment }) => assessment.reasons.map(({ code }) => code).join(" "),
  reason: ({ assessment }) => assessment.reasons[0]?.detail,
  value: ({ event }) => money(event.value, event.currency),
  currency: ({ event }) => event.currency,
  transaction_id: ({ event }) => event.transaction_id,
  user_id: ({ event }) => event.user_id,
  client_id: ({ event }) => event.client_id,
  session_id: ({ event }) => event.session_id,
  email_hash: ({ event }) => event.email_hash,
  card_fingerprint: ({ event }) => event.payment?.card_fingerprint,
  payment_outcome: ({ event }) => event.payment?.outcome,
  ip_hash: ({ signals }) => signals.ip_hash,
  country: ({ signals }) => signals.country,
  device: ({ signals }) => signals.device_class,
  threshold: ({ assessment }) => assessment.threshold,
  confidence: ({ assessment }) => assessment.confidence,
  model: ({ assessment }) => assessment.model,
  calibration: ({ assessment }) => assessment.calibration,
};
