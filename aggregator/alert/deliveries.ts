import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { Attempt, AttemptRecord, Delivery } from "./attempt.ts";
import { ATTEMPT_WAITS_MS } from "./schedule.ts";

/** A delivery that wants an attempt, and whose it is. */
export const Waiting = z.object({ id: z.string(), webhook_id: z.string() });
export type Waiting = z.infer<typeof Waiting>;

/** An attempt with the webhook it is made for. */
export interface Claim extends Attempt {
  webhookId: string;
}

/**
 * Who may claim a delivery: `fresh` is for the one who has just inserted it and holds its first lease, `due` for anyone once
 * its time has come.
 */
export type ClaimBy = "fresh" | "due";

const MAX_ATTEMPTS = ATTEMPT_WAITS_MS.length;

/** An endpoint that only failed for this long is disabled. */
const FAILING_LIMIT_MS = 5 * 24 * 60 * 60 * 1000;
const FAILING_REASON = "its endpoint only failed for 5 days";

/**
 * Only an attempt from this one on may disable for failing long: after a quiet month the first alert must not be lost because the
 * last thing the endpoint did a month ago was to fail.
 */
const FAILING_ATTEMPT = 3;

function instant(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}

function idsIn(ids: readonly string[]) {
  return sql`(SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
}

function claimable(by: ClaimBy, nowMs: number) {
  return by === "fresh"
    ? sql`d.status = 'pending' AND d.attempts = 0`
    : sql`d.status = 'pending' AND d.next_attempt_at <= ${instant(nowMs)} AND d.attempts < ${MAX_ATTEMPTS}`;
}

/** Of these deliveries those that can be claimed now, oldest first. */
export async function waitingOf(db: Db, ids: readonly string[], by: ClaimBy, nowMs: number): Promise<Waiting[]> {
  return queryRows(
    db,
    Waiting,
    sql`
      SELECT d.id, d.webhook_id FROM deliveries d
      WHERE d.id IN ${idsIn(ids)} AND ${claimable(by, nowMs)}
      ORDER BY d.next_attempt_at, d.id`,
  );
}

/** Deliveries whose time has come: the oldest of every webhook, then the second of every webhook, and so on. */
export async function dueDeliveries(db: Db, nowMs: number, limit: number): Promise<Waiting[]> {
  return queryRows(
    db,
    Waiting,
    sql`
      SELECT id, webhook_id FROM (
        SELECT d.id, d.webhook_id, d.next_attempt_at,
          row_number() OVER (PARTITION BY d.webhook_id ORDER BY d.next_attempt_at, d.id) AS place
        FROM deliveries d WHERE ${claimable("due", nowMs)}
      ) due
      ORDER BY place, next_attempt_at, id
      LIMIT ${limit}`,
  );
}

const ClaimRow = z.object({
  attempt: z.int(),
  webhook_id: z.string(),
  url: z.string(),
  secret: z.string(),
  previous_secret: z.string().nullable(),
  type: z.string(),
  data: z.unknown(),
  alerted_at: z.coerce.date(),
});

/**
 * Takes a delivery for one attempt, which is counted from now on: nobody else gets it until the lease is over.
 * Two who claim the same at once are put in a row by Postgres, and the second finds the conditions no longer met.
 *
 * @returns what the attempt needs, or null when the delivery is not to be had or its webhook is disabled or deleted
 */
export async function claimDelivery(
  db: Db,
  id: string,
  by: ClaimBy,
  nowMs: number,
  leaseMs: number,
): Promise<Claim | null> {
  const [row] = await queryRows(
    db,
    ClaimRow,
    sql`
      UPDATE deliveries d SET attempts = d.attempts + 1, next_attempt_at = ${instant(nowMs + leaseMs)}
      FROM webhooks w, alerts a
      WHERE d.id = ${id} AND ${claimable(by, nowMs)}
        AND w.id = d.webhook_id AND w.enabled AND w.deleted_at IS NULL AND a.id = d.alert_id
      RETURNING d.attempts AS attempt, w.id AS webhook_id, w.url, w.secret,
        CASE WHEN w.previous_secret_until > ${instant(nowMs)} THEN w.previous_secret END AS previous_secret,
        a.type, a.data, a.created_at AS alerted_at`,
  );
  if (row === undefined) return null;
  return {
    deliveryId: id,
    webhookId: row.webhook_id,
    attempt: row.attempt,
    url: row.url,
    secrets: row.previous_secret === null ? [row.secret] : [row.secret, row.previous_secret],
    alert: { type: row.type, createdAtMs: row.alerted_at.getTime(), data: row.data },
  };
}

const Settled = z.object({ status: z.string().nullable(), disabled_reason: z.string().nullable() });

/** Where an attempt left its delivery, and why it disabled the webhook if it did. */
export interface Settlement {
  waiting: boolean;
  disabledReason: string | null;
}

/**
 * Writes what came of an attempt: its row, the delivery's state, how long the endpoint has been failing, and, when that disables
 * the webhook, the end of everything that waits for it. All of it or nothing.
 *
 * Success counts whatever happened meanwhile. A failure counts only for the latest attempt of a delivery that still waits. A
 * webhook is disabled only for what the URL it has now did.
 */
export async function settleAttempt(
  db: Db,
  claim: Claim,
  delivery: Delivery,
  record: AttemptRecord,
  nowMs: number,
): Promise<Settlement> {
  const now = instant(nowMs);
  const startedAt = instant(record.startedAtMs);
  const delivered = delivery.kind === "delivered";
  const failedLongSince = instant(nowMs - FAILING_LIMIT_MS);
  const mayDisable = !delivered && claim.attempt >= FAILING_ATTEMPT;
  const nextAttemptAt = delivery.kind === "retry" ? instant(nowMs + delivery.afterMs) : sql`d.next_attempt_at`;
  // The webhook is written first in every case: all who settle lock it before any delivery, so that none deadlock.
  const [row] = await queryRows(
    db,
    Settled,
    sql`
      WITH verdict AS (
        SELECT w.id, CASE
          WHEN NOT w.enabled OR w.deleted_at IS NOT NULL OR w.url <> ${claim.url} THEN NULL
          WHEN ${delivery.kind === "disabled"} THEN ${delivery.kind === "disabled" ? delivery.reason : ""}
          WHEN ${mayDisable} AND w.failing_since <= ${failedLongSince} THEN ${FAILING_REASON}
        END AS disable
        FROM webhooks w WHERE w.id = ${claim.webhookId} FOR NO KEY UPDATE
      ), hook AS (
        UPDATE webhooks w SET
          failing_since = CASE WHEN ${!delivered} THEN coalesce(w.failing_since, ${startedAt}) END,
          enabled = w.enabled AND verdict.disable IS NULL,
          disabled_reason = coalesce(verdict.disable, w.disabled_reason)
        FROM verdict WHERE w.id = verdict.id
        RETURNING w.id, w.enabled AND w.deleted_at IS NULL AS live, verdict.disable
      ), tried AS (
        INSERT INTO delivery_attempts (delivery_id, attempt, started_at, duration_ms, status, error, answer)
        SELECT ${claim.deliveryId}, ${claim.attempt}::integer, ${startedAt}, ${record.durationMs}::integer,
          ${record.status}::integer, ${record.error}, ${record.answer}
        FROM hook
        ON CONFLICT DO NOTHING
      ), own AS (
        UPDATE deliveries d SET
          status = next.status,
          next_attempt_at = ${nextAttemptAt},
          finished_at = CASE WHEN next.status <> 'pending' THEN ${now} END
        FROM hook, LATERAL (
          SELECT CASE WHEN ${delivered} THEN 'delivered' WHEN ${delivery.kind === "exhausted"} THEN 'exhausted'
            WHEN hook.live THEN 'pending' ELSE 'cancelled' END AS status
        ) next
        WHERE d.id = ${claim.deliveryId} AND CASE WHEN ${delivered} THEN d.status IN ('pending', 'cancelled')
          ELSE d.status = 'pending' AND d.attempts = ${claim.attempt} END
        RETURNING d.status
      ), others AS (
        UPDATE deliveries d SET status = 'cancelled', finished_at = ${now}
        FROM hook
        WHERE hook.disable IS NOT NULL AND d.webhook_id = hook.id AND d.status = 'pending' AND d.id <> ${claim.deliveryId}
      )
      SELECT (SELECT status FROM own) AS status, (SELECT disable FROM hook) AS disabled_reason`,
  );
  return { waiting: row?.status === "pending", disabledReason: row?.disabled_reason ?? null };
}

/**
 * Ends what can have no further attempt: deliveries that came in while their webhook was disabled or deleted, and those whose last
 * attempt never came to an outcome. What another worker holds just now is left for the next time.
 */
export async function endStranded(db: Db, nowMs: number): Promise<void> {
  const now = instant(nowMs);
  await db.execute(sql`
    UPDATE deliveries d SET status = stranded.status, finished_at = ${now}
    FROM (
      SELECT d.id, CASE WHEN w.enabled AND w.deleted_at IS NULL THEN 'exhausted' ELSE 'cancelled' END AS status
      FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id
      WHERE d.status = 'pending' AND d.next_attempt_at <= ${now}
        AND (NOT w.enabled OR w.deleted_at IS NOT NULL OR d.attempts >= ${MAX_ATTEMPTS})
      FOR NO KEY UPDATE OF d SKIP LOCKED
    ) stranded
    WHERE d.id = stranded.id`);
}
