import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { CalendarDays } from "./calendar.ts";
import type { Figures } from "./figures.ts";
import { REOPENED_MS, type Incident } from "./incidents.ts";
import { atMinute, minutesOf } from "./minutes.ts";
import { MINUTE_MS, Profile, Scope, ScopeName } from "./scope.ts";

/** How far the watch has come. Times in minutes since 1970. */
export interface Progress {
  watchedUntil: number;
  chosenAt: number;
  revision: number;
}

/** What an incident is told with. */
export interface ToldIncident extends Incident {
  title: string;
  currency: string | null;
  figures: Figures | null;
  anomalies: number;
  anomalyIds: string[];
}

const ProgressRow = z.object({ watched_until: z.number(), chosen_at: z.number(), revision: z.coerce.number() });

/** Null before the first run. */
export async function readProgress(db: Db): Promise<Progress | null> {
  const [row] = await queryRows(
    db,
    ProgressRow,
    sql`
      SELECT ${minutesOf(sql`watched_until`)} AS watched_until, ${minutesOf(sql`chosen_at`)} AS chosen_at, revision
      FROM watch_progress`,
  );
  if (row === undefined) return null;
  return { watchedUntil: row.watched_until, chosenAt: row.chosen_at, revision: row.revision };
}

export interface Known {
  scopes: Scope[];
  /** What another version kept, or what is damaged: it begins anew. */
  unreadable: ScopeName[];
  incidents: ToldIncident[];
  days: CalendarDays[];
}

const KnownRow = z.object({
  // Each is read for itself: one that cannot be must not end the watch over the others.
  scopes: z.array(ScopeName.loose()),
  // Built in the statement, out of columns that writeRound alone writes.
  incidents: z.array(z.custom<ToldIncident>()),
  days: z.array(z.custom<CalendarDays>()),
});

/** For so long what somebody closed is not told again while it goes on. */
const CLOSED_BY_HAND_MINUTES = 24 * 60;

/**
 * What the watch knows: the scopes, the incidents that are open or could go on, the calendar.
 *
 * @param hour since 1970, which the minutes to come are in; profiles come with the scopes for which it is a new one, and while an
 *   incident is open
 */
export async function readKnown(db: Db, watchedUntil: number, hour: number): Promise<Known> {
  const [row] = await queryRows(
    db,
    KnownRow,
    sql`
      WITH known AS (
        SELECT * FROM incidents
        WHERE status = 'open' OR closed_at >= ${atMinute(watchedUntil)} - CASE
          WHEN closed_by IS NULL THEN ${REOPENED_MS / MINUTE_MS}::float8 ELSE ${CLOSED_BY_HAND_MINUTES}::float8
        END * interval '1 minute'
      )
      SELECT
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'dimension', dimension, 'member', member, 'state', state,
          'profile', CASE
            WHEN state #>> '{present,hour}' IS DISTINCT FROM ${String(hour)}
              OR EXISTS (SELECT FROM known WHERE status = 'open') THEN profile
          END
        ) ORDER BY dimension, member), '[]') FROM watch_scopes) AS scopes,
        (SELECT coalesce(jsonb_agg(${incidentJson} ORDER BY opened_at, id), '[]') FROM known) AS incidents,
        (SELECT coalesce(jsonb_agg(${dayJson}), '[]') FROM calendar_days) AS days`,
  );
  if (row === undefined) throw new Error("a SELECT without FROM answered no row");
  const read = row.scopes.map((stored) => Scope.safeParse(stored));
  return {
    scopes: read.flatMap(({ data }) => data ?? []),
    unreadable: row.scopes.filter((_stored, index) => read[index]?.success !== true),
    incidents: row.incidents,
    days: row.days,
  };
}

const ms = (column: string) => sql.raw(`(extract(epoch FROM ${column}) * 1000)::bigint`);

const dayJson = sql`jsonb_build_object('from', from_day, 'to', to_day, 'kind', kind, 'factor', factor)`;

const incidentJson = sql`jsonb_build_object(
  'id', id, 'status', status, 'title', title, 'currency', currency, 'signals', signals, 'anomalies', anomalies,
  'anomalyIds', anomaly_ids, 'startedMs', ${ms("started_at")}, 'openedMs', ${ms("opened_at")}, 'lastMs', ${ms("last_at")},
  'closedMs', ${ms("closed_at")}, 'isClosedByHand', closed_by IS NOT NULL, 'figures', CASE WHEN observed IS NOT NULL THEN jsonb_build_object(
    'observed', observed, 'expected', expected, 'low', low, 'high', high, 'change', change, 'impact', impact, 'segments', segments
  ) END
)`;

/** The scope of everything with its profile, null before there is one that can be read; and the calendar. */
export async function readOverall(db: Db): Promise<{ scope: Scope | null; days: CalendarDays[] }> {
  const [row] = await queryRows(
    db,
    z.object({ scope: Scope.nullable().catch(null), days: z.array(z.custom<CalendarDays>()) }),
    sql`
      SELECT
        (SELECT jsonb_build_object('dimension', dimension, 'member', member, 'state', state, 'profile', profile)
         FROM watch_scopes WHERE dimension = 'all') AS scope,
        (SELECT coalesce(jsonb_agg(${dayJson}), '[]') FROM calendar_days) AS days`,
  );
  return row ?? { scope: null, days: [] };
}

/** The profiles of all scopes, null where one cannot be read. */
export async function readProfiles(db: Db): Promise<(ScopeName & { profile: Profile | null })[]> {
  const row = ScopeName.extend({ profile: Profile.nullable().catch(null) });
  return queryRows(db, row, sql`SELECT dimension, member, profile FROM watch_scopes`);
}
