import { isNull, sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import type { DayKind } from "../../watch/calendar.ts";
import type { Contribution } from "../../watch/figures.ts";
import type { Incident, Signal } from "../../watch/incidents.ts";
import type { Profile, ScopeState } from "../../watch/scope.ts";
import type { WatchedDimension, WatchedName } from "../../watch/watched.ts";
import { instant, newestFirst } from "./columns.ts";

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
