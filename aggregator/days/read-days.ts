import { sql } from "drizzle-orm";
import * as z from "zod";
import type { ScoreHistogram } from "../../shared/alert-budget.ts";
import { queryRows, type Db } from "../store/db.ts";
import { ORIGIN } from "../store/rollups.ts";
import { DAYS_COUNTED } from "./count-scores.ts";
import { dateOf, daysAfter } from "./utc-days.ts";

/** As `ScoreHistogram` has. */
const SCORE_BINS = 201;

/** How long after a day it is taken to be whole. */
const LAG_MS = 15 * 60_000;

/**
 * The days of the last four weeks that are over and whose stored events are all counted, oldest first, up to the first that is not: what
 * takes days in takes them in order. Those without any event are among them.
 */
export async function wholeDays(db: Db, nowMs: number): Promise<string[]> {
  const end = dateOf(nowMs - LAG_MS);
  const first = daysAfter(end, -DAYS_COUNTED);
  const [row] = await queryRows(
    db,
    z.object({ gap: z.string().nullable() }),
    sql`
      SELECT min((date_bin('1 day', at, ${ORIGIN}) AT TIME ZONE 'UTC')::date)::text AS gap
      FROM (
        SELECT at FROM rollups_1h
        WHERE dimension = 'all' AND at >= ${start(first)} AND at < ${start(end)}
        GROUP BY at HAVING sum(events) > 0
        EXCEPT
        SELECT at FROM score_hours WHERE at >= ${start(first)}
      ) AS hours`,
  );
  const gap = row?.gap ?? end;
  return Array.from({ length: DAYS_COUNTED }, (_, index) => daysAfter(first, index)).filter((date) => date < gap);
}

/** Of bins that were counted those that have any, by their place from 1 on. */
const Counts = z.record(z.string(), z.number());

function filled(counts: z.infer<typeof Counts>, bins: number): number[] {
  return Array.from({ length: bins }, (_, index) => counts[index + 1] ?? 0);
}

const ScoreRow = z.object({
  date: z.string(),
  payments: z.boolean(),
  fraud: z.boolean(),
  model: z.string(),
  calibration: z.string(),
  events: z.coerce.number(),
  alerts: z.coerce.number(),
  promised: z.number(),
  counts: Counts,
});

/** What was scored on a day: payment attempts or everything else, known as fraud or not, by one release. */
export interface ScoreDay extends Omit<z.infer<typeof ScoreRow>, "counts"> {
  scores: ScoreHistogram;
}

/** The scores of days, first and last included, apart by what they are of and what made them. */
export async function readScoreDays(db: Db, first: string, last: string): Promise<ScoreDay[]> {
  const rows = await queryRows(
    db,
    ScoreRow,
    sql`
      WITH hour AS (
        SELECT (date_bin('1 day', at, ${ORIGIN}) AT TIME ZONE 'UTC')::date AS date, score_hours.*
        FROM score_hours WHERE at >= ${start(first)} AND at < ${start(daysAfter(last, 1))}
      ), bin AS (
        SELECT date, payments, fraud, model, calibration, place, sum(n) AS n
        FROM hour CROSS JOIN LATERAL unnest(scores) WITH ORDINALITY AS score (n, place)
        WHERE n > 0 GROUP BY 1, 2, 3, 4, 5, 6
      ), counted AS (
        SELECT date, payments, fraud, model, calibration, jsonb_object_agg(place, n) AS counts FROM bin GROUP BY 1, 2, 3, 4, 5
      ), day AS (
        SELECT date, payments, fraud, model, calibration, sum(events) AS events, sum(alerts) AS alerts, sum(promised) AS promised
        FROM hour GROUP BY 1, 2, 3, 4, 5
      )
      SELECT day.date::text AS date, payments, fraud, model, calibration, events, alerts, promised, counts
      FROM day JOIN counted USING (date, payments, fraud, model, calibration)
      ORDER BY 1, 2, 3, 4, 5`,
  );
  return rows.map(({ counts, ...day }) => ({ ...day, scores: filled(counts, SCORE_BINS) }));
}

/** Features of some days together. */
export interface FeatureSums {
  featureSet: string;
  days: number;
  /** Payment attempts they were seen of. */
  sampled: number;
  /** In the bins of feature-bins.ts, of one feature after another in the order of the set. */
  bins: number[];
}

const FeatureRow = z.object({
  feature_set: z.string(),
  days: z.int(),
  sampled: z.coerce.number(),
  width: z.int(),
  counts: Counts,
});

/** Features of days, first and last included, by feature set. */
export async function readFeatureSums(db: Db, first: string, last: string): Promise<FeatureSums[]> {
  const rows = await queryRows(
    db,
    FeatureRow,
    sql`
      WITH day AS (
        SELECT * FROM feature_days WHERE date >= ${first}::date AND date <= ${last}::date
      ), bin AS (
        SELECT feature_set, place, sum(n) AS n
        FROM day CROSS JOIN LATERAL unnest(bins) WITH ORDINALITY AS bin (n, place)
        WHERE n > 0 GROUP BY 1, 2
      ), counted AS (
        SELECT feature_set, jsonb_object_agg(place, n) AS counts FROM bin GROUP BY 1
      )
      SELECT feature_set, counts, count(*)::integer AS days, sum(sampled) AS sampled, max(cardinality(bins)) AS width
      FROM day JOIN counted USING (feature_set)
      GROUP BY 1, 2`,
  );
  return rows.map(({ feature_set: featureSet, days, sampled, width, counts }) => ({
    featureSet,
    days,
    sampled,
    bins: filled(counts, width),
  }));
}

function start(date: string) {
  return sql`${new Date(Date.parse(date)).toISOString()}::timestamptz`;
}
