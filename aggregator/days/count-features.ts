import { sql } from "drizzle-orm";
import * as z from "zod";
import { FEATURE_BINS, FEATURE_BINS_UP_TO } from "../drift/feature-bins.ts";
import { queryRows, type Db } from "../store/db.ts";
import { ORIGIN } from "../store/rollups.ts";
import { DAYS_COUNTED } from "./count-scores.ts";
import { wholeDays } from "./read-days.ts";
import { DAY_MS, daysAfter, HOUR_MS } from "./utc-days.ts";

/** Payment attempts of a day that are looked at: those whose ids have the lowest hashes, the same ones every time. */
const SAMPLE_MOST = 20_000;
/** Days of one run: of a million payments each takes seconds. */
const DAYS_PER_RUN = 2;
/** A day is sampled anew when its payments became so much more or fewer, an hour after the last time. */
const CHANGE_LEAST = 0.01;

/**
 * Counts the features of the payment attempts of every whole day that is not counted yet, or that changed since, in a sample of at most
 * 20,000; in one statement a day, whose rows stay in the database.
 *
 * @returns how many days were counted, and whether more may be left to the next run
 * @throws what the driver throws
 */
export async function countFeatures({ db, nowMs }: { db: Db; nowMs(): number }) {
  const whole = await wholeDays(db, nowMs());
  const days = await daysToCount(db, whole, nowMs());
  for (const { date, events } of days) await countDay(db, date, events, nowMs());
  return { days: days.length, isMore: days.length === DAYS_PER_RUN };
}

async function daysToCount(db: Db, whole: readonly string[], nowMs: number) {
  const from = new Date(Math.floor(nowMs / DAY_MS) * DAY_MS - DAYS_COUNTED * DAY_MS).toISOString();
  return queryRows(
    db,
    z.object({ date: z.string(), events: z.coerce.number() }),
    sql`
      WITH stored AS (
        SELECT (date_bin('1 day', at, ${ORIGIN}) AT TIME ZONE 'UTC')::date AS date, sum(events) AS events
        FROM score_hours WHERE payments AND at >= ${from}::timestamptz GROUP BY 1
      ), counted AS (
        SELECT date, max(events) AS events, min(counted_at) AS counted_at FROM feature_days GROUP BY 1
      )
      SELECT date::text AS date, stored.events
      FROM stored LEFT JOIN counted USING (date)
      WHERE date::text IN (SELECT jsonb_array_elements_text(${JSON.stringify(whole)}::jsonb)) AND (
        counted.date IS NULL OR (
          counted.counted_at <= ${new Date(nowMs - HOUR_MS).toISOString()}::timestamptz
          AND abs(counted.events - stored.events) > ${CHANGE_LEAST}::float8 * counted.events
        )
      )
      ORDER BY date
      LIMIT ${DAYS_PER_RUN}`,
  );
}

async function countDay(db: Db, date: string, events: number, nowMs: number): Promise<void> {
  await db.execute(sql`
    WITH chosen AS (
      SELECT id FROM events
      WHERE name IN ('purchase', 'payment_failed')
        AND occurred_at >= ${`${date}T00:00:00Z`}::timestamptz AND occurred_at < ${`${daysAfter(date, 1)}T00:00:00Z`}::timestamptz
      ORDER BY hashtextextended(id, 0)
      LIMIT ${SAMPLE_MOST}
    ), vector AS (
      SELECT e.feature_set, e.features FROM chosen JOIN events AS e ON e.id = chosen.id
    ), width AS (
      SELECT feature_set, count(*) AS sampled, max(cardinality(features)) AS features FROM vector GROUP BY 1
    ), binned AS (
      SELECT feature_set, nth, width_bucket(value::float8, 0, ${FEATURE_BINS_UP_TO}, ${FEATURE_BINS - 2}) AS bin, count(*) AS values
      FROM vector CROSS JOIN LATERAL unnest(features) WITH ORDINALITY AS feature (value, nth)
      GROUP BY 1, 2, 3
    ), filled AS (
      SELECT feature_set, sampled, array_agg(coalesce(values, 0)::integer ORDER BY nth, bin) AS bins
      FROM width CROSS JOIN LATERAL generate_series(1, width.features) AS features (nth)
      CROSS JOIN generate_series(0, ${FEATURE_BINS - 1}) AS bins (bin)
      LEFT JOIN binned USING (feature_set, nth, bin)
      GROUP BY 1, 2
    )
    INSERT INTO feature_days (date, feature_set, events, sampled, bins, counted_at)
    SELECT ${date}::date, feature_set, ${events}, sampled, bins, ${new Date(nowMs).toISOString()}::timestamptz
    FROM filled ORDER BY feature_set
    ON CONFLICT (date, feature_set) DO UPDATE SET
      events = excluded.events, sampled = excluded.sampled, bins = excluded.bins, counted_at = excluded.counted_at`);
}
