import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError, Pool, type PoolClient, type PoolConfig } from "pg";
import { openPglite } from "./pglite.ts";
import { slotsOf } from "./slots.ts";

/** How long a connection may take to be made; a server that is there answers in a few ms. */
const CONNECT_DEADLINE_MS = 3_000;
/** The same for PGlite, which may have to open its folder first: that takes seconds, and many where the machine is busy. */
const PGLITE_CONNECT_DEADLINE_MS = 30_000;
/** How long `close` waits for statements still going on. */
const CLOSE_DEADLINE_MS = 2_000;
/** Enough to keep a server busy from one machine, few enough for a small server's limit. */
const SERVER_CONNECTIONS = 10;

export interface DatabaseLocation {
  /** `postgres://…` of a server; PGlite when undefined. TLS is as the URL says. */
  databaseUrl?: string | undefined;
  /** Folder of PGlite's database, created when missing; in memory when undefined. */
  pgliteDir?: string | undefined;
  /** After how long the server ends a statement by itself, in ms; none when undefined. */
  statementDeadlineMs?: number | undefined;
}

export interface Transaction {
  /**
   * Run one statement. Values come back as `pg` maps them: int8 and numeric as strings.
   *
   * `T` is the caller's word for the shape of a row; it wrote the statement, nothing checks it.
   */
  query<T>(text: string, params?: unknown[]): Promise<T[]>;
  /** Run a script of any number of statements, without parameters. */
  exec(script: string): Promise<void>;
}

export interface Database extends Transaction {
  kind: "pglite" | "server";
  /**
   * Run `work` as one transaction: commits when it resolves, else rolls back and rejects with its
   * error. It has no deadline. PGlite has one connection, so `work` must only use what it is given.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Lend a connection to `work`.
   *
   * @param deadlineMs for the wait until a connection is free and the work together; none when
   *   undefined. A connection whose work breaks it is closed.
   * @throws DatabaseUnavailable when no connection could be had, so that nothing was executed
   * @throws DeadlineExceeded when the work took too long, so that it may or may not have happened
   */
  lend<T>(work: (connection: PoolClient) => Promise<T>, deadlineMs?: number): Promise<T>;
  /** Close all connections, and PGlite. Statements still going on get 2 s to end. */
  close(): Promise<void>;
}

export class DatabaseUnavailable extends Error {
  override name = "DatabaseUnavailable";
}

export class DeadlineExceeded extends Error {
  override name = "DeadlineExceeded";
}

/**
 * Open the database at `location`. A server need not be there yet: each use fails until it is, at
 * the latest after 3 s.
 *
 * @throws FileLockedError when another process has PGlite's folder open
 */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const { databaseUrl, pgliteDir, statementDeadlineMs } = location;
  if (databaseUrl !== undefined) {
    const pool = poolOf({
      connectionString: databaseUrl,
      connectionTimeoutMillis: CONNECT_DEADLINE_MS,
      max: SERVER_CONNECTIONS,
      application_name: "pulseecom",
      // By statement and not at start-up, where a connection pooler would refuse it.
      verify: (client, done) => {
        // oxlint-disable-next-line promise/no-callback-in-promise -- the pool's hook takes a callback
        client.query(`SET statement_timeout = ${statementDeadlineMs ?? 0}`).then(() => done(), done);
      },
    });
    return databaseOver("server", pool, SERVER_CONNECTIONS, async () => {});
  }
  const pglite = await openPglite(pgliteDir);
  const stream = () => pglite.socket();
  const connectionTimeoutMillis = PGLITE_CONNECT_DEADLINE_MS;
  const pool = poolOf({ user: "postgres", database: "postgres", connectionTimeoutMillis, max: 1, stream });
  return databaseOver("pglite", pool, 1, () => pglite.close());
}

function poolOf(config: PoolConfig): Pool {
  const pool = new Pool(config);
  // An idle connection that breaks is replaced at its next use, which reports it if that fails.
  pool.on("error", () => {});
  return pool;
}

function databaseOver(kind: Database["kind"], pool: Pool, connections: number, closed: () => Promise<void>): Database {
  // The wait is here and not in the pool, which would call a busy database unreachable.
  const slots = slotsOf(connections);

  const lend: Database["lend"] = async (work, deadlineMs) => {
    const signal = deadlineMs === undefined ? undefined : AbortSignal.timeout(deadlineMs);
    await slots.take(signal).catch((cause: unknown) => {
      throw new DatabaseUnavailable("no connection to the database became free", { cause });
    });
    try {
      const connection = await pool.connect().catch((cause: unknown) => {
        throw new DatabaseUnavailable(`the database cannot be reached: ${reasonOf(cause)}`, {
          cause,
        });
      });
      if (signal?.aborted === true) {
        // To begin now would be to break off at once, which costs the connection, and PGlite the thread it just opened its folder in.
        connection.release();
        throw new DatabaseUnavailable("no connection to the database became free");
      }
      return await use(connection, work, signal);
    } finally {
      slots.give();
    }
  };

  return {
    kind,
    lend,
    query: (text, params) => lend((connection) => transactionOn(connection).query(text, params)),
    exec: (script) => lend((connection) => transactionOn(connection).exec(script)),
    transaction: (work) => lend((connection) => transact(connection, work)),
    async close() {
      await Promise.race([pool.end(), sleep(CLOSE_DEADLINE_MS, undefined, { ref: false })]);
      await closed();
    },
  };
}

async function use<T>(
  connection: PoolClient,
  work: (connection: PoolClient) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  let broken: Error | undefined;
  const breakWith = (error: Error) => {
    broken = error;
  };
  connection.on("error", breakWith);
  try {
    if (signal === undefined) return await work(connection);
    return await Promise.race([rejectionOf(signal), work(connection)]);
  } catch (error) {
    // After the server's own refusal the connection is as good as before; after anything else
    // (deadline, broken socket, a bug in `work`) nobody knows what it still has to say.
    if (!(error instanceof DatabaseError)) breakWith(errorOf(error));
    throw error;
  } finally {
    connection.off("error", breakWith);
    if (connection.getTransactionStatus() !== "I") broken ??= new Error("not idle");
    connection.release(broken);
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const passed = () => reject(new DeadlineExceeded("the deadline for the database has passed"));
    signal.addEventListener("abort", passed);
  });
}

async function transact<T>(connection: PoolClient, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  await connection.query("BEGIN");
  await connection.query("SET LOCAL statement_timeout = 0");
  try {
    const result = await work(transactionOn(connection));
    await connection.query("COMMIT");
    return result;
  } catch (error) {
    // When even this fails, `error` is the cause, and `use` closes the connection.
    await connection.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

function transactionOn(connection: PoolClient): Transaction {
  return {
    async query<T>(text: string, params?: unknown[]) {
      const { rows } = await connection.query(text, params);
      return rows as T[]; // `query` says whose word this is
    },
    async exec(script) {
      await connection.query(script);
    },
  };
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The message alone: a connection string, which holds a password, is never part of it. */
function reasonOf(cause: unknown): string {
  return errorOf(cause).message;
}
