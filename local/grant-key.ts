import { parseArgs } from "node:util";
import * as z from "zod";
import { Role, ROLES } from "../shared/keys.ts";
import { LIMITS } from "../shared/limits.ts";
import { openDatabase } from "./database.ts";
import { insertRecord, newKey, type Query } from "./keys.ts";

interface Asked {
  role: Role;
  description: string;
}

/** What was asked for cannot be understood; the message is for the user. */
class BadUsage extends Error {}

const USAGE = `Usage: DATABASE_URL=postgres://user@host/name npm run grant-key -- [--role ${ROLES.join("|")}] [--description TEXT]`;

const Options = z.object({
  role: Role.default("admin"),
  description: z.string().max(LIMITS.textLength).default("granted beside the API"),
});

/**
 * Makes a secret key in a deployment's database: the first one, or one to get in again when every admin key is lost.
 *
 * @returns the key's text, of which nothing is kept but the digest. It works when the deployed aggregator's minute cron has handed it to
 *   the Workers
 */
export async function grantKey({ role, description }: Asked, query: Query): Promise<string> {
  const [text, record] = newKey({ kind: "secret", role, origins: [] });
  await insertRecord(record, description, query);
  return text;
}

/** @throws BadUsage */
function readArguments(args: string[]): Asked {
  try {
    const { values } = parseArgs({ args, options: { role: { type: "string" }, description: { type: "string" } } });
    return Options.parse(values);
  } catch {
    throw new BadUsage(USAGE);
  }
}

async function main(): Promise<void> {
  const asked = readArguments(process.argv.slice(2));
  const databaseUrl = process.env["DATABASE_URL"];
  if (databaseUrl === undefined || databaseUrl === "") throw new BadUsage(USAGE);
  const database = await openDatabase({ databaseUrl });
  try {
    const text = await grantKey(asked, database.query);
    process.stdout.write(`${text}\n`);
    process.stderr.write(
      `This key of role ${asked.role} is not shown again. It works within two minutes of the aggregator being deployed.\n`,
    );
  } finally {
    await database.close();
  }
}

/** Postgres's codes for a table and for a column that is not there. */
const NOT_MIGRATED = new Set(["42P01", "42703"]);

function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isNotMigrated = "code" in error && typeof error.code === "string" && NOT_MIGRATED.has(error.code);
  return isNotMigrated ? "The database is not up to date: run `npm run migrate` first." : error.message;
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${explained(error)}\n`);
    process.exitCode = error instanceof BadUsage ? 2 : 1;
  }
}
