/// <reference types="node" />
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { madeOnce } from "../../test/made-once.ts";
import type { Db } from "./db.ts";

/** The migrations' SQL in the order they are applied. */
export const MIGRATIONS: readonly string[] = Object.entries(
  import.meta.glob("../../migrations/*.sql", { query: "?raw", import: "default", eager: true }),
)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([, sql]) => sql);

/** An in-memory Postgres with the product's tables, empty but for what the migrations put there, for the tests of one file. */
export async function testDatabase(): Promise<{ db: Db; client: PGlite; reset(): Promise<void> }> {
  const client = await PGlite.create({ loadDataDir: new Blob([await migrated()]) });
  const { rows } = await client.query<{ list: string }>(
    "SELECT string_agg(quote_ident(tablename), ', ') AS list FROM pg_tables WHERE schemaname = 'public'",
  );
  await client.exec("CREATE TEMP TABLE first_rules AS SELECT * FROM alert_rules");
  return {
    db: drizzle({ client }),
    client,
    async reset() {
      await client.exec(`TRUNCATE ${rows[0]?.list} RESTART IDENTITY CASCADE`);
      await client.exec("INSERT INTO alert_rules SELECT * FROM first_rules");
    },
  };
}

/** A migrated database's files. Making a cluster takes seconds, so that is done once a run. */
async function migrated(): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await madeOnce("database", async (made) => {
    const client = await PGlite.create();
    for (const sql of MIGRATIONS) await client.exec(sql);
    const dump = await client.dumpDataDir("none");
    await client.close();
    await writeFile(join(made, "migrated.tar"), new Uint8Array(await dump.arrayBuffer()));
  });
  return readFile(join(folder, "migrated.tar"));
}
