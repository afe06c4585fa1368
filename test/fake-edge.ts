import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { SNIPPET } from "../edge/snippet/served.ts";
import { readBody } from "../local/http-body.ts";
import { listen, stopListening } from "../local/listen.ts";

/** A request for events as it arrived. */
export interface Arrived {
  atMs: number;
  contentType: string | undefined;
  origin: string | undefined;
  cookie: string | undefined;
  sentAt: string;
  events: SentEvent[];
}

/** An event as a page sent it; tests look at what they expect to be there. */
// oxlint-disable-next-line typescript/no-explicit-any -- asserted on field by field
export type SentEvent = Record<string, any>;

/** What to answer instead of taking the events in; "drop" ends the connection without an answer, "slow" takes them in after a while. */
export type Answer = { status: number; headers?: Record<string, string>; body?: unknown } | "drop" | "slow";

/** Answers as the edge does as far as a page can see, remembers what it was sent, and answers otherwise where a test says so. */
export interface FakeEdge {
  origin: string;
  /** What was sent under a key, oldest first. */
  arrived(key: string): Arrived[];
  /** The events taken in under a key, each once, in the order of arrival. */
  taken(key: string): SentEvent[];
  /** How often an event's id came. */
  times(key: string, id: string): number;
  /** Most requests under a key that were under way at once. */
  most(key: string): number;
  /** Asked before anything else; undefined takes the events in. */
  script(key: string, answer: (request: Arrived) => Answer | undefined): void;
  /** How often a browser asked before it sent. */
  preflights(): number;
  close(): Promise<void>;
}

const SLOW_MS = 60;

export async function openFakeEdge(): Promise<FakeEdge> {
  let preflights = 0;
  const requests = new Map<string, Arrived[]>();
  const scripts = new Map<string, (request: Arrived) => Answer | undefined>();
  const underWay = new Map<string, { now: number; most: number }>();
  const seen = new Map<string, Map<string, SentEvent>>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") {
      response.writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" });
      response.end(SNIPPET.text);
      return;
    }
    if (request.method === "OPTIONS") preflights++;
    const { origin, cookie } = request.headers;
    const { key, sent_at, events } = JSON.parse((await readBody(request, 1_000_000)).toString()) as {
      key: string;
      sent_at: string;
      events: SentEvent[];
    };
    const arrived = {
      atMs: Date.now(),
      contentType: request.headers["content-type"],
      origin,
      cookie,
      sentAt: sent_at,
      events,
    };
    listOf(requests, key).push(arrived);
    const scripted = scripts.get(key)?.(arrived);
    if (scripted === "drop") {
      request.socket.destroy();
      return;
    }
    if (scripted === "slow") await slowly(key);
    const { status, headers, body } =
      scripted === undefined || scripted === "slow"
        ? { status: 200, headers: {}, body: { results: take(key, events) } }
        : scripted;
    response.writeHead(status, {
      "content-type": "application/json",
      "access-control-allow-origin": origin ?? "*",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "retry-after",
      ...headers,
    });
    response.end(JSON.stringify(body ?? {}));
  }

  async function slowly(key: string): Promise<void> {
    const count = underWay.get(key) ?? { now: 0, most: 0 };
    underWay.set(key, count);
    count.most = Math.max(count.most, ++count.now);
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    count.now--;
  }

  function take(key: string, events: SentEvent[]) {
    const known = seen.get(key) ?? new Map<string, SentEvent>();
    seen.set(key, known);
    return events.map((event, index) => {
      const id = String(event["id"]);
      const status = known.has(id) ? "duplicate" : "accepted";
      if (status === "accepted") known.set(id, event);
      return { index, id, status };
    });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(400).end("{}"));
  });
  const port = await listen(server, 0);
  return {
    origin: `http://127.0.0.1:${port}`,
    arrived: (key) => listOf(requests, key),
    taken: (key) => [...(seen.get(key)?.values() ?? [])],
    times: (key, id) => listOf(requests, key).filter(({ events }) => events.some((event) => event["id"] === id)).length,
    most: (key) => underWay.get(key)?.most ?? 0,
    script: (key, script) => void scripts.set(key, script),
    preflights: () => preflights,
    close: () => stopListening(server, 0),
  };
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
