import { isNull, sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { ModelCard } from "../../../shared/model-card.ts";
import type { Finding as KeptFinding } from "../../learn/figures.ts";
import type { RunFigures, RunStatus, RunStep, Trigger } from "../../learn/run.ts";
import type { ModelKind, ReleaseKind } from "../../models/release.ts";
import { instant, newestFirst } from "./columns.ts";

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
