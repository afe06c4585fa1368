import { sql, type SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/** A place in a list ordered by time and id, newest first. */
export interface Position {
  /** UTC with all six decimals Postgres keeps: a Date would lose rows that differ only in microseconds. */
  at: string;
  id: string;
}

export interface PageRequest {
  limit: number;
  /** The last row of the page before, or null for the first page. */
  after: Position | null;
}

export interface Page<Row> {
  rows: Row[];
  /** Where the next page goes on, or null when this is the last. */
  next: Position | null;
}

/** A timestamptz column as the `at` of a position. */
export function microseconds(column: PgColumn): SQL<string> {
  return sql<string>`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Rows that come after a position when the newest come first. */
export function before(time: PgColumn, id: PgColumn, position: Position | null): SQL | undefined {
  return position === null ? undefined : sql`(${time}, ${id}) < (${position.at}::timestamptz, ${position.id})`;
}

/** The page in rows that were read with one more than `limit`, to see whether more follow. */
export function pageOf<Row extends Position>(rows: readonly Row[], limit: number): Page<Row> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { rows: kept, next: rows.length > limit && last !== undefined ? { at: last.at, id: last.id } : null };
}
