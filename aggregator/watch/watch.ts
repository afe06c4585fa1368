import type { AlertType } from "../alert/alert-type.ts";
import { deliverNow, type AlertServices } from "../alert/deliver.ts";
import { raiseAlert } from "../alert/raise.ts";
import { changed } from "../live/tell.ts";
import type { Db } from "../store/db.ts";
import { chooseScopes } from "./choose-scopes.ts";
import { figuresOf } from "./figures.ts";
import { incidentAnswer } from "./incident-answer.ts";
import { findUnalerted, markAlerted } from "./incident-rows.ts";
import { alarmsOf, planIncidents, type Incident } from "./incidents.ts";
import { readKnown, readProfiles, readProgress, type Known, type Progress, type ToldIncident } from "./known.ts";
import { readEvidence, readSums, type IncidentWindow, type SumsOfScope } from "./read-sums.ts";
import { hourOf, learn, MINUTE_MS, stepScope, toLearnAt, turnsHour, type Scope, type ScopeName } from "./scope.ts";
import { NO_SUMS } from "./watched.ts";
import { titleOf } from "./words.ts";
import { writeRound } from "./write-round.ts";

const METRIC_ALERT = "metric.anomaly" satisfies AlertType;

/** A minute is taken in when it has been over for so long: what is a little late is in it by then. */
const LAG_MINUTES = 2;
/** Of one round. More are left to the next. */
const ROUND_MINUTES = 180;
const ROUND_HOURS = 96;
/** Minutes further back are not looked at one by one; their hours are learned all the same. */
const CAUGHT_UP_MINUTES = 24 * 60;
/** What began and was found longer ago is history, and not told. */
const TOLD_MINUTES = 60;
/** Which members are the largest is looked at so often. */
const CHOICE_MINUTES = 60;
/** One run ends well before the next minute's begins. */
const RUN_MS = 20_000;

interface Watched {
  /** Minutes taken in. */
  minutes: number;
  opened: number;
  closed: number;
  /** Scopes that could not be read: they began anew. */
  unreadable: number;
}

/**
 * Takes in every minute that has come to an end since the last run: what is usual is learned, what is not is found, told, and closed
 * again. The same minute is taken in once, however many runs there are, missed or at once: who comes second writes nothing.
 *
 * @throws what the driver throws; what was written by then stays, and the next run goes on from there
 */
export async function watchMetrics(services: AlertServices): Promise<Watched> {
  const endMs = services.nowMs() + RUN_MS;
  const watched = { ...NOTHING };
  for (let isMore = true; isMore && services.nowMs() < endMs;) {
    const round = await watchRound(services);
    watched.minutes += round.minutes;
    watched.opened += round.opened;
    watched.closed += round.closed;
    watched.unreadable += round.unreadable;
    isMore = round.isMore;
  }
  await alertOfIncidents(services);
  return watched;
}

/**
 * Reads what is known and what is new, steps, writes: all of it or nothing.
 *
 * @returns also whether another round would have something to do
 */
