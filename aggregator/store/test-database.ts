import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import type { Db } from "./db.ts";

/** The migrations' SQL in the order they are applied. */
export const MIGRATIONS: readonly string[] = Object.entries(
  import.meta.glob("../../migrations/*.sql", { query: "?raw", import: "default", eager: true }),
)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([, sql]) => sql);

/** An empty in-memory Postgres with the product's tables, for the tests of one file. */
export async function testDatabase(): Promise<{ db: Db; client: PGlite; reset(): Promise<void> }> {
  const client = new PGlite();
  for (const sql of MIGRATIONS) await client.exec(sql);
  const { rows } = await client.query<{ list: string }>(
    "SELECT string_agg(quote_ident(tablename), ', ') AS list FROM pg_tables WHERE schemaname = 'public'",
  );
  return {
    db: drizzle({ client }),
    client,
    async reset() {
      await client.exec(`TRUNCATE ${rows[0]?.list} RESTART IDENTITY CASCADE`);
    },
  };
}
