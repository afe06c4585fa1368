import { PGlite } from "@electric-sql/pglite";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { expect, it } from "vitest";
import { migratedCluster } from "../../test/embedded-database.ts";
import * as schema from "./schema.ts";
import { MIGRATIONS } from "./test-database.ts";

/** What Postgres itself says of its tables, so that both sides are compared in one spelling. */
const COLUMNS = `
  SELECT format('%s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
    coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), ''),
    CASE a.attidentity WHEN '' THEN '' ELSE ' IDENTITY ' || a.attidentity::text END) AS line
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`;

/** Keys, uniques, checks and references by what they say; names given by Postgres and by drizzle differ. */
const CONSTRAINTS = `
  SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'c', 'f')`;

/** Indexes with name, columns, order and condition, except those that carry a key or a unique. */
const INDEXES = `
  SELECT pg_get_indexdef(i.indexrelid) AS line
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u'))`;

async function described(client: PGlite, statements: readonly string[]): Promise<Record<string, string[]>> {
  await client.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  for (const sql of statements) await client.exec(sql);
  const lines = async (query: string) => {
    const { rows } = await client.query<{ line: string }>(query);
    return rows.map(({ line }) => line).toSorted();
  };
  return { columns: await lines(COLUMNS), constraints: await lines(CONSTRAINTS), indexes: await lines(INDEXES) };
}

it("makes the same database from the drizzle tables as from the migrations, so that neither changes alone", async () => {
  const client = await PGlite.create({ loadDataDir: await migratedCluster() });
  const migrated = await described(client, MIGRATIONS);
  const declared = await described(
    client,
    await generateMigration(generateDrizzleJson({}), generateDrizzleJson(schema)),
  );
  expect(declared).toEqual(migrated);
  // Both were looked at: an introspection that finds nothing would hold anything equal.
  expect(migrated["columns"]?.length).toBeGreaterThan(70);
  expect(migrated["constraints"]?.length).toBeGreaterThan(20);
  expect(migrated["indexes"]?.length).toBeGreaterThan(10);
});
