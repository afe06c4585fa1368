import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase, type Database, type Transaction } from "./database.ts";

const MIGRATIONS = fileURLToPath(new URL("../migrations", import.meta.url));
const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
/** Any number that nothing else on the server locks. */
const LOCK = 7_285_731_401;

interface Migration {
  name: string;
  sha256: string;
  script: string;
}

/**
 * Bring a database up to date: apply the files `NNNN_name.sql` of `dir` it does not have, in order.
 *
 * Each is a transaction of its own, recorded in `schema_migrations`, so that a failure leaves the
 * database at the migration before, and two processes may do this at once.
 *
 * @returns the names of those applied now
 * @throws Error, naming the file, when one that was applied has changed since, when one comes
 *   before another already applied, when two share a number, or when its SQL fails
 */
export async function migrate(
  database: Pick<Database, "transaction">,
  dir: string = MIGRATIONS,
): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(dir);
  await database.transaction(async (transaction) => {
    await lock(transaction);
    await transaction.exec(`CREATE TABLE IF NOT EXISTS schema_migrations (
      name text PRIMARY KEY,
      sha256 text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
  });
  const applied: string[] = [];
  for (const migration of migrations) {
    const isNew = await database.transaction((transaction) => applyOnce(transaction, migration));
    if (isNew) applied.push(migration.name);
  }
  return { applied };
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith(".sql")).sort();
  const misnamed = names.find((name) => !FILE_NAME.test(name));
  if (misnamed !== undefined) throw new Error(`${misnamed} is not named NNNN_name.sql`);
  names.forEach((name, i) => {
    const before = names[i - 1];
    if (before?.slice(0, 4) === name.slice(0, 4)) {
      throw new Error(`${before} and ${name} have the same number`);
    }
  });
  return Promise.all(names.map((name) => readMigration(dir, name)));
}

async function readMigration(dir: string, name: string): Promise<Migration> {
  // A checkout with other line ends is not another migration.
  const script = (await readFile(join(dir, name), "utf8")).replaceAll("\r\n", "\n");
  return { name, script, sha256: createHash("sha256").update(script).digest("hex") };
}

/** @returns whether it was not there before */
async function applyOnce(transaction: Transaction, migration: Migration): Promise<boolean> {
  const { name, sha256, script } = migration;
  await lock(transaction);
  const [recorded] = await transaction.query<{ sha256: string }>(
    "SELECT sha256 FROM schema_migrations WHERE name = $1",
    [name],
  );
  if (recorded !== undefined) {
    if (recorded.sha256 === sha256) return false;
    throw new Error(`${name} was applied and has changed since. Restore it, and add a new file.`);
  }
  const [later] = await transaction.query<{ name: string }>(
    "SELECT name FROM schema_migrations WHERE name > $1 ORDER BY name LIMIT 1",
    [name],
  );
  if (later !== undefined) {
    throw new Error(`${name} comes before ${later.name}, which was applied. Give it a new number.`);
  }
  try {
    await transaction.exec(script);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${name} failed and was rolled back: ${reason}`, { cause });
  }
  await transaction.query("INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)", [name, sha256]);
  return true;
}

/** One migrating process at a time. By transaction, which a connection pooler keeps whole. */
async function lock(transaction: Transaction): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
}

if (import.meta.main) {
  const databaseUrl = process.env["DATABASE_URL"];
  if (databaseUrl === undefined || databaseUrl === "") {
    process.stderr.write("Set DATABASE_URL to the database to migrate: postgres://user@host/name\n");
    process.exit(2);
  }
  const database = await openDatabase({ databaseUrl });
  try {
    const { applied } = await migrate(database);
    for (const name of applied) process.stdout.write(`applied ${name}\n`);
    if (applied.length === 0) process.stdout.write("nothing to apply: the database is up to date\n");
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await database.close();
  }
}
