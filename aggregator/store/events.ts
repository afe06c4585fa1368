import { sql } from "drizzle-orm";
import * as z from "zod";
import type { ScoredEvent } from "../../shared/message.ts";
import { entityOf } from "../alert/rules/group.ts";
import { CLAIM, MAY_CLAIM } from "../labels/claims.ts";
import { queryRows, type Db } from "./db.ts";
import { FACTS, ROLL_UP } from "./rollups.ts";
import { BOOK } from "./transactions.ts";

/** One event on its way into the database. */
export interface EventRow {
  id: string;
  /** What `storeEvents` reads of it; see `eventRow`. */
  line: string;
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

/**
 * A scored event as a row, with its place in the triage list should it be an anomaly and new.
 *
 * Its line is what `intakeOf` reads: documents as JSON and the features as Postgres writes an array, with tabs between. JSON writes a tab
 * or the end of a line in a text as two other characters, so nothing here has to be quoted.
 */
export function eventRow(scored: ScoredEvent, { requestId, keyId, nowMs }: Provenance): EventRow {
  const { event, signals, assessment, rules, shadow, received_at, repeated } = scored;
  const arrival = {
    received_at,
    timestamp_source: scored.timestamp_source,
    source: scored.source,
    request_id: requestId,
    repeated,
    key_id: keyId,
    feature_set: scored.feature_set,
    runtime: scored.runtime,
    ...(assessment.anomaly && { found_at: new Date(nowMs).toISOString(), entity: entityOf(scored) }),
  };
  const documents = [event, signals, assessment, rules, shadow, arrival].map((document) => JSON.stringify(document));
  const line = [...documents, `{${scored.features.join(",")}}`].join("\t");
  return { id: event.id, line, copy: repeated ? null : { event_id: event.id, request_id: requestId, received_at } };
}

/**
 * Rows as Postgres reads them, whose columns have the names of those of `events`. They are taken out of the documents, which have to be
 * read anyway: a JSON record that names each of them takes twice as long. `OFFSET 0` has a document read once, and not for every column.
 */
export const intakeOf = (rows: readonly EventRow[]) => sql`
  SELECT
    event ->> 'id' AS id, event ->> 'name' AS name, (event ->> 'timestamp')::timestamptz AS occurred_at,
    (arrival ->> 'received_at')::timestamptz AS received_at, arrival ->> 'timestamp_source' AS timestamp_source,
    arrival ->> 'source' AS source, arrival ->> 'request_id' AS request_id, (arrival ->> 'repeated')::boolean AS repeated,
    arrival ->> 'key_id' AS key_id, event ->> 'user_id' AS user_id, event ->> 'client_id' AS client_id,
    event ->> 'session_id' AS session_id, event ->> 'transaction_id' AS transaction_id, signals ->> 'country' AS country,
    (event ->> 'value')::numeric AS value, event ->> 'currency' AS currency, (assessment ->> 'score')::real AS score,
    (assessment ->> 'anomaly')::boolean AS anomaly, event, signals, arrival ->> 'feature_set' AS feature_set, features, rules,
    assessment, shadow, arrival ->> 'runtime' AS runtime, (arrival ->> 'found_at')::timestamptz AS found_at,
    arrival ->> 'entity' AS entity
  FROM (
    SELECT field[1]::jsonb AS event, field[2]::jsonb AS signals, field[3]::jsonb AS assessment, field[4]::jsonb AS rules,
      field[5]::jsonb AS shadow, field[6]::jsonb AS arrival, field[7]::real[] AS features
    FROM string_to_table(${rows.map(({ line }) => line).join("\n")}, E'\\n') AS line
      CROSS JOIN LATERAL string_to_array(line, E'\\t', 'null') AS field
    OFFSET 0
  ) AS read`;

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
  const { first, copies } = apart(rows);
  const [outcome] = await queryRows(
    db,
    Stored,
    sql`
      WITH intake AS (
        ${intakeOf(first)}
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
        RETURNING e.request_id, e.repeated, ${MAY_CLAIM} AS may_claim, ${FACTS}
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
 * deadlock. Beside them the copies that the others are, as JSON.
 */
function apart(rows: readonly EventRow[]): { first: EventRow[]; copies: string } {
  const first = new Map<string, EventRow>();
  const copies: EventRow["copy"][] = [];
  for (const row of rows) {
    if (!first.has(row.id)) first.set(row.id, row);
    else if (row.copy !== null) copies.push(row.copy);
  }
  return { first: [...first.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)), copies: JSON.stringify(copies) };
}
