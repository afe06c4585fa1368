import type { Sending } from "./kind.ts";

/** An alert about an order, on its way; the test names what matters. */
export function sending(over: Partial<Sending> = {}): Sending {
  return {
    deliveryId: "msg_1",
    attemptsBefore: 0,
    url: "https://hooks.example.com/",
    secrets: ["secret"],
    settings: {},
    alert: { type: "anomaly.detected", createdAtMs: Date.parse("2026-11-21T10:00:00.123Z"), data: orderData() },
    ...over,
  };
}

/** The data of an alert about an order. */
export function orderData({
  title = "Unusual purchase",
  score = 0.93,
  details = ["14 orders with this card in 1 h"],
} = {}) {
  return {
    alert: { id: "alt_1", type: "anomaly.detected", created_at: "2026-11-21T10:00:00.123Z", title, count: 3 },
    event: { id: "evt_1", name: "purchase", value: 49.9, currency: "EUR", transaction_id: "T-1", user_id: "u-1" },
    assessment: { score, anomaly: true, reasons: details.map((detail) => ({ code: "card_velocity_1h", detail })) },
    links: { self: "https://pulse.shop.com/v1/anomalies/ano_evt_1" },
  };
}

/** The data of an alert about no event. */
export function eventlessData(title = "A test: alerts arrive here") {
  return { alert: { id: "alt_2", title }, event: null, assessment: null };
}
