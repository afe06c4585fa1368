import { and, desc, eq, inArray, sql } from "drizzle-orm";
import * as z from "zod";
import { instant } from "../alert/raise.ts";
import { queryRows, type Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest, type Position } from "../store/paging.ts";
import { trainingRuns } from "../store/schema.ts";
import type { Finding } from "./figures.ts";
import type { RunFigures, TrainingRun } from "./run.ts";

/** A run that makes no progress for so long stands still: no step takes so long, though its tries and the waits between may. */
const STALLED_MS = 20 * 60_000;
/** One that could not be helped by then is dead. */
const DEAD_MS = 3 * 3_600_000;

const GOING_ON = ["queued", "running"] as const;
const isGoingOn = inArray(trainingRuns.status, GOING_ON);

type NewRun = Pick<TrainingRun, "id" | "trigger" | "dryRun" | "windowDays" | "reason" | "by">;

/** Whether a run was begun, was there before under its id, or has to wait for the one that is going on. */
export type Begun = { kind: "begun" } | { kind: "exists" } | { kind: "busy"; runId: string };

/** Records a run as queued. One at a time, and each id once. @throws what the driver throws */
export async function beginRun(db: Db, run: NewRun, nowMs: number): Promise<Begun> {
  const at = new Date(nowMs);
  const [made] = await db
    .insert(trainingRuns)
    .values({ ...run, status: "queued", createdAt: at, progressedAt: at })
    .onConflictDoNothing()
    .returning({ id: trainingRuns.id });
  if (made !== undefined) return { kind: "begun" };
  const [inTheWay] = await db
    .select({ id: trainingRuns.id })
    .from(trainingRuns)
    .where(sql`${trainingRuns.id} = ${run.id} OR ${isGoingOn}`)
    .orderBy(sql`${trainingRuns.id} = ${run.id} DESC`)
    .limit(1);
  // The one in the way may have ended since: whoever asks again finds the way free.
  if (inTheWay === undefined) return beginRun(db, run, nowMs);
  return inTheWay.id === run.id ? { kind: "exists" } : { kind: "busy", runId: inTheWay.id };
}

export async function findRun(db: Db, id: string): Promise<TrainingRun | null> {
  const [run] = await db.select(KEPT).from(trainingRuns).where(eq(trainingRuns.id, id));
  return run ?? null;
}

const KEPT = {
  id: trainingRuns.id,
  trigger: trainingRuns.trigger,
  dryRun: trainingRuns.dryRun,
  windowDays: trainingRuns.windowDays,
  reason: trainingRuns.reason,
  by: trainingRuns.by,
  status: trainingRuns.status,
  createdAt: trainingRuns.createdAt,
  startedAt: trainingRuns.startedAt,
  finishedAt: trainingRuns.finishedAt,
  steps: trainingRuns.steps,
  figures: trainingRuns.figures,
  findings: trainingRuns.findings,
  model: trainingRuns.model,
  clientModel: trainingRuns.clientModel,
  calibration: trainingRuns.calibration,
  error: trainingRuns.error,
};

/** Newest first. */
export async function listRuns(db: Db, { limit, after }: PageRequest): Promise<Page<TrainingRun & Position>> {
  const rows = await db
    .select({ ...KEPT, at: microseconds(trainingRuns.createdAt) })
    .from(trainingRuns)
    .where(before(trainingRuns.createdAt, trainingRuns.id, after))
    .orderBy(desc(trainingRuns.createdAt), desc(trainingRuns.id))
    .limit(limit + 1);
  return pageOf(rows, limit);
}

