import { desc, inArray, sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { alerts, deliveries } from "../store/schema.ts";
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

type DeliveryState = Pick<typeof deliveries.$inferSelect, "id" | "alertId" | "webhookId" | "status">;
export type AlertRow = Pick<typeof alerts.$inferSelect, "id" | "type" | "eventId" | "data" | "createdAt"> & {
  deliveries: DeliveryState[];
};

/** Alerts, newest first, with where each went. */
export async function listAlerts(db: Db, page: PageRequest): Promise<Page<AlertRow>> {
  const rows = await db
    .select({
      id: alerts.id,
      type: alerts.type,
      eventId: alerts.eventId,
      data: alerts.data,
      createdAt: alerts.createdAt,
      at: microseconds(alerts.createdAt),
    })
    .from(alerts)
    .where(before(alerts.createdAt, alerts.id, page.after))
    .orderBy(desc(alerts.createdAt), desc(alerts.id))
    .limit(page.limit + 1);
  const { rows: kept, next } = pageOf(rows, page.limit);
  return { rows: await withDeliveries(db, kept), next };
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
