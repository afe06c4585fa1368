import { and, desc, eq, isNotNull, isNull, or, sql, type SQL } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest, type Position } from "./paging.ts";
import { events, failedEvents, type FailureKind, type Resolution } from "./schema.ts";

/** What could not be stored, as it is recorded. */
export interface FailedEvent {
  /** The same whenever the same failure is met again. */
  id: string;
  event_id: string | null;
  reason: string;
  /** What came: of one event a message with that event alone, so that it can be read again as it was the first time. */
  payload: unknown;
  /** What the payload is; an intake message when not given. */
  kind?: FailureKind;
}

/**
 * Records failures, each once. An event that is stored has not failed, whatever else came under its id: it is left out, and where the
 * edge took it for a new one, noted with those that were stored again, so that the books count it as a duplicate.
 *
 * @returns how many are new
 */
export async function recordFailures(db: Db, failures: readonly FailedEvent[]): Promise<number> {
  if (failures.length === 0) return 0;
  const recorded = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      WITH record AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(failures.map(failureRecord))}::jsonb) AS record (
          id text, event_id text, reason text, payload jsonb, kind text, received_at timestamptz, request_id text,
          events integer, repeated boolean
        )
      ), again AS (
        INSERT INTO stored_again (event_id, request_id, received_at)
        SELECT event_id, record.request_id, coalesce(record.received_at, now())
        FROM record JOIN events ON events.id = record.event_id
        WHERE record.request_id IS NOT NULL AND NOT record.repeated
        ORDER BY event_id, record.request_id
        ON CONFLICT DO NOTHING
      )
      INSERT INTO failed_events (id, event_id, reason, payload, kind, received_at, request_id, events, repeated)
      SELECT
        id, event_id, reason, coalesce(payload, 'null'), kind, coalesce(received_at, now()), request_id, events, repeated
      FROM record
      WHERE NOT EXISTS (SELECT FROM events WHERE events.id = record.event_id)
      ORDER BY id
      ON CONFLICT (id) DO NOTHING
      RETURNING id`,
  );
  return recorded.length;
}

function failureRecord({ payload, kind = "assessments", ...failure }: FailedEvent) {
  const kept = keepable(payload);
  return { ...failure, kind, payload: kept, ...(kind === "accounts" ? NO_EVENTS : contentOf(kept)) };
}

const NO_EVENTS = { received_at: null, request_id: null, events: 0, repeated: false };

const Envelope = z
  .object({ request_id: z.string().nullable().catch(null), events: z.array(z.unknown()).catch([]) })
  .catch({ request_id: null, events: [] });

const Content = z
  .object({
    // Postgres knows no year 0.
    received_at: z.iso
      .datetime()
      .refine((text) => text >= "1970")
      .nullable()
      .catch(null),
    repeated: z.boolean().catch(false),
  })
  .catch({ received_at: null, repeated: false });

/** What the books need of a message, as far as it can be read: it may be in no form that is known. */
function contentOf(payload: unknown) {
  const { request_id, events: held } = Envelope.parse(payload);
  return { request_id, events: Math.max(1, held.length), ...Content.parse(held[0]) };
}

/** Deeper than anything the edge lets in, and far from where Postgres or JSON.stringify give up. */
const KEPT_LEVELS = 100;

/**
 * A value as jsonb can hold it: a failure must be recordable whatever it is that failed.
 * NUL and lone surrogates become U+FFFD, what JSON does not know its text or type, and what is too deep an ellipsis.
 */
function keepable(value: unknown, levels = KEPT_LEVELS): unknown {
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) return value;
  if (typeof value === "string") return keepableText(value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value !== "object") return typeof value;
  if (levels === 0) return "…";
  if (Array.isArray(value)) return value.map((element) => keepable(element, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [keepableText(key), keepable(entry, levels - 1)]),
  );
}

function keepableText(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\ufffd");
}

export type FailedEventRow = typeof failedEvents.$inferSelect;

/** A failure as it is by now: an event with a row has not failed, however it came to be there. */
const PRESENT = {
  id: failedEvents.id,
  eventId: failedEvents.eventId,
  reason: failedEvents.reason,
  // The driver has parsed it; the column would parse a payload that is text once more.
  payload: sql<unknown>`${failedEvents.payload}`,
  createdAt: failedEvents.createdAt,
  kind: failedEvents.kind,
  receivedAt: failedEvents.receivedAt,
  requestId: failedEvents.requestId,
  events: failedEvents.events,
  repeated: failedEvents.repeated,
  resolvedAt: sql<Date | null>`coalesce(${failedEvents.resolvedAt}, ${events.storedAt})`.mapWith(
    failedEvents.resolvedAt,
  ),
  resolution: sql<Resolution | null>`coalesce(${failedEvents.resolution}, CASE
    WHEN ${events.requestId} = ${failedEvents.requestId} THEN 'stored'
    WHEN ${isNotNull(events.id)} THEN 'already stored' END)`,
};

interface FailureFilter {
  /** Those that are stored by now, or those that are not; both when undefined. */
  resolved: boolean | undefined;
}

/** Failures, newest first. */
export async function listFailedEvents(
  db: Db,
  { resolved }: FailureFilter,
  page: PageRequest,
): Promise<Page<FailedEventRow & Position>> {
  const rows = await db
    .select({ ...PRESENT, at: microseconds(failedEvents.createdAt) })
    .from(failedEvents)
    .leftJoin(events, eq(events.id, failedEvents.eventId))
    .where(and(isResolved(resolved), before(failedEvents.createdAt, failedEvents.id, page.after)))
    .orderBy(desc(failedEvents.createdAt), desc(failedEvents.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

function isResolved(resolved: boolean | undefined): SQL | undefined {
  if (resolved === undefined) return undefined;
  return resolved
    ? or(isNotNull(failedEvents.resolvedAt), isNotNull(events.id))
    : and(isNull(failedEvents.resolvedAt), isNull(events.id));
}

/** One failure, or null when the id is unknown. */
export async function findFailedEvent(db: Db, id: string): Promise<FailedEventRow | null> {
  const [row] = await db
    .select(PRESENT)
    .from(failedEvents)
    .leftJoin(events, eq(events.id, failedEvents.eventId))
    .where(eq(failedEvents.id, id));
  return row ?? null;
}

/**
 * Ends a failure whose payload has come to its end in the database. What is ended stays as it is.
 *
 * @param resolution how, where no row tells: of an event that has one it is whether the row came out of this very payload
 */
export async function resolveFailure(db: Db, id: string, resolution: Resolution): Promise<void> {
  await db.execute(sql`
    UPDATE failed_events AS failed SET
      resolved_at = now(),
      resolution = coalesce(
        (SELECT CASE WHEN events.request_id = failed.request_id THEN 'stored' ELSE 'already stored' END
         FROM events WHERE events.id = failed.event_id),
        ${resolution})
    WHERE id = ${id} AND resolved_at IS NULL`);
}
