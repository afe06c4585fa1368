import { asc, eq } from "drizzle-orm";
import { applyLabels } from "../labels/apply.ts";
import type { EventLabel } from "../labels/precedence.ts";
import type { Db } from "./db.ts";
import { EVENT_COLUMNS, type EventRecord } from "./find-events.ts";
import { alertAnomalies, alertRules, alerts, anomalies, events, feedback } from "./schema.ts";

export type AnomalyStatus = (typeof anomalies.$inferSelect)["status"];
export type FeedbackLabel = (typeof feedback.$inferSelect)["label"];

const COLUMNS = {
  id: anomalies.id,
  status: anomalies.status,
  createdAt: anomalies.createdAt,
  updatedAt: anomalies.updatedAt,
  entity: anomalies.entity,
  event: EVENT_COLUMNS,
};

/** An anomaly with the event it was found in. */
export type AnomalyRecord = Pick<
  typeof anomalies.$inferSelect,
  "id" | "status" | "createdAt" | "updatedAt" | "entity"
> & { event: EventRecord };

/** One verdict on an anomaly. */
export type FeedbackRecord = Pick<typeof feedback.$inferSelect, "label" | "note" | "createdAt">;

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
 * Appends a verdict, which is a person's word about the event: what comes of it is said at `applyLabels`. Of verdicts given at once the
 * one appended last is the anomaly's status.
 *
 * @returns whether there is such an anomaly
 */
export async function giveFeedback(db: Db, anomalyId: string, { label, note, keyId }: Verdict): Promise<boolean> {
  const [found] = await db.select({ id: anomalies.eventId }).from(anomalies).where(eq(anomalies.id, anomalyId));
  if (found === undefined) return false;
  const said = { source: "feedback", label: LABEL_OF[label], note, keyId } as const;
  return (await applyLabels(db, new Map([[found.id, [said]]]))).has(found.id);
}

/** What a verdict says of the event. */
export const LABEL_OF = { confirmed: "fraud", dismissed: "legitimate" } as const satisfies Record<
  FeedbackLabel,
  EventLabel
>;