/** Notes that a step begins, in the place of an earlier try of it. @returns false when the run is over: nothing may be done for it */
export async function beginStep(db: Db, runId: string, name: string, nowMs: number): Promise<boolean> {
  const step = JSON.stringify([{ name, started_at: new Date(nowMs).toISOString(), finished_at: null }]);
  const rows = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      UPDATE training_runs SET status = 'running', started_at = coalesce(started_at, ${instant(nowMs)}),
        progressed_at = ${instant(nowMs)},
        steps = coalesce((
          SELECT jsonb_agg(step ORDER BY number) FROM jsonb_array_elements(steps) WITH ORDINALITY AS kept (step, number)
          WHERE step ->> 'name' <> ${name}
        ), '[]') || ${step}::jsonb
      WHERE id = ${runId} AND status IN ('queued', 'running')
      RETURNING id`,
  );
  return rows.length > 0;
}

export async function endStep(db: Db, runId: string, name: string, nowMs: number): Promise<void> {
  const ended = JSON.stringify({ finished_at: new Date(nowMs).toISOString() });
  await db.execute(sql`
    UPDATE training_runs SET progressed_at = ${instant(nowMs)}, steps = (
      SELECT jsonb_agg(CASE WHEN step ->> 'name' = ${name} THEN step || ${ended}::jsonb ELSE step END ORDER BY number)
      FROM jsonb_array_elements(steps) WITH ORDINALITY AS kept (step, number)
    )
    WHERE id = ${runId} AND status = 'running' AND jsonb_array_length(steps) > 0`);
}

/** Adds what was counted or measured; of the same name the newer stands. */
export async function noteFigures(db: Db, runId: string, figures: RunFigures): Promise<void> {
  await db
    .update(trainingRuns)
    .set({ figures: sql`${trainingRuns.figures} || ${JSON.stringify(figures)}::jsonb` })
    .where(eq(trainingRuns.id, runId));
}

/** What a run came to. */
export interface Outcome {
  status: "released" | "kept" | "dry_run_done" | "failed";
  findings?: Finding[];
  candidate?: { model: string; client: string | null; calibration: string };
  error?: string;
}

/** Ends a run; one that has ended stays as it is. @returns whether it did */
export async function endRun(db: Db, runId: string, outcome: Outcome, nowMs: number): Promise<boolean> {
  const { status, findings = [], candidate, error = null } = outcome;
  const ended = await db
    .update(trainingRuns)
    .set({
      status,
      findings,
      error,
      finishedAt: new Date(nowMs),
      ...(candidate && { model: candidate.model, clientModel: candidate.client, calibration: candidate.calibration }),
    })
    .where(and(eq(trainingRuns.id, runId), isGoingOn))
    .returning({ id: trainingRuns.id });
  return ended.length > 0;
}

/** Runs that were recorded and not begun yet: what was to do their work may never have been made. Oldest first. */
export async function queuedRuns(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: trainingRuns.id })
    .from(trainingRuns)
    .where(eq(trainingRuns.status, "queued"))
    .orderBy(trainingRuns.createdAt);
  return rows.map(({ id }) => id);
}

/** Runs that stand still, for the caller to have done anew; each is given to one caller, and again after as long. @returns the ids */
export async function takeStalledRuns(db: Db, nowMs: number): Promise<string[]> {
  const stalled = await db
    .update(trainingRuns)
    .set({ restartedAt: new Date(nowMs) })
    .where(
      sql`${trainingRuns.status} = 'running' AND ${trainingRuns.progressedAt} < ${instant(nowMs - STALLED_MS)}
        AND coalesce(${trainingRuns.restartedAt} < ${instant(nowMs - STALLED_MS)}, true)`,
    )
    .returning({ id: trainingRuns.id });
  return stalled.map(({ id }) => id);
}

/** Fails what has not come to an end three hours after it was begun. @returns the ids */
export async function endDeadRuns(db: Db, nowMs: number): Promise<string[]> {
  const dead = await db
    .update(trainingRuns)
    .set({ status: "failed", finishedAt: new Date(nowMs), error: "came to no end within 3 h" })
    .where(sql`${isGoingOn} AND ${trainingRuns.createdAt} < ${instant(nowMs - DEAD_MS)}`)
    .returning({ id: trainingRuns.id });
  return dead.map(({ id }) => id);
}
