import { isNotNull, isNull, sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
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
  uniqueIndex,
  type AnyPgColumn,
  type ExtraConfigColumn,
} from "drizzle-orm/pg-core";
import type { Assessment } from "../../shared/assessment.ts";
import type { BudgetState } from "../../shared/alert-budget.ts";
import type { DetectionSettings } from "../../shared/detection-settings.ts";
import type { KeptEvent } from "../../shared/event.ts";
import type { ApiKeyRecord, Role } from "../../shared/keys.ts";
import type { ListKind, ListName } from "../../shared/lists.ts";
import type { ScoredEvent } from "../../shared/message.ts";
import type { FraudProbability } from "../../shared/fraud-probability.ts";
import type { ModelCard } from "../../shared/model-card.ts";
import type { Shadow } from "../../shared/assessment.ts";
import type { Signals } from "../../shared/signals.ts";
import type { KindName, KindSettings } from "../alert/kinds/kind.ts";
import type { Example } from "../alert/rules/plan.ts";
import type { ModelKind, ReleaseKind } from "../models/release.ts";
import type { DriftLevel } from "../drift/levels.ts";
import type { DriftReport } from "../drift/report.ts";
import type { StreamState } from "../drift/stream-state.ts";
import type { EventLabel, LabelSource } from "../labels/precedence.ts";
import type { Finding as KeptFinding } from "../learn/figures.ts";
import type { RunFigures, RunStatus, RunStep, Trigger } from "../learn/run.ts";
import type { DayKind } from "../watch/calendar.ts";
import type { Contribution } from "../watch/figures.ts";
import type { Incident, Signal } from "../watch/incidents.ts";
import type { Profile, ScopeState } from "../watch/scope.ts";
import type { WatchedDimension, WatchedName } from "../watch/watched.ts";
import type { Conditions, GroupBy } from "../alert/rules/rule.ts";

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
    fraudKnownAt: instant("fraud_known_at"),
    rules: jsonb("rules").$type<Record<string, number>>().notNull().default({}),
    shadow: jsonb("shadow").$type<Shadow>(),
    label: text("label").$type<"fraud" | "legitimate">(),
    labelledAt: instant("labelled_at"),
    labels: integer("labels").notNull().default(0),
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
    index("events_client_id")
      .on(table.clientId, newestFirst(table.occurredAt), newestFirst(table.id))
      .where(
        sql`${table.clientId} IS NOT NULL AND ${table.name} NOT IN ('page_view', 'view_item', 'view_item_list', 'search')`,
      ),
    index("events_ip")
      .on(sql`(${table.signals} ->> 'ip_hash')`, newestFirst(table.occurredAt), newestFirst(table.id))
      .where(
        sql`${table.signals} ->> 'ip_hash' IS NOT NULL AND ${table.name} NOT IN ('page_view', 'view_item', 'view_item_list', 'search')`,
      ),
    index("events_email")
      .on(sql`(${table.event} ->> 'email_hash')`, newestFirst(table.occurredAt), newestFirst(table.id))
      .where(sql`${table.event} ->> 'email_hash' IS NOT NULL`),
    index("events_card")
      .on(sql`(${table.event} #>> '{payment,card_fingerprint}')`, newestFirst(table.occurredAt), newestFirst(table.id))
      .where(sql`${table.event} #>> '{payment,card_fingerprint}' IS NOT NULL`),
    index("events_country")
      .on(table.country, newestFirst(table.occurredAt), newestFirst(table.id))
      .where(isNotNull(table.country)),
    index("events_score")
      .on(newestFirst(table.occurredAt), newestFirst(table.id), table.score)
      .where(sql`${table.score} >= 0.4`),
    index("events_anomaly_traits")
      .on(
        table.id,
        table.name,
        table.country,
        table.userId,
        table.clientId,
        table.sessionId,
        table.transactionId,
        table.score,
      )
      .where(sql`${table.anomaly}`),
    index("events_anomaly_reasons")
      .using("gin", sql`(${table.assessment} -> 'reasons') jsonb_path_ops`)
      .where(sql`${table.anomaly}`),
    index("events_v1")
      .on(table.id)
      .where(sql`${table.v} = 1`),
    index("events_repeated")
      .on(table.receivedAt)
      .where(sql`${table.repeated}`),
    check("events_label_check", sql`${table.label} IN ('fraud', 'legitimate')`),
    index("events_labelled").on(newestFirst(table.labelledAt), newestFirst(table.id)).where(isNotNull(table.label)),
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

