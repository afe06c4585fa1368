import { and, desc, eq, lt, sql } from "drizzle-orm";
import * as z from "zod";
import type { AlertType } from "../alert/alert-type.ts";
import { instant, queueDeliveries } from "../alert/raise.ts";
import { queryRows, type Db } from "../store/db.ts";
import { releases } from "../store/schema.ts";
import { namesOf } from "./release.ts";

export type ReleaseRow = typeof releases.$inferSelect;

const PROMOTED_ALERT = "model.promoted" satisfies AlertType;

/** What decides now; null while the registry knows of none. */
export async function findActive(db: Db): Promise<ReleaseRow | null> {
  const [active] = await db.select().from(releases).orderBy(desc(releases.number)).limit(1);
  return active ?? null;
}

/** What decides now, in a registry that has the deployment's release at least. */
export async function requireActive(db: Db): Promise<ReleaseRow> {
  const active = await findActive(db);
  if (active === null) throw new Error("the registry knows of no release, not even the deployment's");
  return active;
}

export async function findRelease(db: Db, number: number): Promise<ReleaseRow | null> {
  const [found] = await db.select().from(releases).where(eq(releases.number, number));
  return found ?? null;
}

export async function findReleaseOfRun(db: Db, runId: string): Promise<ReleaseRow | null> {
  const [found] = await db.select().from(releases).where(eq(releases.runId, runId));
  return found ?? null;
}

/** Releases, newest first. @param page the most to give, and the number to go on after */
export async function listReleases(
  db: Db,
  { limit, below, version }: { limit: number; below: number | null; version?: string },
): Promise<ReleaseRow[]> {
  const isBelow = below === null ? undefined : lt(releases.number, below);
  const isOf = version === undefined ? undefined : sql`${version} IN (${releases.model}, ${releases.clientModel})`;
  return db.select().from(releases).where(and(isBelow, isOf)).orderBy(desc(releases.number)).limit(limit);
}

/** What people are told of a release. */
export interface ReleaseNews {
  alertId: string;
  title: string;
  data: Record<string, unknown>;
}

/**
 * Writes the release that follows the one that decides, and with it, or not at all: the alert with its deliveries, the line in the audit
 * log, and the end of its time in shadow. Its number is the guard: of two who follow the same release, the second writes nothing.
 *
 * @returns the deliveries made, leased to the caller; null when nothing was written, because another has its number or is of the same
 *   training run
 */
export async function insertRelease(
  db: Db,
  release: ReleaseRow,
  { before, news }: { before: ReleaseRow; news: ReleaseNews },
): Promise<string[] | null> {
  const { number, id, kind, model, clientModel, calibration, previous, restores, by, reason, runId } = release;
  const at = instant(release.at.getTime());
  const { alertId: alert, title } = news;
  const body = {
    ...news.data,
    alert: { id: alert, type: PROMOTED_ALERT, created_at: release.at.toISOString(), title },
  };
  const [outcome] = await queryRows(
    db,
    z.object({ is_written: z.boolean(), deliveries: z.array(z.string()) }),
    sql`
      WITH released AS (
        INSERT INTO releases (
          number, id, kind, model, client_model, calibration, previous, restores, by, reason, run_id, at
        )
        VALUES (
          ${number}::integer, ${id}, ${kind}, ${model}, ${clientModel}, ${calibration}, ${previous}::integer,
          ${restores}::integer, ${by}, ${reason}, ${runId}, ${at}
        )
        ON CONFLICT DO NOTHING
        RETURNING *
      ), brought_in AS (
        UPDATE shadows AS s SET stopped_at = ${at}, stopped_by = ${by} FROM released AS r
        WHERE s.stopped_at IS NULL AND s.model = r.model AND s.calibration = r.calibration
          AND s.client_model IS NOT DISTINCT FROM r.client_model
      ), noted AS (
        INSERT INTO audit_log (at, key_id, action, subject_kind, subject_id, before, after)
        SELECT ${at}, ${by}, ${kind}, 'release', id, ${JSON.stringify(namesOf(before))}::jsonb,
          ${JSON.stringify(namesOf(release))}::jsonb
        FROM released
      ), alerted AS (
        INSERT INTO alerts (id, type, dedup_key, data, created_at)
        SELECT ${alert}, ${PROMOTED_ALERT}, 'release:' || id, ${JSON.stringify(body)}::jsonb, ${at} FROM released
        RETURNING id, type, NULL::text[] AS webhook_ids
      ), ${queueDeliveries(release.at.getTime())}
      SELECT EXISTS (SELECT FROM released) AS is_written, coalesce((SELECT array_agg(id) FROM queued), '{}') AS deliveries`,
  );
  return outcome?.is_written ? outcome.deliveries : null;
}
