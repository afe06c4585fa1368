import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";
import { ROW_VERSION } from "./events.ts";
import { FACTS, ROLL_UP } from "./rollups.ts";
import { BOOK } from "./transactions.ts";

/** Events of one statement. */
const AT_ONCE = 500;
/** One run ends before the next minute's begins. */
const RUN_MS = 45_000;

/**
 * Brings events stored by a version without aggregates into the aggregates, each once, in portions until none is left or the time is
 * up. Any number may run at once, beside everything else: what another holds is left to the next run.
 *
 * @returns how many were brought in
 * @throws what the driver throws; what was brought in by then stays
 */
export async function countEarlierEvents({ db, nowMs }: { db: Db; nowMs(): number }): Promise<number> {
  const endMs = nowMs() + RUN_MS;
  let counted = 0;
  for (let portion = AT_ONCE; portion === AT_ONCE && nowMs() < endMs; counted += portion) {
    portion = await countPortion(db);
  }
  return counted;
}

async function countPortion(db: Db): Promise<number> {
  const [row] = await queryRows(
    db,
    z.object({ counted: z.int() }),
    // An event is locked before its anomaly, as by who judges it: so the verdict is in the sums once, by this or by that statement.
    sql`
      WITH chosen AS (
        SELECT id FROM events WHERE v = 1 ORDER BY id LIMIT ${AT_ONCE} FOR NO KEY UPDATE SKIP LOCKED
      ), judged AS (
        SELECT event_id, status FROM anomalies WHERE event_id IN (SELECT id FROM chosen) ORDER BY event_id FOR SHARE
      ), taken AS (
        UPDATE events AS e SET v = ${ROW_VERSION} FROM chosen WHERE e.id = chosen.id RETURNING ${FACTS}
      ), counted AS (
        SELECT taken.*, coalesce(judged.status = 'dismissed', false) AS dismissed, 1 AS sign
        FROM taken LEFT JOIN judged ON judged.event_id = taken.id
      ), ${BOOK}, ${ROLL_UP}
      SELECT count(*)::integer AS counted FROM taken`,
  );
  return row?.counted ?? 0;
}
