import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey } from "../local/keys.ts";
import { keyEntry, type ApiKeyRecord } from "../shared/keys.ts";
import { eventually, startSystem, type System } from "./system.ts";

const AGGREGATOR = "pulseecom-aggregator";

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system.stop());

// oxlint-disable-next-line typescript/no-explicit-any -- a message is asserted on field by field
type Heard = any;

interface Feed {
  heard: Heard[];
  say(frame: unknown): void;
  /** The first message, heard or to come, that is so. */
  until(isSo: (message: Heard) => boolean): Promise<Heard>;
  closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
}

/** A connection that has shown no key yet. */
async function connect(): Promise<Feed> {
  const url = new URL("/v1/live", system.workers.aggregator);
  url.protocol = "ws:";
  const socket = new WebSocket(url);
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  socket.addEventListener("message", ({ data }) => {
    heard.push(JSON.parse(String(data)));
    for (const look of waiting) look();
  });
  const closed = once(socket, "close").then(([closing]: CloseEvent[]) => ({
    code: closing?.code ?? 0,
    reason: closing?.reason ?? "",
  }));
  await once(socket, "open");
  return {
    heard,
    say: (frame) => socket.send(JSON.stringify(frame)),
    until: (isSo) =>
      new Promise((resolve) => {
        const look = () => {
          const found = heard.find(isSo);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    closed,
    async close() {
      socket.close(1000);
      await closed;
    },
  };
}

async function listen(key: string, after: number | null = null): Promise<Feed> {
  const feed = await connect();
  feed.say({ type: "auth", key, after });
  await feed.until(({ type }) => type === "ready");
  return feed;
}

let made = 0;

/** Events of which nothing is strange. */
const views = (count: number) =>
  Array.from({ length: count }, () => ({
    id: `evt_live_${(++made).toString().padStart(6, "0")}`,
    name: "page_view",
    timestamp: new Date().toISOString(),
    client_id: `client-${made}`,
  }));

async function send(events: object[]): Promise<string[]> {
  const { body } = await system.send("/v1/events/batch", { events });
  return body.results.map(({ id }: { id: string }) => id);
}

const idsIn = (messages: Heard[]): string[] => messages.flatMap(({ events = [] }) => events.map(({ id }: Heard) => id));
const tells = (id: string) => (message: Heard) => idsIn([message]).includes(id);
const numbersIn = (messages: Heard[]) => messages.map(({ seq }) => seq);

describe("GET /v1/live", () => {
  it("tells an analyst of every event within moments of its being stored, each once", async () => {
    const feed = await listen(system.key("analyst"));
    const sent = await send(views(30));
    for (const id of sent) await feed.until(tells(id));
    expect(idsIn(feed.heard).toSorted()).toEqual(sent.toSorted());
    expect(feed.heard.filter(({ type }) => type === "stored")).toContainEqual(
      expect.objectContaining({ seq: expect.any(Number), at: expect.any(String), more: 0, anomalies: [] }),
    );
    await feed.close();
  });

  it("tells of an anomaly with its reason, of the alert that follows, and of the verdict on it", async () => {
    const feed = await listen(system.key("analyst"));
    const stolen = Array.from({ length: 12 }, (_each, index) => ({
      id: `evt_stolen_${index.toString().padStart(4, "0")}`,
      name: "payment_failed",
      timestamp: new Date().toISOString(),
      client_id: "client-of-a-thief",
      value: 1,
      currency: "EUR",
      payment: { method: "card", card_fingerprint: `stolen-${index}`, outcome: "declined" },
    }));
    for (const attempt of stolen) await system.send("/v1/events", attempt);
    const { anomalies } = await feed.until((message) => message.anomalies?.length > 0);
    expect(anomalies[0]).toMatchObject({
      id: `ano_${anomalies[0].event_id}`,
      name: "payment_failed",
      value: 1,
      currency: "EUR",
      reason: expect.stringMatching(/cards/),
    });
    await feed.until(({ type, kind }) => type === "changed" && kind === "alert");
    const verdict = { label: "dismissed" };
    await system.ask("POST", `/v1/anomalies/${anomalies[0].id}/feedback`, system.key("operator"), verdict);
    await feed.until(({ type, kind, id }) => type === "changed" && kind === "anomaly" && id === anomalies[0].id);
    await feed.close();
  });

  it("misses nothing over a reconnect, and tells nothing twice", async () => {
    const before = await listen(system.key("analyst"));
    const [first = ""] = await send(views(1));
    await before.until(tells(first));
    const { seq } = before.heard.at(-1);
    await before.close();
    const watching = await listen(system.key("analyst"));
    const missed = await send(views(20));
    for (const id of missed) await watching.until(tells(id));
    const back = await listen(system.key("analyst"), seq);
    const [last = ""] = await send(views(1));
    await back.until(tells(last));
    const [ready, ...told] = back.heard;
    expect(idsIn(told).toSorted()).toEqual([...missed, last].toSorted());
    expect(numbersIn(told)).toEqual(told.map((_each, index) => seq + 1 + index));
    expect(ready.replayed).toBe(ready.seq - seq);
    await Promise.all([watching.close(), back.close()]);
  });

  it("says that there is a gap to who comes back with a number that is not kept", async () => {
    const feed = await listen(system.key("analyst"), 1_000_000);
    const { seq } = feed.heard[0];
    expect(await feed.until(({ type }) => type === "gap")).toEqual({ type: "gap", seq });
    await feed.close();
  });

  it("goes on after its object slept: the same connection, the next number", async () => {
    const feed = await listen(system.key("analyst"));
    const [before = ""] = await send(views(1));
    const { seq } = await feed.until(tells(before));
    const [id] = await system.workers.miniflare.listDurableObjectIds("LiveFeed", AGGREGATOR);
    if (id === undefined) throw new Error("there is no feed");
    await system.workers.miniflare.unsafeEvictDurableObject(AGGREGATOR, "LiveFeed", { id, webSockets: "hibernate" });
    const [after = ""] = await send(views(1));
    expect((await feed.until(tells(after))).seq).toBe(seq + 1);
    await feed.close();
  });

  it.each([
    { because: "an unknown key", key: () => newKey({ kind: "secret", role: "admin", origins: [] })[0], code: 4401 },
    { because: "a key that may only write events", key: () => system.key("ingest"), code: 4403 },
    { because: "a key of pages", key: () => system.publishableKey, code: 4403 },
  ])("closes for $because with $code, and has told nothing", async ({ key, code }) => {
    const feed = await connect();
    feed.say({ type: "auth", key: key() });
    expect((await feed.closed).code).toBe(code);
    expect(feed.heard).toEqual([]);
  });

  it("tells nothing to a key that has expired meanwhile", async () => {
    const config = await system.workers.miniflare.getKVNamespace("CONFIG", AGGREGATOR);
    const [key, record] = newKey({ kind: "secret", role: "analyst", origins: [] });
    const expires_at = new Date(Date.now() + 1_000).toISOString();
    await config.put(keyEntry(record.id), JSON.stringify({ ...record, expires_at } satisfies ApiKeyRecord));
    const feed = await listen(key);
    await eventually("the end of the key", async () => (Date.now() > Date.parse(expires_at) ? true : null));
    const [id = ""] = await send(views(1));
    expect((await feed.closed).code).toBe(4401);
    expect(feed.heard.some(tells(id))).toBe(false);
  });

  it("answers a ping without a word to the feed's object", async () => {
    const feed = await connect();
    feed.say({ type: "ping" });
    expect(await feed.until(({ type }) => type === "pong")).toEqual({ type: "pong" });
    await feed.close();
  });

  it("is no page: any other request is told to upgrade", async () => {
    const answer = await system.ask("GET", "/v1/live", "");
    expect(answer).toMatchObject({ status: 426, body: { type: "/problems/upgrade-required" } });
  });
});
