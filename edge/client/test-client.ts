import { gunzipSync } from "node:zlib";
import { createClient, type ClientOptions, type TrackedEvent } from "./client.ts";

export const KEY = "sk_sec0000000000001_ssssssssssssssssssssssssssssssss";
export const START_MS = Date.parse("2026-11-21T10:00:00.000Z");

/** A request as the edge sees it. */
export interface Asked {
  path: string;
  headers: Headers;
  /** The ids of its events, in order. */
  ids: string[];
  /** The parsed body; tests look at what they expect to be there. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a body is asserted on field by field
  body: any;
  bytes: Uint8Array;
  /** Since the start. */
  atMs: number;
  signal: AbortSignal;
  redirect: string;
}

/** What the edge does with a request; a rejection is a connection that broke, and one that never settles an edge that hangs. */
export type Edge = (asked: Asked) => Response | Promise<Response>;

/** A client on a clock that the test turns, in front of an edge that the test plays. */
export function clientOn(edge: Edge, options: Partial<ClientOptions> = {}) {
  const clock = manualClock();
  const asked: Asked[] = [];
  const told: string[] = [];
  let ids = 0;
  const client = createClient({
    endpoint: "https://edge.test",
    key: KEY,
    onAssessed: (id, { score }) => void told.push(`${id} assessed ${score}`),
    onRejected: (id, errors) => void told.push(`${id} rejected ${errors.map(({ detail }) => detail).join()}`),
    onDrop: ({ id }, reason) => void told.push(`${id} dropped ${reason}`),
    onError: ({ kind, message }) => void told.push(`${kind}: ${message}`),
    ...options,
    runtime: {
      ...clock.runtime,
      random: () => 0.5,
      newId: () => `made-${(++ids).toString().padStart(4, "0")}`,
      gzip: null,
      async fetch(url, init) {
        const request = await read(url, init, clock.runtime.elapsedMs());
        asked.push(request);
        const given = edge(request);
        return new Promise((resolve, reject) => {
          request.signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
          Promise.resolve(given).then(resolve, reject);
        });
      },
      ...options.runtime,
    },
  });
  return { client, asked, told, pass: clock.pass };
}

async function read(url: URL, init: RequestInit, atMs: number): Promise<Asked> {
  const request = new Request(url, init);
  const bytes = new Uint8Array(await request.arrayBuffer());
  const plain = request.headers.get("content-encoding") === "gzip" ? gunzipSync(bytes) : bytes;
  const body: Asked["body"] = JSON.parse(new TextDecoder().decode(plain));
  const events: { id: string }[] = url.pathname === "/v1/events/batch" ? body.events : [body];
  const { headers, signal, redirect } = request;
  return { path: url.pathname, headers, ids: events.map(({ id }) => id), body, bytes, atMs, signal, redirect };
}

/** Time that passes only when told to. */
function manualClock() {
  let elapsedMs = 0;
  let timers: { atMs: number; run: () => void }[] = [];
  return {
    runtime: {
      nowMs: () => START_MS + elapsedMs,
      elapsedMs: () => elapsedMs,
      after(waitMs: number, run: () => void) {
        const timer = { atMs: elapsedMs + waitMs, run };
        timers.push(timer);
        return () => void (timers = timers.filter((other) => other !== timer));
      },
    },
    /** Lets time pass, with all that happens in it, in order. */
    async pass(ms: number): Promise<void> {
      const endMs = elapsedMs + ms;
      await settled();
      for (;;) {
        const [next] = timers.toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > endMs) break;
        timers = timers.filter((other) => other !== next);
        elapsedMs = Math.max(elapsedMs, next.atMs);
        next.run();
        await settled();
      }
      elapsedMs = endMs;
    },
  };
}

/** Lets everything happen that needs no time: bodies are read in several turns of the event loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** As much of an assessment as a test looks at. */
export const assessment = (score = 0.9) => ({ score, anomaly: score > 0.7, reasons: [] });

/** An edge that takes everything in, and knows what it took before. */
export function goodEdge(): Edge {
  const known = new Set<string>();
  return ({ path, ids }) => {
    const results = ids.map((id, index) => {
      const status = known.has(id) ? "duplicate" : "accepted";
      known.add(id);
      return { index, id, status, assessment: assessment() };
    });
    const [{ index: _index, ...single } = { index: 0 }] = results;
    return path === "/v1/events" ? Response.json(single, { status: 202 }) : Response.json({ results });
  };
}

/** An edge that gives these replies one after the other, and then is good. */
export function scripted(...replies: (Response | Edge | Error)[]): Edge {
  const good = goodEdge();
  return (asked) => {
    const reply = replies.shift() ?? good;
    if (reply instanceof Error) throw reply;
    return reply instanceof Response ? reply : reply(asked);
  };
}

export function problem(status: number, more: object = {}, headers: Record<string, string> = {}): Response {
  const init = { status, headers: { "content-type": "application/problem+json", ...headers } };
  return Response.json({ type: "/problems/any", status, detail: `refused with ${status}`, ...more }, init);
}

export const hanging: Edge = () => new Promise(() => {});

/** A valid event; the test names only what matters. */
export function view(id?: string, over: Partial<TrackedEvent> = {}): TrackedEvent {
  return { name: "page_view", ...(id === undefined ? {} : { id }), ...over };
}

/** That many ids in the order of their making. */
export const names = (count: number, prefix = "evt") =>
  Array.from({ length: count }, (_each, index) => `${prefix}-${index.toString().padStart(4, "0")}`);
