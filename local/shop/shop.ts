import { createServer } from "node:http";
import { listen, stopListening } from "../listen.ts";
import { readAssets } from "./assets.ts";
import type { Catalogue } from "./catalogue.ts";
import { createDoor } from "./door.ts";
import { routesOf } from "./routes.ts";
import { createTeller } from "./teller.ts";
import { createVisitors } from "./visitors.ts";

/** How long a browser may take to send its request. */
const REQUEST_DEADLINE_MS = 10_000;
const CLOSE_GRACE_MS = 1_000;

export interface ShopOptions {
  /** On 127.0.0.1; any free one when 0. */
  port: number;
  /** The environment variable that chooses the port, for the error when it is taken. */
  portSetting?: string;
  edge: URL;
  keys: {
    /** For the pages; its origins include the shop's. */
    publishable: string;
    /** For the shop's server. */
    ingest: string;
  };
  catalogue: Catalogue;
  aggregator: URL;
  /** Where alerts arrive and can be looked at; undefined when nowhere. */
  receiver?: URL | undefined;
}

export interface Shop {
  url: URL;
  /**
   * Answer what was asked, tell the edge what it was not told yet, and end.
   *
   * @throws Error when the edge did not take it all
   */
  close(): Promise<void>;
}

/**
 * A small shop that uses PulseEcom as a shop would: its pages embed the snippet, its server sends the orders and heeds what the edge
 * makes of them. For people to play with and for tests, on this machine only.
 *
 * @throws PortTakenError
 */
export async function openShop(options: ShopOptions): Promise<Shop> {
  const { edge, keys, catalogue, aggregator, receiver } = options;
  const { styles, script, icon } = await readAssets();
  const visitors = createVisitors();
  const teller = createTeller({ edge, key: keys.ingest });
  const outlook = {
    anomalies: new URL("/v1/anomalies?limit=3", aggregator).href,
    webhooks: receiver === undefined ? null : new URL("/received", receiver).href,
  };

  const server = createServer();
  server.requestTimeout = REQUEST_DEADLINE_MS;
  const port = await listen(server, options.port, options.portSetting);
  const door = createDoor({
    port,
    routes: routesOf({ catalogue, visitors, teller, outlook }),
    files: [styles, script, icon],
    frame: {
      edge: edge.origin,
      snippet: new URL("/pulse.js", edge).href,
      publishableKey: keys.publishable,
      styles: styles.path,
      script: script.path,
      icon: icon.path,
    },
    visitors,
  });
  server.on("request", door);
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    async close() {
      await stopListening(server, CLOSE_GRACE_MS);
      await teller.close();
    },
  };
}
