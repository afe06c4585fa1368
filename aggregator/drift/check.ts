import type { AlertType } from "../alert/alert-type.ts";
import { deliverNow, type AlertServices } from "../alert/deliver.ts";
import { raiseAlert } from "../alert/raise.ts";
import { changed } from "../live/tell.ts";
import { wholeDays } from "../days/read-days.ts";
import { daysAfter } from "../days/utc-days.ts";
import { insertCheck, listChecks, type DriftCheck } from "./checks.ts";
import { isAtLeast, type DriftLevel } from "./levels.ts";
import { readReport } from "./read-report.ts";
import { levelOfReport, withoutBins } from "./report.ts";
import { titleOf } from "./words.ts";

const DRIFT_ALERT = "drift.detected" satisfies AlertType;

/** Days that are checked when none was for long: what is further back is history. */
const CAUGHT_UP_DAYS = 7;
/** An episode is told of while it is so fresh. */
const TOLD_DAYS = 2;
/** A day that could not be checked ends no episode; so many do. */
const GAP_DAYS = 7;

export interface DriftServices extends AlertServices {
  /** Begins to learn anew for what moved on a day; the same day again begins nothing. Missing where nothing learns. */
  startDriftRun?(date: string): Promise<unknown>;
}

/**
 * Holds every whole day against the 28 before it, once, and alerts of an episode that calls for action or for a person, once each. When
 * an episode begins to call for action, learning is begun.
 *
 * @returns how many days were checked
 * @throws what the database throws; the next run goes on from there
 */
export async function checkDrift(services: DriftServices): Promise<number> {
  const { db, nowMs, startDriftRun } = services;
  const whole = await wholeDays(db, nowMs());
  const newest = whole.at(-1);
  if (newest === undefined) return 0;
  const [latest] = await listChecks(db, { limit: 1 });
  const from = daysAfter(newest, 1 - CAUGHT_UP_DAYS);
  const days = whole.filter((date) => date >= from && (latest === undefined || date > latest.date));
  for (const date of days) {
    const check = await checkDay(services, date);
    const isNew = await insertCheck(db, check);
    if (isNew && check.level === "act" && check.since === date) await startDriftRun?.(date);
  }
  await alertOfDrift(services, newest);
  return days.length;
}

async function checkDay({ db, nowMs }: DriftServices, date: string): Promise<DriftCheck> {
  const report = withoutBins(await readReport(db, date, 1));
  const before = await lastSaid(db, date);
  const { level, actMet } = levelOfReport(report, before?.actMet ?? false);
  const isGrave = level !== null && isAtLeast(level, "act");
  const since = isGrave ? (before?.since ?? date) : null;
  return { date, level, actMet, since, report, checkedAt: new Date(nowMs()) };
}

/** The last check before a day that could say anything, unless that was long ago. */
async function lastSaid(db: DriftServices["db"], date: string): Promise<DriftCheck | null> {
  const checks = await listChecks(db, { limit: GAP_DAYS, before: date });
  return checks.find((check) => check.level !== null && check.date >= daysAfter(date, -GAP_DAYS)) ?? null;
}

async function alertOfDrift(services: DriftServices, newest: string): Promise<void> {
  const { db, nowMs, newId, config } = services;
  const checks = await listChecks(db, { limit: CAUGHT_UP_DAYS });
  const check = checks.find(({ level }) => level !== null);
  if (check === undefined || check.since === null || check.date < daysAfter(newest, -TOLD_DAYS)) return;
  const isStopped = checks.some(({ since, level }) => since === check.since && level === "stop");
  // Whoever was called for more is not told of less: a stop has an alert of its own, and what follows it none.
  const id = newId("alt");
  const deliveries = await raiseAlert(db, {
    id,
    type: DRIFT_ALERT,
    dedupKey: isStopped ? `drift:${check.since}:stop` : `drift:${check.since}`,
    title: titleOf(check),
    data: {
      severity: isStopped ? "critical" : "warning",
      drift: { date: check.date, level: check.level, since: check.since },
      links: { self: `${config.publicUrl}/v1/drift` },
    },
    nowMs: nowMs(),
  });
  if (deliveries.length > 0) changed(services, "alert", id);
  await deliverNow(services, deliveries);
}

/**
 * How far what comes in has moved, as of the last whole day: the level as it was found, or found now where that day is not checked yet.
 *
 * @returns the level `none` where too little is known to say anything
 */
export async function driftNow(
  services: Pick<DriftServices, "db" | "nowMs">,
): Promise<{ level: DriftLevel; date: string | null }> {
  const { db, nowMs } = services;
  const date = (await wholeDays(db, nowMs())).at(-1) ?? null;
  if (date === null) return { level: "none", date };
  const [latest] = await listChecks(db, { limit: 1 });
  if (latest?.date === date) return { level: latest.level ?? "none", date };
  const before = await lastSaid(db, date);
  const { level } = levelOfReport(await readReport(db, date, 1), before?.actMet ?? false);
  return { level: level ?? "none", date };
}
