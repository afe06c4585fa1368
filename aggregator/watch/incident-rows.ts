import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { incidents } from "../store/schema.ts";
import type { Incident } from "./incidents.ts";

export type IncidentRow = typeof incidents.$inferSelect;

/** Incidents by when they were found, newest first. */
export async function listIncidents(
  db: Db,
  { status }: { status?: Incident["status"] | undefined },
  page: PageRequest,
): Promise<Page<IncidentRow>> {
  const rows = await db
    .select({ row: incidents, id: incidents.id, at: microseconds(incidents.openedAt) })
    .from(incidents)
    .where(
      and(
        status === undefined ? undefined : eq(incidents.status, status),
        before(incidents.openedAt, incidents.id, page.after),
      ),
    )
    .orderBy(desc(incidents.openedAt), desc(incidents.id))
    .limit(page.limit + 1);
  const { rows: kept, next } = pageOf(rows, page.limit);
  return { rows: kept.map(({ row }) => row), next };
}

export async function findIncident(db: Db, id: string): Promise<IncidentRow | null> {
  const [row] = await db.select().from(incidents).where(eq(incidents.id, id));
  return row ?? null;
}

interface Closing {
  id: string;
  note: string | null;
  /** Key that closes it. */
  by: string;
  nowMs: number;
}

/** @returns null when there is no such incident that is open */
export async function closeIncident(db: Db, { id, note, by, nowMs }: Closing): Promise<IncidentRow | null> {
  const [row] = await db
    .update(incidents)
    .set({ status: "closed", closedAt: new Date(nowMs), closedBy: by, note })
    .where(and(eq(incidents.id, id), eq(incidents.status, "open")))
    .returning();
  return row ?? null;
}

/** Of one run. */
const UNALERTED_MOST = 20;

/** Incidents that are still to be alerted of, the oldest first. */
export async function findUnalerted(db: Db): Promise<IncidentRow[]> {
  return db
    .select()
    .from(incidents)
    .where(isNull(incidents.alertedAt))
    .orderBy(asc(incidents.openedAt), asc(incidents.id))
    .limit(UNALERTED_MOST);
}

export async function markAlerted(db: Db, id: string, nowMs: number): Promise<void> {
  await db
    .update(incidents)
    .set({ alertedAt: new Date(nowMs) })
    .where(and(eq(incidents.id, id), isNull(incidents.alertedAt)));
}
