import { sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "../store/db.ts";
import { NOT_SET } from "../store/rollups.ts";
import type { Span } from "./window.ts";

/** The latest anomalies of the window are looked into, at most so many. */
const ANOMALIES_MOST = 2_000;
const IDS_MOST = 5;

const Amounts = z.record(z.string(), z.number());

/** Anomalies of a window whose strongest reason is the same. */
const Wave = z.object({
  /** Code of a rule or feature. */
  code: z.string(),
  anomalies: z.number(),
  /** In as long a time before. */
  before: z.number(),
  first_at: z.number(),
  last_at: z.number(),
  networks: z.number(),
  cards: z.number(),
  customers: z.number(),
  devices: z.number(),
  declines: z.number(),
  declined: Amounts,
  orders: z.number(),
  ordered: Amounts,
  refunded: Amounts,
  country: z.string(),
  /** Of that country. */
  country_anomalies: z.number(),
  /** Whom most of them are about, as `kind:key`; null for nobody. */
  entity: z.string().nullable(),
  entity_anomalies: z.number(),
  ids: z.array(z.string()),
  /** What of it is in everything, in a country, on a device: `""` for everything. */
  parts: z.array(
    z.object({
      dimension: z.enum(["all", "country", "device"]),
      member: z.string(),
      anomalies: z.number(),
      declines: z.number(),
      orders: z.number(),
      sessions: z.number(),
      refunds: z.number(),
    }),
  ),
  alerts: z.number(),
  alert_ids: z.array(z.string()),
});
export type Wave = z.infer<typeof Wave>;

const Read = z.object({
  anomalies: z.number(),
  entity: z.string().nullable(),
  entity_anomalies: z.number(),
  waves: z.array(Wave),
  top: z.array(z.object({ id: z.string(), country: z.string(), device: z.string() })),
});

/** What anomalies there were: grouped by their strongest reason, and those with the highest scores. */
export interface Anomalies extends z.infer<typeof Read> {
  /** Whether there were more than are looked into. */
  isCut: boolean;
}

/** The anomalies of a window, dismissed ones left out, through the index that holds anomalies alone. */
export async function readAnomalies(
  db: Db,
  { fromMs, untilMs }: Span,
  { trustedOnly }: { trustedOnly: boolean },
): Promise<Anomalies> {
  // An anomaly that was not dismissed is no trusted traffic.
  if (trustedOnly) return { anomalies: 0, entity: null, entity_anomalies: 0, waves: [], top: [], isCut: false };
  const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const [row] = await queryRows(
    db,
    z.object({ answer: Read }),
    sql`
      WITH found AS MATERIALIZED (
        SELECT a.id, a.entity, e.occurred_at, e.score, e.value, e.currency, e.user_id, e.client_id, e.session_id,
          coalesce(e.assessment #>> '{reasons,0,code}', 'none') AS code,
          coalesce(e.country, ${NOT_SET}) AS country, coalesce(e.signals ->> 'device_class', ${NOT_SET}) AS device,
          e.signals ->> 'ip_hash' AS network, e.event #>> '{payment,card_fingerprint}' AS card,
          e.name = 'payment_failed' OR (e.name = 'purchase' AND e.event #>> '{payment,outcome}' = 'declined') IS TRUE AS declined,
          e.name = 'purchase' AND (e.event #>> '{payment,outcome}' = 'declined') IS NOT TRUE AS ordered,
          e.name = 'refund' AS refunded
        FROM events AS e JOIN anomalies AS a ON a.event_id = e.id
        WHERE e.anomaly AND e.occurred_at >= ${at(fromMs)} AND e.occurred_at < ${at(untilMs)} AND a.status <> 'dismissed'
        ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${ANOMALIES_MOST}
      ), earlier AS (
        SELECT code, count(*) AS anomalies FROM (
          SELECT coalesce(e.assessment #>> '{reasons,0,code}', 'none') AS code
          FROM events AS e JOIN anomalies AS a ON a.event_id = e.id
          WHERE e.anomaly AND e.occurred_at >= ${at(2 * fromMs - untilMs)} AND e.occurred_at < ${at(fromMs)} AND a.status <> 'dismissed'
          ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${ANOMALIES_MOST}
        ) AS latest GROUP BY code
      ), raised AS (
        SELECT found.code, aa.alert_id, count(*) AS anomalies FROM found JOIN alert_anomalies AS aa ON aa.anomaly_id = found.id
        GROUP BY 1, 2
      ), money AS (
        SELECT code, currency, sum(value) FILTER (WHERE declined) AS declined, sum(value) FILTER (WHERE ordered) AS ordered,
          sum(value) FILTER (WHERE refunded) AS refunded
        FROM found WHERE currency IS NOT NULL AND value IS NOT NULL GROUP BY 1, 2
      ), amounts AS (
        SELECT code, jsonb_object_agg(currency, declined) FILTER (WHERE declined > 0) AS declined,
          jsonb_object_agg(currency, ordered) FILTER (WHERE ordered > 0) AS ordered,
          jsonb_object_agg(currency, refunded) FILTER (WHERE refunded > 0) AS refunded
        FROM money GROUP BY code
      ), part AS (
        SELECT code, CASE WHEN grouping(country) = 0 THEN 'country' WHEN grouping(device) = 0 THEN 'device' ELSE 'all' END AS dimension,
          coalesce(country, device, '') AS member, count(*) AS anomalies, count(*) FILTER (WHERE declined) AS declines,
          count(*) FILTER (WHERE ordered) AS orders, count(*) FILTER (WHERE refunded) AS refunds, count(DISTINCT session_id) AS sessions
        FROM found GROUP BY GROUPING SETS ((code), (code, country), (code, device))
      ), wave AS (
        SELECT code, count(*) AS anomalies, extract(epoch FROM min(occurred_at)) * 1000 AS first_at,
          extract(epoch FROM max(occurred_at)) * 1000 AS last_at,
          count(DISTINCT network) AS networks, count(DISTINCT card) AS cards, count(DISTINCT user_id) AS customers,
          count(DISTINCT client_id) AS devices,
          count(*) FILTER (WHERE declined) AS declines, count(*) FILTER (WHERE ordered) AS orders,
          mode() WITHIN GROUP (ORDER BY country) AS country, mode() WITHIN GROUP (ORDER BY entity) AS entity,
          (array_agg(id ORDER BY score DESC, id))[1:${IDS_MOST}] AS ids
        FROM found GROUP BY code
      )
      SELECT jsonb_build_object(
        'anomalies', (SELECT count(*) FROM found),
        'entity', (SELECT mode() WITHIN GROUP (ORDER BY entity) FROM found),
        'entity_anomalies', (
          SELECT count(*) FROM found WHERE entity = (SELECT mode() WITHIN GROUP (ORDER BY entity) FROM found)
        ),
        'waves', (
          SELECT coalesce(jsonb_agg(to_jsonb(wave) || jsonb_build_object(
            'before', coalesce(earlier.anomalies, 0),
            'declined', coalesce(amounts.declined, '{}'), 'ordered', coalesce(amounts.ordered, '{}'),
            'refunded', coalesce(amounts.refunded, '{}'),
            'country_anomalies', (SELECT count(*) FROM found WHERE found.code = wave.code AND found.country = wave.country),
            'entity_anomalies', (SELECT count(*) FROM found WHERE found.code = wave.code AND found.entity = wave.entity),
            'parts', (SELECT jsonb_agg(to_jsonb(part) - 'code') FROM part WHERE part.code = wave.code),
            'alerts', (SELECT count(*) FROM raised WHERE raised.code = wave.code),
            'alert_ids', coalesce((
              SELECT (array_agg(alert_id ORDER BY raised.anomalies DESC, alert_id))[1:${IDS_MOST}]
              FROM raised WHERE raised.code = wave.code
            ), '{}')
          ) ORDER BY wave.anomalies DESC, code), '[]')
          FROM wave LEFT JOIN earlier USING (code) LEFT JOIN amounts USING (code)
        ),
        'top', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'country', country, 'device', device)), '[]')
          FROM (SELECT id, country, device FROM found ORDER BY score DESC, id LIMIT 200) AS highest
        )
      ) AS answer`,
  );
  if (row === undefined) throw new Error("a SELECT without FROM answered no row");
  return { ...row.answer, isCut: row.answer.anomalies >= ANOMALIES_MOST };
}
