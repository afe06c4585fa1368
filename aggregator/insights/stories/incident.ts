import { isLoss, WATCHED } from "../../watch/watched.ts";
import { BARE, count, findingId, money, share, spanWords, time } from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Draft, Figures, Sentence } from "../finding.ts";
import { links } from "../links.ts";
import type { Incident } from "../read-around.ts";
import { memberWords, phrase, sentence, teller } from "../words.ts";

const HOUR_MS = 60 * 60_000;

/** An incident that the watch over the minutes found, and no change of the whole window shows. */
export function incidentStory(incident: Incident, facts: Facts): Draft {
  const { metric, dimension, member, change, status, impact, currency } = incident;
  const figures: Figures = { started: time(incident.started_at), last: time(incident.last_at) };
  const tell = teller(figures);
  const whose = memberWords(dimension, member);
  const { words, method } = WATCHED[metric];
  const isLosing = incident.side === null ? (change ?? 0) < 0 : isLoss(metric, incident.side);
  if (change !== null) figures["change"] = share(change);
  const off =
    method.kind === "silence"
      ? phrase`no ${words}${whose}`
      : change === null
        ? phrase`${words}${whose} unlike usual`
        : phrase`${words}${whose} ${tell("change")} ${change < 0 ? "below" : "above"} what is expected`;
  const when = status === "open" ? phrase`since ${tell("started")} UTC` : spanWords(figures, "started", "last");
  const sentences: Sentence[] = [
    status === "open"
      ? sentence`an incident is open: ${off}, ${when}.`
      : sentence`there was an incident: ${off}, ${when}.`,
  ];
  if (impact !== null && currency !== null && Math.abs(impact) >= 1) {
    figures["impact"] = money(impact, currency);
    sentences.push(
      impact < 0
        ? sentence`about ${tell("impact")} are missing.`
        : sentence`about ${tell("impact")} more than expected came in.`,
    );
  }
  if (incident.anomalies > 0) {
    figures["anomalies"] = count(incident.anomalies);
    sentences.push(
      sentence`${tell("anomalies")} ${incident.anomalies === 1 ? "anomaly" : "anomalies"} fell into that time.`,
    );
  }
  const span = { fromMs: incident.started_at, untilMs: Math.max(incident.last_at, incident.started_at + HOUR_MS) };
  return {
    ...BARE,
    id: findingId("incident", incident.id),
    kind: "incident",
    severity: !isLosing ? "notice" : status === "open" ? "critical" : "warning",
    title: method.kind === "silence" ? sentence`no ${words}${whose}` : sentence`${off}`,
    sentences,
    figures,
    evidence: { test: "against_history", p: null, occasions: 0 },
    segments:
      dimension === "all" || incident.observed === null || incident.expected === null
        ? []
        : [{ dimension, member, value: incident.observed, usual: incident.expected, contribution: null }],
    cost:
      impact === null || currency === null
        ? null
        : {
            amount: Math.round(-impact * 100) / 100,
            currency,
            basis: "revenue below what was expected since it began",
          },
    related: {
      anomalies: { count: incident.anomalies, ids: incident.anomaly_ids.slice(0, 5), query: null },
      alerts:
        incident.alert_id === null
          ? BARE.related.alerts
          : { count: 1, ids: [incident.alert_id], query: `/v1/alerts/${incident.alert_id}` },
      incidents: { count: 1, ids: [incident.id], query: `/v1/incidents/${incident.id}` },
    },
    next: [
      links.incident("Read the incident", incident.id),
      links.metric(
        "See orders over time",
        "orders",
        dimension,
        facts.window.untilMs > span.untilMs ? span : facts.window,
      ),
    ],
  };
}

/** What an incident adds to a finding it belongs to. */
export function withIncidents(draft: Draft, incidents: readonly Incident[]): Draft {
  const [first] = incidents;
  if (first === undefined) return draft;
  const figures = { ...draft.figures, incident_from: time(first.started_at) };
  const tell = teller(figures);
  const isOpen = incidents.some(({ status }) => status === "open");
  const alerts = incidents.flatMap(({ alert_id }) => alert_id ?? []);
  return {
    ...draft,
    severity: isOpen && draft.severity === "notice" ? "warning" : draft.severity,
    figures,
    sentences: [
      ...draft.sentences,
      isOpen
        ? sentence`an incident that began ${tell("incident_from")} UTC is part of it and still open.`
        : sentence`an incident that began ${tell("incident_from")} UTC was part of it and is over.`,
    ],
    related: {
      ...draft.related,
      incidents: { count: incidents.length, ids: incidents.slice(0, 5).map(({ id }) => id), query: "/v1/incidents" },
      alerts:
        alerts.length === 0
          ? draft.related.alerts
          : { count: alerts.length, ids: alerts.slice(0, 5), query: "/v1/alerts" },
    },
    next: [links.incident("Read the incident", first.id), ...draft.next],
  };
}
