import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { TEST_ALERT } from "./alert-type.ts";
import { instant } from "./raise.ts";

// A replay revives the delivery itself: the receiver gets the message again under the `webhook-id` it knows, by which it can tell that
// it has had it, and the log shows all attempts in one row of numbers. The schedule begins anew.

/** Deliveries of one webhook that the cron revives in one run: what follows must not crowd out what is new. */
const REVIVED_PER_RUN = 300;

/**
 * Brings back a delivery that has ended, however it did, with a lease for the attempt that the caller makes now.
 *
 * @returns false when there is nothing to bring back: it is still under way, or its webhook is disabled or deleted
 */
export async function reviveDelivery(db: Db, id: string, nowMs: number, leaseMs: number): Promise<boolean> {
  const revived = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      UPDATE deliveries d
      SET status = 'pending', attempts_before = d.attempts, next_attempt_at = ${instant(nowMs + leaseMs)}, finished_at = NULL
      FROM webhooks w
      WHERE d.id = ${id} AND d.status <> 'pending' AND w.id = d.webhook_id AND w.enabled AND w.deleted_at IS NULL
      RETURNING d.id`,
  );
  return revived.length > 0;
}

/** Alerts that a webhook should have had and has not; tests are of no use later. */
function missed(webhookId: unknown, since: unknown, endedBy: unknown) {
  return sql`
    d.webhook_id = ${webhookId} AND d.status IN ('exhausted', 'cancelled') AND d.created_at >= ${since}
      AND d.finished_at <= ${endedBy} AND EXISTS (SELECT FROM alerts a WHERE a.id = d.alert_id AND a.type <> ${TEST_ALERT})`;
}

/**
 * Asks for everything that a webhook missed since a time; the cron brings it back. Asked again while that goes on, the earlier of the two
 * times counts, and what has failed again is tried once more.
 *
 * @returns how many there are, or null when the webhook is disabled or deleted: then nothing is asked for
 */
export async function askForMissed(db: Db, webhookId: string, since: string, nowMs: number): Promise<number | null> {
  const now = instant(nowMs);
  const [row] = await queryRows(
    db,
    z.object({ missed: z.coerce.number() }),
    sql`
      WITH asked AS (
        UPDATE webhooks w SET replay_since = least(w.replay_since, ${since}::timestamptz), replay_asked_at = ${now}
        WHERE w.id = ${webhookId} AND w.enabled AND w.deleted_at IS NULL
        RETURNING w.id, w.replay_since
      )
      SELECT (SELECT count(*) FROM deliveries d WHERE ${missed(sql`asked.id`, sql`asked.replay_since`, now)}) AS missed
      FROM asked`,
  );
  return row?.missed ?? null;
}

/** Brings back some of what was asked for, the oldest first, due at once; where nothing is left, the asking ends. */
export async function reviveMissed(db: Db, nowMs: number): Promise<void> {
  await db.execute(sql`
    WITH asked AS (
      SELECT id, replay_since, replay_asked_at FROM webhooks
      WHERE replay_since IS NOT NULL AND enabled AND deleted_at IS NULL
    ), revived AS (
      UPDATE deliveries d
      SET status = 'pending', attempts_before = d.attempts, next_attempt_at = ${instant(nowMs)}, finished_at = NULL
      FROM asked CROSS JOIN LATERAL (
        SELECT d.id FROM deliveries d WHERE ${missed(sql`asked.id`, sql`asked.replay_since`, sql`asked.replay_asked_at`)}
        ORDER BY d.created_at, d.id
        LIMIT ${REVIVED_PER_RUN}
      ) lost
      WHERE d.id = lost.id AND d.status IN ('exhausted', 'cancelled')
      RETURNING d.webhook_id
    )
    UPDATE webhooks w SET replay_since = NULL, replay_asked_at = NULL
    FROM asked
    WHERE w.id = asked.id AND w.replay_asked_at = asked.replay_asked_at
      AND NOT EXISTS (SELECT FROM revived WHERE revived.webhook_id = w.id)`);
}
