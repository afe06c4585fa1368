import { groupKeyOf } from "./group.ts";
import { matches } from "./match.ts";
import type { Found, Rule } from "./rule.ts";

/** One anomaly of an alert, in short. */
export interface Example {
  anomaly_id: string;
  event_id: string;
  found_at: string;
  score: number;
  title: string;
}

const EXAMPLES_MOST = 10;

/** What the cap of a rule counts alerts by. */
export const HOUR_MS = 60 * 60 * 1000;

/** An alert that anomalies may still go to. */
export interface Gathering {
  id: string;
  ruleId: string;
  silenced: boolean;
  /** Null for a digest, which takes what is beyond the cap of its hour. */
  groupKey: string | null;
  /** Beginning of the hour of its rule that it counts in. */
  hourFromMs: number;
  openedMs: number;
  closesMs: number;
  /** What is alike and found before this goes here. */
  quietUntilMs: number;
  lastMs: number;
  anomalies: number;
  /** Those of them that came after `closesMs`. */
  cooled: number;
  topScore: number;
  /** The highest scores, highest first. */
  examples: Example[];
}

/** An alert that is new, with the anomaly that raised it. */
export interface Opened extends Gathering {
  rule: Rule;
  first: Found;
}

/** The latest hour of a rule, or of the same rule while it is silenced. */
export interface RuleHour {
  ruleId: string;
  silenced: boolean;
  fromMs: number;
  /** Raised in it, without its digest. */
  alerts: number;
}

/** What there is when anomalies are to be brought to alerts. */
export interface Situation {
  found: readonly Found[];
  rules: readonly Rule[];
  gathering: readonly Gathering[];
  hours: readonly RuleHour[];
}

export interface Plan {
  opened: Opened[];
  /** Alerts that were there and have taken in more. */
  grown: Gathering[];
  /** Which alerts each anomaly is in: at most one of every rule, none when no rule matches. */
  members: { alertId: string; anomalyId: string }[];
}

/**
 * Brings anomalies to alerts, by every rule that matches for itself. The first of its kind raises an alert; what is alike joins it for
 * its time and its cool-down; what is beyond the cap of the rule's hour goes into the hour's digest. What is found while the rule is
 * silenced has alerts, hours and digests apart. Nothing that is given is changed.
 *
 * @param newId an id nobody has
 */
export function planAlerts({ found, rules, gathering, hours }: Situation, newId: () => string): Plan {
  const lanes = new Map<string, Lane>();
  const laneOf = (ruleId: string, silenced: boolean) => {
    const name = `${ruleId} ${silenced}`;
    const lane = lanes.get(name) ?? laneFrom(ruleId, silenced, gathering, hours);
    lanes.set(name, lane);
    return lane;
  };
  const opened: Opened[] = [];
  const touched = new Set<Gathering>();
  const members: Plan["members"] = [];
  for (const anomaly of found.toSorted(byTime)) {
    for (const rule of rules.filter(({ conditions }) => matches(conditions, anomaly))) {
      const silenced = rule.silencedUntilMs !== null && anomaly.foundMs < rule.silencedUntilMs;
      const alert = alertFor(anomaly, rule, laneOf(rule.id, silenced), (place) => {
        const made = openedBy(anomaly, rule, { ...place, id: newId(), silenced });
        opened.push(made);
        return made;
      });
      takeIn(alert, anomaly);
      touched.add(alert);
      members.push({ alertId: alert.id, anomalyId: anomaly.id });
    }
  }
  for (const alert of opened) touched.delete(alert);
  return { opened, grown: [...touched], members };
}

/** Of what was found at the same moment the highest score comes first, so that it is what raises the alert. */
function byTime(a: Found, b: Found): number {
  return a.foundMs - b.foundMs || b.score - a.score || (a.id < b.id ? -1 : 1);
}

/** What a rule has going on, or the same rule while it is silenced. */
interface Lane {
  /** The latest alert of each group. */
  byKey: Map<string, Gathering>;
  hour: { fromMs: number; alerts: number; digest: Gathering | null } | null;
}

