import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import type { Progress, ToldIncident } from "./known.ts";
import { atMinute } from "./minutes.ts";
import type { Profile, Scope, ScopeName, ScopeState } from "./scope.ts";

/** One round of the watch, as it is written. */
export interface Round {
  /** Null when there was none. */
  before: Progress | null;
  after: Omit<Progress, "revision">;
  scopes: readonly Scope[];
  /** Those that are no longer watched. */
  dropped: readonly ScopeName[];
  incidents: readonly ToldIncident[];
}

/**
 * Writes a round: all of it, or nothing when another was written since what it is made of was read. An incident that somebody closed in
 * the meantime stays closed.
 *
 * @returns whether it was written
 */
export async function writeRound(db: Db, { before, after, scopes, dropped, incidents }: Round): Promise<boolean> {
  const states = scopes.map(({ dimension, member, state, profile }) => ({ dimension, member, state, profile }));
  const names = dropped.map(({ dimension, member }) => ({ dimension, member }));
  const written = await queryRows(
    db,
    z.object({ revision: z.coerce.number() }),
    sql`
      WITH turn AS (
        INSERT INTO watch_progress AS p (watched_until, chosen_at, revision)
        VALUES (${atMinute(after.watchedUntil)}, ${atMinute(after.chosenAt)}, 1)
        ON CONFLICT (one) DO UPDATE SET
          watched_until = excluded.watched_until, chosen_at = excluded.chosen_at, revision = p.revision + 1
        WHERE p.revision = ${before?.revision ?? null}::bigint
        RETURNING revision
      ), kept AS (
        INSERT INTO watch_scopes AS w (dimension, member, state, profile)
        SELECT dimension, member, state, coalesce(profile, '{}')
        FROM turn CROSS JOIN jsonb_to_recordset(${compact(states)}::jsonb) AS s (dimension text, member text, state jsonb, profile jsonb)
        ON CONFLICT (dimension, member) DO UPDATE SET
          state = excluded.state,
          profile = CASE WHEN excluded.profile = '{}' THEN w.profile ELSE excluded.profile END
      ), gone AS (
        DELETE FROM watch_scopes AS w
        USING turn, jsonb_to_recordset(${JSON.stringify(names)}::jsonb) AS d (dimension text, member text)
        WHERE w.dimension = d.dimension AND w.member = d.member
      ), told AS (
        INSERT INTO incidents AS i (
          id, status, metric, dimension, member, title, started_at, opened_at, last_at, closed_at, currency, observed, expected,
          low, high, change, impact, signals, segments, anomalies, anomaly_ids
        )
        SELECT
          id, status, metric, dimension, member, title, started_at, opened_at, last_at, closed_at, currency, observed, expected,
          low, high, change, impact, signals, segments, anomalies, anomaly_ids
        FROM turn CROSS JOIN jsonb_to_recordset(${JSON.stringify(incidents.map(incidentRow))}::jsonb) AS t (
          id text, status text, metric text, dimension text, member text, title text, started_at timestamptz,
          opened_at timestamptz, last_at timestamptz, closed_at timestamptz, currency text, observed float8, expected float8,
          low float8, high float8, change float8, impact float8, signals jsonb, segments jsonb, anomalies integer, anomaly_ids text[]
        )
        ON CONFLICT (id) DO UPDATE SET
          status = excluded.status, title = excluded.title, started_at = excluded.started_at, last_at = excluded.last_at,
          closed_at = excluded.closed_at, currency = excluded.currency, observed = excluded.observed,
          expected = excluded.expected, low = excluded.low, high = excluded.high, change = excluded.change,
          impact = excluded.impact, signals = excluded.signals, segments = excluded.segments,
          anomalies = excluded.anomalies, anomaly_ids = excluded.anomaly_ids
        WHERE i.closed_by IS NULL
      )
      SELECT revision FROM turn`,
  );
  return written.length > 0;
}

function incidentRow({ figures, signals, startedMs, openedMs, lastMs, closedMs, ...told }: ToldIncident) {
  const [lead] = signals;
  return {
    id: told.id,
    status: told.status,
    title: told.title,
    currency: told.currency,
    anomalies: told.anomalies,
    anomaly_ids: told.anomalyIds,
    metric: lead?.metric,
    dimension: lead?.dimension,
    member: lead?.member,
    started_at: new Date(startedMs).toISOString(),
    opened_at: new Date(openedMs).toISOString(),
    last_at: new Date(lastMs).toISOString(),
    closed_at: closedMs === null ? null : new Date(closedMs).toISOString(),
    signals,
    ...figures,
    segments: figures?.segments ?? [],
  };
}

const SIGNIFICANT_DIGITS = 6;

/** States as JSON, in which fractions have as many digits as are of use: whole numbers, times among them, stay as they are. */
function compact(states: readonly { state: ScopeState; profile: Profile | null }[]): string {
  return JSON.stringify(states, (_key, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(SIGNIFICANT_DIGITS)) : value,
  );
}
