import type { Kind } from "./kind.ts";
import { clip, storyOf } from "./story.ts";

/** Where PagerDuty takes events, by the region an account is in. */
export const PAGERDUTY_URLS = {
  us: "https://events.pagerduty.com/v2/enqueue",
  eu: "https://events.eu.pagerduty.com/v2/enqueue",
} as const;

const SUMMARY_LENGTH = 1_024;

/** How grave an alert is, by the least score; the alert threshold is about 0.7. */
const SEVERITIES = [
  [0.9, "critical"],
  [0.8, "error"],
  [0, "warning"],
] as const;

/** Of alerts about no event: those that need nobody to act. */
const INFORMING = new Set(["model.promoted", "webhook.test"]);

/**
 * A service of PagerDuty's, by Events API v2. Attempts and replays of one alert are one incident there, as they have its id.
 *
 * @see https://developer.pagerduty.com/docs/send-alert-event
 */
export const pagerduty: Kind = {
  posting({ secrets: [routingKey], alert }) {
    const { alertId, type, at, title, score, lines, link } = storyOf(alert);
    const event = {
      routing_key: routingKey,
      event_action: "trigger",
      dedup_key: alertId,
      client: "PulseEcom",
      ...(link === null ? {} : { client_url: link }),
      payload: {
        summary: clip(title, SUMMARY_LENGTH),
        source: "PulseEcom",
        severity: severityOf(type, score),
        timestamp: at,
        class: type,
        custom_details: { facts: lines },
      },
    };
    return { headers: {}, body: JSON.stringify(event) };
  },

  verdict: (status) => (status === 202 ? "taken" : "refused"),

  checkUrl: (url) =>
    Object.values<string>(PAGERDUTY_URLS).includes(url) ? null : "must be that of PagerDuty's Events API",
};

function severityOf(type: string, score: number | null): string {
  if (score === null) return INFORMING.has(type) ? "info" : "warning";
  return SEVERITIES.find(([least]) => score >= least)?.[1] ?? "warning";
}
