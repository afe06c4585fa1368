import { sql } from "drizzle-orm";
import { bigint, boolean, check, numeric, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

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
