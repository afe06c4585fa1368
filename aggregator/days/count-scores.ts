import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { ORIGIN } from "../store/rollups.ts";
import { DAY_MS, HOUR_MS } from "./utc-days.ts";

/** What is counted of the past, and counted anew when it changes. */
export const DAYS_COUNTED = 29;
/** An hour is counted when it has been over for so long: what is a little late is in it by then. */
const LAG_MS = 10 * 60_000;
/** What trickles in late is counted so often. */
const AGAIN_MS = HOUR_MS;
/** Hours of one look. */
const AT_ONCE = 24;
/** One run ends well before the next minute's begins. */
const RUN_MS = 15_000;

/**
 * Counts the scores of every hour that is over and not counted yet, or that changed since: by events that came late, which the rollups
 * tell, or by labels. Each hour is one statement, whose rows stay in the database. Two at once count the same.
 *
 * @returns how many hours were counted
 * @throws what the driver throws; what was counted by then stays, and the next run goes on from there
 */
export async function countScores({ db, nowMs }: { db: Db; nowMs(): number }): Promise<number> {
  const endMs = nowMs() + RUN_MS;
  let counted = 0;
  for (;;) {
    const hours = await hoursToCount(db, nowMs());
    for (const hour of hours) {
      if (nowMs() >= endMs) return counted;
      await countHour(db, hour, nowMs());
      counted++;
    }
    if (hours.length < AT_ONCE) return counted;
  }
}

/** Oldest first. */
async function hoursToCount(db: Db, nowMs: number): Promise<number[]> {
  const from = at(Math.floor(nowMs / DAY_MS) * DAY_MS - DAYS_COUNTED * DAY_MS);
  const rows = await queryRows(
    db,
    z.object({ ms: z.number() }),
    sql`
      WITH stored AS (
        SELECT at, sum(events) AS events FROM rollups_1h
        WHERE dimension = 'all' AND at >= ${from} AND at <= ${at(nowMs - LAG_MS - HOUR_MS)}
        GROUP BY at HAVING sum(events) > 0
      ), counted AS (
        SELECT at, sum(events) AS events, min(counted_at) AS counted_at FROM score_hours WHERE at >= ${from} GROUP BY at
      ), labelled AS (
        SELECT date_bin('1 hour', e.occurred_at, ${ORIGIN}) AS at, max(l.recorded_at) AS last
        FROM event_labels AS l JOIN events AS e ON e.id = l.event_id
        WHERE l.recorded_at >= ${at(nowMs - DAY_MS)} AND l.label_before IS DISTINCT FROM l.label_after
        GROUP BY 1
      )
      SELECT extract(epoch FROM at)::float8 * 1000 AS ms
      FROM stored LEFT JOIN counted USING (at) LEFT JOIN labelled USING (at)
      WHERE counted.at IS NULL OR (
        counted.counted_at <= ${at(nowMs - AGAIN_MS)}
        AND (counted.events <> stored.events OR labelled.last >= counted.counted_at)
      )
      ORDER BY at
      LIMIT ${AT_ONCE}`,
  );
  return rows.map(({ ms }) => ms);
}

/** An event is of the hour it happened in. Those of version 1 are in no rollup yet, and come late when they are. */
async function countHour(db: Db, hourMs: number, nowMs: number): Promise<void> {
  await db.execute(sql`
    WITH scored AS (
      SELECT name IN ('purchase', 'payment_failed') AS payments, label IS NOT DISTINCT FROM 'fraud' AS fraud,
        coalesce(assessment ->> 'model', '') AS model, coalesce(assessment ->> 'calibration', '') AS calibration,
        width_bucket(score::numeric, 0, 1, 200) - 1 AS bin, anomaly,
        power(10, -5 * (assessment ->> 'threshold')::float8) AS promised
      FROM events
      WHERE occurred_at >= ${at(hourMs)} AND occurred_at < ${at(hourMs + HOUR_MS)} AND v <> 1
    ), binned AS (
      SELECT payments, fraud, model, calibration, bin, count(*) AS events, count(*) FILTER (WHERE anomaly) AS alerts,
        coalesce(sum(promised), 0) AS promised
      FROM scored GROUP BY 1, 2, 3, 4, 5
    ), filled AS (
      SELECT payments, fraud, model, calibration, bin, coalesce(events, 0)::integer AS events, alerts, promised
      FROM (SELECT DISTINCT payments, fraud, model, calibration FROM binned) AS kinds
      CROSS JOIN generate_series(0, 200) AS bins (bin)
      LEFT JOIN binned USING (payments, fraud, model, calibration, bin)
    ), gone AS (
      DELETE FROM score_hours AS h WHERE at = ${at(hourMs)} AND NOT EXISTS (
        SELECT FROM binned AS b
        WHERE (b.payments, b.fraud, b.model, b.calibration) = (h.payments, h.fraud, h.model, h.calibration)
      )
    )
    INSERT INTO score_hours (at, payments, fraud, model, calibration, events, alerts, promised, scores, counted_at)
    SELECT ${at(hourMs)}, payments, fraud, model, calibration, sum(events), sum(alerts), sum(promised),
      array_agg(events ORDER BY bin), ${at(nowMs)}
    FROM filled GROUP BY payments, fraud, model, calibration
    ORDER BY payments, fraud, model, calibration
    ON CONFLICT (at, payments, fraud, model, calibration) DO UPDATE SET
      events = excluded.events, alerts = excluded.alerts, promised = excluded.promised, scores = excluded.scores,
      counted_at = excluded.counted_at`);
}

function at(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
