import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { Attempt, AttemptRecord, Delivery } from "./attempt.ts";
import { KindName, KindSettings } from "./kinds/kind.ts";
import { instant } from "./raise.ts";
import { ATTEMPT_WAITS_MS } from "./schedule.ts";

/** A delivery that wants an attempt, whose it is, and whether the last thing its endpoint did was to fail. */
export const Waiting = z.object({ id: z.string(), webhook_id: z.string(), suspect: z.boolean() });
export type Waiting = z.infer<typeof Waiting>;

/** An attempt with the webhook it is made for. */
export interface Claim extends Attempt {
  webhookId: string;
  /** Whether it is the one attempt that an open circuit lets through, on which it depends whether the circuit closes. */
  isProbe: boolean;
}

/**
 * Who may claim a delivery: `fresh` is for the one who has just inserted or revived it and holds its first lease, `due` for anyone once
 * its time has come; both as far as the circuit lets through. `asked` is `fresh` for an operator, who wants to know what the endpoint
 * does now.
 */
export type ClaimBy = "fresh" | "due" | "asked";

const MAX_ATTEMPTS = ATTEMPT_WAITS_MS.length;

/** An endpoint that only failed for this long is disabled. */
const FAILING_LIMIT_MS = 5 * 24 * 60 * 60 * 1000;
const FAILING_REASON = "its endpoint only failed for 5 days";

/**
 * Only an attempt from this one on may disable for failing long: after a quiet month the first alert must not be lost because the
 * last thing the endpoint did a month ago was to fail.
 */
const FAILING_ATTEMPT = 3;

/**
 * What opens the circuit of a webhook: so many failures in a row. One without an answer in time counts for several, as it holds up whoever
 * made it for the whole deadline.
 */
const STRIKES_MOST = 20;
const STRIKES_SILENT = 10;

/** How long an open circuit lets nothing through: a minute, twice that after each probe that failed, and sixteen in the end. */
const OPEN_SECONDS = 60;
const DOUBLINGS_MOST = 4;

