import { and, asc, desc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { alertNotes, alerts, deliveries } from "../store/schema.ts";
import { TEST_ALERT } from "./alert-type.ts";

interface TestAlert {
  webhookId: string;
  alertId: string;
  deliveryId: string;
  data: unknown;
  nowMs: number;
  /** Until when the delivery is kept for the attempt that the caller makes now. */
  leaseMs: number;
}

/**
 * Makes an alert for one webhook alone, whichever types it wants, with a delivery that is leased to the caller.
 *
 * @returns false when the webhook is disabled or deleted: then nothing is made
 */
export async function insertTestAlert(
  db: Db,
  { webhookId, alertId, deliveryId, data, nowMs, leaseMs }: TestAlert,
): Promise<boolean> {
  const now = new Date(nowMs).toISOString();
  const leasedUntil = new Date(nowMs + leaseMs).toISOString();
  const made = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      WITH hook AS (
        SELECT id FROM webhooks WHERE id = ${webhookId} AND enabled AND deleted_at IS NULL
      ), alerted AS (
        INSERT INTO alerts (id, type, dedup_key, data, created_at)
        SELECT ${alertId}, ${TEST_ALERT}, ${`test:${alertId}`}, ${JSON.stringify(data)}::jsonb, ${now}::timestamptz FROM hook
        RETURNING id
      )
      INSERT INTO deliveries (id, alert_id, webhook_id, next_attempt_at, created_at)
      SELECT ${deliveryId}, alerted.id, hook.id, ${leasedUntil}::timestamptz, ${now}::timestamptz FROM alerted, hook
      RETURNING id`,
  );
  return made.length > 0;
}

const COLUMNS = {
  id: alerts.id,
  type: alerts.type,
  eventId: alerts.eventId,
  data: alerts.data,
  createdAt: alerts.createdAt,
  ruleId: alerts.ruleId,
  groupKey: alerts.groupKey,
  silenced: alerts.silenced,
  digest: alerts.digest,
  openedAt: alerts.openedAt,
  lastAt: alerts.lastAt,
  dueAt: alerts.dueAt,
  anomalies: alerts.anomalies,
  cooled: alerts.cooled,
  topScore: alerts.topScore,
  examples: alerts.examples,
  acknowledgedAt: alerts.acknowledgedAt,
  acknowledgedBy: alerts.acknowledgedBy,
};

type DeliveryState = Pick<typeof deliveries.$inferSelect, "id" | "alertId" | "webhookId" | "status">;
export type AlertRow = Pick<typeof alerts.$inferSelect, keyof typeof COLUMNS> & { deliveries: DeliveryState[] };
export type NoteRow = Pick<typeof alertNotes.$inferSelect, "note" | "keyId" | "createdAt">;

/** What alerts are looked for by; each that is given narrows. */
interface AlertFilter {
  ruleId?: string | undefined;
  acknowledged?: boolean | undefined;
}

/** Alerts, newest first, with where each went. */
export async function listAlerts(db: Db, filter: AlertFilter, page: PageRequest): Promise<Page<AlertRow>> {
  const rows = await db
    .select({ ...COLUMNS, at: microseconds(alerts.createdAt) })
    .from(alerts)
    .where(
      and(
        filter.ruleId === undefined ? undefined : eq(alerts.ruleId, filter.ruleId),
        filter.acknowledged === undefined
          ? undefined
          : filter.acknowledged
            ? isNotNull(alerts.acknowledgedAt)
            : isNull(alerts.acknowledgedAt),
        before(alerts.createdAt, alerts.id, page.after),
      ),
    )
    .orderBy(desc(alerts.createdAt), desc(alerts.id))
    .limit(page.limit + 1);
  const { rows: kept, next } = pageOf(rows, page.limit);
  return { rows: await withDeliveries(db, kept), next };
}

/** The alert with this id and every note on it, first written first, or null. */
export async function findAlert(db: Db, id: string): Promise<(AlertRow & { notes: NoteRow[] }) | null> {
  const [found, notes] = await Promise.all([
    db.select(COLUMNS).from(alerts).where(eq(alerts.id, id)),
    db
      .select({ note: alertNotes.note, keyId: alertNotes.keyId, createdAt: alertNotes.createdAt })
      .from(alertNotes)
      .where(eq(alertNotes.alertId, id))
      .orderBy(asc(alertNotes.id)),
  ]);
  const [alert] = await withDeliveries(db, found);
  return alert === undefined ? null : { ...alert, notes };
}

/** Who does something to an alert, and when. */
interface By {
  keyId: string;
  nowMs: number;
}

/** Says that somebody has seen an alert; the first who says so stands. @returns whether there is such an alert */
export async function acknowledgeAlert(db: Db, id: string, { keyId, nowMs }: By): Promise<boolean> {
  const seen = await db
    .update(alerts)
    .set({
      acknowledgedAt: sql`coalesce(${alerts.acknowledgedAt}, ${new Date(nowMs).toISOString()}::timestamptz)`,
      acknowledgedBy: sql`coalesce(${alerts.acknowledgedBy}, ${keyId})`,
    })
    .where(eq(alerts.id, id))
    .returning({ id: alerts.id });
  return seen.length > 0;
}

/** Appends a note to an alert. @returns whether there is such an alert */
export async function noteAlert(db: Db, id: string, note: string, { keyId, nowMs }: By): Promise<boolean> {
  const noted = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      INSERT INTO alert_notes (alert_id, note, key_id, created_at)
      SELECT id, ${note}, ${keyId}, ${new Date(nowMs).toISOString()}::timestamptz FROM alerts WHERE id = ${id}
      RETURNING alert_id AS id`,
  );
  return noted.length > 0;
}

async function withDeliveries<Row extends { id: string }>(
  db: Db,
  rows: readonly Row[],
): Promise<(Row & { deliveries: DeliveryState[] })[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const sent = await db
    .select({
      id: deliveries.id,
      alertId: deliveries.alertId,
      webhookId: deliveries.webhookId,
      status: deliveries.status,
    })
    .from(deliveries)
    .where(inArray(deliveries.alertId, ids))
    .orderBy(deliveries.alertId, deliveries.webhookId);
  const byAlert = Map.groupBy(sent, ({ alertId }) => alertId);
  return rows.map((row) => ({ ...row, deliveries: byAlert.get(row.id) ?? [] }));
}
