/// <reference types="node" />
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migratedCluster } from "../../test/embedded-database.ts";
import type { Db } from "./db.ts";

/** The migrations' SQL in the order they are applied. */
export const MIGRATIONS: readonly string[] = Object.entries(
  import.meta.glob("../../migrations/*.sql", { query: "?raw", import: "default", eager: true }),
)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([, sql]) => sql);

export interface TestDatabase {
  db: Db;
  client: PGlite;
  /** Back to the tables as the migrations leave them: empty but for the alert rules, their numbers from 1. */
  reset(): Promise<void>;
}

/** To empty a table row by row leaves its file as long as it was; to make the files of all anew takes longer than most tests. */
const LARGE_BYTES = 128 * 1024;

let opened: Promise<TestDatabase & { handOver(): Promise<void> }> | undefined;

/**
 * An in-memory Postgres with the product's tables as they are when new, for the tests of one file.
 *
 * To start one takes as long as many tests, so the files a process runs, one after the other, are given the same. A file may leave
 * rows, temporary tables and settings behind, and nothing else: it neither closes it nor changes its schema.
 */
export async function testDatabase(): Promise<TestDatabase> {
  opened ??= open();
  const database = await opened;
  await database.handOver();
  return database;
}

async function open() {
  const client = await PGlite.create({ loadDataDir: await migratedCluster() });
  const { rows } = await client.query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const tables = rows.map(({ name }) => name);
  await client.exec("CREATE SCHEMA first; CREATE TABLE first.alert_rules AS SELECT * FROM alert_rules");
  const firstRows = "INSERT INTO alert_rules SELECT * FROM first.alert_rules;";
  const renewed = `TRUNCATE ${tables.join(", ")} RESTART IDENTITY CASCADE; ${firstRows}`;
  const emptied = `
    BEGIN;
    SET LOCAL session_replication_role = replica; -- neither triggers nor references
    ${tables.map((table) => `DELETE FROM ${table};`).join("\n")}
    SELECT setval(seqrelid, seqstart, false) FROM pg_sequence;
    ${firstRows}
    COMMIT`;
  const isLarge = async () => {
    const sizes = await client.query<{ most: number }>(
      "SELECT max(pg_relation_size(oid))::int AS most FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    );
    return (sizes.rows[0]?.most ?? 0) > LARGE_BYTES;
  };
  return {
    db: drizzle({ client }),
    client,
    /** A file finds files and statistics of tables as they are when new, whatever ran before it. */
    async handOver() {
      await client.exec("ROLLBACK");
      await client.exec("DISCARD ALL");
      await client.exec(renewed);
    },
    reset: async () => void (await client.exec((await isLarge()) ? renewed : emptied)),
  };
}