function idsIn(ids: readonly string[]) {
  return sql`(SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
}

function claimable(by: ClaimBy, nowMs: number) {
  return by === "due"
    ? sql`d.status = 'pending' AND d.next_attempt_at <= ${instant(nowMs)}
        AND d.attempts - d.attempts_before < ${MAX_ATTEMPTS}`
    : sql`d.status = 'pending' AND d.attempts = d.attempts_before`;
}

/** Whether something may be sent to a webhook now; of an open circuit it is the claim that lets only one through at a time. */
function letsThrough(by: ClaimBy, nowMs: number) {
  const live = sql`w.enabled AND w.deleted_at IS NULL`;
  return by === "asked" ? live : sql`${live} AND (w.open_until IS NULL OR w.open_until <= ${instant(nowMs)})`;
}

/** Of these deliveries those that can be claimed now, oldest first. */
export async function waitingOf(db: Db, ids: readonly string[], by: ClaimBy, nowMs: number): Promise<Waiting[]> {
  return queryRows(
    db,
    Waiting,
    sql`
      SELECT d.id, d.webhook_id, w.strikes > 0 AS suspect FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id
      WHERE d.id IN ${idsIn(ids)} AND ${claimable(by, nowMs)} AND ${letsThrough(by, nowMs)}
      ORDER BY d.created_at, d.id`,
  );
}

/**
 * Deliveries whose time has come: the oldest of every webhook, then the second of every webhook, and so on. Of a webhook whose circuit
 * is open there is none, and one once it may be probed, however many wait.
 */
export async function dueDeliveries(db: Db, nowMs: number, limit: number): Promise<Waiting[]> {
  return queryRows(
    db,
    Waiting,
    sql`
      SELECT due.id, w.id AS webhook_id, w.strikes > 0 AS suspect
      FROM webhooks w CROSS JOIN LATERAL (
        SELECT d.id, d.created_at, row_number() OVER (ORDER BY d.created_at, d.id) AS place
        FROM deliveries d WHERE d.webhook_id = w.id AND ${claimable("due", nowMs)}
        ORDER BY d.created_at, d.id
        LIMIT CASE WHEN w.open_until IS NULL THEN ${limit}::integer ELSE 1 END
      ) due
      WHERE ${letsThrough("due", nowMs)}
      ORDER BY due.place, due.created_at, due.id
      LIMIT ${limit}`,
  );
}

const ClaimRow = z.object({
  attempt: z.int(),
  attempts_before: z.int(),
  is_probe: z.boolean(),
  webhook_id: z.string(),
  kind: KindName,
  settings: KindSettings,
  url: z.string(),
  secret: z.string(),
  previous_secret: z.string().nullable(),
  type: z.string(),
  data: z.unknown(),
  alerted_at: z.coerce.date(),
});

/**
 * Takes a delivery for one attempt, which is counted from now on: nobody else gets it until the lease is over. Where the webhook's circuit
 * is open, the attempt is a probe, and the circuit lets nothing else through as long.
 * Two who claim the same at once are put in a row by Postgres, and the second finds the conditions no longer met.
 *
 * @returns what the attempt needs, or null when the delivery is not to be had, or nothing may be sent to its webhook now
 */
export async function claimDelivery(
  db: Db,
  id: string,
  by: ClaimBy,
  nowMs: number,
  leaseMs: number,
): Promise<Claim | null> {
  const leasedUntil = instant(nowMs + leaseMs);
  const [row] = await queryRows(
    db,
    ClaimRow,
    sql`
      WITH probe AS (
        UPDATE webhooks w SET open_until = ${leasedUntil} FROM deliveries d
        WHERE d.id = ${id} AND ${claimable(by, nowMs)} AND w.id = d.webhook_id
          AND w.enabled AND w.deleted_at IS NULL AND w.open_until <= ${instant(nowMs)}
        RETURNING w.id
      )
      UPDATE deliveries d SET attempts = d.attempts + 1, next_attempt_at = ${leasedUntil}
      FROM webhooks w, alerts a
      WHERE d.id = ${id} AND ${claimable(by, nowMs)} AND w.id = d.webhook_id AND a.id = d.alert_id
        AND w.enabled AND w.deleted_at IS NULL
        AND (w.open_until IS NULL OR EXISTS (SELECT FROM probe) OR ${by === "asked"})
      RETURNING d.attempts AS attempt, d.attempts_before, EXISTS (SELECT FROM probe) AS is_probe,
        w.id AS webhook_id, w.kind, w.settings, w.url, w.secret,
        CASE WHEN w.previous_secret_until > ${instant(nowMs)} THEN w.previous_secret END AS previous_secret,
        a.type, a.data, a.created_at AS alerted_at`,
  );
  if (row === undefined) return null;
  return {
    deliveryId: id,
    webhookId: row.webhook_id,
    isProbe: row.is_probe,
    kind: row.kind,
    attempt: row.attempt,
    attemptsBefore: row.attempts_before,
    url: row.url,
    secrets: row.previous_secret === null ? [row.secret] : [row.secret, row.previous_secret],
    settings: row.settings,
    alert: { type: row.type, createdAtMs: row.alerted_at.getTime(), data: row.data },
  };
}

const Settled = z.object({
  status: z.string().nullable(),
  disabled_reason: z.string().nullable(),
  open_until: z.coerce.date().nullable(),
});

/** Where an attempt left its delivery, why it disabled the webhook if it did, and until when its circuit is open if it is. */
export interface Settlement {
  waiting: boolean;
  disabledReason: string | null;
  openUntil: Date | null;
}

/**
 * Writes what came of an attempt: its row, the delivery's state, how long the endpoint has been failing, what that makes of its circuit,
 * and, when it disables the webhook, the end of everything that waits for it. All of it or nothing.
 *
 * Success counts whatever happened meanwhile. A failure counts only for the latest attempt of a delivery that still waits. A
 * webhook is disabled, and its circuit opened, only for what the URL it has now did.
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
  const mayDisable = !delivered && claim.attempt - claim.attemptsBefore >= FAILING_ATTEMPT;
  const strikes = record.timedOut ? STRIKES_SILENT : 1;
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
        END AS disable,
        w.url = ${claim.url} AND CASE WHEN w.open_until IS NULL THEN w.strikes + ${strikes} >= ${STRIKES_MOST}::integer
          ELSE ${claim.isProbe} END AS opens
        FROM webhooks w WHERE w.id = ${claim.webhookId} FOR NO KEY UPDATE
      ), hook AS (
        UPDATE webhooks w SET
          failing_since = CASE WHEN ${!delivered} THEN coalesce(w.failing_since, ${startedAt}) END,
          enabled = w.enabled AND verdict.disable IS NULL,
          disabled_reason = coalesce(verdict.disable, w.disabled_reason),
          disabled_at = CASE WHEN verdict.disable IS NULL THEN w.disabled_at ELSE ${now} END,
          untold = w.untold OR verdict.disable IS NOT NULL,
          strikes = CASE WHEN ${delivered} THEN 0 WHEN w.url = ${claim.url} THEN w.strikes + ${strikes} ELSE w.strikes END,
          openings = CASE WHEN ${delivered} THEN 0 WHEN verdict.opens THEN w.openings + 1 ELSE w.openings END,
          open_until = CASE WHEN ${delivered} THEN NULL WHEN verdict.opens
            THEN ${now} + ${OPEN_SECONDS} * power(2, least(w.openings, ${DOUBLINGS_MOST}::integer)) * interval '1 second'
            ELSE w.open_until END
        FROM verdict WHERE w.id = verdict.id
        RETURNING w.id, w.enabled AND w.deleted_at IS NULL AS live, verdict.disable, w.open_until
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
      SELECT (SELECT status FROM own) AS status, (SELECT disable FROM hook) AS disabled_reason,
        (SELECT open_until FROM hook) AS open_until`,
  );
  return {
    waiting: row?.status === "pending",
    disabledReason: row?.disabled_reason ?? null,
    openUntil: row?.open_until ?? null,
  };
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
        AND (NOT w.enabled OR w.deleted_at IS NOT NULL OR d.attempts - d.attempts_before >= ${MAX_ATTEMPTS})
      FOR NO KEY UPDATE OF d SKIP LOCKED
    ) stranded
    WHERE d.id = stranded.id`);
}
