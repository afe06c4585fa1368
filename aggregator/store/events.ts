import { sql } from "drizzle-orm";
import * as z from "zod";
import type { ScoredEvent } from "../../shared/message.ts";
import { entityOf } from "../alert/rules/group.ts";
import { CLAIM } from "../labels/claims.ts";
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
  /** When it is stored: an anomaly was found then. */
  nowMs: number;
}

/** The form of the rows written now: they are in the aggregates. Version 1 is from before there were any; see earlier-events.ts. */
export const ROW_VERSION = 2;

/** A scored event as a row, with its place in the triage list should it be an anomaly and new. */
export function eventRow(scored: ScoredEvent, { requestId, keyId, nowMs }: Provenance): EventRow {
  const { event, signals, assessment } = scored;
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
    rules: scored.rules,
    assessment,
    shadow: scored.shadow,
    runtime: scored.runtime,
    ...(assessment.anomaly && { found_at: new Date(nowMs).toISOString(), entity: entityOf(scored) }),
  };
  const copy = scored.repeated ? null : { event_id: event.id, request_id: requestId, received_at: scored.received_at };
  return { id: event.id, json: JSON.stringify(record), copy };
}

const Stored = z.object({ stored: z.array(z.string()), anomalies: z.int() });
export type Stored = z.infer<typeof Stored>;

/**
 * Stores events, and of those that are new the transactions, sessions and rollups they count in, and of an anomaly its place in the
 * triage list: all of it or, when it throws, nothing. An id that is already there changes nothing but `stored_again`, where copies of
 * another request are kept; of an id given twice the first counts.
 *
 * An anomaly is left to be raised: by `raiseNow`, which whoever called has to call, or else by the minute cron.
 *
 * Any number may run at once. All lock events, copies, transactions, sessions and rollups in this order and by key; see `ROLL_UP`.
 *
 * @returns the ids that are new, and how many of them are anomalies
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
          features real[], rules jsonb, assessment jsonb, shadow jsonb, runtime text, found_at timestamptz, entity text
        )
      ), fresh AS (
        INSERT INTO events AS e (
          id, name, occurred_at, received_at, timestamp_source, source, request_id, repeated, key_id, user_id, client_id, session_id,
          transaction_id, country, value, currency, score, anomaly, event, signals, feature_set, features, rules, assessment, shadow,
          runtime, v
        )
        SELECT
          id, name, occurred_at, received_at, timestamp_source, source, request_id, repeated, key_id, user_id, client_id, session_id,
          transaction_id, country, value, currency, score, anomaly, event, signals, feature_set, features, rules, assessment, shadow,
          runtime, ${ROW_VERSION}
        FROM intake
        ON CONFLICT (id) DO NOTHING
        RETURNING e.request_id, e.repeated, ${FACTS}
      ), anomalous AS (
        INSERT INTO anomalies (id, event_id, created_at, updated_at, unraised, entity)
        SELECT 'ano_' || id, id, intake.found_at, intake.found_at, true, intake.entity
        FROM fresh JOIN intake USING (id)
        WHERE fresh.anomaly
        ON CONFLICT DO NOTHING
        RETURNING id
      ), ${CLAIM}, again AS (
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
        SELECT fresh.*, 1 AS sign FROM fresh WHERE (SELECT count(*) FROM again) >= 0
      ), ${BOOK}, ${ROLL_UP}
      SELECT
        (SELECT coalesce(jsonb_agg(id), '[]') FROM fresh) AS stored,
        (SELECT count(*)::integer FROM anomalous) AS anomalies`,
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
