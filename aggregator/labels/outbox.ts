import { sql } from "drizzle-orm";
import * as z from "zod";
import type { KeptEvent } from "../../shared/event.ts";
import type { LabelMessage } from "../../shared/label.ts";
import { entitiesOf } from "../../shared/observe.ts";
import { nameOf } from "../../shared/profile/names.ts";
import type { Signals } from "../../shared/signals.ts";
import { queryRows, type Db } from "../store/db.ts";

/**
 * CTEs for a statement that says of events whether they are fraud. Before them comes `told`, which has of each event its `id`, `is_fraud`,
 * its `entities`, and its `fraud_known_at` as read under a lock on its row. Only what changes is a label, so that the same said again,
 * by whomever, teaches nothing; whatever is said last holds.
 */
export const LABEL = sql`
  turned AS (
    UPDATE events AS e SET fraud_known_at = CASE WHEN told.is_fraud THEN now() END
    FROM told WHERE e.id = told.id AND (told.fraud_known_at IS NOT NULL) <> told.is_fraud
    RETURNING e.id, told.entities, told.is_fraud, coalesce(e.fraud_known_at, told.fraud_known_at) AS known_at
  ), labelled AS (
    INSERT INTO fraud_labels (event_id, entities, by, known_at)
    SELECT id, entities, CASE WHEN is_fraud THEN 1 ELSE -1 END, known_at FROM turned WHERE cardinality(entities) > 0
  )`;

/** The names of the profiles an event is learned by, as an array for `told`. */
export function entitiesFor(event: KeptEvent, signals: Signals) {
  const names = entitiesOf(event, signals).map(({ kind, key }) => nameOf(kind, key));
  return sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(names)}::jsonb))`;
}

const Row = z.object({
  id: z.string(),
  entities: z.array(z.string()),
  by: z.union([z.literal(1), z.literal(-1)]),
  known_ms: z.number(),
});

/** Labels that are not on the queue yet, in no order: they add up to the same in any. */
export async function unsentLabels(db: Db, most: number): Promise<LabelMessage[]> {
  const rows = await queryRows(
    db,
    Row,
    sql`
      SELECT id, to_jsonb(entities) AS entities, by, floor(extract(epoch FROM known_at) * 1000)::float8 AS known_ms
      FROM fraud_labels WHERE sent_at IS NULL ORDER BY id LIMIT ${most}`,
  );
  return rows.map(({ id, entities, by, known_ms }) => ({
    v: 1,
    id,
    entities,
    by,
    known_at: new Date(known_ms).toISOString(),
  }));
}

export async function markSent(db: Db, labels: readonly LabelMessage[]): Promise<void> {
  const ids = JSON.stringify(labels.map(({ id }) => id));
  await db.execute(sql`
    UPDATE fraud_labels SET sent_at = now()
    WHERE sent_at IS NULL AND id IN (SELECT jsonb_array_elements_text(${ids}::jsonb))`);
}
