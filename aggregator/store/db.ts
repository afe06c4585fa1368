import { neon, neonConfig } from "@neondatabase/serverless";
import { DrizzleQueryError, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import * as z from "zod";

/** Postgres behind any of drizzle's drivers: Neon's over HTTP in a Worker, an in-process one in tests. No transactions. */
export type Db = PgDatabase<PgQueryResultHKT>;

/** One query, its answer read to the end included. What takes longer is given up; it may still commit, so writes are idempotent. */
const QUERY_DEADLINE_MS = 10_000;

interface DbConfig {
  /** Neon's connection string. */
  databaseUrl: string;
  /** Where the driver sends its queries; null for Neon's own endpoint. */
  databaseEndpoint: string | null;
}

/**
 * The database over HTTP: no socket is held, so one may live as long as its isolate.
 *
 * Every query ends within 10 s: a slow or silent database rejects like one that cannot be reached.
 * Nothing is retried here; who calls knows whether to spool, to retry or to answer 503.
 */
export function createDb(config: DbConfig, fetch: typeof globalThis.fetch): Db {
  if (config.databaseEndpoint !== null) neonConfig.fetchEndpoint = config.databaseEndpoint;
  neonConfig.fetchFunction = (url: string, init: RequestInit) =>
    fetch(url, { ...init, signal: AbortSignal.timeout(QUERY_DEADLINE_MS) });
  return drizzle({ client: neon(config.databaseUrl) });
}

const QueryResult = z.object({ rows: z.array(z.unknown()) });

/**
 * The rows of one SQL statement, each parsed by its schema: the drivers give the same rows in different wrappers and types.
 *
 * @throws what the driver throws, or an Error when a row is not what the statement was written to give
 */
export async function queryRows<Row extends z.ZodType>(db: Db, row: Row, query: SQL): Promise<z.output<Row>[]> {
  const { rows } = QueryResult.parse(await db.execute(query));
  return rows.map((value) => row.parse(value));
}

/** The SQLSTATE Postgres answered an error with, or null when the error did not come from Postgres itself. */
export function sqlState(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && /^[0-9A-Z]{5}$/.test(at.code)) return at.code;
  }
  return null;
}

/** Classes 22 (data exception), 23 (integrity constraint) and 54 (too large, too deep): the row's fault, not the database's. */
const ROW_FAULTS = new Set(["22", "23", "54"]);

/** Whether Postgres refused what it was given, so that the same again would be refused again. */
export function isRowFault(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && ROW_FAULTS.has(state.slice(0, 2));
}

/** Classes 08 (connection), 53 (out of resources) and 57 (operator intervention, such as shutting down). */
const AWAY = new Set(["08", "53", "57"]);

/** Whether a query failed because the database cannot be reached or cannot work now, so that later it may well succeed. */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error);
  return state === null ? error instanceof DrizzleQueryError : AWAY.has(state.slice(0, 2));
}
