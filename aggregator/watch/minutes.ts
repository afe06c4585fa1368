import { sql, type SQL } from "drizzle-orm";
import { MINUTE_MS } from "./scope.ts";

/** A minute since 1970 as Postgres reads it. */
export function atMinute(minute: number): SQL {
  return sql`${isoOf(minute)}::timestamptz`;
}

/** A minute since 1970 in RFC 3339. */
export function isoOf(minute: number): string {
  return new Date(minute * MINUTE_MS).toISOString();
}

/** A time as minutes since 1970. */
export function minutesOf(time: SQL): SQL {
  return sql`(extract(epoch FROM ${time}) / 60)::float8`;
}