function laneFrom(
  ruleId: string,
  silenced: boolean,
  gathering: readonly Gathering[],
  hours: readonly RuleHour[],
): Lane {
  const isOwn = (each: { ruleId: string; silenced: boolean }) => each.ruleId === ruleId && each.silenced === silenced;
  const own = gathering.filter(isOwn).map((alert) => ({ ...alert }));
  const hour = hours.find(isOwn);
  const byKey = new Map<string, Gathering>();
  for (const alert of own.toSorted((a, b) => a.openedMs - b.openedMs)) {
    if (alert.groupKey !== null) byKey.set(alert.groupKey, alert);
  }
  if (hour === undefined) return { byKey, hour: null };
  const { fromMs, alerts } = hour;
  const digest = own.find(({ groupKey, hourFromMs }) => groupKey === null && hourFromMs === fromMs) ?? null;
  return { byKey, hour: { fromMs, alerts, digest } };
}

type Place = Pick<Gathering, "groupKey" | "hourFromMs" | "closesMs" | "quietUntilMs">;

/** The alert that an anomaly goes to: one that is there, or that is opened for it. */
function alertFor(anomaly: Found, rule: Rule, lane: Lane, open: (place: Place) => Gathering): Gathering {
  const { foundMs } = anomaly;
  const key = groupKeyOf(rule.groupBy, anomaly);
  const alike = lane.byKey.get(key);
  if (alike !== undefined && foundMs < alike.quietUntilMs) return alike;

  if (lane.hour === null || foundMs >= lane.hour.fromMs + HOUR_MS) {
    lane.hour = { fromMs: foundMs, alerts: 0, digest: null };
  }
  const { hour } = lane;
  if (hour.alerts >= rule.alertsPerHour) {
    const endMs = hour.fromMs + HOUR_MS;
    hour.digest ??= open({ groupKey: null, hourFromMs: hour.fromMs, closesMs: endMs, quietUntilMs: endMs });
    return hour.digest;
  }
  hour.alerts += 1;
  const closesMs = foundMs + rule.groupMs;
  const quietUntilMs = closesMs + rule.coolDownMs;
  const alert = open({ groupKey: key, hourFromMs: hour.fromMs, closesMs, quietUntilMs });
  lane.byKey.set(key, alert);
  return alert;
}

function openedBy(first: Found, rule: Rule, place: Place & Pick<Gathering, "id" | "silenced">): Opened {
  const { foundMs } = first;
  const nothing = { anomalies: 0, cooled: 0, topScore: 0, examples: [] };
  return { ...place, ...nothing, ruleId: rule.id, rule, first, openedMs: foundMs, lastMs: foundMs };
}

function takeIn(alert: Gathering, anomaly: Found): void {
  const isFirst = alert.anomalies === 0;
  if (!isFirst && alert.groupKey !== null && anomaly.foundMs >= alert.closesMs) alert.cooled += 1;
  alert.anomalies += 1;
  alert.lastMs = Math.max(alert.lastMs, anomaly.foundMs);
  alert.topScore = Math.max(alert.topScore, anomaly.score);
  const lowest = alert.examples.at(-1);
  if (alert.examples.length === EXAMPLES_MOST && lowest !== undefined && anomaly.score <= lowest.score) return;
  alert.examples = [...alert.examples, exampleOf(anomaly)].sort((a, b) => b.score - a.score).slice(0, EXAMPLES_MOST);
}

function exampleOf(anomaly: Found): Example {
  return {
    anomaly_id: anomaly.id,
    event_id: anomaly.eventId,
    found_at: new Date(anomaly.foundMs).toISOString(),
    score: anomaly.score,
    title: titleOf(anomaly),
  };
}

/** An anomaly in one line. */
export function titleOf({ name, reasons: [strongest] }: Pick<Found, "name" | "reasons">): string {
  return strongest === undefined ? `Unusual ${name}` : `Unusual ${name}: ${strongest.detail}`;
}
