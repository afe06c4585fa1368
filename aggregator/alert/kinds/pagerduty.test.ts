import { describe, expect, it } from "vitest";
import * as z from "zod";
import { pagerduty, PAGERDUTY_URLS } from "./pagerduty.ts";
import { eventlessData, orderData, sending } from "./test-sending.ts";

const Event = z.looseObject({ payload: z.looseObject({ summary: z.string(), severity: z.string() }) });

function eventOf(data: unknown, type = "anomaly.detected") {
  const alert = { ...sending().alert, type, data };
  return Event.parse(JSON.parse(pagerduty.posting(sending({ secrets: ["R".repeat(32)], alert }), 0).body));
}

describe("pagerduty", () => {
  it("triggers one incident an alert, with what happened and where more is to be seen", () => {
    expect(eventOf(orderData())).toEqual({
      routing_key: "R".repeat(32),
      event_action: "trigger",
      dedup_key: "alt_1",
      client: "PulseEcom",
      client_url: "https://pulse.shop.com/v1/anomalies/ano_evt_1",
      payload: {
        summary: "Unusual purchase",
        source: "PulseEcom",
        severity: "critical",
        timestamp: "2026-11-21T10:00:00.123Z",
        class: "anomaly.detected",
        custom_details: {
          facts: [
            "3 anomalies",
            "Event: purchase",
            "Value: 49.9 EUR",
            "Transaction: T-1",
            "Customer: u-1",
            "Score: 0.93",
            "• 14 orders with this card in 1 h",
          ],
        },
      },
    });
  });

  it.each([
    { score: 1, severity: "critical" },
    { score: 0.9, severity: "critical" },
    { score: 0.89, severity: "error" },
    { score: 0.8, severity: "error" },
    { score: 0.79, severity: "warning" },
    { score: 0, severity: "warning" },
  ])("calls a score of $score $severity", ({ score, severity }) => {
    expect(eventOf(orderData({ score })).payload.severity).toBe(severity);
  });

  it.each([
    { type: "webhook.test", severity: "info" },
    { type: "model.promoted", severity: "info" },
    { type: "metric.anomaly", severity: "warning" },
    { type: "webhook.disabled", severity: "warning" },
  ])("calls $type $severity, which has no score", ({ type, severity }) => {
    expect(eventOf(eventlessData(), type).payload.severity).toBe(severity);
  });

  it("keeps to the length of a summary", () => {
    expect(eventOf(orderData({ title: "a".repeat(5_000) })).payload.summary).toHaveLength(1_024);
  });

  it.each([
    { status: 202, verdict: "taken" },
    { status: 200, verdict: "refused" },
    { status: 400, verdict: "refused" },
    { status: 429, verdict: "refused" },
    { status: 500, verdict: "refused" },
  ] as const)("takes $status for $verdict", ({ status, verdict }) => {
    expect(pagerduty.verdict(status, "")).toBe(verdict);
  });

  it("is at PagerDuty's own addresses alone", () => {
    for (const url of Object.values(PAGERDUTY_URLS)) expect(pagerduty.checkUrl(url)).toBeNull();
    expect(pagerduty.checkUrl("https://events.pagerduty.com.example.com/v2/enqueue")).not.toBeNull();
  });
});
