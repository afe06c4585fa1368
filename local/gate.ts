import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "./listen.ts";

/** How long answers going on may still flow when the gate closes. */
const CLOSE_GRACE_MS = 1_000;

export interface GateOptions {
  /** Port on 127.0.0.1; any free one when 0. */
  port: number;
  /** Where the bytes go. Only its host and port matter. */
  target: URL;
  /** The environment variable that chooses the port, for the error when it is taken. */
  portSetting?: string;
}

export interface Gate {
  url: URL;
  /**
   * Let nothing more in: no connections, and no bytes on those there are. What came before has
   * reached the target, whose answers flow for up to 1 s more; then every socket ends.
   */
  close(): Promise<void>;
}

/**
 * A TCP relay in front of a Worker's own socket, which cannot itself stop taking requests while it
 * goes on answering. Bytes are not looked at, so WebSockets pass.
 *
 * @throws PortTakenError
 */
export async function openGate({ port, target, portSetting }: GateOptions): Promise<Gate> {
  const stops = new Set<Stop>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const stop = relay(client, target);
    stops.add(stop);
    client.once("close", () => stops.delete(stop));
  });
  const boundPort = await listen(server, port, portSetting);
  return {
    url: new URL(`http://127.0.0.1:${boundPort}`),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const stop of stops) stop.taking();
      await Promise.race([closed, sleep(CLOSE_GRACE_MS, undefined, { ref: false })]);
      for (const stop of stops) stop.all();
      await closed;
    },
  };
}

interface Stop {
  taking(): void;
  all(): void;
}

function relay(client: Socket, target: URL): Stop {
  const worker = connect({
    host: target.hostname,
    port: Number(target.port),
    allowHalfOpen: true,
    noDelay: true,
  });
  client.pipe(worker);
  worker.pipe(client);
  client.on("error", () => worker.destroy());
  worker.on("error", () => client.destroy());
  client.on("close", () => worker.destroy());
  worker.on("close", () => client.destroySoon());
  return {
    taking() {
      client.unpipe(worker);
      // The Worker ends its side once it has answered what it had been sent.
      worker.end();
    },
    all() {
      client.destroy();
      worker.destroy();
    },
  };
}
