import { seconds } from "./alert-line.ts";
import { ATTACKS, type Attack, type ReplayEvent } from "./attacks.ts";
import { percentileOf } from "./percentile.ts";
import type { Sent } from "./send-events.ts";
import type { Alerted } from "./stored-events.ts";
import type { Terminal } from "./terminal.ts";

/** What a replay came to. */
export interface DemoOutcome {
  events: readonly ReplayEvent[];
  /** One for every event that was sent before the replay ended or was stopped. */
  sent: readonly Sent[];
  /** By the id of the event: the first alert about it, and how long after the event's receipt it arrived. */
  alerts: ReadonlyMap<string, { delayMs: number | null }>;
  /** What became of each anomaly, by the id of its event. */
  alertOf: ReadonlyMap<string, Alerted>;
  /** Rows in Postgres. */
  stored: number;
  tookMs: number;
}

export interface AttackFindings {
  attack: Attack;
  /** Its events that were sent, and those of them that are in an alert that arrived. */
  events: number;
  alerted: number;
  /** The number of the first of these, from 1; null when there is none. */
  firstAlerted: number | null;
}

/** How each attack was found, in the order they are injected. */
export function attackFindings({
  events,
  sent,
  alerts,
  alertOf,
}: Pick<DemoOutcome, "events" | "sent" | "alerts" | "alertOf">): AttackFindings[] {
  const sentIds = new Set(sent.map(({ id }) => id));
  return ATTACKS.map((attack) => {
    const own = events.filter((each) => each.attack === attack && sentIds.has(each.event.id));
    const isAlerted = ({ event }: ReplayEvent) => hasAlert(event.id, { alerts, alertOf });
    const first = own.findIndex(isAlerted);
    const alerted = own.filter(isAlerted).length;
    return { attack, events: own.length, alerted, firstAlerted: first === -1 ? null : first + 1 };
  });
}

/** Whether an event is in an alert that arrived. */
function hasAlert(id: string, { alerts, alertOf }: Pick<DemoOutcome, "alerts" | "alertOf">): boolean {
  const toldWith = alertOf.get(id)?.toldWith ?? null;
  return toldWith !== null && alerts.has(toldWith);
}

/** The summary as lines. */
export function summaryLines(outcome: DemoOutcome, paint: Terminal["paint"]): string[] {
  const { events, sent, alerts, stored, tookMs } = outcome;
  const findings = attackFindings(outcome);
  const found = findings.filter(({ firstAlerted }) => firstAlerted !== null).length;
  const count = (status: Sent["status"]) => number(sent.filter((each) => each.status === status).length);
  const anomalies = sent.filter(({ anomaly }) => anomaly).length;
  const injected = new Set(events.filter(({ attack }) => attack !== null).map(({ event }) => event.id));
  const realSent = sent.filter(({ id }) => !injected.has(id)).length;
  const realAlerts = sent.filter(({ id }) => !injected.has(id) && hasAlert(id, outcome)).length;
  return [
    row("events", `${number(sent.length)} sent in ${seconds(tookMs)}, ${perSecond(sent.length, tookMs)} a second`),
    row("", `${count("accepted")} accepted, ${count("duplicate")} duplicate, ${count("rejected")} rejected`),
    row("", `${number(stored)} stored in Postgres`),
    row("attacks", `${found} of ${findings.length} found`),
    ...findings.map((each) => row("", attackWords(each, paint))),
    row(
      "others",
      `${number(realAlerts)} of ${number(realSent)} real orders and refunds alerted on (${percent(realAlerts, realSent)}):`,
    ),
    row("", "false alarms, or truly unusual; nobody knows which they were in 2011"),
    row(
      "alerts",
      `${number(alerts.size)} arrived for ${number(anomalies)} anomalies, one for each customer or network`,
    ),
    row("", delayWords([...alerts.values()].flatMap(({ delayMs }) => delayMs ?? []))),
  ];
}

const LABEL_WIDTH = 8;
const ATTACK_WIDTH = Math.max(...ATTACKS.map(({ length }) => length));

function row(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}  ${text}`;
}

function attackWords({ attack, events, alerted, firstAlerted }: AttackFindings, paint: Terminal["paint"]): string {
  const name = attack.padEnd(ATTACK_WIDTH);
  if (firstAlerted === null) return `${name}  ${paint("red", "not found")}: no alert on any of its ${events} events`;
  return `${name}  ${paint("green", "found")} at its event ${firstAlerted}; ${alerted} of ${events} events alerted on`;
}

function delayWords(delaysMs: readonly number[]): string {
  const [p50, p95] = [percentileOf(delaysMs, 0.5), percentileOf(delaysMs, 0.95)];
  if (p50 === null || p95 === null) return "no delay was measured";
  return `from an event's receipt to its alert at the webhook: P50 ${seconds(p50)}, P95 ${seconds(p95)}`;
}

function perSecond(events: number, tookMs: number): string {
  return (events / Math.max(tookMs / 1_000, 0.001)).toFixed(0);
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? "0" : ((part / whole) * 100).toFixed(1)} %`;
}

function number(value: number): string {
  return value.toLocaleString("en-GB");
}
