import { and, desc, eq, gte, lt, sql, type SQL } from "drizzle-orm";
import type { Db } from "./db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "./paging.ts";
import { events } from "./schema.ts";

/** The columns an event is answered from. */
export const EVENT_COLUMNS = {
  id: events.id,
  occurredAt: events.occurredAt,
  receivedAt: events.receivedAt,
  timestampSource: events.timestampSource,
  source: events.source,
  event: events.event,
  signals: events.signals,
  featureSet: events.featureSet,
  features: events.features,
  assessment: events.assessment,
  runtime: events.runtime,
};

export type EventRecord = Pick<typeof events.$inferSelect, keyof typeof EVENT_COLUMNS>;

/** What events are looked for by; each that is given narrows. */
export interface EventFilter {
  /** Earliest time of the event, included. */
  from?: string | undefined;
  /** Latest time of the event, not included. */
  to?: string | undefined;
  name?: string | undefined;
  user_id?: string | undefined;
  session_id?: string | undefined;
  transaction_id?: string | undefined;
  anomaly?: boolean | undefined;
  /** 0..1 */
  min_score?: number | undefined;
}

/** Events by the time they happened, newest first. */
export async function listEvents(db: Db, filter: EventFilter, page: PageRequest): Promise<Page<EventRecord>> {
  const rows = await db
    .select({ ...EVENT_COLUMNS, at: microseconds(events.occurredAt) })
    .from(events)
    .where(and(...conditions(filter), before(events.occurredAt, events.id, page.after)))
    .orderBy(desc(events.occurredAt), desc(events.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

function conditions(filter: EventFilter): (SQL | undefined)[] {
  return [
    filter.from === undefined ? undefined : gte(events.occurredAt, sql`${filter.from}::timestamptz`),
    filter.to === undefined ? undefined : lt(events.occurredAt, sql`${filter.to}::timestamptz`),
    filter.name === undefined ? undefined : eq(events.name, filter.name),
    filter.user_id === undefined ? undefined : eq(events.userId, filter.user_id),
    filter.session_id === undefined ? undefined : eq(events.sessionId, filter.session_id),
    filter.transaction_id === undefined ? undefined : eq(events.transactionId, filter.transaction_id),
    // Spelt out, so that the planner sees the partial index's own condition.
    filter.anomaly === undefined ? undefined : filter.anomaly ? sql`${events.anomaly}` : sql`NOT ${events.anomaly}`,
    // As `real`, like the column: a score of exactly the minimum counts.
    filter.min_score === undefined ? undefined : sql`${events.score} >= ${filter.min_score}::real`,
  ];
}

/** The event with this id, or null. */
export async function findEvent(db: Db, id: string): Promise<EventRecord | null> {
  const [row] = await db.select(EVENT_COLUMNS).from(events).where(eq(events.id, id));
  return row ?? null;
}
