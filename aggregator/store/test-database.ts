/// <reference types="node" />
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import { inject } from "vitest";
import { drizzle } from "drizzle-orm/pglite";
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

const MAKE_DEADLINE_MS = 60_000;

/** A migrated database's files. Making a cluster takes seconds: the first file of a run to ask does, and the others wait for that. */
async function migrated(): Promise<Uint8Array<ArrayBuffer>> {
  const folder = join(inject("scratch"), "database");
  const file = join(folder, "migrated.tar");
  const isFirst = await mkdir(folder).then(
    () => true,
    () => false,
  );
  if (isFirst) await makeMigrated(file);
  for (const endMs = performance.now() + MAKE_DEADLINE_MS; !existsSync(file); await sleep(50)) {
    if (performance.now() > endMs) throw new Error("another test file could not make the database");
  }
  return readFile(file);
}

/** Under its name only when it is whole. */
async function makeMigrated(file: string): Promise<void> {
  const client = await PGlite.create();
  for (const sql of MIGRATIONS) await client.exec(sql);
  const dump = await client.dumpDataDir("none");
  await client.close();
  await writeFile(`${file}.part`, new Uint8Array(await dump.arrayBuffer()));
  await rename(`${file}.part`, file);
}
