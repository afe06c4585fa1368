import { isNotNull, sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  unique,
} from "drizzle-orm/pg-core";
import type { KindName, KindSettings } from "../../alert/kinds/kind.ts";
import type { Example } from "../../alert/rules/plan.ts";
import type { Conditions, GroupBy } from "../../alert/rules/rule.ts";
import { instant, newestFirst } from "./columns.ts";
import { anomalies } from "./anomalies.ts";
import { events } from "./events.ts";

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
