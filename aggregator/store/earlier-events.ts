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
    // Whoever labels an event locks it as well: so its label is in the sums once, by this or by that statement.
    sql`
      WITH chosen AS (
        SELECT id FROM events WHERE v = 1 ORDER BY id LIMIT ${AT_ONCE} FOR NO KEY UPDATE SKIP LOCKED
      ), taken AS (
        UPDATE events AS e SET v = ${ROW_VERSION} FROM chosen WHERE e.id = chosen.id RETURNING ${FACTS}
      ), counted AS (
        SELECT taken.*, 1 AS sign FROM taken
      ), ${BOOK}, ${ROLL_UP}
      SELECT count(*)::integer AS counted FROM taken`,
  );
  return row?.counted ?? 0;
}
