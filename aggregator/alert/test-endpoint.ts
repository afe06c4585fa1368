/// <reference types="node" />
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request an endpoint was sent, with its body read to the end. */
interface Received {
  headers: Record<string, string>;
  body: string;
}

/** Answers a request; the fixture has read it already. */
export type Answer = (response: ServerResponse) => void;

export interface Endpoint {
  url: string;
  port: number;
  received: Received[];
  /** How requests are answered from now on. */
  answer: Answer;
  close(): Promise<void>;
}

/** Answers with a status, and with headers and a text if given. */
export function answering(status: number, headers: Record<string, string> = {}, body = ""): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

/** Takes the request and says nothing. */
export const silence: Answer = () => undefined;

/** A `fetch` that brings every request to an endpoint, whichever host it is for, and says which that was. */
export function reroute(endpoint: Endpoint): { fetch: typeof fetch; hosts: string[] } {
  const hosts: string[] = [];
  const rerouted: typeof fetch = (input, init) => {
    const { host, pathname } = new URL(new Request(input).url);
    hosts.push(host);
    return fetch(new URL(pathname, endpoint.url), init);
  };
  return { fetch: rerouted, hosts };
}

/**
 * A real HTTP server on loopback, in place of a shop's webhook endpoint; answers 204 unless told otherwise.
 *
 * @param port 0 for any that is free
 */
export async function startEndpoint(port = 0): Promise<Endpoint> {
  const received: Received[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    received.push({ headers: Object.fromEntries(headers), body: await text(request) });
    endpoint.answer(response);
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo; // it listens on TCP
  const endpoint: Endpoint = {
    url: `http://127.0.0.1:${bound}/hook`,
    port: bound,
    received,
    answer: answering(204),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return endpoint;
}
