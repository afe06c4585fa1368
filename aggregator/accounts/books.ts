import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { Counted } from "./balance.ts";
import { REJECTED } from "./count-once.ts";
import type { Window } from "./window.ts";

/** What was counted, and how many of the rows that were stored are deleted since. */
export interface Books extends Counted {
  removed: number;
}

const Sum = z.int();

const Sums = z.object({
  edge: z.record(z.string(), Sum),
  stored: Sum,
  removed: Sum,
  stored_repeated: Sum,
  stored_again: Sum,
  failed: Sum,
});

/** Everything that was counted in a window, as of one moment. */
export async function readBooks(db: Db, { from, to }: Window): Promise<Books> {
  const start = sql`${from.toISOString()}::timestamptz`;
  const end = sql`${to.toISOString()}::timestamptz`;
  // Whether a copy's event has a row, and whether it is this copy's; looked up one by one, since a join may read all events. Of the
  // copies of one request only the first is not repeated.
  const hasRow = sql`EXISTS (SELECT FROM events AS held WHERE held.id = copy.event_id)`;
  const isRow = sql`EXISTS (
    SELECT FROM events AS held WHERE held.id = copy.event_id AND held.request_id = copy.request_id AND NOT held.repeated
  )`;
  const [row] = await queryRows(
    db,
    z.object({ sums: Sums }),
    // A copy that failed, of an id that another copy has a row for by now, was stored again in all but name. One that failed may be
    // recorded twice: by its consumer and, if that never came to acknowledge it, as a dead letter.
    sql`
      SELECT jsonb_build_object(
        'edge', (
          SELECT coalesce(jsonb_object_agg(outcome, events), '{}') FROM (
            SELECT outcome, sum(events) AS events FROM edge_counts
            WHERE minute >= ${start} AND minute < ${end}
            GROUP BY outcome
          ) AS counted
        ),
        'stored', coalesce(sum(stored), 0),
        'removed', coalesce(sum(removed), 0),
        'stored_repeated', (
          SELECT count(*) FROM events WHERE repeated AND received_at >= ${start} AND received_at < ${end}
        ),
        'stored_again', (
          SELECT count(*) FROM (
            SELECT event_id, request_id FROM stored_again AS copy
            WHERE received_at >= ${start} AND received_at < ${end} AND NOT ${isRow}
            UNION
            SELECT event_id, request_id FROM failed_events AS copy
            WHERE received_at >= ${start} AND received_at < ${end} AND ${hasRow} AND NOT ${isRow} AND NOT repeated
          ) AS copies
        ),
        'failed', (
          SELECT coalesce(sum(events), 0) FROM (
            SELECT max(events) AS events FROM failed_events AS copy
            WHERE received_at >= ${start} AND received_at < ${end}
              AND resolved_at IS NULL AND NOT ${hasRow} AND NOT repeated
            GROUP BY coalesce(event_id, id), request_id
          ) AS copies
        )
      ) AS sums
      FROM stored_counts WHERE minute >= ${start} AND minute < ${end}`,
  );
  if (row === undefined) throw new Error("a sum over no rows is a row all the same");
  return counted(row.sums);
}

function counted({ edge, stored, removed, stored_repeated, stored_again, failed }: z.infer<typeof Sums>): Books {
  const { received = 0, accepted = 0, duplicate = 0, limited = 0, ...refusals } = edge;
  const rejectedBy = Object.fromEntries(
    Object.entries(refusals).map(([outcome, events]) => [outcome.slice(REJECTED.length), events]),
  );
  return {
    received,
    accepted,
    duplicate,
    limited,
    rejectedBy,
    stored,
    removed,
    storedRepeated: stored_repeated,
    storedAgain: stored_again,
    failed,
  };
}
