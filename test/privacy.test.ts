import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openReceiver, type ReceivedWebhook, type Receiver } from "../local/receiver.ts";
import { eventually, startSystem, type System } from "./system.ts";

/*
 * The guarantee: whatever door an event comes through, and whatever becomes of it, its shopper's e-mail and address and any card number
 * in it are kept nowhere: in no table of Postgres, no log line, no KV entry, no R2 object, no Durable Object, and in no webhook.
 * Postgres is searched in every table its own catalogue names, the rest in every file the runtime keeps, so what is added later is too.
 */

const EMAIL = "Marked.Shopper@private.example";
const ADDRESS = "203.0.113.77";
const ADDRESS_V6 = "2001:db8:77:77::77";
const CARD = "4111 1111 1111 1111";

const TRACES = [
  "marked.{0,6}shopper",
  "4111.{0,3}1111.{0,3}1111.{0,3}1111",
  "203.0.113.77",
  "2001(?::|%3a)0?db8(?::|%3a)0{0,2}77",
];
const hex = (text: string) => Buffer.from(text).toString("hex");
/** The marks as they are, and in the bytes of a column or blob written in hexadecimal. */
const TRACE = new RegExp([...TRACES, hex("hopper@private"), hex("1111 1111"), hex(ADDRESS)].join("|"), "i");

const AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0";
const HEADERS = { "cf-connecting-ip": ADDRESS, "user-agent": `${AGENT} ${EMAIL}` };
const PAGE_HEADERS = { ...HEADERS, origin: "http://localhost:3000" };

/** Where the system and its runtime put all their files. */
let folder: string;
let system: System;
let receiver: Receiver;
let secret = "";
const received: ReceivedWebhook[] = [];
/** Ids of the events that were taken in. */
const taken: string[] = [];

let made = 0;

/** An event with the marks in every field that takes a text of any kind. */
function marked(over: Record<string, unknown> = {}) {
  made++;
  const text = `to ${EMAIL} from ${ADDRESS} or ${ADDRESS_V6} with ${CARD}`;
  const query = `?email=${encodeURIComponent(EMAIL)}&card=${encodeURIComponent(CARD)}&ip=${encodeURIComponent(ADDRESS_V6)}`;
  return {
    id: `evt_privacy_${made.toString().padStart(4, "0")}`,
    name: "purchase",
    timestamp: new Date().toISOString(),
    user_id: EMAIL,
    client_id: CARD,
    session_id: ADDRESS,
    transaction_id: `T-${made} ${EMAIL}`,
    email: EMAIL,
    value: 40,
    currency: "EUR",
    coupon: text,
    items: [{ item_id: EMAIL, item_name: text, item_category: text, price: 20, quantity: 2 }],
    payment: { method: text, card_fingerprint: CARD.replaceAll(" ", ""), outcome: "authorized", decline_code: text },
    shipping_address: { country: "DE", postal_code: text },
    billing_address: { country: "DE", postal_code: text },
    context: { page: { url: `https://shop.example/${query}`, referrer: query, title: text }, locale: text },
    properties: { [EMAIL]: text, [CARD]: { [ADDRESS]: [text, query, 4111111111111111] }, note: text },
    ...over,
  };
}

/** What only a server may say of a shopper. */
const told = (event: ReturnType<typeof marked>) => ({
  ...event,
  context: {
    ...event.context,
    ip: ADDRESS,
    user_agent: `${AGENT} ${EMAIL}`,
    geo: { country: "DE", city: `at ${EMAIL}` },
  },
});

const server = (id?: string) => told(marked(id === undefined ? {} : { id }));

/** Events of the same machine, each a declined payment with another card: reason enough for an alert. */
const suspicious = () =>
  Array.from({ length: 30 }, (_each, index) =>
    told(
      marked({
        name: "payment_failed",
        value: 1.5,
        user_id: undefined,
        payment: { method: "card", card_fingerprint: `fp-${index} ${EMAIL}`, outcome: "declined" },
      }),
    ),
  );

async function takeIn(sending: Promise<{ status: number; body: { id: string } }>): Promise<void> {
  const { status, body } = await sending;
  expect(status).toBe(202);
  taken.push(body.id);
}

const stored = (id: string) =>
  eventually(`the row of ${id}`, async () => {
    const answer = await system.ask("GET", `/v1/events/${id}`, system.key("analyst"));
    return answer.status === 200 ? answer.body : null;
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pulseecom-privacy-"));
  vi.stubEnv("TMPDIR", folder);
  system = await startSystem();
  receiver = await openReceiver({
    secrets: () => (secret === "" ? [] : [secret]),
    onWebhook: (webhook) => received.push(webhook),
  });
  const created = await system.ask("POST", "/v1/webhooks", system.key("operator"), { url: String(receiver.url) });
  expect(created.status).toBe(201);
  secret = created.body.secret;

  await sendWell();
  await sendBadly();
  await sendWhatPostgresRefuses();
  await sendToStream();
  await Promise.all(taken.map(stored));
});

