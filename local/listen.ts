import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import type { Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Another process listens on the port. The message says how to choose another. */
export class PortTakenError extends Error {
  override name = "PortTakenError";

  constructor(port: number, setting: string | undefined, cause: unknown) {
    const remedy = setting === undefined ? "" : `; set ${setting} to use another`;
    super(`Port ${port} is taken by another program${remedy}.`, { cause });
  }
}

/**
 * Listen on 127.0.0.1.
 *
 * @param port 0 for any free one
 * @param setting the environment variable that chooses the port, for the error message
 * @returns the port
 * @throws PortTakenError
 */
export async function listen(server: Server, port: number, setting?: string): Promise<number> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EADDRINUSE") throw new PortTakenError(port, setting, cause);
    throw cause;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not a TCP server");
  return address.port;
}

/** Take no more connections, give the requests going on `graceMs` to be answered, then end all. */
export async function stopListening(server: HttpServer, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
  server.closeAllConnections();
}
