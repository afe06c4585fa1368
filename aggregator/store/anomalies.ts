import { asc, desc, eq, and, sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";
import { EVENT_COLUMNS, type EventRecord } from "./find-events.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "./paging.ts";
import { anomalies, events, feedback } from "./schema.ts";

export type AnomalyStatus = (typeof anomalies.$inferSelect)["status"];
export type FeedbackLabel = (typeof feedback.$inferSelect)["label"];

const COLUMNS = {
  id: anomalies.id,
  status: anomalies.status,
  createdAt: anomalies.createdAt,
  updatedAt: anomalies.updatedAt,
  event: EVENT_COLUMNS,
};

/** An anomaly with the event it was found in. */
export type AnomalyRecord = Pick<typeof anomalies.$inferSelect, "id" | "status" | "createdAt" | "updatedAt"> & {
  event: EventRecord;
};

/** One verdict on an anomaly. */
export type FeedbackRecord = Pick<typeof feedback.$inferSelect, "label" | "note" | "createdAt">;

/** Anomalies by the time they were found, newest first. */
export async function listAnomalies(
  db: Db,
  filter: { status?: AnomalyStatus | undefined },
  page: PageRequest,
): Promise<Page<AnomalyRecord>> {
  const rows = await db
    .select({ ...COLUMNS, at: microseconds(anomalies.createdAt) })
    .from(anomalies)
    .innerJoin(events, eq(events.id, anomalies.eventId))
    .where(
      and(
        filter.status === undefined ? undefined : eq(anomalies.status, filter.status),
        before(anomalies.createdAt, anomalies.id, page.after),
      ),
    )
    .orderBy(desc(anomalies.createdAt), desc(anomalies.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

/** The anomaly with this id and every verdict on it, first given first, or null. */
export async function findAnomaly(
  db: Db,
  id: string,
): Promise<(AnomalyRecord & { feedback: FeedbackRecord[] }) | null> {
  const [[anomaly], verdicts] = await Promise.all([
    db.select(COLUMNS).from(anomalies).innerJoin(events, eq(events.id, anomalies.eventId)).where(eq(anomalies.id, id)),
    db
      .select({ label: feedback.label, note: feedback.note, createdAt: feedback.createdAt })
      .from(feedback)
      .where(eq(feedback.anomalyId, id))
      .orderBy(asc(feedback.id)),
  ]);
  return anomaly === undefined ? null : { ...anomaly, feedback: verdicts };
}

interface Verdict {
  label: FeedbackLabel;
  note: string | null;
  /** Who gave it. */
  keyId: string;
}

/**
 * Appends a verdict and makes it the anomaly's status. Of verdicts given at once the one appended last is the status too,
 * because the anomaly's row is locked before the verdict gets its place.
 *
 * @returns whether there is such an anomaly
 */
export async function giveFeedback(db: Db, anomalyId: string, verdict: Verdict): Promise<boolean> {
  const changed = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      WITH judged AS (
        UPDATE anomalies SET status = ${verdict.label}, updated_at = now() WHERE id = ${anomalyId} RETURNING id
      )
      INSERT INTO feedback (anomaly_id, label, note, key_id)
      SELECT id, ${verdict.label}, ${verdict.note}, ${verdict.keyId} FROM judged
      RETURNING anomaly_id AS id`,
  );
  return changed.length > 0;
}
