import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import type { KeptEvent } from "../../shared/event.ts";
import type { Signals } from "../../shared/signals.ts";
import { queryRows, type Db } from "../store/db.ts";
import { FACTS, ROLL_UP } from "../store/rollups.ts";
import { BOOK } from "../store/transactions.ts";
import { entityNames } from "./outbox.ts";
import { labelOf, type EventLabel, type LabelSaid, type LabelSource } from "./precedence.ts";

/** Something to be recorded about an event, by a person or by an event of the shop's. */
export type NewLabel = { label: EventLabel | null; note?: string | null } & (
  | { source: "analyst" | "feedback"; keyId: string }
  | { source: Exclude<LabelSource, "analyst" | "feedback">; causeEventId: string; reason: string | null; atMs: number }
);

/** Whoever loses to others so often finds the same event labelled hundreds of times a second. */
const TRIES_MOST = 100;

/**
 * Records what is said of events, in order, and makes of each event what `labelOf` says comes of all that was ever said of it. With the
 * label, in the same statement: the status of its anomaly, which is confirmed for fraud and dismissed for what is legitimate; the sums,
 * by what changes in them; and, where it became fraud or is no longer, what the edge is told.
 *
 * Any number may run at once: what was decided is written unless something else was said of the event since, and is then decided anew.
 * What is recorded with a cause is recorded once.
 *
 * @param said by event, in the order of the event's ids
 * @returns the ids of those events that there are
 * @throws what the driver throws; what is not recorded by then can be recorded by the same again
 */
export async function applyLabels(
  db: Db,
  said: ReadonlyMap<string, readonly NewLabel[]>,
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  let left = [...said.keys()];
  for (let tries = 0; left.length > 0; tries++) {
    if (tries === TRIES_MOST) throw new Error("events are labelled faster than anybody can follow");
    const subjects = await readSubjects(db, left);
    for (const { id } of subjects) there.add(id);
    const changes = subjects.flatMap((subject) => changeOf(subject, said.get(subject.id) ?? []));
    const written = new Set(changes.length === 0 ? [] : await writeChanges(db, changes));
    left = changes.map(({ id }) => id).filter((id) => !written.has(id));
  }
  return there;
}

const Subject = z.object({
  id: z.string(),
  labels: z.int(),
  label: z.custom<EventLabel | null>(),
  event: z.custom<KeptEvent>(),
  signals: z.custom<Signals>(),
  said: z.array(z.custom<LabelSaid & { cause: string | null }>()),
});
type Subject = z.infer<typeof Subject>;

/** Events with all that was said of them, in the order it was recorded. */
function readSubjects(db: Db, ids: readonly string[]): Promise<Subject[]> {
  return queryRows(
    db,
    Subject,
    sql`
      SELECT e.id, e.labels, e.label, e.event, e.signals, (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
          'source', l.source, 'label', l.label, 'cause', l.cause_event_id,
          'atMs', floor(extract(epoch FROM l.at) * 1000)::float8
        ) ORDER BY l.id), '[]')
        FROM event_labels AS l WHERE l.event_id = e.id
      ) AS said
      FROM events AS e
      WHERE e.id IN (SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
      ORDER BY e.id`,
  );
}

interface Change {
  id: string;
  /** How many were recorded when it was decided. */
  labels: number;
  label: EventLabel | null;
  entities: string[];
  records: LabelRecord[];
}

interface LabelRecord {
  source: LabelSource;
  label: EventLabel | null;
  label_before: EventLabel | null;
  label_after: EventLabel | null;
  reason: string | null;
  note: string | null;
  key_id: string | null;
  cause_event_id: string | null;
  /** Null: now. */
  at: string | null;
}

/** None where all of it is recorded already. */
function changeOf(subject: Subject, added: readonly NewLabel[]): Change[] {
  const causes = new Set(subject.said.map(({ cause }) => cause).filter((cause) => cause !== null));
  const said: LabelSaid[] = [...subject.said];
  const records: LabelRecord[] = [];
  let label = subject.label;
  for (const one of added) {
    const ofShop = "causeEventId" in one ? one : null;
    if (ofShop !== null && causes.has(ofShop.causeEventId)) continue;
    said.push({ source: one.source, label: one.label, atMs: ofShop?.atMs ?? 0 });
    const before = label;
    label = labelOf(said);
    records.push({
      source: one.source,
      label: one.label,
      label_before: before,
      label_after: label,
      reason: ofShop?.reason ?? null,
      note: one.note ?? null,
      key_id: "keyId" in one ? one.keyId : null,
      cause_event_id: ofShop?.causeEventId ?? null,
      at: ofShop === null ? null : new Date(ofShop.atMs).toISOString(),
    });
  }
  if (records.length === 0) return [];
  const { id, labels, event, signals } = subject;
  return [{ id, labels, label, entities: entityNames(event, signals), records }];
}

