import { sql } from "drizzle-orm";
import * as z from "zod";
import type { ScoredEvent } from "../../shared/message.ts";
import { queryRows, type Db } from "./db.ts";
import { FACTS, ROLL_UP } from "./rollups.ts";
import { BOOK } from "./transactions.ts";

/** One event on its way into the database: its id and the record `storeEvents` reads, as JSON. */
export interface EventRow {
  id: string;
  json: string;
  /** What is kept of it when another copy of the event has the row; null for one the edge answered as a duplicate. */
  copy: { event_id: string; request_id: string; received_at: string } | null;
}

interface Provenance {
  requestId: string;
  keyId: string;
  /** When it is stored: the time of the alert, if there is one. */
  nowMs: number;
  /** Public address of this Worker, without a slash at the end. */
  publicUrl: string;
}

export const ANOMALY_ALERT = "anomaly.detected";

/** The form of the rows written now: they are in the aggregates. Version 1 is from before there were any; see earlier-events.ts. */
export const ROW_VERSION = 2;

/** A scored event as a row, with the alert it makes should it be an anomaly and new. */
export function eventRow(scored: ScoredEvent, { requestId, keyId, nowMs, publicUrl }: Provenance): EventRow {
  const { event, signals, assessment } = scored;
  const alertedAt = new Date(nowMs).toISOString();
  const record = {
    id: event.id,
    name: event.name,
    occurred_at: event.timestamp,
    received_at: scored.received_at,
    timestamp_source: scored.timestamp_source,
    source: scored.source,
    request_id: requestId,
    repeated: scored.repeated,
    key_id: keyId,
    user_id: event.user_id,
    client_id: event.client_id,
    session_id: event.session_id,
    transaction_id: event.transaction_id,
    country: signals.country,
    value: event.value,
    currency: event.currency,
    score: assessment.score,
    anomaly: assessment.anomaly,
    event,
    signals,
    feature_set: scored.feature_set,
    features: scored.features,
    assessment,
    runtime: scored.runtime,
    alerted_at: alertedAt,
    alert_data: assessment.anomaly ? alertData(scored, alertedAt, publicUrl) : undefined,
  };
  const copy = scored.repeated ? null : { event_id: event.id, request_id: requestId, received_at: scored.received_at };
  return { id: event.id, json: JSON.stringify(record), copy };
}

/** The `data` of the webhook's body. */
function alertData({ event, assessment }: ScoredEvent, alertedAt: string, publicUrl: string) {
  const [strongest] = assessment.reasons;
  return {
    alert: {
      id: `alt_${event.id}`,
      type: ANOMALY_ALERT,
      created_at: alertedAt,
      title: strongest === undefined ? `Unusual ${event.name}` : `Unusual ${event.name}: ${strongest.detail}`,
    },
    event,
    assessment,
    links: { self: `${publicUrl}/v1/anomalies/ano_${event.id}` },
  };
}

const Stored = z.object({
  stored: z.array(z.string()),
  deliveries: z.array(z.object({ id: z.string(), webhook_id: z.string(), alert_id: z.string() })),
});
export type Stored = z.infer<typeof Stored>;

/**
 * Stores events, and of those that are new the transactions, sessions and rollups they count in, and of an anomaly its place in the
 * triage list, its alert and the deliveries: all of it or, when it throws, nothing. An id that is already there changes nothing but
 * `stored_again`, where copies of another request are kept; of an id given twice the first counts.
 *
 * The deliveries come leased for 30 s, for the attempt that whoever called makes now; after that the minute cron takes them.
 *
 * Any number may run at once. All lock events, copies, transactions, sessions and rollups in this order and by key; see `ROLL_UP`.
 *
 * @returns the ids that are new, and the deliveries made for them
 * @throws what the driver throws; `isRowFault` tells whether one of the rows is to blame
 */