export const webhooks = pgTable(
  "webhooks",
  {
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
    kind: text("kind").$type<KindName>().notNull().default("webhook"),
    settings: jsonb("settings").$type<KindSettings>().notNull().default({}),
    strikes: integer("strikes").notNull().default(0),
    openings: integer("openings").notNull().default(0),
    openUntil: instant("open_until"),
    disabledAt: instant("disabled_at"),
    untold: boolean("untold").notNull().default(false),
    replaySince: instant("replay_since"),
    replayAskedAt: instant("replay_asked_at"),
  },
  (table) => [check("webhooks_kind_check", sql`${table.kind} IN ('webhook', 'slack', 'pagerduty', 'email')`)],
);

export const alertRules = pgTable(
  "alert_rules",
  {
    id: text("id").primaryKey(),
    version: integer("version").notNull().default(1),
    name: text("name").notNull(),
    enabled: boolean("enabled").notNull(),
    conditions: jsonb("conditions").$type<Conditions>().notNull(),
    groupBy: text("group_by").$type<GroupBy>().notNull(),
    groupSeconds: integer("group_seconds").notNull(),
    coolDownSeconds: integer("cool_down_seconds").notNull(),
    alertsPerHour: integer("alerts_per_hour").notNull(),
    webhookIds: text("webhook_ids").array(),
    silencedUntil: instant("silenced_until"),
    createdAt: instant("created_at").notNull().defaultNow(),
    createdBy: text("created_by").notNull(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
    updatedBy: text("updated_by").notNull(),
    deletedAt: instant("deleted_at"),
  },
  (table) => [
    check("alert_rules_group_by_check", sql`${table.groupBy} IN ('entity', 'reason')`),
    index("alert_rules_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
  ],
);

export const auditLog = pgTable(
  "audit_log",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant("at").notNull().defaultNow(),
    keyId: text("key_id").notNull(),
    action: text("action").notNull(),
    subjectKind: text("subject_kind").notNull(),
    subjectId: text("subject_id").notNull(),
    before: jsonb("before"),
    after: jsonb("after"),
  },
  (table) => [index("audit_log_subject").on(table.subjectKind, table.subjectId, newestFirst(table.id))],
);

export const alerts = pgTable(
  "alerts",
  {
    id: text("id").primaryKey(),
    type: text("type").notNull(),
    dedupKey: text("dedup_key").notNull(),
    eventId: text("event_id").references(() => events.id),
    data: jsonb("data").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    ruleId: text("rule_id").references(() => alertRules.id),
    groupKey: text("group_key"),
    silenced: boolean("silenced").notNull().default(false),
    digest: boolean("digest").notNull().default(false),
    hourFrom: instant("hour_from"),
    openedAt: instant("opened_at"),
    closesAt: instant("closes_at"),
    quietUntil: instant("quiet_until"),
    lastAt: instant("last_at"),
    dueAt: instant("due_at"),
    anomalies: integer("anomalies").notNull().default(0),
    cooled: integer("cooled").notNull().default(0),
    topScore: real("top_score"),
    examples: jsonb("examples").$type<Example[]>().notNull().default([]),
    acknowledgedAt: instant("acknowledged_at"),
    acknowledgedBy: text("acknowledged_by"),
  },
  (table) => [
    unique().on(table.dedupKey),
    index("alerts_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
    index("alerts_group").on(table.groupKey, table.quietUntil).where(isNotNull(table.groupKey)),
    index("alerts_hour").on(table.ruleId, table.silenced, table.hourFrom).where(isNotNull(table.ruleId)),
    index("alerts_due").on(table.dueAt).where(isNotNull(table.dueAt)),
  ],
);

export const alertAnomalies = pgTable(
  "alert_anomalies",
  {
    alertId: text("alert_id")
      .notNull()
      .references(() => alerts.id),
    anomalyId: text("anomaly_id")
      .notNull()
      .references(() => anomalies.id),
  },
  (table) => [
    primaryKey({ columns: [table.alertId, table.anomalyId] }),
    index("alert_anomalies_anomaly").on(table.anomalyId),
  ],
);

export const alertNotes = pgTable(
  "alert_notes",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    alertId: text("alert_id")
      .notNull()
      .references(() => alerts.id),
    note: text("note").notNull(),
    keyId: text("key_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("alert_notes_alert").on(table.alertId, table.id)],
);

export const alertTurns = pgTable("alert_turns", {
  id: smallint("id").primaryKey(),
  turn: bigint("turn", { mode: "number" }).notNull(),
});

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
    attemptsBefore: integer("attempts_before").notNull().default(0),
  },
  (table) => [
    unique().on(table.alertId, table.webhookId),
    check("deliveries_status_check", sql`${table.status} IN ('pending', 'delivered', 'exhausted', 'cancelled')`),
    index("deliveries_due")
      .on(table.nextAttemptAt)
      .where(sql`${table.status} = 'pending'`),
    index("deliveries_webhook").on(table.webhookId, newestFirst(table.createdAt), newestFirst(table.id)),
    index("deliveries_waiting")
      .on(table.webhookId, table.createdAt, table.id)
      .where(sql`${table.status} = 'pending'`),
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

export const listEntries = pgTable(
  "list_entries",
  {
    id: text("id").primaryKey(),
    list: text("list").$type<ListName>().notNull(),
    kind: text("kind").$type<ListKind>().notNull(),
    value: text("value").notNull(),
    note: text("note"),
    expiresAt: instant("expires_at"),
    createdAt: instant("created_at").notNull().defaultNow(),
    createdBy: text("created_by").notNull(),
    removedAt: instant("removed_at"),
    removedBy: text("removed_by"),
  },
  (table) => [
    uniqueIndex("list_entries_value").on(table.list, table.kind, table.value).where(isNull(table.removedAt)),
    index("list_entries_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
    check("list_entries_list_check", sql`${table.list} IN ('allow', 'block')`),
    check(
      "list_entries_kind_check",
      sql`${table.kind} IN ('customer', 'card', 'email', 'email_domain', 'ip', 'country')`,
    ),
  ],
);

export const detectionSettings = pgTable("detection_settings", {
  version: integer("version").primaryKey(),
  settings: jsonb("settings").$type<DetectionSettings>().notNull(),
  effectiveThreshold: doublePrecision("effective_threshold"),
  effectiveReason: text("effective_reason").notNull(),
  keyId: text("key_id"),
  at: instant("at").notNull().defaultNow(),
});

export const configCopies = pgTable("config_copies", {
  name: text("name").primaryKey(),
  revision: integer("revision").notNull(),
  copiedRevision: integer("copied_revision"),
});

export const models = pgTable(
  "models",
  {
    version: text("version").primaryKey(),
    kind: text("kind").$type<ModelKind>().notNull(),
    card: jsonb("card").$type<ModelCard>().notNull(),
    onnxKey: text("onnx_key").notNull(),
    cardKey: text("card_key").notNull(),
    sha256: text("sha256").notNull(),
    bytes: integer("bytes").notNull(),
    runId: text("run_id"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    check("models_kind_check", sql`${table.kind} IN ('isolation-forest', 'client-blend')`),
    index("models_created_at").on(newestFirst(table.createdAt), newestFirst(table.version)),
  ],
);

export const calibrations = pgTable(
  "calibrations",
  {
    version: text("version").primaryKey(),
    model: text("model")
      .notNull()
      .references(() => models.version),
    clientModel: text("client_model").references(() => models.version),
    fileKey: text("file_key").notNull(),
    rows: integer("rows"),
    days: integer("days"),
    summary: jsonb("summary").$type<Record<string, unknown>>().notNull(),
    runId: text("run_id"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    index("calibrations_created_at").on(newestFirst(table.createdAt), newestFirst(table.version)),
    index("calibrations_model").on(table.model, newestFirst(table.createdAt)),
    index("calibrations_client_model").on(table.clientModel, newestFirst(table.createdAt)),
  ],
);

export const releases = pgTable(
  "releases",
  {
    number: integer("number").primaryKey(),
    id: text("id").notNull(),
    kind: text("kind").$type<ReleaseKind>().notNull(),
    model: text("model")
      .notNull()
      .references(() => models.version),
    clientModel: text("client_model").references(() => models.version),
    calibration: text("calibration")
      .notNull()
      .references(() => calibrations.version),
    previous: integer("previous").references((): AnyPgColumn => releases.number),
    restores: integer("restores").references((): AnyPgColumn => releases.number),
    by: text("by").notNull(),
    reason: text("reason").notNull(),
    runId: text("run_id"),
    at: instant("at").notNull(),
  },
  (table) => [
    unique().on(table.id),
    unique().on(table.runId),
    check("releases_kind_check", sql`${table.kind} IN ('bundled', 'trained', 'promoted', 'rolled_back')`),
    check("releases_check", sql`(${table.kind} = 'rolled_back') = (${table.restores} IS NOT NULL)`),
  ],
);

export const shadows = pgTable(
  "shadows",
  {
    id: text("id").primaryKey(),
    model: text("model")
      .notNull()
      .references(() => models.version),
    clientModel: text("client_model").references(() => models.version),
    calibration: text("calibration")
      .notNull()
      .references(() => calibrations.version),
    runId: text("run_id"),
    startedBy: text("started_by").notNull(),
    startedAt: instant("started_at").notNull(),
    stoppedBy: text("stopped_by"),
    stoppedAt: instant("stopped_at"),
  },
  (table) => [
    uniqueIndex("shadows_one")
      .on(sql`(true)`)
      .where(isNull(table.stoppedAt)),
  ],
);

export const watchProgress = pgTable(
  "watch_progress",
  {
    one: boolean("one").primaryKey().default(true),
    watchedUntil: instant("watched_until").notNull(),
    chosenAt: instant("chosen_at").notNull(),
    revision: bigint("revision", { mode: "number" }).notNull(),
  },
  (table) => [check("watch_progress_one_check", sql`${table.one}`)],
);

export const watchScopes = pgTable(
  "watch_scopes",
  {
    dimension: text("dimension").$type<WatchedDimension>().notNull(),
    member: text("member").notNull(),
    state: jsonb("state").$type<ScopeState>().notNull(),
    profile: jsonb("profile").$type<Profile>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.dimension, table.member] }),
    check("watch_scopes_dimension_check", sql`${table.dimension} IN ('all', 'country', 'device', 'category')`),
  ],
);

export const incidents = pgTable(
  "incidents",
  {
    id: text("id").primaryKey(),
    status: text("status").$type<Incident["status"]>().notNull(),
    metric: text("metric").$type<WatchedName>().notNull(),
    dimension: text("dimension").$type<WatchedDimension>().notNull(),
    member: text("member").notNull(),
    title: text("title").notNull(),
    startedAt: instant("started_at").notNull(),
    openedAt: instant("opened_at").notNull(),
    lastAt: instant("last_at").notNull(),
    closedAt: instant("closed_at"),
    closedBy: text("closed_by"),
    currency: text("currency"),
    observed: doublePrecision("observed"),
    expected: doublePrecision("expected"),
    low: doublePrecision("low"),
    high: doublePrecision("high"),
    change: doublePrecision("change"),
    impact: doublePrecision("impact"),
    signals: jsonb("signals").$type<Signal[]>().notNull(),
    segments: jsonb("segments").$type<Contribution[]>().notNull(),
    anomalies: integer("anomalies").notNull(),
    anomalyIds: text("anomaly_ids").array().notNull(),
    note: text("note"),
    alertedAt: instant("alerted_at"),
  },
  (table) => [
    check("incidents_status_check", sql`${table.status} IN ('open', 'closed')`),
    index("incidents_opened_at").on(newestFirst(table.openedAt), newestFirst(table.id)),
    index("incidents_status").on(table.status, newestFirst(table.openedAt), newestFirst(table.id)),
    index("incidents_unalerted").on(table.openedAt).where(isNull(table.alertedAt)),
  ],
);

export const calendarDays = pgTable(
  "calendar_days",
  {
    id: text("id").primaryKey(),
    fromDay: date("from_day", { mode: "string" }).notNull(),
    toDay: date("to_day", { mode: "string" }).notNull(),
    name: text("name").notNull(),
    kind: text("kind").$type<DayKind>().notNull(),
    factor: doublePrecision("factor"),
    createdAt: instant("created_at").notNull(),
    createdBy: text("created_by").notNull(),
  },
  (table) => [
    check("calendar_days_kind_check", sql`${table.kind} IN ('busy', 'quiet', 'ignore')`),
    check("calendar_days_check", sql`${table.fromDay} <= ${table.toDay}`),
    index("calendar_days_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
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

export const scoreHours = pgTable(
  "score_hours",
  {
    at: instant("at").notNull(),
    payments: boolean("payments").notNull(),
    fraud: boolean("fraud").notNull(),
    model: text("model").notNull(),
    calibration: text("calibration").notNull(),
    events: integer("events").notNull(),
    alerts: integer("alerts").notNull(),
    promised: doublePrecision("promised").notNull(),
    scores: integer("scores").array().notNull(),
    countedAt: instant("counted_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.at, table.payments, table.fraud, table.model, table.calibration] })],
);

export const featureDays = pgTable(
  "feature_days",
  {
    date: date("date", { mode: "string" }).notNull(),
    featureSet: text("feature_set").notNull(),
    events: integer("events").notNull(),
    sampled: integer("sampled").notNull(),
    bins: integer("bins").array().notNull(),
    countedAt: instant("counted_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.date, table.featureSet] })],
);

export const alertBudgets = pgTable(
  "alert_budgets",
  {
    kind: text("kind").$type<"share" | "per_day">().primaryKey(),
    state: jsonb("state").$type<BudgetState>().notNull(),
    revision: bigint("revision", { mode: "number" }).notNull(),
  },
  (table) => [check("alert_budgets_kind_check", sql`${table.kind} IN ('share', 'per_day')`)],
);

export const driftChecks = pgTable(
  "drift_checks",
  {
    date: date("date", { mode: "string" }).primaryKey(),
    level: text("level").$type<DriftLevel>(),
    actMet: boolean("act_met").notNull(),
    since: date("since", { mode: "string" }),
    report: jsonb("report").$type<DriftReport>().notNull(),
    checkedAt: instant("checked_at").notNull(),
  },
  (table) => [check("drift_checks_level_check", sql`${table.level} IN ('none', 'warn', 'act', 'stop')`)],
);

export const scoreStream = pgTable(
  "score_stream",
  {
    one: boolean("one").primaryKey().default(true),
    until: instant("until").notNull(),
    state: jsonb("state").$type<StreamState>().notNull(),
    revision: bigint("revision", { mode: "number" }).notNull(),
  },
  (table) => [check("score_stream_one_check", sql`${table.one}`)],
);

export const fraudProbabilities = pgTable("fraud_probabilities", {
  date: date("date", { mode: "string" }).primaryKey(),
  fitted: jsonb("fitted").$type<FraudProbability>().notNull(),
  fittedAt: instant("fitted_at").notNull(),
});

export const trainingRuns = pgTable(
  "training_runs",
  {
    id: text("id").primaryKey(),
    trigger: text("trigger").$type<Trigger>().notNull(),
    dryRun: boolean("dry_run").notNull(),
    windowDays: integer("window_days").notNull(),
    reason: text("reason"),
    by: text("by").notNull(),
    status: text("status").$type<RunStatus>().notNull(),
    createdAt: instant("created_at").notNull(),
    startedAt: instant("started_at"),
    progressedAt: instant("progressed_at").notNull(),
    restartedAt: instant("restarted_at"),
    finishedAt: instant("finished_at"),
    steps: jsonb("steps").$type<RunStep[]>().notNull().default([]),
    figures: jsonb("figures").$type<RunFigures>().notNull().default({}),
    findings: jsonb("findings").$type<KeptFinding[]>().notNull().default([]),
    model: text("model"),
    clientModel: text("client_model"),
    calibration: text("calibration"),
    error: text("error"),
  },
  (table) => [
    check("training_runs_trigger_check", sql`${table.trigger} IN ('schedule', 'request', 'drift')`),
    check(
      "training_runs_status_check",
      sql`${table.status} IN ('queued', 'running', 'released', 'kept', 'dry_run_done', 'failed')`,
    ),
    index("training_runs_created_at").on(newestFirst(table.createdAt), newestFirst(table.id)),
    uniqueIndex("training_runs_one")
      .on(sql`(true)`)
      .where(sql`${table.status} IN ('queued', 'running')`),
  ],
);
