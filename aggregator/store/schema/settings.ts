import { isNull, sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { DetectionSettings } from "../../../shared/detection-settings.ts";
import type { ApiKeyRecord, Role } from "../../../shared/keys.ts";
import type { ListKind, ListName } from "../../../shared/lists.ts";
import { instant, newestFirst } from "./columns.ts";

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
