import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { NOT_SET } from "../store/rollups.ts";
import { isoOf } from "./minutes.ts";
import type { Scope } from "./scope.ts";
import { NO_SUMS, READ, WATCHED_DIMENSIONS, type Sums } from "./watched.ts";

/** The dimensions that are watched, as a list in SQL. */
export const WATCHED_NAMES = sql.raw(WATCHED_DIMENSIONS.map((name) => `'${name}'`).join(", "));

/** What is to be read of a scope: minutes and hours since 1970, the last not included. */
interface Wanted {
  scope: Scope;
  minutes: { from: number; until: number };
  hours: { from: number; until: number };
}

const Cell = z.object({
  dimension: z.string(),
  member: z.string(),
  is_hour: z.boolean(),
  time: z.number(),
  sums: z.array(z.number()),
});

const sumColumns = (currency: SQL) =>
  sql.join(
    READ.map((measure) =>
      measure === "revenue"
        ? sql`coalesce(sum(revenue) FILTER (WHERE r.currency = ${currency}), 0)::float8`
        : sql`sum(${sql.identifier(measure)})::float8`,
    ),
    sql`, `,
  );

/** The sums of a scope by minutes and by hours since 1970; no entry where nothing came. */
export interface SumsOfScope {
  minutes: Map<number, Sums>;
  hours: Map<number, Sums>;
}

/** The sums of scopes by minute and by hour, in one statement. */
export async function readSums(db: Db, wanted: readonly Wanted[]): Promise<(scope: Scope) => SumsOfScope> {
  const byScope = new Map<string, SumsOfScope>();
  const rows = wanted.map(({ scope, minutes: m, hours: h }) => ({
    dimension: scope.dimension,
    member: scope.member,
    currency: scope.state.currency,
    minutes_from: isoOf(m.from),
    minutes_until: isoOf(m.until),
    hours_from: isoOf(h.from * 60),
    hours_until: isoOf(h.until * 60),
  }));
  const part = (table: "rollups_1m" | "rollups_1h", unit: "minutes" | "hours", seconds: number) => {
    const least = sql.raw(`(SELECT min(${unit}_from) FROM wanted WHERE ${unit}_from < ${unit}_until)`);
    const most = sql.raw(`(SELECT max(${unit}_until) FROM wanted)`);
    return sql`
      SELECT dimension, member, ${sql.raw(String(unit === "hours"))} AS is_hour, (extract(epoch FROM at) / ${sql.raw(String(seconds))})::float8 AS time,
        ARRAY[${sumColumns(sql`w.currency`)}] AS sums
      FROM wanted AS w JOIN ${sql.identifier(table)} AS r USING (dimension, member)
      WHERE at >= ${least} AND at < ${most} AND at >= ${sql.raw(`${unit}_from`)} AND at < ${sql.raw(`${unit}_until`)}
      GROUP BY dimension, member, at`;
  };
  const cells = await queryRows(
    db,
    Cell,
    sql`
      WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w (
          dimension text, member text, currency text, minutes_from timestamptz, minutes_until timestamptz,
          hours_from timestamptz, hours_until timestamptz
        )
      )
      ${part("rollups_1m", "minutes", 60)}
      UNION ALL
      ${part("rollups_1h", "hours", 3_600)}`,
  );
  for (const { dimension, member, is_hour, time, sums } of cells) {
    const key = `${dimension} ${member}`;
    const own = byScope.get(key) ?? { minutes: new Map(), hours: new Map() };
    own[is_hour ? "hours" : "minutes"].set(time, sumsOf(sums));
    byScope.set(key, own);
  }
  return ({ dimension, member }) => byScope.get(`${dimension} ${member}`) ?? { minutes: new Map(), hours: new Map() };
}

/** In the order of `READ`. */
function sumsOf(values: readonly number[]): Sums {
  const sums = { ...NO_SUMS };
  for (const [index, measure] of READ.entries()) sums[measure] = values[index] ?? 0;
  return sums;
}

