import { sql } from "drizzle-orm";
import * as z from "zod";
import type { AccountMessage, MinuteCounts } from "../../shared/account.ts";
import { queryRows, type Db } from "../store/db.ts";

/**
 * Adds messages of the edge to its counts, each once by its id however often it comes: all of them or, when it throws, none.
 *
 * @returns how many were not counted before
 */
export async function countOnce(db: Db, messages: readonly AccountMessage[]): Promise<number> {
  if (messages.length === 0) return 0;
  const once = new Map(messages.map(({ id, minutes }) => [id, { id, counts: minutes.flatMap(rowsOf) }]));
  const [added] = await queryRows(
    db,
    z.object({ fresh: z.int() }),
    // Rows are locked in an order that all statements share, so that two that meet never deadlock.
    sql`
      WITH message AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify([...once.values()])}::jsonb) AS message (id text, counts jsonb)
      ), fresh AS (
        INSERT INTO counted_messages (id) SELECT id FROM message ORDER BY id
        ON CONFLICT (id) DO NOTHING
        RETURNING id
      ), added AS (
        INSERT INTO edge_counts AS counted (minute, outcome, events)
        SELECT minute, outcome, sum(events)
        FROM fresh JOIN message USING (id)
        CROSS JOIN jsonb_to_recordset(message.counts) AS count (minute timestamptz, outcome text, events bigint)
        GROUP BY minute, outcome
        ORDER BY minute, outcome
        ON CONFLICT (minute, outcome) DO UPDATE SET events = counted.events + excluded.events
      )
      SELECT count(*)::integer AS fresh FROM fresh`,
  );
  return added?.fresh ?? 0;
}

/** What a refusal's slug follows in `edge_counts.outcome`. */
export const REJECTED = "rejected:";

function rowsOf({ minute, rejected, ...counts }: MinuteCounts) {
  const refusals = Object.entries(rejected).map(([slug, events]) => [`${REJECTED}${slug}`, events] as const);
  return [...Object.entries(counts), ...refusals]
    .filter(([, events]) => events > 0)
    .map(([outcome, events]) => ({ minute, outcome, events }));
}

/** A queue keeps a message for 14 days at most, so none comes again after this. */
const MESSAGE_KEPT_DAYS = 20;
/** More than a minute brings, and few enough for one statement. */
const FORGOTTEN_AT_ONCE = 20_000;

/** Forgets which messages were counted, once they cannot come again. Bounded; the next run goes on. */
export async function forgetCounted(db: Db): Promise<void> {
  await db.execute(sql`
    DELETE FROM counted_messages WHERE id IN (
      SELECT id FROM counted_messages
      WHERE counted_at < now() - make_interval(days => ${MESSAGE_KEPT_DAYS})
      ORDER BY counted_at
      LIMIT ${FORGOTTEN_AT_ONCE}
    )`);
}
