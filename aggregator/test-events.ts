import type { Assessment } from "../shared/assessment.ts";
import type { KeptEvent } from "../shared/event.ts";
import { FEATURE_NAMES, FEATURE_SET } from "../shared/features/features.ts";
import type { ScoredEvent } from "../shared/message.ts";

/** When everything in the tests happens, unless a test says otherwise. */
export const NOW_MS = Date.parse("2026-11-21T10:00:00.000Z");

/** A valid purchase that was scored; a test names what matters to it. */
export function scoredEvent(
  event: Partial<KeptEvent> & { id: string },
  assessment: Partial<Assessment> = {},
  rest: Partial<Omit<ScoredEvent, "event" | "assessment">> = {},
): ScoredEvent {
  return {
    event: {
      name: "purchase",
      timestamp: "2026-11-21T09:59:59.000Z",
      user_id: "user-1",
      session_id: "session-1",
      transaction_id: `order-${event.id}`,
      value: 49.9,
      currency: "EUR",
      items: [{ item_id: "sku-1", price: 49.9, quantity: 1 }],
      ...event,
    },
    timestamp_source: "sender",
    received_at: "2026-11-21T10:00:00.000Z",
    source: "secret",
    repeated: false,
    signals: { country: "DE", device_class: "desktop" },
    feature_set: FEATURE_SET,
    features: FEATURE_NAMES.map((_, index) => (index === 0 ? -1 : index / 8)),
    rules: {},
    assessment: {
      score: 0.2,
      anomaly: false,
      threshold: 0.7,
      confidence: 0.9,
      reasons: [],
      signals: { model: 0.2, client_model: null, rules: 0 },
      model: "global@v0",
      client_model: null,
      calibration: "global@v0",
      degraded: [],
      ...assessment,
    },
    shadow: null,
    runtime: "ort",
    ...rest,
  };
}

/** What makes an assessment that of an anomaly. */
export const ANOMALOUS = {
  score: 0.93,
  anomaly: true,
  reasons: [{ code: "card_testing", detail: "14 orders with this card in 1 h; usual is 1", contribution: 0.4 }],
} satisfies Partial<Assessment>;

/** A queue message in which each of these events says all of itself. */
export function intakeMessage(...events: unknown[]) {
  return { v: 3, request_id: "req_1", key_id: "key_1", events };
}
