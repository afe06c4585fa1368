import { and, desc, eq, inArray } from "drizzle-orm";
import type { Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { alerts, deliveries, deliveryAttempts } from "../store/schema.ts";

const SHOWN = {
  id: deliveries.id,
  alertId: deliveries.alertId,
  type: alerts.type,
  status: deliveries.status,
  nextAttemptAt: deliveries.nextAttemptAt,
  createdAt: deliveries.createdAt,
  finishedAt: deliveries.finishedAt,
};

type AttemptRow = typeof deliveryAttempts.$inferSelect;

/** A delivery with the attempts whose outcome is known, in order. */
export type DeliveryRow = Pick<
  typeof deliveries.$inferSelect,
  "id" | "alertId" | "status" | "nextAttemptAt" | "createdAt" | "finishedAt"
> & { type: string; attempts: AttemptRow[] };

/** A webhook's deliveries, newest first. */
export async function listDeliveries(db: Db, webhookId: string, page: PageRequest): Promise<Page<DeliveryRow>> {
  const rows = await db
    .select({ ...SHOWN, at: microseconds(deliveries.createdAt) })
    .from(deliveries)
    .innerJoin(alerts, eq(alerts.id, deliveries.alertId))
    .where(and(eq(deliveries.webhookId, webhookId), before(deliveries.createdAt, deliveries.id, page.after)))
    .orderBy(desc(deliveries.createdAt), desc(deliveries.id))
    .limit(page.limit + 1);
  const { rows: kept, next } = pageOf(rows, page.limit);
  return { rows: await withAttempts(db, kept), next };
}

export async function findDelivery(db: Db, id: string): Promise<DeliveryRow | null> {
  const rows = await db
    .select(SHOWN)
    .from(deliveries)
    .innerJoin(alerts, eq(alerts.id, deliveries.alertId))
    .where(eq(deliveries.id, id));
  const [row] = await withAttempts(db, rows);
  return row ?? null;
}

async function withAttempts<Row extends { id: string }>(
  db: Db,
  rows: readonly Row[],
): Promise<(Row & { attempts: AttemptRow[] })[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const made = await db
    .select()
    .from(deliveryAttempts)
    .where(inArray(deliveryAttempts.deliveryId, ids))
    .orderBy(deliveryAttempts.deliveryId, deliveryAttempts.attempt);
  const byDelivery = Map.groupBy(made, ({ deliveryId }) => deliveryId);
  return rows.map((row) => ({ ...row, attempts: byDelivery.get(row.id) ?? [] }));
}
