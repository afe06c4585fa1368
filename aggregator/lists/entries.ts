import { and, desc, eq, gt, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import * as z from "zod";
import { LIST_ENTRIES_MOST, ListEntry, type ListKind, type ListName, type ListsDocument } from "../../shared/lists.ts";
import { queryRows, type Db } from "../store/db.ts";
import { before, microseconds, pageOf, type Page, type PageRequest } from "../store/paging.ts";
import { listEntries } from "../store/schema.ts";

export type EntryRow = typeof listEntries.$inferSelect;
export type EntryStatus = "active" | "expired" | "removed";

type NewEntry = Pick<EntryRow, "id" | "list" | "kind" | "value" | "note" | "expiresAt" | "createdBy">;

const Made = z.object({ made: z.boolean(), is_room: z.boolean() });

/**
 * Puts an entry on a list, unless the very same is in force there or the lists are full. One that expired ends with that, and makes
 * room for it.
 *
 * The room is counted beside others who write at the same time: each of them may have one more.
 */
export async function insertEntry(db: Db, entry: NewEntry, nowMs: number): Promise<"made" | "listed" | "full"> {
  const now = new Date(nowMs).toISOString();
  const { id, list, kind, value, note, expiresAt, createdBy } = entry;
  const [outcome] = await queryRows(
    db,
    Made,
    // The INSERT looks at what the UPDATE did, so that it runs second and finds the place of the expired one free.
    sql`
      WITH expired AS (
        UPDATE list_entries SET removed_at = expires_at
        WHERE list = ${list} AND kind = ${kind} AND value = ${value} AND removed_at IS NULL
          AND expires_at <= ${now}::timestamptz
        RETURNING id
      ), room AS (
        SELECT count(*) < ${LIST_ENTRIES_MOST}::integer AS is_room FROM list_entries
        WHERE removed_at IS NULL AND (expires_at IS NULL OR expires_at > ${now}::timestamptz)
      ), made AS (
        INSERT INTO list_entries (id, list, kind, value, note, expires_at, created_at, created_by)
        SELECT ${id}, ${list}, ${kind}, ${value}, ${note}, ${expiresAt?.toISOString() ?? null}::timestamptz,
          ${now}::timestamptz, ${createdBy}
        FROM room WHERE is_room AND (SELECT count(*) FROM expired) >= 0
        ON CONFLICT (list, kind, value) WHERE removed_at IS NULL DO NOTHING
        RETURNING id
      )
      SELECT EXISTS (SELECT FROM made) AS made, is_room FROM room`,
  );
  if (outcome?.made) return "made";
  return outcome?.is_room ? "listed" : "full";
}

interface EntryFilter {
  list?: ListName | undefined;
  kind?: ListKind | undefined;
  status?: EntryStatus | undefined;
}

/** Every entry there ever was, newest first. */
export async function pageEntries(
  db: Db,
  { list, kind, status }: EntryFilter,
  page: PageRequest,
  nowMs: number,
): Promise<Page<EntryRow>> {
  const rows = await db
    .select({ ...SHOWN, at: microseconds(listEntries.createdAt) })
    .from(listEntries)
    .where(
      and(
        list === undefined ? undefined : eq(listEntries.list, list),
        kind === undefined ? undefined : eq(listEntries.kind, kind),
        status === undefined ? undefined : hasStatus(status, new Date(nowMs)),
        before(listEntries.createdAt, listEntries.id, page.after),
      ),
    )
    .orderBy(desc(listEntries.createdAt), desc(listEntries.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit);
}

const SHOWN = {
  id: listEntries.id,
  list: listEntries.list,
  kind: listEntries.kind,
  value: listEntries.value,
  note: listEntries.note,
  expiresAt: listEntries.expiresAt,
  createdAt: listEntries.createdAt,
  createdBy: listEntries.createdBy,
  removedAt: listEntries.removedAt,
  removedBy: listEntries.removedBy,
};

/** What `hasStatus` asks Postgres, of a row that was read. */
export function entryStatus(
  { expiresAt, removedBy }: Pick<EntryRow, "expiresAt" | "removedBy">,
  nowMs: number,
): EntryStatus {
  if (removedBy !== null) return "removed";
  return expiresAt !== null && expiresAt.getTime() <= nowMs ? "expired" : "active";
}

function hasStatus(status: EntryStatus, now: Date) {
  switch (status) {
    case "removed":
      return isNotNull(listEntries.removedBy);
    case "expired":
      return and(isNull(listEntries.removedBy), lte(listEntries.expiresAt, now));
    case "active":
      return and(isNull(listEntries.removedBy), or(isNull(listEntries.expiresAt), gt(listEntries.expiresAt, now)));
    default:
      return status satisfies never;
  }
}

interface Removal {
  id: string;
  /** Id of the key that asks for it. */
  by: string;
  nowMs: number;
}

/** Takes an entry off its list. One that was taken off before stays as it was. @returns whether there is such an entry */
export async function removeEntry(db: Db, { id, by, nowMs }: Removal): Promise<boolean> {
  const [found] = await queryRows(
    db,
    z.object({ is_found: z.boolean() }),
    sql`
      WITH removed AS (
        UPDATE list_entries SET removed_at = ${new Date(nowMs).toISOString()}::timestamptz, removed_by = ${by}
        WHERE id = ${id} AND removed_at IS NULL
        RETURNING id
      )
      SELECT EXISTS (SELECT FROM list_entries WHERE id = ${id}) AS is_found`,
  );
  return found?.is_found ?? false;
}

/** The entries in force, as the edge reads them. */
export async function listsDocument(db: Db, version: number, nowMs: number): Promise<ListsDocument> {
  const entries = await queryRows(
    db,
    ListEntry,
    sql`
      SELECT id, list, kind, value, to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS expires_at
      FROM list_entries
      WHERE removed_at IS NULL AND (expires_at IS NULL OR expires_at > ${new Date(nowMs).toISOString()}::timestamptz)
      ORDER BY created_at, id`,
  );
  return { v: 1, version, entries };
}
