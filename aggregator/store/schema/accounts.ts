import { isNull, sql } from "drizzle-orm";
import { bigint, boolean, check, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, newestFirst } from "./columns.ts";

/** What a failure's payload is: a message of a queue, or the text of an entry of the spool. */
export type FailureKind = "assessments" | "accounts" | "spool";
/** How a failure ended: by its payload, or by an event of the same id that came otherwise. */
export type Resolution = "stored" | "already stored";

export const failedEvents = pgTable(
  "failed_events",
  {
    id: text("id").primaryKey(),
    eventId: text("event_id"),
    reason: text("reason").notNull(),
    payload: jsonb("payload").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    kind: text("kind").$type<FailureKind>().notNull().default("assessments"),
    receivedAt: instant("received_at").notNull().defaultNow(),
    requestId: text("request_id"),
    events: integer("events").notNull().default(1),
    repeated: boolean("repeated").notNull().default(false),
    resolvedAt: instant("resolved_at"),
    resolution: text("resolution").$type<Resolution>(),
  },
  (table) => [
    check("failed_events_kind_check", sql`${table.kind} IN ('assessments', 'accounts', 'spool')`),
    check("failed_events_resolution_check", sql`${table.resolution} IN ('stored', 'already stored')`),
    index("failed_events_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
    index("failed_events_received_at").on(table.receivedAt),
    index("failed_events_unresolved")
      .on(newestFirst(table.createdAt), newestFirst(table.id))
      .where(isNull(table.resolvedAt)),
  ],
);

export const edgeCounts = pgTable(
  "edge_counts",
  {
    minute: instant("minute").notNull(),
    outcome: text("outcome").notNull(),
    events: bigint("events", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.outcome] })],
);

export const countedMessages = pgTable(
  "counted_messages",
  { id: text("id").primaryKey(), countedAt: instant("counted_at").notNull().defaultNow() },
  (table) => [index("counted_messages_counted_at").on(table.countedAt)],
);

export const storedCounts = pgTable("stored_counts", {
  minute: instant("minute").primaryKey(),
  stored: bigint("stored", { mode: "number" }).notNull(),
  removed: bigint("removed", { mode: "number" }).notNull(),
});