afterAll(async () => {
  await system.stop();
  await receiver.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function sendWell(): Promise<void> {
  await takeIn(system.send("/v1/events", server()));
  await takeIn(system.send("/v1/events", server(), { headers: { "idempotency-key": `order-${EMAIL}` } }));
  await takeIn(system.send("/v1/events", marked(), { key: system.publishableKey, headers: PAGE_HEADERS }));
  const beacon = { ...marked(), key: system.publishableKey };
  const headers = { ...PAGE_HEADERS, "content-type": "text/plain", referer: `https://shop.example/?email=${EMAIL}` };
  await takeIn(system.send(`/v1/events?email=${encodeURIComponent(EMAIL)}`, beacon, { key: "", headers }));
  const segment = {
    format: "segment",
    type: "track",
    event: "Product Viewed",
    messageId: "evt_privacy_segment",
    userId: EMAIL,
    anonymousId: CARD,
    timestamp: new Date().toISOString(),
    context: {
      ip: ADDRESS_V6,
      userAgent: AGENT,
      traits: { email: EMAIL },
      page: { url: `https://shop.example/${EMAIL}` },
    },
    properties: { product_id: EMAIL, name: CARD, [EMAIL]: ADDRESS_V6 },
  };
  await takeIn(system.send("/v1/events", segment));

  const batch = [server(), { id: "short", email: EMAIL }, ...suspicious()];
  const { body } = await system.send("/v1/events/batch", { events: batch });
  const results: { id: string | null; status: string }[] = body.results;
  expect(results.map(({ status }) => status)).toEqual(
    batch.map((_each, index) => (index === 1 ? "rejected" : "accepted")),
  );
  taken.push(...results.flatMap(({ id, status }) => (status === "accepted" && id !== null ? [id] : [])));
}

async function sendBadly(): Promise<void> {
  const bad: [unknown, number][] = [
    [{ ...server(), [EMAIL]: CARD }, 422],
    [{ ...server(), email: `${EMAIL} ${CARD}`, value: EMAIL }, 422],
    [{ ...server(), context: { ip: `${ADDRESS} ${EMAIL}` } }, 422],
    [server(CARD.replaceAll(" ", "-")), 422],
    [`{"id":"evt_privacy_broken","email":"${EMAIL}","note":"${CARD}`, 400],
    [{ ...server(), properties: { note: EMAIL.repeat(2_000) } }, 413],
  ];
  for (const [event, status] of bad) expect((await system.send("/v1/events", event)).status).toBe(status);
  const headers = { ...HEADERS, "content-type": `text/${EMAIL}` };
  expect((await system.send("/v1/events", server(), { headers })).status).toBe(415);
  expect((await system.send("/v1/events", server(), { headers: PAGE_HEADERS })).status).toBe(403);
  expect((await system.send("/v1/events", server(), { key: `sk_${EMAIL}`, headers: HEADERS })).status).toBe(401);
  expect((await system.send(`/v1/${EMAIL}`, server(), { headers: HEADERS })).status).toBe(404);
  const path = `/v1/events?user_id=${encodeURIComponent(EMAIL)}`;
  expect((await system.ask("GET", path, system.key("analyst"))).status).toBe(200);
}

/** A database's own words on a row it refuses quote the row. */
async function sendWhatPostgresRefuses(): Promise<void> {
  await system.postgres.query("ALTER TABLE events ADD CHECK (id NOT LIKE 'evt_refused%') NOT VALID");
  expect((await system.send("/v1/events", server("evt_refused_0001"))).status).toBe(202);
  await eventually("the failed event", async () => {
    const { body } = await system.ask("GET", "/v1/failed-events", system.key("operator"));
    return body.data.find(({ event_id }: { event_id: string }) => event_id === "evt_refused_0001");
  });
}

async function sendToStream(): Promise<void> {
  const url = new URL("/v1/stream", system.workers.edge);
  url.protocol = "ws:";
  const socket = new WebSocket(url, { headers: PAGE_HEADERS });
  await once(socket, "open");
  const say = async (frame: unknown) => {
    const heard = once(socket, "message");
    socket.send(JSON.stringify(frame));
    const [{ data }] = await heard;
    return JSON.parse(String(data));
  };
  socket.send(JSON.stringify({ type: "auth", key: system.publishableKey }));
  const event = marked();
  let answer = await say({ type: "event", event });
  while (answer.type !== "ack" && answer.type !== "error") [{ data: answer }] = await once(socket, "message");
  expect(answer).toMatchObject({ type: "ack", id: event.id, status: "accepted" });
  taken.push(event.id);
  expect(await say({ type: "event", event: { ...marked(), [EMAIL]: CARD } })).toMatchObject({ type: "error" });
  expect(await say({ type: EMAIL })).toMatchObject({ type: "error" });
  const closed = once(socket, "close");
  socket.close(1000);
  await closed;
}

/** What is around the first trace in each text that has any. */
function traces(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const at = text.search(TRACE);
    return at === -1 ? [] : [text.slice(Math.max(0, at - 80), at + 80)];
  });
}

