import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey } from "../local/keys.ts";
import { keyEntry } from "../shared/keys.ts";
import { eventually, startSystem, type System } from "./system.ts";

/** Short enough to see a connection end for it. */
const IDLE_MS = 1_500;
const FRAMES_PER_MINUTE = 1_000;
const EDGE = "pulseecom-edge";

let system: System;

beforeAll(async () => {
  system = await startSystem({
    edgeVars: {
      STREAM_IDLE_MS: String(IDLE_MS),
      STREAM_FRAMES_PER_MINUTE: String(FRAMES_PER_MINUTE),
      ACCOUNT_INTERVAL_MS: "500",
    },
  });
});

afterAll(() => system.stop());

// oxlint-disable-next-line typescript/no-explicit-any -- an answer is asserted on field by field
type Heard = any;

interface Line {
  say(frame: unknown): void;
  sayBytes(bytes: Uint8Array): void;
  /** The next frame that was not asked for yet. */
  next(): Promise<Heard>;
  take(count: number): Promise<Heard[]>;
  closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
}

/** An open connection that has shown nothing yet. */
async function connect(headers: Record<string, string> = {}): Promise<Line> {
  const url = new URL("/v1/stream", system.workers.edge);
  url.protocol = "ws:";
  const socket = new WebSocket(url, { headers });
  const waiting: Heard[] = [];
  const takers: ((frame: Heard) => void)[] = [];
  socket.addEventListener("message", ({ data }) => {
    const frame: Heard = JSON.parse(String(data));
    const taker = takers.shift();
    if (taker === undefined) waiting.push(frame);
    else taker(frame);
  });
  const closed = once(socket, "close").then(([closing]: CloseEvent[]) => ({
    code: closing?.code ?? 0,
    reason: closing?.reason ?? "",
  }));
  await once(socket, "open");
  const next = () =>
    waiting.length > 0 ? Promise.resolve(waiting.shift()) : new Promise<Heard>((resolve) => takers.push(resolve));
  return {
    say: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    sayBytes: (bytes) => socket.send(bytes),
    next,
    take: async (count) => {
      const frames: Heard[] = [];
      while (frames.length < count) frames.push(await next());
      return frames;
    },
    closed,
    close: async () => {
      socket.close(1000);
      await closed;
    },
  };
}

async function connectWith(key: string, headers: Record<string, string> = {}): Promise<Line> {
  const line = await connect(headers);
  line.say({ type: "auth", key });
  return line;
}

let made = 0;

function event(over: Record<string, unknown> = {}) {
  made++;
  return {
    id: `evt_stream_${made.toString().padStart(6, "0")}`,
    name: "page_view",
    timestamp: new Date().toISOString(),
    client_id: `client-${made % 10}`,
    ...over,
  };
}

const asFrame = (sent: unknown) => ({ type: "event", event: sent });

/** An event whose JSON has exactly this many bytes. */
function sized(bytes: number) {
  const bare = event({ properties: { text: "" } });
  return { ...bare, properties: { text: "x".repeat(bytes - JSON.stringify(bare).length) } };
}

const stored = (id: string) =>
  eventually(`the row of ${id}`, async () => {
    const answer = await system.ask("GET", `/v1/events/${id}`, system.key("analyst"));
    return answer.status === 200 ? answer.body : null;
  });

