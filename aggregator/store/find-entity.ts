import { sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import type { EntityKind } from "../../shared/profile/links.ts";
import { queryRows, type Db } from "./db.ts";
import { DONE, NAMED } from "./find-events.ts";
import { events } from "./schema.ts";

/** What an event names an entity by. */
const COLUMNS: Record<EntityKind, SQL> = {
  customer: NAMED.user_id,
  email: NAMED.email_hash,
  client: NAMED.client_id,
  card: NAMED.card_fingerprint,
  ip: NAMED.ip_hash,
};

/** The newest events that are looked at: what a script did a million times is seen by these. */
export const LOOKED_AT = 1_000;
/** Of these, told one by one. */
const TOLD = 100;
/** Others of each kind that it was seen with. */
const RELATED = 20;

const Instant = z.coerce.date();

const Entity = z.object({
  first_at: Instant,
  last_at: Instant,
  events: z.int(),
  anomalies: z.int(),
  fraud: z.int(),
  names: z.record(z.string(), z.int()),
  countries: z.record(z.string(), z.int()),
  money: z.array(z.object({ name: z.string(), currency: z.string(), events: z.int(), value: z.number() })),
  related: z.array(
    z.object({
      kind: z.custom<EntityKind>(),
      key: z.string(),
      events: z.int(),
      anomalies: z.int(),
      last_at: Instant,
    }),
  ),
  timeline: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      occurred_at: Instant,
      score: z.number(),
      anomaly: z.boolean(),
      status: z.enum(["open", "confirmed", "dismissed"]).nullable(),
      label: z.enum(["fraud", "legitimate"]).nullable(),
      reason: z.string().nullable(),
      value: z.number().nullable(),
      currency: z.string().nullable(),
      outcome: z.string().nullable(),
      country: z.string().nullable(),
      session_id: z.string().nullable(),
      transaction_id: z.string().nullable(),
    }),
  ),
});
export type Entity = z.infer<typeof Entity>;

const others = (kind: EntityKind): SQL =>
  sql.join(
    Object.entries(COLUMNS)
      .filter(([other]) => other !== kind)
      .map(([other]) => sql`(${other}, ${sql.identifier(other)})`),
    sql`, `,
  );

/**
 * One customer, e-mail address, device, card or network: when it was first seen, and of its newest events what they were, whom else they
 * name, and the newest of them one by one. Null when no event names it. However much it did, no more is read than its newest events.
 */
export async function findEntity(db: Db, kind: EntityKind, key: string): Promise<Entity | null> {
  const own = sql`${COLUMNS[kind]} = ${key} AND ${kind === "client" || kind === "ip" ? DONE : sql`true`}`;
  const [entity] = await queryRows(
    db,
    Entity,
    sql`
      WITH seen AS MATERIALIZED (
        SELECT id, name, occurred_at, score, anomaly, label, value, currency, country, session_id, transaction_id,
          assessment #>> '{reasons,0,detail}' AS reason, event #>> '{payment,outcome}' AS outcome,
          ${COLUMNS.customer} AS customer, ${COLUMNS.email} AS email, ${COLUMNS.client} AS client, ${COLUMNS.card} AS card,
          ${COLUMNS.ip} AS ip
        FROM ${events} WHERE ${own}
        ORDER BY occurred_at DESC, id DESC LIMIT ${LOOKED_AT}
      ), other AS (
        SELECT kind, key, count(*) AS events, count(*) FILTER (WHERE anomaly) AS anomalies, max(occurred_at) AS last_at,
          row_number() OVER (PARTITION BY kind ORDER BY count(*) FILTER (WHERE anomaly) DESC, count(*) DESC, key) AS place
        FROM seen CROSS JOIN LATERAL (VALUES ${others(kind)}) AS named (kind, key)
        WHERE key IS NOT NULL
        GROUP BY kind, key
      )
      SELECT
        (SELECT occurred_at FROM ${events} WHERE ${own} ORDER BY occurred_at, id LIMIT 1) AS first_at,
        max(occurred_at) AS last_at, count(*)::integer AS events, (count(*) FILTER (WHERE anomaly))::integer AS anomalies,
        (count(*) FILTER (WHERE label = 'fraud'))::integer AS fraud,
        (SELECT jsonb_object_agg(name, n) FROM (SELECT name, count(*) AS n FROM seen GROUP BY 1) AS part) AS names,
        (SELECT coalesce(jsonb_object_agg(country, n), '{}')
          FROM (SELECT country, count(*) AS n FROM seen WHERE country IS NOT NULL GROUP BY 1) AS part) AS countries,
        (SELECT coalesce(jsonb_agg(part ORDER BY name, currency), '[]') FROM (
          SELECT name, currency, count(*) AS events, sum(value) AS value FROM seen
          WHERE value IS NOT NULL AND currency IS NOT NULL AND outcome IS DISTINCT FROM 'declined' GROUP BY 1, 2
        ) AS part) AS money,
        (SELECT coalesce(jsonb_agg(to_jsonb(other) - 'place' ORDER BY kind, place), '[]') FROM other WHERE place <= ${RELATED}) AS related,
        (SELECT jsonb_agg(part ORDER BY occurred_at DESC, id DESC) FROM (
          SELECT seen.id, name, occurred_at, score, anomaly, a.status, label, reason, value, currency, outcome, country, session_id,
            transaction_id
          FROM seen LEFT JOIN anomalies AS a ON seen.anomaly AND a.event_id = seen.id
          ORDER BY occurred_at DESC, seen.id DESC LIMIT ${TOLD}
        ) AS part) AS timeline
      FROM seen
      HAVING count(*) > 0`,
  );
  return entity ?? null;
}
