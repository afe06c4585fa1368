import { isLoss, WatchedName, type Side, type WatchedDimension } from "./watched.ts";
import type { Scope } from "./scope.ts";

/** A metric of a scope in which an incident shows. */
export interface Signal {
  metric: WatchedName;
  dimension: WatchedDimension;
  member: string;
  side: Side;
  started_at: string;
}

/** An incident as far as it is decided by what alarms: its figures are another matter. */
export interface Incident {
  id: string;
  status: "open" | "closed";
  startedMs: number;
  openedMs: number;
  /** The last minute in which it showed. */
  lastMs: number;
  closedMs: number | null;
  /** Closed by a person: nothing more is told of it, or of what it is part of, until it is over. */
  isClosedByHand: boolean;
  /** Where it shows, the one it is named after first. */
  signals: readonly Signal[];
}

/** Changes that begin so close have one cause. */
const TOGETHER_MS = 15 * 60_000;
/** An incident that was over for less goes on, rather than being another. */
export const REOPENED_MS = 60 * 60_000;
const SIGNALS_MOST = 50;

export interface Alarmed {
  signal: Signal;
  /** Whether it was found in the minutes just stepped. */
  isFresh: boolean;
}

/** What alarms after some minutes, of everything first and then in the order in which a metric leads. */
export function alarmsOf(scopes: readonly Scope[], before: readonly Scope[]): Alarmed[] {
  const earlier = new Map(before.map((scope) => [scopeKey(scope), scope]));
  const alarmed = scopes.flatMap((scope) =>
    WatchedName.options.flatMap((metric): Alarmed[] => {
      const alarm = scope.state.series[metric]?.alarm ?? null;
      if (alarm === null) return [];
      const was = earlier.get(scopeKey(scope))?.state.series[metric]?.alarm ?? null;
      const { dimension, member } = scope;
      const signal = {
        metric,
        dimension,
        member,
        side: alarm.side,
        started_at: new Date(alarm.startedMs).toISOString(),
      };
      return [{ signal, isFresh: was?.startedMs !== alarm.startedMs }];
    }),
  );
  const place = ({ signal }: Alarmed) =>
    (signal.dimension === "all" ? 0 : WatchedName.options.length) + WatchedName.options.indexOf(signal.metric);
  return alarmed.toSorted((a, b) => place(a) - place(b));
}

function scopeKey({ dimension, member }: { dimension: string; member: string }): string {
  return `${dimension} ${member}`;
}

/**
 * What becomes of incidents: one cause is one incident. What begins together, or shows in everything as a loss or gain while a segment
 * shows the same, is one; a segment has an incident of its own only while there is none of everything that it would be part of.
 * What is over closes; what comes back within an hour goes on. What somebody closed is not told again while it goes on.
 *
 * @param known open ones, and those that closed lately
 * @param atMs the last minute that was stepped
 * @returns those that are new or changed
 */
export function planIncidents(
  known: readonly Incident[],
  alarmed: readonly Alarmed[],
  atMs: number,
  newId: () => string,
): Incident[] {
  let incidents = [...known];
  for (const { signal, isFresh } of alarmed) {
    if (!isFresh || incidents.some((incident) => shows(incident, signal))) continue;
    if (incidents.some((incident) => incident.isClosedByHand && isOn(incident, alarmed) && belongs(incident, signal)))
      continue;
    const joined = incidents.find((incident) => isPart(incident, signal, atMs));
    incidents =
      joined === undefined
        ? [...incidents, opened(newId(), signal, atMs)]
        : incidents.map((incident) => (incident === joined ? withSignal(incident, signal) : incident));
  }
  const after = incidents.map((incident) => {
    if (incident.status === "closed") return incident;
    return isOn(incident, alarmed)
      ? { ...incident, lastMs: atMs }
      : { ...incident, status: "closed" as const, closedMs: atMs };
  });
  return after.filter((incident, index) => incident !== known[index]);
}

function opened(id: string, signal: Signal, atMs: number): Incident {
  const startedMs = Date.parse(signal.started_at);
  return {
    id,
    status: "open",
    startedMs,
    openedMs: atMs,
    lastMs: atMs,
    closedMs: null,
    isClosedByHand: false,
    signals: [signal],
  };
}

function isSame(a: Signal, b: Signal): boolean {
  return a.metric === b.metric && a.dimension === b.dimension && a.member === b.member;
}

function shows({ status, signals }: Incident, signal: Signal): boolean {
  return status === "open" && signals.some((own) => isSame(own, signal) && own.started_at === signal.started_at);
}

function isOn({ signals }: Incident, alarmed: readonly Alarmed[]): boolean {
  return signals.some((own) => alarmed.some(({ signal }) => isSame(own, signal)));
}

function isPart(incident: Incident, signal: Signal, atMs: number): boolean {
  if (incident.isClosedByHand) return false;
  if (incident.closedMs !== null) {
    return (
      atMs - incident.closedMs <= REOPENED_MS &&
      incident.signals.some((own) => isSame(own, signal) && own.side === signal.side)
    );
  }
  return belongs(incident, signal);
}

/** Whether a signal has one cause with an incident, by when it began and what it shows in. */
function belongs({ startedMs, signals: [lead] }: Incident, signal: Signal): boolean {
  if (lead === undefined) return false;
  const isTogether = Math.abs(Date.parse(signal.started_at) - startedMs) <= TOGETHER_MS;
  const isOfAll = lead.dimension === "all" || signal.dimension === "all";
  return isTogether || (isOfAll && isLoss(lead.metric, lead.side) === isLoss(signal.metric, signal.side));
}

function withSignal(incident: Incident, signal: Signal): Incident {
  const others = incident.signals.filter((own) => !isSame(own, signal));
  const [lead] = incident.signals;
  const isLead = lead !== undefined && isSame(lead, signal);
  const signals = isLead ? [signal, ...others] : [...others, signal];
  return {
    ...incident,
    status: "open",
    closedMs: null,
    startedMs: Math.min(incident.startedMs, Date.parse(signal.started_at)),
    signals: signals.slice(0, SIGNALS_MOST),
  };
}
