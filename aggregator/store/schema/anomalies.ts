import { isNotNull, isNull, sql } from "drizzle-orm";
import { bigint, boolean, check, index, pgTable, smallint, text, unique } from "drizzle-orm/pg-core";
import type { EventLabel, LabelSource } from "../../labels/precedence.ts";
import { instant, newestFirst } from "./columns.ts";
import { events } from "./events.ts";

export const anomalies = pgTable(
  "anomalies",
  {
    id: text("id").primaryKey(),
    eventId: text("event_id")
      .notNull()
      .references(() => events.id),
    status: text("status").$type<"open" | "confirmed" | "dismissed">().notNull().default("open"),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
    unraised: boolean("unraised").notNull().default(false),
    entity: text("entity"),
  },
  (table) => [
    unique().on(table.eventId),
    check("anomalies_status_check", sql`${table.status} IN ('open', 'confirmed', 'dismissed')`),
    index("anomalies_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
    index("anomalies_unraised")
      .on(table.createdAt, table.id)
      .where(sql`${table.unraised}`),
    index("anomalies_status").on(table.status, newestFirst(table.createdAt), newestFirst(table.id)),
    index("anomalies_entity")
      .on(table.entity, newestFirst(table.createdAt), newestFirst(table.id))
      .where(isNotNull(table.entity)),
  ],
);

export const feedback = pgTable(
  "feedback",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    anomalyId: text("anomaly_id")
      .notNull()
      .references(() => anomalies.id),
    label: text("label").$type<"confirmed" | "dismissed">().notNull(),
    note: text("note"),
    keyId: text("key_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    check("feedback_label_check", sql`${table.label} IN ('confirmed', 'dismissed')`),
    index("feedback_anomaly").on(table.anomalyId, table.id),
  ],
);

export const fraudLabels = pgTable(
  "fraud_labels",
  {
    id: text("id")
      .primaryKey()
      .default(sql`'lab_' || gen_random_uuid()`),
    eventId: text("event_id")
      .notNull()
      .references(() => events.id),
    entities: text("entities").array().notNull(),
    by: smallint("by").$type<1 | -1>().notNull(),
    knownAt: instant("known_at").notNull(),
    sentAt: instant("sent_at"),
  },
  (table) => [
    check("fraud_labels_by_check", sql`${table.by} IN (1, -1)`),
    index("fraud_labels_event").on(table.eventId),
    index("fraud_labels_unsent").on(table.id).where(isNull(table.sentAt)),
  ],
);

export const eventLabels = pgTable(
  "event_labels",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    eventId: text("event_id")
      .notNull()
      .references(() => events.id),
    source: text("source").$type<LabelSource>().notNull(),
    label: text("label").$type<EventLabel>(),
    labelBefore: text("label_before").$type<EventLabel>(),
    labelAfter: text("label_after").$type<EventLabel>(),
    reason: text("reason"),
    note: text("note"),
    keyId: text("key_id"),
    causeEventId: text("cause_event_id").references(() => events.id),
    at: instant("at").notNull(),
    recordedAt: instant("recorded_at").notNull().defaultNow(),
  },
  (table) => [
    unique().on(table.causeEventId),
    check(
      "event_labels_source_check",
      sql`${table.source} IN ('analyst', 'feedback', 'chargeback', 'chargeback_reversed', 'refund')`,
    ),
    check("event_labels_label_check", sql`${table.label} IN ('fraud', 'legitimate')`),
    check("event_labels_check", sql`(${table.keyId} IS NULL) = (${table.causeEventId} IS NOT NULL)`),
    index("event_labels_event").on(table.eventId, table.id),
    index("event_labels_recorded_at").on(table.recordedAt),
  ],
);

export const labelClaims = pgTable(
  "label_claims",
  {
    eventId: text("event_id")
      .primaryKey()
      .references(() => events.id),
    transactionId: text("transaction_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    dueAt: instant("due_at").notNull().defaultNow(),
  },
  (table) => [index("label_claims_due").on(table.dueAt)],
);