export async function storeEvents(db: Db, rows: readonly EventRow[]): Promise<Stored> {
  const { records, copies } = apart(rows);
  const [outcome] = await queryRows(
    db,
    Stored,
    sql`
      WITH intake AS (
        SELECT * FROM jsonb_to_recordset(${records}::jsonb) AS record (
          id text, name text, occurred_at timestamptz, received_at timestamptz, timestamp_source text, source text,
          request_id text, repeated boolean, key_id text, user_id text, client_id text, session_id text, transaction_id text,
          country text, value numeric, currency text, score real, anomaly boolean, event jsonb, signals jsonb, feature_set text,
          features real[], assessment jsonb, runtime text, alerted_at timestamptz, alert_data jsonb
        )
      ), fresh AS (
        INSERT INTO events AS e (
          id, name, occurred_at, received_at, timestamp_source, source, request_id, repeated, key_id, user_id, client_id, session_id,
          transaction_id, country, value, currency, score, anomaly, event, signals, feature_set, features, assessment, runtime, v
        )
        SELECT
          id, name, occurred_at, received_at, timestamp_source, source, request_id, repeated, key_id, user_id, client_id, session_id,
          transaction_id, country, value, currency, score, anomaly, event, signals, feature_set, features, assessment, runtime,
          ${ROW_VERSION}
        FROM intake
        ON CONFLICT (id) DO NOTHING
        RETURNING e.request_id, e.repeated, ${FACTS}
      ), anomalous AS (
        INSERT INTO anomalies (id, event_id)
        SELECT 'ano_' || id, id FROM fresh WHERE anomaly
        ON CONFLICT DO NOTHING
      ), alerted AS (
        INSERT INTO alerts (id, type, dedup_key, event_id, data, created_at)
        SELECT 'alt_' || id, ${ANOMALY_ALERT}, 'anomaly:' || id, id, intake.alert_data, intake.alerted_at
        FROM fresh JOIN intake USING (id)
        WHERE fresh.anomaly
        ON CONFLICT DO NOTHING
        RETURNING id, type
      ), queued AS (
        INSERT INTO deliveries (id, alert_id, webhook_id, next_attempt_at)
        SELECT
          'msg_' || left(encode(sha256(convert_to(alerted.id || ' ' || webhooks.id, 'UTF8')), 'hex'), 32),
          alerted.id, webhooks.id, now() + interval '30 seconds'
        FROM alerted JOIN webhooks ON alerted.type = ANY (webhooks.types)
        WHERE webhooks.enabled AND webhooks.deleted_at IS NULL
        ON CONFLICT DO NOTHING
        RETURNING id, webhook_id, alert_id
      ), again AS (
        INSERT INTO stored_again (event_id, request_id, received_at)
        SELECT event_id, copy.request_id, min(received_at)
        FROM (
          SELECT id AS event_id, request_id, received_at FROM intake WHERE NOT repeated
          UNION ALL
          SELECT * FROM jsonb_to_recordset(${copies}::jsonb) AS copy (event_id text, request_id text, received_at timestamptz)
        ) AS copy LEFT JOIN fresh ON fresh.id = event_id
        WHERE copy.request_id IS DISTINCT FROM coalesce(
          CASE WHEN NOT fresh.repeated THEN fresh.request_id END,
          (SELECT events.request_id FROM events WHERE events.id = event_id AND NOT events.repeated)
        )
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING
        RETURNING event_id
      ), counted AS (
        SELECT fresh.*, false AS dismissed, 1 AS sign FROM fresh WHERE (SELECT count(*) FROM again) >= 0
      ), ${BOOK}, ${ROLL_UP}
      SELECT
        (SELECT coalesce(jsonb_agg(id), '[]') FROM fresh) AS stored,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'webhook_id', webhook_id, 'alert_id', alert_id)), '[]')
         FROM queued) AS deliveries`,
  );
  if (outcome === undefined) throw new Error("a SELECT without FROM answered no row");
  return outcome;
}

/**
 * The first of each id to be stored, in an order all batches share: two that meet on the same ids then wait for one another and never
 * deadlock. Beside them the copies that the others are. Both as JSON.
 */
function apart(rows: readonly EventRow[]): { records: string; copies: string } {
  const first = new Map<string, string>();
  const copies: EventRow["copy"][] = [];
  for (const { id, json, copy } of rows) {
    if (!first.has(id)) first.set(id, json);
    else if (copy !== null) copies.push(copy);
  }
  const sorted = [...first].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { records: `[${sorted.map(([, json]) => json).join(",")}]`, copies: JSON.stringify(copies) };
}
