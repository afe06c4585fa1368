import { createAuthenticator } from "../shared/authenticator.ts";
import { formatKey, type ApiKeyRecord } from "../shared/keys.ts";
import { IntakeEnvelope, wholeEvents, type IntakeMessage, type ScoredEvent } from "../shared/message.ts";
import { compileLists } from "../shared/lists.ts";
import { RuleSettings } from "../shared/rules/settings.ts";
import { testCalibration } from "../shared/test-release.ts";
import type { Ending } from "./account.ts";
import { createApp, type EdgeServices } from "./app.ts";
import type { Current, LiveConfig } from "./live-config.ts";
import type { Scorer } from "./model/scorer.ts";
import { createPseudonymizer } from "./privacy.ts";
import { sha256Hex } from "../shared/digest.ts";
import type { Stores } from "./profiles/know.ts";
import { ProfileMemory } from "./profiles/profile-memory.ts";
import { packRequests, unpackAnswers } from "./profiles/wire.ts";
import { inMessages, type WrittenMessage } from "./publish.ts";
import { openSqlite } from "./test-sqlite.ts";

export const NOW_MS = Date.parse("2026-11-21T10:00:00.000Z");

const ids = { publishable: "pub0000000000001", secret: "sec0000000000001" };
export const KEYS = {
  publishable: formatKey("publishable", ids.publishable, "p".repeat(32)),
  secret: formatKey("secret", ids.secret, "s".repeat(32)),
  unknown: formatKey("secret", "none000000000001", "n".repeat(32)),
};
/** The one origin that the publishable key lists. */
export const ORIGIN = "https://shop.example";

/** What becomes of a queue message. */
export type Send = (message: WrittenMessage) => Promise<unknown>;

/** An edge whose services are in memory; what it sends, logs and leaves to be finished later is kept. */
export function edge({ send = async () => undefined, ...changes }: Partial<EdgeServices> & { send?: Send } = {}) {
  const sent: IntakeMessage[] = [];
  const lines: Record<string, unknown>[] = [];
  const later: Promise<unknown>[] = [];
  let requests = 0;
  const books = memoryBooks();
  const services: EdgeServices = {
    live: fixedConfig(),
    profileDeadlineMs: 1_000,
    stores: memoryStores({ waitUntil: (promise) => void later.push(promise) }),
    scorer: constantScorer(),
    pseudonymize: createPseudonymizer("5a".repeat(32)),
    put: inMessages(async (message) => {
      await send(message);
      sent.push(JSON.parse(message.text) as IntakeMessage); // what publish writes
    }),
    nowMs: () => NOW_MS,
    authenticate: createAuthenticator({ find: findKey, sha256Hex, nowMs: () => NOW_MS }),
    allowance: { spend: async () => undefined, refuse: async () => undefined, isBarred: () => false },
    account: books,
    snippets: { get: async () => null, put: async () => undefined },
    once: async (_key, run) => ({ answer: await run(), replayed: false }),
    checkQueue: async () => undefined,
    openStream: async () => new Response(null),
    nextTurn: () => new Promise((resolve) => setTimeout(resolve, 0)),
    streamFramesPerMinute: 6_000,
    streamIdleMs: 600_000,
    newRequestId: () => `req_${++requests}`,
    log: (line) => void lines.push(line),
    ...changes,
  };
  const app = createApp(services);
  const post = (path: string, body: unknown, headers: Record<string, string> = withSecret) =>
    app.request(path, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  return {
    app,
    services,
    post,
    sent,
    lines,
    later,
    counted: books.counted,
    events: () => sent.flatMap(eventsIn),
  };
}

/** The events of a message as the aggregator reads them. */
export function eventsIn(message: IntakeMessage): ScoredEvent[] {
  return wholeEvents(IntakeEnvelope.parse(message)).map(({ event }) => event as ScoredEvent); // what publish writes
}

export const withSecret = { authorization: `Bearer ${KEYS.secret}`, "content-type": "application/json" };
export const withPublishable = { authorization: `Bearer ${KEYS.publishable}`, "content-type": "application/json" };

async function findKey(id: string): Promise<ApiKeyRecord | null> {
  if (id === ids.publishable) {
    const digest = await sha256Hex(KEYS.publishable);
    return { id, kind: "publishable", role: null, origins: [ORIGIN, "http://localhost:*"], digest, expires_at: null };
  }
  if (id === ids.secret) {
    const digest = await sha256Hex(KEYS.secret);
    return { id, kind: "secret", role: "ingest", origins: [], digest, expires_at: null };
  }
  return null;
}

/** Books in memory: `counted()` gives what was received and how it ended. */
function memoryBooks() {
  let received = 0;
  const endings: Partial<Record<Ending, number>> = {};
  return {
    received: (_atMs: number, events: number) => void (received += events),
    ended: (_atMs: number, ending: Ending, events: number) => void (endings[ending] = (endings[ending] ?? 0) + events),
    counted: () => ({ received, ...endings }),
  };
}

/** Profile stores as the Durable Objects hold them, on an SQLite in memory. */
export function memoryStores(changes: Partial<Stores> = {}): Stores {
  const shards = new Map<number, ProfileMemory>();
  const store = (shard: number) => {
    const held = shards.get(shard) ?? new ProfileMemory(openSqlite(), () => NOW_MS);
    shards.set(shard, held);
    return held;
  };
  return {
    shards: 1,
    recall: async (shard, requests) =>
      unpackAnswers(structuredClone(store(shard).recall(structuredClone(packRequests(requests)))), requests),
    takeBack: async (shard, taken) => store(shard).takeBack(taken),
    learnLabels: async (shard, labels) => store(shard).learnLabels(labels),
    waitUntil: () => undefined,
    ...changes,
  };
}

/** Settings that nobody changes, and lists with nobody on them. */
export function fixedConfig(changes: Partial<Current> = {}): LiveConfig {
  const settings = { threshold: 0.7, rules: RuleSettings.parse({}) };
  return {
    current: () => ({ settings, lists: compileLists([]), degraded: [], ...changes }),
    isDue: () => true,
    refresh: async () => undefined,
    ready: async () => undefined,
  };
}

/** A scorer that finds every row equally ordinary. */
export function constantScorer(raw = 0.5): Scorer {
  const calibration = testCalibration("global@v9");
  return {
    score: async (_rows, acts) => ({
      raw: new Float32Array(acts.length).fill(raw),
      version: "global@v9",
      calibration,
      client: null,
      runtime: "plain",
      degraded: [],
      shadow: null,
    }),
    isDue: () => true,
    refresh: async () => undefined,
    status: async () => ({
      release: "rel_9",
      model: "global@v9",
      client_model: null,
      calibration: calibration.version,
      runtime: "plain",
      shadow: null,
    }),
  };
}

let events = 0;

/** A valid purchase with an id of its own; the test names only what matters. */
export function purchase(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: `evt_${String(++events).padStart(8, "0")}`,
    name: "purchase",
    timestamp: "2026-11-21T09:59:00.000Z",
    client_id: "c-1",
    user_id: "u-1",
    value: 49.9,
    currency: "EUR",
    transaction_id: `t-${events}`,
    items: [{ item_id: "mug", price: 49.9, quantity: 1 }],
    ...changes,
  };
}
