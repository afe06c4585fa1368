import { isNotNull, sql } from "drizzle-orm";
import {
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
} from "drizzle-orm/pg-core";
import type { Assessment, Shadow } from "../../../shared/assessment.ts";
import type { KeptEvent } from "../../../shared/event.ts";
import type { ScoredEvent } from "../../../shared/message.ts";
import type { Signals } from "../../../shared/signals.ts";
import { instant, newestFirst } from "./columns.ts";

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
