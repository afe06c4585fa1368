import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { openDatabase, type Database } from "./database.ts";
import { BodyTooLarge, readBody } from "./http-body.ts";
import { listen, stopListening } from "./listen.ts";
import { neonFailure, readNeonRequest, runNeonRequest } from "./neon-protocol.ts";

const PATH = "/sql";
const BODY_BYTES_MAX = 32 * 1024 * 1024;
const STATEMENT_DEADLINE_MS = 30_000;
/** Longer than workerd keeps an idle connection, so that it never writes on one we are closing. */
const KEEP_ALIVE_MS = 75_000;
/** How long `close` waits for requests still going on. */
const CLOSE_DEADLINE_MS = 2_000;

export interface PostgresOptions {
  /** Server to use instead of PGlite. */
  databaseUrl?: string | undefined;
  /** PGlite keeps its data in `postgres/` of this folder; in memory when undefined. */
  dataDir?: string | undefined;
  /** Port of the endpoint; any free one when undefined. */
  port?: number | undefined;
  /** How long a request may wait and run together; 30 s when undefined. */
  statementDeadlineMs?: number | undefined;
}

export interface LocalPostgres extends Omit<Database, "lend"> {
  /** What `neonConfig.fetchEndpoint` has to be: `http://127.0.0.1:PORT/sql`. */
  endpoint: string;
  /** Requests to the endpoint received and not answered yet. */
  inFlight(): number;
}

/**
 * Postgres as the Workers reach it: PGlite or a server, behind Neon's HTTP protocol.
 *
 * While a server cannot be reached each request is answered with a failure within about 3 s; it
 * recovers by itself. The connection string the driver sends is ignored: there is one database.
 *
 * @throws FileLockedError when another process has PGlite's folder open
 * @throws PortTakenError
 */
export async function openPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const { databaseUrl, dataDir, port = 0 } = options;
  const statementDeadlineMs = options.statementDeadlineMs ?? STATEMENT_DEADLINE_MS;
  const pgliteDir = dataDir === undefined ? undefined : join(dataDir, "postgres");
  const database = await openDatabase({ databaseUrl, pgliteDir, statementDeadlineMs });

  let inFlight = 0;
  const server = createServer((request, response) => {
    inFlight += 1;
    response.once("close", () => {
      inFlight -= 1;
    });
    void answer(request, response, database, statementDeadlineMs);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;

  const boundPort = await listen(server, port).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const { kind, query, exec, transaction } = database;
  return {
    kind,
    query,
    exec,
    transaction,
    endpoint: `http://127.0.0.1:${boundPort}${PATH}`,
    inFlight: () => inFlight,
    async close() {
      await stopListening(server, CLOSE_DEADLINE_MS);
      await database.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  database: Database,
  deadlineMs: number,
): Promise<void> {
  if (request.method !== "POST" || request.url !== PATH) {
    send(response, 404, { message: `only POST ${PATH} is answered here` });
    return;
  }
  try {
    const neonRequest = readNeonRequest(request.headers, await readBody(request, BODY_BYTES_MAX));
    const result = await database.lend(async (connection) => {
      // Who stopped waiting has probably asked again; do not do it twice.
      if (response.destroyed) return {};
      return runNeonRequest(connection, neonRequest);
    }, deadlineMs);
    send(response, 200, result);
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      response.setHeader("connection", "close");
      send(response, 413, { message: error.message });
    } else {
      const { status, body } = neonFailure(error);
      send(response, status, body);
    }
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
