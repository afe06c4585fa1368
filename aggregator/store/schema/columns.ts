import { type ExtraConfigColumn, timestamp } from "drizzle-orm/pg-core";

/** An instant with Postgres's microseconds; a Date holds its milliseconds. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const newestFirst = (column: ExtraConfigColumn) => column.desc().nullsFirst();
