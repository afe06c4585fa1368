import { isNotNull, isNull, sql } from "drizzle-orm";
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
  smallint,
  text,
  timestamp,
  unique,
  type AnyPgColumn,
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
    repeated: boolean("repeated").notNull().default(false),
    v: smallint("v").notNull().default(1),
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
    index("events_v1")
      .on(table.id)
      .where(sql`${table.v} = 1`),
    index("events_repeated")
      .on(table.receivedAt)
      .where(sql`${table.repeated}`),
  ],
);

export const storedAgain = pgTable(
  "stored_again",
  {
    eventId: text("event_id").notNull(),
    requestId: text("request_id").notNull(),
    receivedAt: instant("received_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.requestId] }),
    index("stored_again_received_at").on(table.receivedAt),
  ],
);

export const transactions = pgTable("transactions", {
  id: text("id").primaryKey(),
  purchaseEventId: text("purchase_event_id"),
  refundEventId: text("refund_event_id"),
});

export const transactionRefunds = pgTable(
  "transaction_refunds",
  {
    transactionId: text("transaction_id").notNull(),
    currency: text("currency").notNull(),
    refunds: integer("refunds").notNull(),
    refunded: numeric("refunded").notNull(),
    firstAt: instant("first_at").notNull(),
    lastAt: instant("last_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.transactionId, table.currency] })],
);

export const sessions = pgTable("sessions", {
  id: text("id").primaryKey(),
  startedAt: instant("started_at").notNull(),
  firstEventId: text("first_event_id").notNull(),
  country: text("country").notNull(),
  device: text("device").notNull(),
  orders: integer("orders").notNull(),
  untrustedEvents: integer("untrusted_events").notNull(),
  wasStartedAt: instant("was_started_at"),
  wasCountry: text("was_country"),
  wasDevice: text("was_device"),
  wasTrusted: boolean("was_trusted"),
  wasConverted: boolean("was_converted"),
});

const rollups = (name: string) =>
  pgTable(
    name,
    {
      dimension: text("dimension").notNull(),
      at: instant("at").notNull(),
      member: text("member").notNull(),
      trusted: boolean("trusted").notNull(),
      currency: text("currency").notNull(),
      events: bigint("events", { mode: "number" }).notNull(),
      anomalies: bigint("anomalies", { mode: "number" }).notNull(),
      declines: bigint("declines", { mode: "number" }).notNull(),
      orders: bigint("orders", { mode: "number" }).notNull(),
      revenue: numeric("revenue").notNull(),
      quantity: bigint("quantity", { mode: "number" }).notNull(),
      refundedOrders: bigint("refunded_orders", { mode: "number" }).notNull(),
      refunded: numeric("refunded").notNull(),
      sessions: bigint("sessions", { mode: "number" }).notNull(),
      converted: bigint("converted", { mode: "number" }).notNull(),
    },
    (table) => [
      primaryKey({ columns: [table.dimension, table.at, table.member, table.trusted, table.currency] }),
      check(`${name}_check`, sql`${table.dimension} IN ('all', 'name', 'country', 'device', 'category')`),
    ],
  );

export const rollups1m = rollups("rollups_1m");
export const rollups1h = rollups("rollups_1h");
export const rollups1d = rollups("rollups_1d");

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
    createdBy: text("created_by"),
    revokedAt: instant("revoked_at"),
    revokedBy: text("revoked_by"),
    replacedBy: text("replaced_by").references((): AnyPgColumn => apiKeys.id),
    changedAt: instant("changed_at").notNull().defaultNow(),
    revision: integer("revision").notNull().default(1),
    copiedRevision: integer("copied_revision"),
  },
  (table) => [
    unique().on(table.digest),
    index("api_keys_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
    index("api_keys_uncopied")
      .on(table.changedAt, table.id)
      .where(sql`${table.copiedRevision} IS DISTINCT FROM ${table.revision}`),
    check("api_keys_kind_check", sql`${table.kind} IN ('publishable', 'secret')`),
    check("api_keys_role_check", sql`${table.role} IN ('ingest', 'analyst', 'operator', 'admin')`),
    check("api_keys_check", sql`(${table.kind} = 'secret') = (${table.role} IS NOT NULL)`),
  ],
);
