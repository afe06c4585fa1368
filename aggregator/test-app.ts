import * as z from "zod";
import { createAuthenticator } from "../shared/authenticator.ts";
import { newId } from "../shared/ids.ts";
import { ApiKeyRecord, formatKey, keyEntry, ROLES, type Role } from "../shared/keys.ts";
import type { OpenApiDocument } from "../shared/openapi.ts";
import { conform, contentOf } from "../shared/test-conform.ts";
import { testRelease } from "../shared/test-release.ts";
import { createApp } from "./app.ts";
import { testBucket } from "./models/test-bucket.ts";
import type { Db } from "./store/db.ts";
import { NOW_MS } from "./test-events.ts";
import { testSpool } from "./test-spool.ts";

type KeyName = Role | "publishable" | "expired";

interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  /** Whose key is sent; none for null. */
  as?: KeyName | null;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: string;
  headers?: Record<string, string>;
}

export interface Answered {
  status: number;
  headers: Headers;
  body: unknown;
}

/** Writing the document takes longer than most tests, and all apps have the same. */
let documented: OpenApiDocument | undefined;

async function documentOf(app: ReturnType<typeof createApp>): Promise<OpenApiDocument> {
  return z.custom<OpenApiDocument>().parse(await (await app.request("/openapi.json")).json());
}

/** The app with a key of every kind. Each answer is held against the document before it is given. */
export async function testApp(db: Db, changes: Partial<Parameters<typeof createApp>[0]> = {}) {
  const keys = await testKeys();
  const lines: Record<string, unknown>[] = [];
  let ids = 0;
  const app = createApp({
    db,
    authenticate: createAuthenticator({
      find: async (id) => keys.records.get(keyEntry(id)) ?? null,
      sha256Hex,
      nowMs: changes.nowMs ?? (() => NOW_MS),
    }),
    keyCopies: { put: async (entry, value) => void keys.records.set(entry, ApiKeyRecord.parse(JSON.parse(value))) },
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    fetch: () => Promise.reject(new Error("nothing goes out in this test")),
    nowMs: () => NOW_MS,
    random: () => 0.5,
    newId: (prefix) => newId(prefix, NOW_MS, new Uint8Array(10).fill(ids++)),
    retryLater: async () => undefined,
    queueLabels: async () => undefined,
    spool: testSpool(),
    models: testBucket(),
    bundled: () => testRelease({ version: "global@v0" }),
    waitUntil: () => undefined,
    waitingMessages: async () => 0,
    startTraining: async () => undefined,
    restartTraining: async () => undefined,
    openLive: () => Promise.reject(new Error("nobody listens in this test")),
    config: { allowLocalWebhooks: false, publicUrl: "https://pulse.example" },
    log: (line) => void lines.push(line),
    ...changes,
  });
  const document = (documented ??= await documentOf(app));
  lines.length = 0;

  async function call(
    path: string,
    { method = "GET", as = "analyst", json, body, headers }: Call = {},
  ): Promise<Answered> {
    const sent = json === undefined ? body : JSON.stringify(json);
    const response = await app.request(path, {
      method,
      ...(sent === undefined ? {} : { body: sent }),
      headers: {
        ...(sent === undefined ? {} : { "content-type": "application/json" }),
        ...(as === null ? {} : { authorization: `Bearer ${keys.texts[as]}` }),
        ...headers,
      },
    });
    const text = await response.text();
    const { status, headers: answeredHeaders } = response;
    conform(document, { method, path, status, headers: answeredHeaders, text });
    return { status, headers: answeredHeaders, body: contentOf(text, answeredHeaders) };
  }
  return { call, request: (path: string, init: RequestInit) => app.request(path, init), document, lines, keys };
}

/** One key of every role and kind, and the store that knows them by KV entry. */
async function testKeys() {
  const names: KeyName[] = [...ROLES, "publishable", "expired"];
  const records = new Map<string, ApiKeyRecord>();
  const texts: Partial<Record<KeyName, string>> = {};
  for (const [index, name] of names.entries()) {
    const kind = name === "publishable" ? "publishable" : "secret";
    const id = `key${index}`.padEnd(16, "0");
    const text = formatKey(kind, id, "S".repeat(32));
    const role = name === "publishable" ? null : name === "expired" ? "admin" : name;
    const expires_at = name === "expired" ? new Date(NOW_MS).toISOString() : null;
    records.set(keyEntry(id), { id, kind, role, origins: [], digest: await sha256Hex(text), expires_at });
    texts[name] = text;
  }
  return { records, texts: texts as Record<KeyName, string> }; // every name was just given its text
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
