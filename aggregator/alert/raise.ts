import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { DISABLED_ALERT } from "./alert-type.ts";

/** An alert that is about no event. */
export interface RaisedAlert {
  id: string;
  type: string;
  /** One cause has one key, however often it is seen. */
  dedupKey: string;
  title: string;
  /** What the webhook's body tells beside the alert. */
  data: Record<string, unknown>;
  nowMs: number;
}

/** How long a delivery that was just made is kept for the attempt of whoever made it; then the minute cron takes it. */
const FRESH_MS = 30_000;

/** Any instant as Postgres reads it. */
export function instant(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}

/**
 * The deliveries of the alerts that `alerted (id, type, webhook_ids)` gives: to each webhook that wants the type, and is named in
 * `webhook_ids` unless that is null. A webhook that is disabled just now gets one as well, which nobody may claim and the cron cancels:
 * it tells what was missed, and can be replayed. Only of webhooks being disabled it misses nothing. A CTE, whose rows are the ids of those that may be attempted.
 */
export function queueDeliveries(nowMs: number): SQL {
  return sql`made AS (
    INSERT INTO deliveries (id, alert_id, webhook_id, next_attempt_at, created_at)
    SELECT
      'msg_' || left(encode(sha256(convert_to(alerted.id || ' ' || webhooks.id, 'UTF8')), 'hex'), 32),
      alerted.id, webhooks.id, ${instant(nowMs + FRESH_MS)}, ${instant(nowMs)}
    FROM alerted JOIN webhooks
      ON alerted.type = ANY (webhooks.types) AND (alerted.webhook_ids IS NULL OR webhooks.id = ANY (alerted.webhook_ids))
    WHERE webhooks.deleted_at IS NULL AND (webhooks.enabled OR alerted.type <> ${DISABLED_ALERT})
    ON CONFLICT DO NOTHING
    RETURNING id, webhook_id
  ), queued AS (
    SELECT made.id FROM made JOIN webhooks ON webhooks.id = made.webhook_id WHERE webhooks.enabled
  )`;
}

/**
 * Raises an alert to every webhook that wants its type, once for a dedup key: the same again, or two at once, make nothing.
 *
 * @returns the ids of the deliveries made, leased to the caller for `deliverNow`; after 30 s the minute cron takes them
 */
export async function raiseAlert(db: Db, { id, type, dedupKey, title, data, nowMs }: RaisedAlert): Promise<string[]> {
  const body = { ...data, alert: { id, type, created_at: new Date(nowMs).toISOString(), title } };
  const queued = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      WITH alerted AS (
        INSERT INTO alerts (id, type, dedup_key, data, created_at)
        VALUES (${id}, ${type}, ${dedupKey}, ${JSON.stringify(body)}::jsonb, ${instant(nowMs)})
        ON CONFLICT DO NOTHING
        RETURNING id, type, NULL::text[] AS webhook_ids
      ), ${queueDeliveries(nowMs)}
      SELECT id FROM queued`,
  );
  return queued.map((delivery) => delivery.id);
}
