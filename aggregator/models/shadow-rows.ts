import { isNull, sql } from "drizzle-orm";
import * as z from "zod";
import { instant } from "../alert/raise.ts";
import { queryRows, type Db } from "../store/db.ts";
import { shadows } from "../store/schema.ts";
import { namesOf } from "./release.ts";

export type ShadowRow = typeof shadows.$inferSelect;

/** What scores beside the release that decides, or null. */
export async function findShadow(db: Db): Promise<ShadowRow | null> {
  const [shadow] = await db.select().from(shadows).where(isNull(shadows.stoppedAt));
  return shadow ?? null;
}

type NewShadow = Omit<ShadowRow, "stoppedBy" | "stoppedAt">;

/** Puts a shadow in the place of the one there is, if any. @returns whether it was: not when another came in between */
export async function insertShadow(db: Db, shadow: NewShadow): Promise<boolean> {
  const { id, model, clientModel, calibration, runId, startedBy } = shadow;
  const at = instant(shadow.startedAt.getTime());
  const [outcome] = await queryRows(
    db,
    z.object({ is_started: z.boolean() }),
    // The INSERT looks at what the UPDATE did, so that it runs second and finds the place free.
    sql`
      WITH stopped AS (
        UPDATE shadows SET stopped_at = ${at}, stopped_by = ${startedBy} WHERE stopped_at IS NULL
        RETURNING jsonb_build_object('model', model, 'client', client_model, 'calibration', calibration) AS names
      ), started AS (
        INSERT INTO shadows (id, model, client_model, calibration, run_id, started_by, started_at)
        SELECT ${id}, ${model}, ${clientModel}, ${calibration}, ${runId}, ${startedBy}, ${at}
        WHERE (SELECT count(*) FROM stopped) >= 0
        ON CONFLICT DO NOTHING
        RETURNING id
      ), noted AS (
        INSERT INTO audit_log (at, key_id, action, subject_kind, subject_id, before, after)
        SELECT ${at}, ${startedBy}, 'started', 'shadow', id, (SELECT names FROM stopped), ${JSON.stringify(namesOf(shadow))}::jsonb FROM started
      )
      SELECT EXISTS (SELECT FROM started) AS is_started`,
  );
  return outcome?.is_started ?? false;
}

/** Ends a shadow. @returns whether it went on until now */
export async function endShadow(db: Db, shadow: ShadowRow, { by, nowMs }: { by: string; nowMs: number }) {
  const at = instant(nowMs);
  const [outcome] = await queryRows(
    db,
    z.object({ is_stopped: z.boolean() }),
    sql`
      WITH stopped AS (
        UPDATE shadows SET stopped_at = ${at}, stopped_by = ${by} WHERE id = ${shadow.id} AND stopped_at IS NULL RETURNING id
      ), noted AS (
        INSERT INTO audit_log (at, key_id, action, subject_kind, subject_id, before)
        SELECT ${at}, ${by}, 'stopped', 'shadow', id, ${JSON.stringify(namesOf(shadow))}::jsonb FROM stopped
      )
      SELECT EXISTS (SELECT FROM stopped) AS is_stopped`,
  );
  return outcome?.is_stopped ?? false;
}
