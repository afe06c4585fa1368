import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newKey } from "../local/keys.ts";
import { openPostgres, type LocalPostgres } from "../local/postgres.ts";
import { startWorkers, type LocalWorkers } from "../local/workers.ts";
import { keyEntry, type ApiKeyRecord, type Role } from "../shared/keys.ts";
import { provideBundles } from "./bundles.ts";
import { provideDatabase } from "./embedded-database.ts";

/** The whole product on this machine: both Workers from their production bundles in workerd, on an embedded Postgres. */
export interface System {
  workers: LocalWorkers;
  postgres: LocalPostgres;
  /** Lines the Workers logged, oldest first. */
  logged: string[];
  /** Takes Postgres away, or brings it back with its data. */
  stopPostgres(): Promise<void>;
  resumePostgres(): Promise<void>;
  key(role: Role): string;
  publishableKey: string;
  send(path: string, body: unknown, init?: { key?: string; headers?: Record<string, string> }): Promise<Answer>;
  ask(method: string, path: string, key: string, body?: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed body; tests look at what they expect to be there. */
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer is asserted on field by field
  body: any;
}

/** @param options variables of the edge that differ from a deployment's */
export async function startSystem(options: { edgeVars?: Record<string, string> } = {}): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), "pulseecom-test-"));
  await Promise.all([provideBundles(folder), provideDatabase(folder)]);
  const logged: string[] = [];
  let postgres = await openPostgres({ dataDir: folder });
  const port = Number(new URL(postgres.endpoint).port);
  const workers = await startWorkers({
    bundleDir: folder,
    edgeVars: { PRIVACY_KEY: randomBytes(32).toString("hex"), PROFILE_DEADLINE_MS: "2000", ...options.edgeVars },
    aggregatorVars: {
      DATABASE_URL: "postgres://local:local@localhost/local",
      DATABASE_ENDPOINT: postgres.endpoint,
      ALLOW_LOCAL_WEBHOOKS: "true",
      PUBLIC_URL: "http://127.0.0.1:8788",
    },
    log: (line) => logged.push(line),
  });
  const keys = await grantKeys(workers);

  return {
    workers,
    get postgres() {
      return postgres;
    },
    logged,
    stopPostgres: () => postgres.close(),
    async resumePostgres() {
      postgres = await openPostgres({ dataDir: folder, port });
    },
    key: (role) => keys[role],
    publishableKey: keys.publishable,
    send: (path, body, { key = keys.ingest, headers = {} } = {}) =>
      request(new URL(path, workers.edge), {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
          ...headers,
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    ask: (method, path, key, body) =>
      request(new URL(path, workers.aggregator), {
        method,
        headers: { "content-type": "application/json", ...(key === "" ? {} : { authorization: `Bearer ${key}` }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async stop() {
      await workers.stop();
      await postgres.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function grantKeys(workers: LocalWorkers): Promise<Record<Role | "publishable", string>> {
  const config = await workers.miniflare.getKVNamespace("CONFIG", "pulseecom-edge");
  const grant = async (kind: ApiKeyRecord["kind"], role: Role | null, origins: string[]) => {
    const [key, record] = newKey({ kind, role, origins });
    await config.put(keyEntry(record.id), JSON.stringify(record));
    return key;
  };
  return {
    publishable: await grant("publishable", null, ["http://localhost:*"]),
    ingest: await grant("secret", "ingest", []),
    analyst: await grant("secret", "analyst", []),
    operator: await grant("secret", "operator", []),
    admin: await grant("secret", "admin", []),
  };
}

async function request(url: URL, init: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === "" ? null : JSON.parse(text) };
}

/**
 * Asks again until it answers something.
 *
 * @param everyMs longer where asking is work, as the product waits for the processor that it takes
 * @throws Error naming what did not come in time
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined>,
  { deadlineMs = 20_000, everyMs = 50 } = {},
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  while (performance.now() < endMs) {
    const found = await ask();
    if (found !== null && found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`${what} did not come within ${deadlineMs / 1000} s`);
}
