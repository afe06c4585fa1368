import { and, desc, eq, gte, lt, sql, type SQL } from "drizzle-orm";
import type { AnomalyRecord, AnomalyStatus } from "./anomalies.ts";
import type { Db } from "./db.ts";
import { EVENT_COLUMNS } from "./find-events.ts";
import { before, microseconds, pageOf, type Page, type PageRequest, type Position } from "./paging.ts";
import { anomalies, events } from "./schema.ts";

/** What anomalies are looked for by; each that is given narrows. */
export interface AnomalyFilter {
  status?: AnomalyStatus | undefined;
  /** Earliest time it was found, included. */
  from?: string | undefined;
  /** Latest time it was found, not included. */
  to?: string | undefined;
  /** 0..1 */
  min_score?: number | undefined;
  /** Code of one of its reasons. */
  reason?: string | undefined;
  name?: string | undefined;
  country?: string | undefined;
  user_id?: string | undefined;
  /** Whom it is about, as `kind:key`. */
  entity?: string | undefined;
  alert_id?: string | undefined;
  /** The whole id of an anomaly, or of the event, transaction, customer, session or device it is about. */
  q?: string | undefined;
}

/** An anomaly in a list, with its place in it. */
export type ListedAnomaly = AnomalyRecord & Position;

/** Anomalies by the time they were found, newest first. */
export async function listAnomalies(db: Db, filter: AnomalyFilter, page: PageRequest): Promise<Page<ListedAnomaly>> {
  const listed = db
    .select({
      id: anomalies.id,
      eventId: anomalies.eventId,
      status: anomalies.status,
      createdAt: anomalies.createdAt,
      updatedAt: anomalies.updatedAt,
      entity: anomalies.entity,
    })
    .from(anomalies)
    .where(and(...conditions(filter), before(anomalies.createdAt, anomalies.id, page.after)))
    .orderBy(desc(anomalies.createdAt), desc(anomalies.id))
    .limit(page.limit + 1)
    .as("listed");
  // Only the events of the page are read, and not those of everything it is chosen from.
  const rows = await db
    .select({
      id: listed.id,
      status: listed.status,
      createdAt: listed.createdAt,
      updatedAt: listed.updatedAt,
      entity: listed.entity,
      event: EVENT_COLUMNS,
      at: microseconds(listed.createdAt),
    })
    .from(listed)
    .innerJoin(events, eq(events.id, listed.eventId))
    .orderBy(desc(listed.createdAt), desc(listed.id));
  return pageOf(rows, page.limit);
}

function conditions(filter: AnomalyFilter): (SQL | undefined)[] {
  return [
    filter.status === undefined ? undefined : eq(anomalies.status, filter.status),
    filter.from === undefined ? undefined : gte(anomalies.createdAt, sql`${filter.from}::timestamptz`),
    filter.to === undefined ? undefined : lt(anomalies.createdAt, sql`${filter.to}::timestamptz`),
    filter.entity === undefined ? undefined : eq(anomalies.entity, filter.entity),
    filter.alert_id === undefined
      ? undefined
      : sql`${anomalies.id} IN (SELECT anomaly_id FROM alert_anomalies WHERE alert_id = ${filter.alert_id})`,
    traits(filter),
    filter.q === undefined ? undefined : about(filter.q),
  ];
}

/**
 * By what stands in its event. The anomalies' events are gone through apart from the list, in indexes that hold none but them: through the
 * list, each of them would be read whole until there are enough.
 */
function traits(filter: AnomalyFilter): SQL | undefined {
  const { min_score: minScore, reason, name, country, user_id: userId } = filter;
  const all = and(
    // As `real`, like the column: a score of exactly the minimum counts.
    minScore === undefined ? undefined : sql`score >= ${minScore}::real`,
    name === undefined ? undefined : sql`name = ${name}`,
    country === undefined ? undefined : sql`country = ${country}`,
    userId === undefined ? undefined : sql`user_id = ${userId}`,
    reason === undefined ? undefined : sql`assessment -> 'reasons' @> ${JSON.stringify([{ code: reason }])}::jsonb`,
  );
  return all && sql`${anomalies.eventId} IN (SELECT id FROM events WHERE anomaly AND ${all})`;
}

function about(id: string): SQL {
  const eventId = id.replace(/^ano_/, "");
  return sql`${anomalies.eventId} IN (
    SELECT id FROM events WHERE anomaly AND (id = ${eventId} OR ${id} IN (id, user_id, client_id, session_id, transaction_id))
  )`;
}