describe("GET /v1/stream", () => {
  it("acks events in order, with their assessments, and they come to Postgres", async () => {
    const line = await connectWith(system.key("ingest"));
    const events = Array.from({ length: 250 }, () => event());
    for (const sent of events) line.say(asFrame(sent));
    const acks = await line.take(events.length);
    expect(acks.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(new Set(acks.map(({ type, status }) => `${type} ${status}`))).toEqual(new Set(["ack accepted"]));
    expect(acks[0]).toMatchObject({ assessment: { score: expect.any(Number), model: "global@v0" } });

    const [first] = events;
    line.say(asFrame(first));
    expect(await line.next()).toMatchObject({ type: "ack", id: first?.id, status: "duplicate" });
    await line.close();
    await Promise.all(events.slice(-3).map(({ id }) => stored(id)));
  });

  it("answers a ping, and refuses bad events one by one without ending", async () => {
    const line = await connectWith(system.key("ingest"));
    const [largest, tooLarge, last] = [sized(32_000), sized(32_001), event()];
    line.say(asFrame(largest));
    line.say(asFrame(tooLarge));
    line.say(asFrame(event({ id: "evt_bad_one", valeu: 1 })));
    line.say("{");
    line.say({ type: "evnt" });
    line.say(asFrame(last));
    expect(await line.take(6)).toMatchObject([
      { type: "ack", id: largest.id },
      { type: "error", id: tooLarge.id, problem: { status: 413 } },
      { type: "error", id: "evt_bad_one", problem: { status: 422, errors: [{ pointer: "/valeu" }] } },
      { type: "error", problem: { status: 400 } },
      { type: "error", problem: { status: 422, errors: [{ pointer: "/type" }] } },
      { type: "ack", id: last.id },
    ]);
    line.say({ type: "ping" });
    expect(await line.next()).toEqual({ type: "pong" });
    await line.close();
  });

  it("shows a page's key no assessment, and knows the shopper by the connection", async () => {
    const line = await connectWith(system.publishableKey, {
      origin: "http://localhost:5173",
      "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
      "MF-CF-Blob": JSON.stringify({ country: "DE", city: "Berlin", colo: "TXL" }),
    });
    const sent = event();
    line.say(asFrame(sent));
    expect(await line.next()).toEqual({ type: "ack", id: sent.id, status: "accepted" });
    expect((await stored(sent.id)).signals).toMatchObject({ country: "DE", city: "Berlin", browser: "Chrome" });
    await line.close();
  });

  it.each([
    { because: "no key was shown first", frames: () => [asFrame(event())], headers: {}, status: 401 },
    { because: "the key is unknown", frames: () => [{ type: "auth", key: "sk_unknown" }], headers: {}, status: 401 },
    {
      because: "the page is not on the key's list",
      frames: () => [{ type: "auth", key: system.publishableKey }],
      headers: { origin: "https://evil.example" },
      status: 403,
    },
    {
      because: "a page shows a secret key",
      frames: () => [{ type: "auth", key: system.key("ingest") }],
      headers: { origin: "http://localhost:5173" },
      status: 403,
    },
  ])("says why and closes when $because", async ({ frames, headers, status }) => {
    const line = await connect(headers);
    for (const frame of frames()) line.say(frame);
    expect(await line.next()).toMatchObject({ type: "error", problem: { status } });
    expect(await line.closed).toMatchObject({ code: 1008 });
  });

  it("takes no binary frame", async () => {
    const line = await connectWith(system.key("ingest"));
    line.sayBytes(new TextEncoder().encode(JSON.stringify(asFrame(event()))));
    expect(await line.next()).toMatchObject({ type: "error", problem: { status: 415 } });
    expect(await line.closed).toEqual({ code: 1003, reason: "unsupported-media-type" });
  });

  it("says how long to wait to who sends too much, and ends with who does not", async () => {
    const line = await connectWith(system.key("ingest"));
    const filler = event();
    // Twice what ends it, as the minute may turn meanwhile.
    for (let sent = 0; sent < FRAMES_PER_MINUTE * 4; sent++) line.say(asFrame(filler));
    expect(await line.closed).toEqual({ code: 1008, reason: "rate-limited" });
    const answers = await line.take(FRAMES_PER_MINUTE);
    const refused = answers.filter(({ type }) => type === "error");
    expect(refused.length).toBeGreaterThan(0);
    for (const { id, problem } of refused) {
      expect([id, problem.status, problem.retry_after > 0]).toEqual([filler.id, 429, true]);
    }
  });

  it("goes on after its object slept, with the key it was shown before", async () => {
    const before = new Set(await system.workers.miniflare.listDurableObjectIds("EventStream", EDGE));
    const line = await connectWith(system.key("ingest"));
    line.say(asFrame(event()));
    await line.next();
    const ids = await system.workers.miniflare.listDurableObjectIds("EventStream", EDGE);
    for (const id of ids.filter((known) => !before.has(known))) {
      await system.workers.miniflare.unsafeEvictDurableObject(EDGE, "EventStream", { id, webSockets: "hibernate" });
    }
    const sent = event();
    line.say(asFrame(sent));
    expect(await line.next()).toMatchObject({ type: "ack", id: sent.id, status: "accepted" });
    await line.close();
  });

  it("ends when nothing comes for the idle time, which a ping puts off", async () => {
    const line = await connectWith(system.key("ingest"));
    const startMs = performance.now();
    const pings = setInterval(() => line.say({ type: "ping" }), IDLE_MS / 3);
    setTimeout(() => clearInterval(pings), IDLE_MS * 1.5);
    expect(await line.closed).toEqual({ code: 1001, reason: "idle" });
    expect(performance.now() - startMs).toBeGreaterThan(IDLE_MS * 2);
  });

  it("ends with a key that expires while it is used", async () => {
    const config = await system.workers.miniflare.getKVNamespace("CONFIG", EDGE);
    const [key, record] = newKey({ kind: "secret", role: "ingest", origins: [] });
    const expires_at = new Date(Date.now() + 1_000).toISOString();
    await config.put(keyEntry(record.id), JSON.stringify({ ...record, expires_at }));
    const line = await connectWith(key);
    line.say(asFrame(event()));
    expect(await line.next()).toMatchObject({ type: "ack" });
    await eventually("the end of the key", async () => (Date.now() > Date.parse(expires_at) ? true : null));
    line.say(asFrame(event()));
    expect(await line.next()).toMatchObject({ type: "error", problem: { status: 401 } });
    expect(await line.closed).toEqual({ code: 1008, reason: "unauthenticated" });
  });

  it("is no page: any other request is told to upgrade", async () => {
    const answer = await fetch(new URL("/v1/stream", system.workers.edge));
    expect([answer.status, await answer.json()]).toMatchObject([426, { type: "/problems/upgrade-required" }]);
  });

  it("leaves balanced books: every event frame of all these connections is in them", async () => {
    const books = await eventually("balanced books", async () => {
      const { body } = await system.ask("GET", "/v1/accounting", system.key("analyst"));
      return body.balanced && body.in_flight === 0 && body.rejected_by.unauthenticated > 0 ? body : null;
    });
    expect(books.received).toBe(books.accepted + books.duplicate + books.rejected + books.limited);
    expect(books.stored).toBe(books.accepted); // once each, however often they were sent
    expect(books.duplicate).toBeGreaterThan(0);
    expect(books.rejected_by).toMatchObject({ "too-large": 1, unreadable: 1, invalid: 2, "unsupported-media-type": 1 });
    expect(books.limited).toBeGreaterThan(FRAMES_PER_MINUTE);
  });
});
