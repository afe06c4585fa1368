import type { LocalPostgres } from "../local/postgres.ts";
import { createOwnDatabase, hasServer } from "../local/server-for-tests.ts";

/** Where a bench stores: a database of its own on this machine's server, or the embedded one where there is no server. */
export interface BenchDatabase {
  url: string | undefined;
  /** What it is, in words. */
  what: string;
  drop(): Promise<void>;
}

export async function ownDatabase(): Promise<BenchDatabase> {
  if (!(await hasServer())) return { url: undefined, what: "PGlite", drop: async () => undefined };
  const { url, drop } = await createOwnDatabase();
  return { url, what: "Postgres", drop };
}

/** How many events are stored, by the sums they are counted in: few rows to read, whatever their number. */
export async function storedEvents(postgres: Pick<LocalPostgres, "query">): Promise<number> {
  const [row] = await postgres.query<{ n: string }>(
    "SELECT coalesce(sum(events), 0) AS n FROM rollups_1d WHERE dimension = 'all'",
  );
  return Number(row?.n);
}

/** How many rows a table has, or those of them that meet a condition. */
export async function countRows(postgres: Pick<LocalPostgres, "query">, what: string): Promise<number> {
  const [row] = await postgres.query<{ n: string }>(`SELECT count(*) AS n FROM ${what}`);
  return Number(row?.n);
}
