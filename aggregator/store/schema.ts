import { isNotNull, sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  unique,
  type ExtraConfigColumn,
} from "drizzle-orm/pg-core";
import type { Assessment } from "../../shared/assessment.ts";
import type { KeptEvent } from "../../shared/event.ts";
import type { ApiKeyRecord, Role } from "../../shared/keys.ts";
import type { ScoredEvent } from "../../shared/message.ts";
import type { Signals } from "../../shared/signals.ts";

// The tables as migrations/ makes them; schema.test.ts holds the two equal. What each is for is said there.
// jsonb columns have the type their one writer parsed before writing.

/** An instant with Postgres's microseconds; a Date holds its milliseconds. */
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

const newestFirst = (column: ExtraConfigColumn) => column.desc().nullsFirst();

export const events = pgTable(
  "events",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    occurredAt: instant("occurred_at").notNull(),
    receivedAt: instant("received_at").notNull(),
    storedAt: instant("stored_at").notNull().defaultNow(),
    timestampSource: text("timestamp_source").$type<ScoredEvent["timestamp_source"]>().notNull(),
    source: text("source").$type<ScoredEvent["source"]>().notNull(),
    requestId: text("request_id").notNull(),
    keyId: text("key_id").notNull(),
    userId: text("user_id"),
    clientId: text("client_id"),
    sessionId: text("session_id"),
    transactionId: text("transaction_id"),
    country: text("country"),
    value: numeric("value", { precision: 14, scale: 4 }),
    currency: text("currency"),
    score: real("score").notNull(),
    anomaly: boolean("anomaly").notNull(),
    event: jsonb("event").$type<KeptEvent>().notNull(),
    signals: jsonb("signals").$type<Signals>().notNull(),
    featureSet: text("feature_set").notNull(),
    features: real("features").array().notNull(),
    assessment: jsonb("assessment").$type<Assessment>().notNull(),
    runtime: text("runtime").$type<ScoredEvent["runtime"]>().notNull(),
  },
  (table) => [
    index("events_occurred_at").on(newestFirst(table.occurredAt), newestFirst(table.id)),
    index("events_name").on(table.name, newestFirst(table.occurredAt), newestFirst(table.id)),
    index("events_user_id")
      .on(table.userId, newestFirst(table.occurredAt), newestFirst(table.id))
      .where(isNotNull(table.userId)),
    index("events_session_id")
      .on(table.sessionId, newestFirst(table.occurredAt), newestFirst(table.id))
      .where(isNotNull(table.sessionId)),
    index("events_transaction_id")
      .on(table.transactionId, newestFirst(table.occurredAt), newestFirst(table.id))
      .where(isNotNull(table.transactionId)),
    index("events_anomaly")
      .on(newestFirst(table.occurredAt), newestFirst(table.id))
      .where(sql`${table.anomaly}`),
  ],
);

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
  },
  (table) => [
    unique().on(table.eventId),
    check("anomalies_status_check", sql`${table.status} IN ('open', 'confirmed', 'dismissed')`),
    index("anomalies_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
    index("anomalies_status").on(table.status, newestFirst(table.createdAt), newestFirst(table.id)),
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

export const webhooks = pgTable("webhooks", {
  id: text("id").primaryKey(),
  url: text("url").notNull(),
  description: text("description"),
  types: text("types").array().notNull(),
  secret: text("secret").notNull(),
  previousSecret: text("previous_secret"),
  previousSecretUntil: instant("previous_secret_until"),
  enabled: boolean("enabled").notNull().default(true),
  disabledReason: text("disabled_reason"),
  failingSince: instant("failing_since"),
  createdAt: instant("created_at").notNull().defaultNow(),
  deletedAt: instant("deleted_at"),
});

export const alerts = pgTable(
  "alerts",
  {
    id: text("id").primaryKey(),
    type: text("type").notNull(),
    dedupKey: text("dedup_key").notNull(),
    eventId: text("event_id").references(() => events.id),
    data: jsonb("data").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    unique().on(table.dedupKey),
    index("alerts_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
  ],
);

export const deliveries = pgTable(
  "deliveries",
  {
    id: text("id").primaryKey(),
    alertId: text("alert_id")
      .notNull()
      .references(() => alerts.id),
    webhookId: text("webhook_id")
      .notNull()
      .references(() => webhooks.id),
    status: text("status").$type<"pending" | "delivered" | "exhausted" | "cancelled">().notNull().default("pending"),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at").notNull().defaultNow(),
    createdAt: instant("created_at").notNull().defaultNow(),
    finishedAt: instant("finished_at"),
  },
  (table) => [
    unique().on(table.alertId, table.webhookId),
    check("deliveries_status_check", sql`${table.status} IN ('pending', 'delivered', 'exhausted', 'cancelled')`),
    index("deliveries_due")
      .on(table.nextAttemptAt)
      .where(sql`${table.status} = 'pending'`),
    index("deliveries_webhook").on(table.webhookId, newestFirst(table.createdAt), newestFirst(table.id)),
  ],
);

export const deliveryAttempts = pgTable(
  "delivery_attempts",
  {
    deliveryId: text("delivery_id")
      .notNull()
      .references(() => deliveries.id),
    attempt: integer("attempt").notNull(),
    startedAt: instant("started_at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    status: integer("status"),
    error: text("error"),
    answer: text("answer"),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.attempt] })],
);

export const failedEvents = pgTable(
  "failed_events",
  {
    id: text("id").primaryKey(),
    eventId: text("event_id"),
    reason: text("reason").notNull(),
    payload: jsonb("payload").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("failed_events_created_at").on(newestFirst(table.createdAt), newestFirst(table.id))],
);

export const apiKeys = pgTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    kind: text("kind").$type<ApiKeyRecord["kind"]>().notNull(),
    role: text("role").$type<Role>(),
    origins: text("origins").array().notNull().default([]),
    digest: text("digest").notNull(),
    description: text("description"),
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at"),
  },
  (table) => [
    unique().on(table.digest),
    check("api_keys_kind_check", sql`${table.kind} IN ('publishable', 'secret')`),
    check("api_keys_role_check", sql`${table.role} IN ('ingest', 'analyst', 'operator', 'admin')`),
    check("api_keys_check", sql`(${table.kind} = 'secret') = (${table.role} IS NOT NULL)`),
  ],
);
