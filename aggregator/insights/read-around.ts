import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { CalendarDays } from "../watch/calendar.ts";
import { Side, WATCHED_DIMENSIONS, WatchedName } from "../watch/watched.ts";
import type { Span } from "./window.ts";

const INCIDENTS_MOST = 20;
const RECORD_DAYS = 400;

const Incident = z.object({
  id: z.string(),
  status: z.enum(["open", "closed"]),
  metric: WatchedName,
  dimension: z.enum(WATCHED_DIMENSIONS),
  member: z.string(),
  started_at: z.number(),
  last_at: z.number(),
  currency: z.string().nullable(),
  observed: z.number().nullable(),
  expected: z.number().nullable(),
  change: z.number().nullable(),
  impact: z.number().nullable(),
  /** Of the signal it is named after. */
  side: Side.nullable(),
  anomalies: z.number(),
  anomaly_ids: z.array(z.string()),
  alert_id: z.string().nullable(),
});
export type Incident = z.infer<typeof Incident>;

const Day = z.object({ at: z.number(), orders: z.number(), currency: z.string(), revenue: z.number() });
export type Day = z.infer<typeof Day>;

const Around = z.object({
  first_at: z.number().nullable(),
  // Built in the statement, out of columns that the calendar's routes alone write.
  calendar: z.array(z.custom<CalendarDays>()),
  incidents: z.array(Incident),
  failed: z.object({ failures: z.number(), events: z.number() }),
  days: z.array(Day),
});
export type Around = z.infer<typeof Around>;

const ms = (column: string) => sql.raw(`extract(epoch FROM ${column}) * 1000`);

/** What is to be known around a window: since when there is data, the calendar, incidents, failures, and whole days by what they sold. */
export async function readAround(db: Db, { fromMs, untilMs }: Span): Promise<Around> {
  const at = (time: number) => sql`${new Date(time).toISOString()}::timestamptz`;
  const [row] = await queryRows(
    db,
    z.object({ around: Around }),
    sql`
      SELECT jsonb_build_object(
        'first_at', (SELECT ${ms("min(at)")} FROM rollups_1h WHERE dimension = 'all'),
        'calendar', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('from', from_day, 'to', to_day, 'kind', kind, 'factor', factor)), '[]')
          FROM calendar_days
        ),
        'incidents', (
          SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', id, 'status', status, 'metric', metric, 'dimension', dimension, 'member', member,
            'started_at', ${ms("started_at")}, 'last_at', ${ms("last_at")}, 'currency', currency, 'observed', observed,
            'expected', expected, 'change', change, 'impact', impact, 'side', signals #>> '{0,side}', 'anomalies', anomalies,
            'anomaly_ids', anomaly_ids[1:5], 'alert_id', (SELECT a.id FROM alerts AS a WHERE a.dedup_key = 'incident:' || recent.id)
          ) ORDER BY opened_at DESC, id DESC), '[]')
          FROM (
            SELECT * FROM incidents
            WHERE started_at < ${at(untilMs)} AND (status = 'open' OR (opened_at >= ${at(fromMs)} AND last_at >= ${at(fromMs)}))
            ORDER BY opened_at DESC, id DESC LIMIT ${INCIDENTS_MOST}
          ) AS recent
        ),
        'failed', (
          SELECT jsonb_build_object('failures', count(*), 'events', coalesce(sum(events), 0)) FROM (
            SELECT events FROM failed_events
            WHERE resolved_at IS NULL AND created_at >= ${at(fromMs)} AND created_at < ${at(untilMs)} LIMIT 10000
          ) AS unresolved
        ),
        'days', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('at', ${ms("at")}, 'orders', orders, 'currency', currency, 'revenue', revenue) ORDER BY at), '[]')
          FROM (
            SELECT at, currency, sum(orders) AS orders, sum(revenue) AS revenue FROM rollups_1d
            WHERE dimension = 'all' AND currency <> '' AND at >= ${at(untilMs)} - make_interval(days => ${RECORD_DAYS})
              AND at < ${at(untilMs)}
            GROUP BY 1, 2
          ) AS day
        )
      ) AS around`,
  );
  if (row === undefined) throw new Error("a SELECT without FROM answered no row");
  return row.around;
}