interface KeptFile {
  name: string;
  text: string;
}

/** The platform's own counters of requests, which it keeps for a minute: addresses are what it counts by. */
const NOT_OURS = /[/\\]ratelimit[/\\]/;

/** What the Workers' runtime keeps, its bytes as characters; but for files that went while they were read. */
async function filesOfRuntime(): Promise<KeptFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const kept = names.filter((name) => name.includes("miniflare-") && !NOT_OURS.test(name));
  return Promise.all(kept.map(async (name) => ({ name, text: await readFile(name, "latin1").catch(() => "") })));
}

function tracesInFiles(files: readonly KeptFile[]): string[] {
  return files.flatMap(({ name, text }) => traces([text]).map((trace) => `${name}: ${trace}`));
}

describe("what is private in an event", () => {
  it.each([
    EMAIL,
    ADDRESS,
    ADDRESS_V6,
    CARD,
    CARD.replaceAll(" ", ""),
    encodeURIComponent(EMAIL),
    encodeURIComponent(ADDRESS_V6),
    hex(EMAIL),
    hex(ADDRESS),
  ])("would be found as %s", (mark) => {
    expect(traces([`some ${mark} text`])).toHaveLength(1);
  });

  it("is in no column of any table of Postgres, failed events included", async () => {
    const tables = await system.postgres.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const rows: string[] = [];
    for (const { name } of tables) {
      const found = await system.postgres.query<{ row: string }>(`SELECT row::text FROM ${name} AS row`);
      rows.push(...found.map(({ row }) => `${name} ${row}`));
    }
    for (const id of [...taken, "evt_refused_0001"]) expect(rows.some((row) => row.includes(id))).toBe(true);
    expect(traces(rows)).toEqual([]);
  });

  it("is in no line the Workers logged", () => {
    expect(system.logged.some((line) => line.includes('"worker":"edge"'))).toBe(true);
    expect(system.logged.some((line) => line.includes('"worker":"aggregator"'))).toBe(true);
    expect(traces(system.logged)).toEqual([]);
  });

  it("is in no alert that is sent out", async () => {
    await eventually("an alert", async () => (received.length > 0 ? true : null));
    expect(traces(received.map((webhook) => JSON.stringify(webhook)))).toEqual([]);
  });

  it("is in no file of the Workers' runtime, which are those of Durable Objects, KV and R2", async () => {
    const files = await eventually(
      "the events in the profiles",
      async () => {
        const found = await filesOfRuntime();
        const profiles = found.filter(({ name }) => name.includes("ProfileStore"));
        return taken.slice(0, 3).every((id) => profiles.some(({ text }) => text.includes(id))) ? found : null;
      },
      { everyMs: 500 },
    );
    expect(files.some(({ name }) => name.includes("IdempotencyStore"))).toBe(true);
    expect(tracesInFiles(files)).toEqual([]);
  });

  it("is not in R2 either, where events wait while Postgres is away", async () => {
    const event = server();
    await system.stopPostgres();
    try {
      expect((await system.send("/v1/events", event)).status).toBe(202);
      const files = await eventually("the spooled event", async () => {
        const found = (await filesOfRuntime()).filter(({ name }) => name.includes("r2"));
        return found.some(({ text }) => text.includes(event.id)) ? found : null;
      });
      expect(tracesInFiles(files)).toEqual([]);
      expect(traces(system.logged)).toEqual([]);
    } finally {
      await system.resumePostgres();
    }
    await system.workers.runCron("* * * * *");
    expect(traces([JSON.stringify(await stored(event.id))])).toEqual([]);
  });

  it("still joins: a shopper known by e-mail is one user, whose hash is that of the e-mail", async () => {
    const rows = await Promise.all(taken.map(stored));
    const known = rows.filter((row) => row.user_id !== undefined);
    expect(known.length).toBeGreaterThan(3);
    expect(new Set(known.map((row) => row.user_id))).toEqual(new Set([`email_${known[0].email_hash}`]));
  });
});