/** A window of an incident that is looked at anew, in minutes since 1970, and the scope it is named after. */
export interface IncidentWindow {
  id: string;
  from: number;
  until: number;
  grain: "1m" | "1h";
  dimension: string;
  member: string;
}

const Evidence = z.object({
  id: z.string(),
  sums: z.array(z.object({ dimension: z.string(), member: z.string(), sums: z.array(z.number()) })),
  anomalies: z.coerce.number(),
  anomaly_ids: z.array(z.string()),
});

const ANOMALY_IDS_MOST = 20;
/** An attack begins before its effect shows. */
const ANOMALIES_BEFORE = "5 minutes";

export interface WindowEvidence {
  sums(scope: Scope): Sums;
  anomalies: number;
  anomalyIds: string[];
}

/** What was seen in the windows of incidents: the sums of every scope, and the point anomalies in the scope of each. */
export async function readEvidence(
  db: Db,
  windows: readonly IncidentWindow[],
  scopes: readonly Scope[],
): Promise<Map<string, WindowEvidence>> {
  const currencies = scopes.map(({ dimension, member, state }) => ({ dimension, member, currency: state.currency }));
  const rows = windows.map((window) => ({ ...window, from_at: isoOf(window.from), until_at: isoOf(window.until) }));
  const found = await queryRows(
    db,
    Evidence,
    sql`
      WITH seen AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS s (
          id text, from_at timestamptz, until_at timestamptz, grain text, dimension text, member text
        )
      ), scope AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(currencies)}::jsonb) AS c (dimension text, member text, currency text)
      )
      SELECT seen.id, window_sums.sums, linked.anomalies, linked.anomaly_ids
      FROM seen CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_object('dimension', dimension, 'member', member, 'sums', sums)), '[]') AS sums
        FROM (
          SELECT dimension, member, ARRAY[${sumColumns(sql`scope.currency`)}] AS sums
          FROM scope JOIN (
            SELECT * FROM rollups_1m
            WHERE seen.grain = '1m' AND dimension IN (${WATCHED_NAMES}) AND at >= seen.from_at AND at < seen.until_at
            UNION ALL
            SELECT * FROM rollups_1h
            WHERE seen.grain = '1h' AND dimension IN (${WATCHED_NAMES}) AND at >= seen.from_at AND at < seen.until_at
          ) AS r USING (dimension, member)
          GROUP BY dimension, member
        ) AS by_scope
      ) AS window_sums CROSS JOIN LATERAL (
        SELECT count(*) AS anomalies, coalesce((array_agg(a.id ORDER BY e.score DESC, a.id))[1:${ANOMALY_IDS_MOST}], '{}') AS anomaly_ids
        FROM events AS e JOIN anomalies AS a ON a.event_id = e.id
        WHERE e.anomaly AND a.status <> 'dismissed'
          AND e.occurred_at >= seen.from_at - ${ANOMALIES_BEFORE}::interval AND e.occurred_at < seen.until_at
          AND (seen.dimension <> 'country' OR coalesce(e.country, ${NOT_SET}) = seen.member)
          AND (seen.dimension <> 'device' OR coalesce(e.signals ->> 'device_class', ${NOT_SET}) = seen.member)
          AND (seen.dimension <> 'category' OR seen.member IN (
            SELECT coalesce(item_category, ${NOT_SET})
            FROM jsonb_to_recordset(CASE WHEN e.name = 'purchase' THEN e.event -> 'items' END) AS item (item_category text)
          ))
      ) AS linked`,
  );
  return new Map(
    found.map(({ id, sums, anomalies, anomaly_ids }) => {
      const byScope = new Map(sums.map((own) => [`${own.dimension} ${own.member}`, sumsOf(own.sums)]));
      const of = ({ dimension, member }: Scope) => byScope.get(`${dimension} ${member}`) ?? NO_SUMS;
      return [id, { sums: of, anomalies, anomalyIds: anomaly_ids }];
    }),
  );
}
