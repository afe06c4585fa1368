import type { Dimension } from "../store/rollups.ts";
import type { Finding } from "./finding.ts";
import type { Span } from "./window.ts";

type Next = Finding["next"][number];

const HOUR_MS = 60 * 60_000;

/** Where to look next. The dashboard's pages take the same query as the API. */
export const links = {
  anomalies: (text: string, span: Span): Next => ({
    text,
    api: eventsQuery(span),
    page: `/events?${timesOf(span)}&anomaly=true`,
  }),
  triage: (text: string): Next => ({ text, api: "/v1/anomalies?status=open", page: "/anomalies?status=open" }),
  metric(text: string, metric: string, dimension: Dimension, span: Span): Next {
    const interval = span.untilMs - span.fromMs > 48 * HOUR_MS ? "1d" : "1h";
    const group = dimension === "all" ? "" : `&group_by=${dimension}`;
    const query = `metric=${metric}&interval=${interval}&${timesOf(span)}${group}`;
    return { text, api: `/v1/metrics?${query}`, page: `/figures?${query}` };
  },
  events: (text: string, name: string, span: Span): Next => ({
    text,
    api: `/v1/events?${timesOf(span)}&name=${encodeURIComponent(name)}`,
    page: `/events?${timesOf(span)}&name=${encodeURIComponent(name)}`,
  }),
  incident: (text: string, id: string): Next => ({ text, api: `/v1/incidents/${id}`, page: `/incidents/${id}` }),
  alert: (text: string, id: string): Next => ({ text, api: `/v1/alerts/${id}`, page: `/alerts/${id}` }),
  failures: (text: string): Next => ({ text, api: "/v1/failed-events?resolved=false", page: "/failed-events" }),
  books: (text: string, span: Span): Next => ({
    text,
    api: `/v1/accounting?${timesOf(span)}`,
    page: `/accounting?${timesOf(span)}`,
  }),
  block: (text: string): Next => ({ text, api: "/v1/lists?list=block", page: "/alerts/lists?list=block" }),
  calendar: (text: string): Next => ({ text, api: "/v1/calendar-days", page: "/alerts/calendar" }),
};

/** The anomalous events of a time. */
export function eventsQuery(span: Span): string {
  return `/v1/events?${timesOf(span)}&anomaly=true`;
}

function timesOf({ fromMs, untilMs }: Span): string {
  return `from=${new Date(fromMs).toISOString()}&to=${new Date(untilMs).toISOString()}`;
}
