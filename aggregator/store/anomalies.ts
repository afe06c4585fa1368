import { asc, desc, eq, and, sql } from "drizzle-orm";
import * as z from "zod";
import { entitiesFor, LABEL } from "../labels/outbox.ts";
import { queryRows, type Db } from "./db.ts";
import { EVENT_COLUMNS, type EventRecord } from "./find-events.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "./paging.ts";
import { FACTS, ROLL_UP } from "./rollups.ts";
import { alertAnomalies, alertRules, alerts, anomalies, events, feedback } from "./schema.ts";
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
  filter: { status?: AnomalyStatus | undefined; alertId?: string | undefined },
  page: PageRequest,
): Promise<Page<AnomalyRecord>> {
  const rows = await db
    .select({ ...COLUMNS, at: microseconds(anomalies.createdAt) })
    .from(anomalies)
    .innerJoin(events, eq(events.id, anomalies.eventId))
    .where(
      and(
        filter.status === undefined ? undefined : eq(anomalies.status, filter.status),
        filter.alertId === undefined
          ? undefined
          : sql`${anomalies.id} IN (SELECT anomaly_id FROM alert_anomalies WHERE alert_id = ${filter.alertId})`,
        before(anomalies.createdAt, anomalies.id, page.after),
      ),
    )
    .orderBy(desc(anomalies.createdAt), desc(anomalies.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

/** An alert that an anomaly is in. */
const IN_ALERT = {
  id: alerts.id,
  ruleId: alerts.ruleId,
  ruleName: alertRules.name,
  digest: alerts.digest,
  silenced: alerts.silenced,
};
export type InAlert = Pick<typeof alerts.$inferSelect, "id" | "ruleId" | "digest" | "silenced"> & {
  ruleName: string | null;
};

interface AnomalyDetail extends AnomalyRecord {
  /** Whether the rules have yet to decide which alerts it is in. */
  unraised: boolean;
  alerts: InAlert[];
  feedback: FeedbackRecord[];
}

/** The anomaly with this id, the alerts it is in, and every verdict on it, first given first; or null. */
export async function findAnomaly(db: Db, id: string): Promise<AnomalyDetail | null> {
  const [[anomaly], inAlerts, verdicts] = await Promise.all([
    db
      .select({ ...COLUMNS, unraised: anomalies.unraised })
      .from(anomalies)
      .innerJoin(events, eq(events.id, anomalies.eventId))
      .where(eq(anomalies.id, id)),
    db
      .select(IN_ALERT)
      .from(alertAnomalies)
      .innerJoin(alerts, eq(alerts.id, alertAnomalies.alertId))
      .leftJoin(alertRules, eq(alertRules.id, alerts.ruleId))
      .where(eq(alertAnomalies.anomalyId, id))
      .orderBy(asc(alerts.createdAt), asc(alerts.id)),
    db
      .select({ label: feedback.label, note: feedback.note, createdAt: feedback.createdAt })
      .from(feedback)
      .where(eq(feedback.anomalyId, id))
      .orderBy(asc(feedback.id)),
  ]);
  return anomaly === undefined ? null : { ...anomaly, alerts: inAlerts, feedback: verdicts };
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
 * sessions and rollups by what it changes, in the same statement: the status that was there is read under the lock. A confirmed
 * anomaly's event is fraud from then on, which is labelled for the edge to learn.
 *
 * @returns whether there is such an anomaly
 */
export async function giveFeedback(db: Db, anomalyId: string, verdict: Verdict): Promise<boolean> {
  const [found] = await db
    .select({ event: events.event, signals: events.signals })
    .from(anomalies)
    .innerJoin(events, eq(events.id, anomalies.eventId))
    .where(eq(anomalies.id, anomalyId));
  if (found === undefined) return false;
  const changed = await queryRows(
    db,
    z.object({ id: z.string() }),
    // The event is locked too, and first: rows of version 1 are brought into the sums by another statement, with their verdict.
    sql`
      WITH subject AS (
        SELECT e.v, e.fraud_known_at, ${FACTS} FROM anomalies AS a JOIN events AS e ON e.id = a.event_id
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
      ), told AS (
        SELECT subject.id, fraud_known_at, ${verdict.label} = 'confirmed' AS is_fraud,
          ${entitiesFor(found.event, found.signals)} AS entities
        FROM subject CROSS JOIN judged
      ), ${LABEL}, counted AS (
        SELECT subject.*, side.dismissed, side.sign
        FROM subject CROSS JOIN judged CROSS JOIN LATERAL (VALUES (was_dismissed, -1), (is_dismissed, 1)) AS side (dismissed, sign)
        WHERE was_dismissed <> is_dismissed AND v <> 1
      ), ${BOOK}, ${ROLL_UP}
      SELECT id FROM noted`,
  );
  return changed.length > 0;
}
