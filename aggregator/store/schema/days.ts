import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import type { BudgetState } from "../../../shared/alert-budget.ts";
import type { FraudProbability } from "../../../shared/fraud-probability.ts";
import type { DriftLevel } from "../../drift/levels.ts";
import type { DriftReport } from "../../drift/report.ts";
import type { StreamState } from "../../drift/stream-state.ts";
import { instant } from "./columns.ts";

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
