import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { Span } from "./window.ts";

/** Events that are looked at, the latest of a span. */
const SAMPLE = 1_000;
/** An event that came in longer than this after it happened is late. */
const LATE = "1 hour";

/** What is missing in the latest events of a span. */
const Sample = z.object({
  events: z.number(),
  no_session: z.number(),
  no_visitor: z.number(),
  late: z.number(),
  degraded: z.number(),
});
export type Sample = z.infer<typeof Sample>;

/** The latest events of a span by when they happened, through the index over that. */
export async function readSample(db: Db, { fromMs, untilMs }: Span): Promise<Sample> {
  const [row] = await queryRows(
    db,
    z.object({ sample: Sample }),
    sql`
      SELECT jsonb_build_object(
        'events', count(*),
        'no_session', count(*) FILTER (WHERE session_id IS NULL),
        'no_visitor', count(*) FILTER (WHERE client_id IS NULL AND user_id IS NULL),
        'late', count(*) FILTER (WHERE received_at > occurred_at + ${LATE}::interval),
        'degraded', count(*) FILTER (WHERE jsonb_array_length(assessment -> 'degraded') > 0)
      ) AS sample
      FROM (
        SELECT session_id, client_id, user_id, received_at, occurred_at, assessment FROM events
        WHERE occurred_at >= ${new Date(fromMs).toISOString()}::timestamptz AND occurred_at < ${new Date(untilMs).toISOString()}::timestamptz
        ORDER BY occurred_at DESC, id DESC LIMIT ${SAMPLE}
      ) AS latest`,
  );
  if (row === undefined) throw new Error("an aggregate without GROUP BY answered no row");
  return row.sample;
}
