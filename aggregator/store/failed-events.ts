import { desc, sql } from "drizzle-orm";
import * as z from "zod";
import { queryRows, type Db } from "./db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "./paging.ts";
import { failedEvents } from "./schema.ts";

/** What could not be stored, as it is recorded. */
export interface FailedEvent {
  /** The same whenever the same failure is met again. */
  id: string;
  event_id: string | null;
  reason: string;
  /** What came: of one event a message with that event alone, so that it can be given to the queue again. */
  payload: unknown;
}

/**
 * Records failures, each once. An event that is stored has not failed, whatever else came under its id, and is left out.
 *
 * @returns how many are new
 */
export async function recordFailures(db: Db, failures: readonly FailedEvent[]): Promise<number> {
  if (failures.length === 0) return 0;
  const records = JSON.stringify(failures.map((failure) => ({ ...failure, payload: keepable(failure.payload) })));
  const recorded = await queryRows(
    db,
    z.object({ id: z.string() }),
    sql`
      INSERT INTO failed_events (id, event_id, reason, payload)
      SELECT id, event_id, reason, coalesce(payload, 'null')
      FROM jsonb_to_recordset(${records}::jsonb) AS record (id text, event_id text, reason text, payload jsonb)
      WHERE NOT EXISTS (SELECT FROM events WHERE events.id = record.event_id)
      ON CONFLICT (id) DO NOTHING
      RETURNING id`,
  );
  return recorded.length;
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

export type FailedEventRow = Omit<typeof failedEvents.$inferSelect, "payload"> & { payload: unknown };

/** Failures, newest first. */
export async function listFailedEvents(db: Db, page: PageRequest): Promise<Page<FailedEventRow>> {
  const rows = await db
    .select({
      id: failedEvents.id,
      eventId: failedEvents.eventId,
      reason: failedEvents.reason,
      payload: failedEvents.payload,
      createdAt: failedEvents.createdAt,
      at: microseconds(failedEvents.createdAt),
    })
    .from(failedEvents)
    .where(before(failedEvents.createdAt, failedEvents.id, page.after))
    .orderBy(desc(failedEvents.createdAt), desc(failedEvents.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}
