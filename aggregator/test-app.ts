import * as z from "zod";
import { createAuthenticator } from "../shared/authenticator.ts";
import { newId } from "../shared/ids.ts";
import { ApiKeyRecord, formatKey, keyEntry, ROLES, type Role } from "../shared/keys.ts";
import { ProblemBody, type openApi } from "../shared/openapi.ts";
import { createApp } from "./app.ts";
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
    waitingMessages: async () => 0,
    config: { allowLocalWebhooks: false, publicUrl: "https://pulse.example" },
    log: (line) => void lines.push(line),
    ...changes,
  });
  const document = z.custom<Document>().parse(await (await app.request("/openapi.json")).json());
  lines.length = 0;

  async function call(
    path: string,
    { method = "GET", as = "analyst", json, body, headers }: Call = {},
  ): Promise<Answered> {
    const text = json === undefined ? body : JSON.stringify(json);
    const response = await app.request(path, {
      method,
      ...(text === undefined ? {} : { body: text }),
      headers: {
        ...(text === undefined ? {} : { "content-type": "application/json" }),
        ...(as === null ? {} : { authorization: `Bearer ${keys.texts[as]}` }),
        ...headers,
      },
    });
    const raw = await response.text();
    const answered = {
      status: response.status,
      headers: response.headers,
      body: raw === "" ? undefined : JSON.parse(raw),
    };
    conform(document, method.toLowerCase(), path, answered);
    return answered;
  }
  return { call, document, lines, keys };
}

type Document = ReturnType<typeof openApi>;

const Responses = z.record(
  z.string(),
  z.object({ content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })).optional() }),
);

/** @throws Error when the document does not say that this may be answered here */
function conform(document: Document, method: string, path: string, answered: Answered): void {
  const type = answered.headers.get("content-type")?.split(";")[0] ?? "";
  const problem = type === "application/problem+json";
  if (problem) {
    const body = ProblemBody.parse(answered.body);
    if (body.status !== answered.status || body.instance !== answered.headers.get("x-request-id")) {
      throw new Error(`${method} ${path}: the problem does not agree with its response`);
    }
  }
  const operation = operationAt(document, method, path);
  if (operation === null) {
    if (problem && (answered.status === 404 || answered.status === 405)) return;
    throw new Error(`${method} ${path} is not in the document and answered ${answered.status}`);
  }
  const declared = Responses.parse(operation["responses"])[String(answered.status)];
  if (declared === undefined)
    throw new Error(`${method} ${path} answered ${answered.status}, which the document does not say`);
  if (answered.body === undefined && declared.content === undefined) return;
  const schema = declared.content?.[type]?.schema;
  if (schema === undefined) throw new Error(`${method} ${path} answered ${type}, which the document does not say`);
  if (!problem) z.fromJSONSchema(schema).parse(answered.body);
}

function operationAt(document: Document, method: string, path: string): Record<string, unknown> | null {
  const [bare = ""] = path.split("?");
  for (const [template, operations] of Object.entries(document.paths)) {
    const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
    if (pattern.test(bare) && operations[method] !== undefined)
      return z.record(z.string(), z.unknown()).parse(operations[method]);
  }
  return null;
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
