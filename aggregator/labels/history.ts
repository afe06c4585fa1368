import { and, desc, eq, lt } from "drizzle-orm";
import type { Db } from "../store/db.ts";
import { eventLabels, events } from "../store/schema.ts";
import type { EventLabel } from "./precedence.ts";

export type LabelEntry = Omit<typeof eventLabels.$inferSelect, "eventId">;

export interface LabelState {
  label: EventLabel | null;
  labelledAt: Date | null;
}

/** What an event is taken for, or null when there is no such event. */
export async function findLabel(db: Db, eventId: string): Promise<LabelState | null> {
  const [row] = await db
    .select({ label: events.label, labelledAt: events.labelledAt })
    .from(events)
    .where(eq(events.id, eventId));
  return row ?? null;
}

/** What was said of an event, last recorded first. @param page the most to give, and the entry to go on after */
export function listLabels(
  db: Db,
  eventId: string,
  { limit, below }: { limit: number; below: number | null },
): Promise<LabelEntry[]> {
  return db
    .select(COLUMNS)
    .from(eventLabels)
    .where(and(eq(eventLabels.eventId, eventId), below === null ? undefined : lt(eventLabels.id, below)))
    .orderBy(desc(eventLabels.id))
    .limit(limit);
}

const COLUMNS = {
  id: eventLabels.id,
  source: eventLabels.source,
  label: eventLabels.label,
  labelBefore: eventLabels.labelBefore,
  labelAfter: eventLabels.labelAfter,
  reason: eventLabels.reason,
  note: eventLabels.note,
  keyId: eventLabels.keyId,
  causeEventId: eventLabels.causeEventId,
  at: eventLabels.at,
  recordedAt: eventLabels.recordedAt,
};
