import { and, desc, eq, sql } from "drizzle-orm";
import type { Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { calendarDays } from "../store/schema.ts";

export type CalendarRow = typeof calendarDays.$inferSelect;

/** Marked days by when they were marked, newest first. */
export async function listCalendarDays(db: Db, page: PageRequest): Promise<Page<CalendarRow>> {
  const rows = await db
    .select({ row: calendarDays, id: calendarDays.id, at: microseconds(calendarDays.createdAt) })
    .from(calendarDays)
    .where(and(before(calendarDays.createdAt, calendarDays.id, page.after)))
    .orderBy(desc(calendarDays.createdAt), desc(calendarDays.id))
    .limit(page.limit + 1);
  const { rows: kept, next } = pageOf(rows, page.limit);
  return { rows: kept.map(({ row }) => row), next };
}

/** Every run of the watch reads them all. */
const MARKS_MOST = 1_000;

/** @returns null when there are as many as there may be */
export async function insertCalendarDays(db: Db, row: CalendarRow): Promise<CalendarRow | null> {
  const [{ marks } = { marks: 0 }] = await db.select({ marks: sql<number>`count(*)::integer` }).from(calendarDays);
  if (marks >= MARKS_MOST) return null;
  await db.insert(calendarDays).values(row);
  return row;
}

/** @returns whether there was one */
export async function deleteCalendarDays(db: Db, id: string): Promise<boolean> {
  const gone = await db.delete(calendarDays).where(eq(calendarDays.id, id)).returning({ id: calendarDays.id });
  return gone.length > 0;
}
