import { drizzle } from "drizzle-orm/node-postgres";
import { Client } from "pg";
import type { Db } from "../aggregator/store/db.ts";
import { openDatabase } from "../local/database.ts";
import { migrate } from "../local/migrate.ts";
import { createOwnDatabase } from "../local/server-for-tests.ts";

/** A migrated database of a test's own on the real server, with several connections to it. */
export interface ServerConnections {
  /** One for each connection, so that what is asked of different ones runs at the same time. */
  dbs: Db[];
  /** Asks by the first connection. `Row` is the caller's word for the shape of a row: nothing checks it. */
  query<Row extends object = Record<string, unknown>>(text: string, params?: unknown[]): Promise<Row[]>;
  /** Ends the connections and drops the database. */
  close(): Promise<void>;
}

/** Statements that truly run at the same time need a server: the embedded Postgres has one connection. Ask `hasServer` before. */
export async function openConnections(count: number): Promise<ServerConnections> {
  const own = await createOwnDatabase();
  const database = await openDatabase({ databaseUrl: own.url });
  await migrate(database);
  await database.close();
  const clients = Array.from({ length: count }, () => new Client({ connectionString: own.url }));
  await Promise.all(clients.map((client) => client.connect()));
  return {
    dbs: clients.map((client) => drizzle({ client })),
    query: async <Row extends object>(text: string, params?: unknown[]) =>
      (await clients[0]?.query<Row>(text, params))?.rows ?? [],
    async close() {
      await Promise.all(clients.map((client) => client.end()));
      await own.drop();
    },
  };
}
