import { describe } from "../../shared/serve.ts";
import { changed, type LiveServices } from "../live/tell.ts";
import type { Db } from "../store/db.ts";
import { isoWeekOf, startOfIsoWeek } from "./iso-week.ts";
import { beginRun, endDeadRuns, queuedRuns, takeStalledRuns, type Begun } from "./run-rows.ts";
import type { TrainingRun } from "./run.ts";
import { WINDOW_DAYS } from "./window.ts";

export interface StartServices extends LiveServices {
  db: Db;
  nowMs(): number;
  newId(prefix: string): string;
  /** Has somebody do a run's work; again changes nothing. */
  startTraining(runId: string): Promise<void>;
  /** Has the work of a run that stands still done from the beginning. */
  restartTraining(runId: string): Promise<void>;
  log(line: Record<string, unknown>): void;
}

const HOUR_MS = 3_600_000;
/** The hour of Monday, in UTC, in which a week's run is begun: `0 3 * * MON`, and once more a minute until it is. */
const WEEKLY_HOUR = 3;

/** A run that somebody asked for. */
export async function startManualRun(
  services: StartServices,
  asked: { dryRun: boolean; windowDays: number; reason: string | null; by: string },
): Promise<{ runId: string; begun: Begun }> {
  const runId = services.newId("trn");
  return { runId, begun: await start(services, { ...asked, id: runId, trigger: "request" }) };
}

/** A run because of drift, at most one a day. @param date the day that drifted, such as `2026-11-21` */
export function startDriftRun(services: StartServices, date: string): Promise<Begun> {
  return startByItself(services, `drift-${date}`, "drift", `drift on ${date}`);
}

/** The run of this week, in the hour that it is due; null in any other. */
export async function startWeeklyRun(services: StartServices): Promise<Begun | null> {
  const nowMs = services.nowMs();
  if (Math.floor((nowMs - startOfIsoWeek(nowMs)) / HOUR_MS) !== WEEKLY_HOUR) return null;
  const week = isoWeekOf(nowMs);
  return startByItself(services, `retrain-${week}`, "schedule", `the week ${week}`);
}

function startByItself(
  services: StartServices,
  id: string,
  trigger: TrainingRun["trigger"],
  reason: string,
): Promise<Begun> {
  return start(services, { id, trigger, reason, by: trigger, dryRun: false, windowDays: WINDOW_DAYS.usual });
}

/**
 * The work of the minute cron: begins the run of the week, ends those that died, has work done that nobody took up, and has it done anew
 * where it stands still.
 */
export async function keepTraining(services: StartServices): Promise<{ weekly: Begun | null; dead: string[] }> {
  const { db, nowMs, startTraining, restartTraining } = services;
  const dead = await endDeadRuns(db, nowMs());
  changed(services, "training_run", ...dead);
  for (const runId of await queuedRuns(db)) await handOver(services, runId, startTraining);
  for (const runId of await takeStalledRuns(db, nowMs())) await handOver(services, runId, restartTraining);
  return { weekly: await startWeeklyRun(services), dead };
}

type NewRun = Parameters<typeof beginRun>[1];

async function start(services: StartServices, run: NewRun): Promise<Begun> {
  const begun = await beginRun(services.db, run, services.nowMs());
  if (begun.kind === "begun") {
    changed(services, "training_run", run.id);
    await handOver(services, run.id, services.startTraining);
  }
  return begun;
}

/** What cannot be handed over now is by the minute cron. */
async function handOver({ log }: StartServices, runId: string, hand: (runId: string) => Promise<void>): Promise<void> {
  try {
    await hand(runId);
  } catch (error) {
    log({ task: "training", runId, cause: describe(error) });
  }
}