/** What an anomaly is by the label of its event. */
const STATUS = sql`CASE turned.label WHEN 'fraud' THEN 'confirmed' WHEN 'legitimate' THEN 'dismissed' ELSE 'open' END`;

/**
 * Writes changes, each unless something else was recorded of its event since. Events are locked first and by id, then their anomalies by
 * id, then as in `ROLL_UP`; rows of version 1 are brought into the sums by another statement, with the label they then have.
 *
 * @returns the ids of the events that were written
 */
async function writeChanges(db: Db, changes: readonly Change[]): Promise<string[]> {
  const rows = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      WITH change AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) AS c (
          id text, labels integer, label text, entities jsonb, records jsonb
        )
      ), subject AS (
        SELECT e.v, e.fraud_known_at, ${FACTS}
        FROM events AS e JOIN change ON change.id = e.id AND change.labels = e.labels
        ORDER BY e.id
        FOR NO KEY UPDATE OF e
      ), turned AS (
        UPDATE events AS e SET
          labels = e.labels + jsonb_array_length(change.records),
          label = change.label,
          labelled_at = CASE
            WHEN change.label IS NULL THEN NULL WHEN change.label IS DISTINCT FROM e.label THEN now() ELSE e.labelled_at
          END,
          fraud_known_at = CASE WHEN change.label = 'fraud' THEN coalesce(e.fraud_known_at, now()) END
        FROM subject JOIN change ON change.id = subject.id
        WHERE e.id = subject.id
        RETURNING e.v, e.fraud_known_at, ${FACTS}
      ), ${RECORD}, told AS (
        INSERT INTO fraud_labels (event_id, entities, by, known_at)
        SELECT turned.id, ARRAY(SELECT jsonb_array_elements_text(change.entities)),
          CASE WHEN turned.fraud_known_at IS NULL THEN -1 ELSE 1 END, coalesce(turned.fraud_known_at, subject.fraud_known_at)
        FROM turned JOIN subject USING (id) JOIN change USING (id)
        WHERE (turned.fraud_known_at IS NULL) <> (subject.fraud_known_at IS NULL) AND jsonb_array_length(change.entities) > 0
      ), counted AS (
        SELECT side.* FROM turned JOIN subject USING (id) CROSS JOIN LATERAL (
          SELECT subject.*, -1 AS sign UNION ALL SELECT turned.*, 1
        ) AS side
        WHERE turned.label IS DISTINCT FROM subject.label AND turned.v <> 1
      ), ${BOOK}, ${ROLL_UP}
      SELECT id FROM turned`,
  );
  return rows.map(({ id }) => id);
}

/** What was said, kept: in the history, and where a person judged an anomaly, among its verdicts. What the shop said is no longer due. */
const RECORD: SQL = sql`
  judged AS (
    SELECT a.id FROM anomalies AS a WHERE a.event_id IN (SELECT id FROM turned) ORDER BY a.id FOR NO KEY UPDATE
  ), decided AS (
    UPDATE anomalies AS a SET status = ${STATUS}, updated_at = now()
    FROM judged, turned WHERE a.id = judged.id AND a.event_id = turned.id
    RETURNING a.id, a.event_id
  ), record AS (
    SELECT turned.id AS event_id, r.*
    FROM turned JOIN change USING (id)
    CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(change.records) AS (
      source text, label text, label_before text, label_after text, reason text, note text, key_id text, cause_event_id text,
      at timestamptz
    )) WITH ORDINALITY AS r (source, label, label_before, label_after, reason, note, key_id, cause_event_id, at, place)
  ), recorded AS (
    INSERT INTO event_labels (
      event_id, source, label, label_before, label_after, reason, note, key_id, cause_event_id, at
    )
    SELECT event_id, source, label, label_before, label_after, reason, note, key_id, cause_event_id, coalesce(at, now())
    FROM record ORDER BY event_id, place
  ), verdicts AS (
    INSERT INTO feedback (anomaly_id, label, note, key_id)
    SELECT decided.id, CASE label WHEN 'fraud' THEN 'confirmed' ELSE 'dismissed' END, note, key_id
    FROM record JOIN decided USING (event_id)
    WHERE key_id IS NOT NULL AND label IS NOT NULL
    ORDER BY event_id, place
  ), placed AS (
    DELETE FROM label_claims WHERE event_id IN (SELECT cause_event_id FROM record)
  )`;
