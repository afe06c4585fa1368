import { sql } from "drizzle-orm";
import * as z from "zod";
import type { KeptEvent } from "../../shared/event.ts";
import type { LabelMessage } from "../../shared/label.ts";
import { entitiesOf } from "../../shared/observe.ts";
import { nameOf } from "../../shared/profile/names.ts";
import type { Signals } from "../../shared/signals.ts";
import { queryRows, type Db } from "../store/db.ts";

/** The names of the profiles an event is learned by. */
export function entityNames(event: KeptEvent, signals: Signals): string[] {
  return entitiesOf(event, signals).map(({ kind, key }) => nameOf(kind, key));
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