async function watchRound({ db, nowMs, newId, live }: AlertServices): Promise<Watched & { isMore: boolean }> {
  const end = Math.floor(nowMs() / MINUTE_MS) - LAG_MINUTES;
  const before = await readProgress(db);
  const from = Math.max(before?.watchedUntil ?? 0, end - CAUGHT_UP_MINUTES);
  if (from >= end) return { ...NOTHING, isMore: false };

  const until = Math.min(end, from + ROUND_MINUTES);
  const known = await readKnown(db, from, hourOf(until - 1));
  const { scopes, chosenAt } = await scopesOf(db, known, before, until);
  // What has a long history learns it before its minutes are looked at.
  const isLearning = scopes.some((scope) => scope.dimension === "all" && isFarBehind(scope, until - 1));
  const minutes = { from, until: isLearning ? from : until };
  const hour = hourOf(Math.max(from, minutes.until - 1));
  const read = await readSums(
    db,
    scopes.map((scope) => ({
      scope,
      minutes,
      hours: { from: scope.state.learnedUntil, until: learnedBy(scope, hour) },
    })),
  );
  const stepped = scopes.map((scope) => {
    const looks = scopes.filter(({ dimension }) => dimension === scope.dimension).length;
    return stepThrough(scope, { minutes, hour, looks, toldFrom: end - TOLD_MINUTES }, read(scope), known);
  });

  const alarms = alarmsOf(stepped, scopes);
  // Where no minute was looked at, nothing is known to be over either.
  const atMs = (minutes.until - 1) * MINUTE_MS;
  const plan = isLearning ? [] : planIncidents(known.incidents, alarms, atMs, () => newId("inc"));
  const incidents = await told(db, plan, known, stepped, minutes.until);
  const isWritten = await writeRound(db, {
    before,
    after: { watchedUntil: minutes.until, chosenAt },
    scopes: stepped.map((scope) => withoutSame(scope, known)),
    dropped: [...known.scopes, ...known.unreadable].filter((old) => !scopes.some((scope) => isSame(scope, old))),
    incidents,
  });
  if (!isWritten) return { ...NOTHING, isMore: false };
  changed({ live }, "incident", ...incidents.map(({ id }) => id));
  const wasOpen = new Set(known.incidents.filter(({ status }) => status === "open").map(({ id }) => id));
  return {
    minutes: minutes.until - from,
    opened: incidents.filter(({ id, status }) => status === "open" && !wasOpen.has(id)).length,
    closed: incidents.filter(({ id, status }) => status === "closed" && wasOpen.has(id)).length,
    unreadable: known.unreadable.length,
    isMore: minutes.until < end,
  };
}

const NOTHING: Watched = { minutes: 0, opened: 0, closed: 0, unreadable: 0 };

/** The scopes that are watched, chosen anew once an hour, and at once when some cannot be read. */
async function scopesOf(
  db: Db,
  known: Known,
  before: Progress | null,
  until: number,
): Promise<{ scopes: Scope[]; chosenAt: number }> {
  const isWhole = known.scopes.length > 0 && known.unreadable.length === 0;
  if (before !== null && isWhole && until - before.chosenAt < CHOICE_MINUTES) {
    return { scopes: known.scopes, chosenAt: before.chosenAt };
  }
  return { scopes: await chooseScopes(db, known.scopes, hourOf(until)), chosenAt: until };
}

function isFarBehind({ state }: Scope, minute: number): boolean {
  return toLearnAt(hourOf(minute)) - state.learnedUntil > ROUND_HOURS;
}

/** Until which hour a scope learns when the round ends in `hour`. */
function learnedBy({ state }: Scope, hour: number): number {
  return Math.max(state.learnedUntil, Math.min(toLearnAt(hour), state.learnedUntil + ROUND_HOURS));
}

interface Stretch {
  minutes: { from: number; until: number };
  /** The one in which the stretch ends. */
  hour: number;
  looks: number;
  toldFrom: number;
}

/** Takes a scope through a stretch: at the turn of each hour it learns, and then the hour's minutes one by one. */
function stepThrough(
  scope: Scope,
  { minutes, hour, looks, toldFrom }: Stretch,
  sums: SumsOfScope,
  { days }: Known,
): Scope {
  if (toLearnAt(hour) > learnedBy(scope, hour) || minutes.from === minutes.until) {
    return learn(scope, sums.hours, learnedBy(scope, hour), days);
  }
  let stepped = scope;
  for (let minute = minutes.from; minute < minutes.until; minute++) {
    if (turnsHour(stepped.state, minute)) stepped = learn(stepped, sums.hours, toLearnAt(hourOf(minute)), days);
    const own = sums.minutes.get(minute) ?? NO_SUMS;
    stepped = stepScope(stepped, { minute, sums: own, days, looks, isTold: minute >= toldFrom });
  }
  return stepped;
}

/** As it is written: without the profile when that is what is there already. */
function withoutSame(scope: Scope, { scopes }: Known): Scope {
  const old = scopes.find((own) => isSame(own, scope));
  return old?.profile === scope.profile ? { ...scope, profile: null } : scope;
}

function isSame(a: ScopeName, b: ScopeName): boolean {
  return a.dimension === b.dimension && a.member === b.member;
}

