import { and, desc, eq, gte, lt, sql, type SQL } from "drizzle-orm";
import type { Db } from "./db.ts";
import type { EventLabel } from "../labels/precedence.ts";
import { before, microseconds, pageOf, type Page, type PageRequest, type Position } from "./paging.ts";
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
  rules: events.rules,
  assessment: events.assessment,
  shadow: events.shadow,
  runtime: events.runtime,
  label: events.label,
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
  /** Of the card, as senders name it. */
  card_fingerprint?: string | undefined;
  /** Keyed hash, as it is kept. */
  email_hash?: string | undefined;
  /** Of a device or a network only what was done is found: no views and searches. */
  client_id?: string | undefined;
  /** Keyed hash, as it is kept. */
  ip_hash?: string | undefined;
  country?: string | undefined;
  label?: EventLabel | undefined;
  anomaly?: boolean | undefined;
  /** 0..1 */
  min_score?: number | undefined;
}

/** An event in a list, with its place in it. */
export type ListedEvent = EventRecord & Position;

/** Events by the time they happened, newest first. */
export async function listEvents(db: Db, filter: EventFilter, page: PageRequest): Promise<Page<ListedEvent>> {
  const rows = await db
    .select({ ...EVENT_COLUMNS, at: microseconds(events.occurredAt) })
    .from(events)
    .where(and(...conditions(filter), before(events.occurredAt, events.id, page.after)))
    .orderBy(desc(events.occurredAt), desc(events.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

/** Whom an event names, as the indexes have it: an expression has to be written as it is there. */
export const NAMED = {
  client_id: sql`${events.clientId}`,
  card_fingerprint: sql`(${events.event} #>> '{payment,card_fingerprint}')`,
  email_hash: sql`(${events.event} ->> 'email_hash')`,
  ip_hash: sql`(${events.signals} ->> 'ip_hash')`,
  user_id: sql`${events.userId}`,
};

/** What more than looking was done; the indexes of devices and networks have nothing else, and have to be asked in their own words. */
export const DONE = sql`${events.name} NOT IN ('page_view', 'view_item', 'view_item_list', 'search')`;

/** From this score on there is an index, which the planner only takes where the condition says as much. */
const INDEXED_SCORE = 0.4;

function conditions(filter: EventFilter): (SQL | undefined)[] {
  const named = Object.entries(NAMED).map(([name, column]) => {
    const sought = filter[name as keyof typeof NAMED]; // its own keys
    return sought === undefined ? undefined : sql`${column} = ${sought}`;
  });
  return [
    ...named,
    filter.from === undefined ? undefined : gte(events.occurredAt, sql`${filter.from}::timestamptz`),
    filter.to === undefined ? undefined : lt(events.occurredAt, sql`${filter.to}::timestamptz`),
    filter.name === undefined ? undefined : eq(events.name, filter.name),
    filter.session_id === undefined ? undefined : eq(events.sessionId, filter.session_id),
    filter.transaction_id === undefined ? undefined : eq(events.transactionId, filter.transaction_id),
    filter.client_id === undefined && filter.ip_hash === undefined ? undefined : DONE,
    filter.country === undefined ? undefined : eq(events.country, filter.country),
    filter.label === undefined ? undefined : eq(events.label, filter.label),
    // Spelt out, so that the planner sees the partial index's own condition.
    filter.anomaly === undefined ? undefined : filter.anomaly ? sql`${events.anomaly}` : sql`NOT ${events.anomaly}`,
    // As `real`, like the column: a score of exactly the minimum counts.
    filter.min_score === undefined ? undefined : sql`${events.score} >= ${filter.min_score}::real`,
    (filter.min_score ?? 0) < INDEXED_SCORE ? undefined : sql`${events.score} >= ${sql.raw(String(INDEXED_SCORE))}`,
  ];
}

/** The event with this id, or null. */
export async function findEvent(db: Db, id: string): Promise<EventRecord | null> {
  const [row] = await db.select(EVENT_COLUMNS).from(events).where(eq(events.id, id));
  return row ?? null;
}
