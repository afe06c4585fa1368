import { asc, desc, eq, and, sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";
import { EVENT_COLUMNS, type EventRecord } from "./find-events.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "./paging.ts";
import { FACTS, ROLL_UP } from "./rollups.ts";
import { anomalies, events, feedback } from "./schema.ts";
import { BOOK } from "./transactions.ts";

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
 * A dismissed anomaly's event is no anomaly in the sums, and trusted unless a bot sent it. A verdict that changes this corrects
 * sessions and rollups by what it changes, in the same statement: the status that was there is read under the lock.
 *
 * @returns whether there is such an anomaly
 */
export async function giveFeedback(db: Db, anomalyId: string, verdict: Verdict): Promise<boolean> {
  const changed = await queryRows(
    db,
    z.object({ id: z.string() }),
    // The event is locked too, and first: rows of version 1 are brought into the sums by another statement, with their verdict.
    sql`
      WITH subject AS (
        SELECT e.v, ${FACTS} FROM anomalies AS a JOIN events AS e ON e.id = a.event_id
        WHERE a.id = ${anomalyId}
        FOR NO KEY UPDATE OF e
      ), before AS (
        SELECT id, status FROM anomalies WHERE id = ${anomalyId} AND (SELECT count(*) FROM subject) > 0 FOR NO KEY UPDATE
      ), judged AS (
        UPDATE anomalies AS a SET status = ${verdict.label}, updated_at = now() FROM before WHERE a.id = before.id
        RETURNING a.id, before.status = 'dismissed' AS was_dismissed, a.status = 'dismissed' AS is_dismissed
      ), noted AS (
        INSERT INTO feedback (anomaly_id, label, note, key_id)
        SELECT id, ${verdict.label}, ${verdict.note}, ${verdict.keyId} FROM judged
        RETURNING anomaly_id AS id
      ), counted AS (
        SELECT subject.*, side.dismissed, side.sign
        FROM subject CROSS JOIN judged CROSS JOIN LATERAL (VALUES (was_dismissed, -1), (is_dismissed, 1)) AS side (dismissed, sign)
        WHERE was_dismissed <> is_dismissed AND v <> 1
      ), ${BOOK}, ${ROLL_UP}
      SELECT id FROM noted`,
  );
  return changed.length > 0;
}