/** In its first hour an incident is looked at anew with every minute; after that its figures may be a little older. */
const FRESH_MINUTES = 60;
const STALE_MINUTES = 10;
/** Longer ones are added up by the hour, and no further back than a week. */
const BY_MINUTE_MOST = 24 * 60;
const WINDOW_MOST = 7 * 24 * 60;

/** Incidents with their figures: those that changed, and of the open ones those that are due to be looked at. */
async function told(
  db: Db,
  plan: readonly Incident[],
  { incidents, days }: Known,
  scopes: readonly Scope[],
  until: number,
): Promise<ToldIncident[]> {
  const before = new Map(incidents.map((incident) => [incident.id, incident]));
  const isDue = ({ id, status, openedMs, signals }: Incident) => {
    const was = before.get(id);
    const isChanged = was?.status !== status || was.signals.length !== signals.length;
    return isChanged || until - openedMs / MINUTE_MS <= FRESH_MINUTES || until % STALE_MINUTES === 0;
  };
  const due = plan.filter(isDue);
  if (due.length === 0) return plan.map((incident) => ({ ...UNTOLD, ...before.get(incident.id), ...incident }));
  const known = await withProfiles(db, scopes);
  const windows = due.map((incident) => windowOf(incident, until));
  const evidence = await readEvidence(db, windows, known);
  return plan.map((incident): ToldIncident => {
    const was = { ...UNTOLD, ...before.get(incident.id) };
    const [lead] = incident.signals;
    const own = evidence.get(incident.id);
    const window = windows.find(({ id }) => id === incident.id);
    if (lead === undefined || own === undefined || window === undefined) return { ...was, ...incident };
    const seen = known.map((scope) => ({ scope, sums: own.sums(scope) }));
    const figures = figuresOf(lead, window, seen, days) ?? was.figures;
    const currency = known.find((scope) => isSame(scope, lead))?.state.currency ?? was.currency;
    const { startedMs, lastMs } = incident;
    const title = titleOf({ ...lead, startedMs, lastMs, currency }, figures);
    return { ...was, ...incident, figures, currency, title, anomalies: own.anomalies, anomalyIds: own.anomalyIds };
  });
}

const UNTOLD = { title: "", currency: null, figures: null, anomalies: 0, anomalyIds: [] };

async function withProfiles(db: Db, scopes: readonly Scope[]): Promise<Scope[]> {
  if (scopes.every(({ profile }) => profile !== null)) return [...scopes];
  const profiles = await readProfiles(db);
  return scopes.map((scope) => ({
    ...scope,
    profile:
      scope.profile ??
      profiles.find((own) => own.dimension === scope.dimension && own.member === scope.member)?.profile ??
      null,
  }));
}

function windowOf({ id, startedMs, lastMs, signals }: Incident, until: number): IncidentWindow {
  const [lead] = signals;
  const end = Math.min(until, Math.floor(lastMs / MINUTE_MS) + 1);
  const from = Math.max(Math.floor(startedMs / MINUTE_MS), end - WINDOW_MOST);
  const names = { id, dimension: lead?.dimension ?? "all", member: lead?.member ?? "" };
  if (end - from <= BY_MINUTE_MOST) return { ...names, from, until: end, grain: "1m" };
  return { ...names, from: hourOf(from) * 60, until: hourOf(end) * 60, grain: "1h" };
}

/**
 * Alerts of incidents that were opened and not alerted of yet: once each, whatever was cut short before. That one goes on or closes is no
 * alert: it is on the incident.
 */
async function alertOfIncidents(services: AlertServices): Promise<void> {
  const { db, nowMs, newId } = services;
  for (const row of await findUnalerted(db)) {
    const { id, title } = row;
    const alertId = newId("alt");
    const data = {
      incident: incidentAnswer(row),
      links: { self: `${services.config.publicUrl}/v1/incidents/${id}` },
    };
    const dedupKey = `incident:${id}`;
    const deliveries = await raiseAlert(db, {
      id: alertId,
      type: METRIC_ALERT,
      dedupKey,
      title,
      data,
      nowMs: nowMs(),
    });
    await markAlerted(db, id, nowMs());
    changed(services, "alert", alertId);
    await deliverNow(services, deliveries);
  }
}
