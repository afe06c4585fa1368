import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildWorkers, modulesOf } from "../local/build-workers.ts";
import { newKey } from "../local/keys.ts";
import { migrate } from "../local/migrate.ts";
import { openPostgres, type LocalPostgres } from "../local/postgres.ts";
import { startWorkers, type LocalWorkers } from "../local/workers.ts";
import { keyEntry, type Role } from "../shared/keys.ts";
import { workerdPids } from "./processes.ts";

const BENCH_CONFIG = fileURLToPath(new URL("wrangler.toml", import.meta.url));

/** A folder for bundles and state, in memory where the machine has one: disk writes of local storage are not what is measured. */
export async function scratchFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "pulseecom-bench-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The Workers in bench/workers that may stand in the edge's place. */
const STAND_INS = ["floor", "floor-batch", "echo", "scoring"] as const;

/** The production bundles, and those of the Workers in bench/workers. */
export async function buildAll(folder: string): Promise<void> {
  await buildWorkers(folder);
  await buildWorkers(folder, BENCH_CONFIG, [...STAND_INS, "sink", "relay-in", "relay-out"]);
}

/** What every edge here is told: a key of its own, and to wait for its profiles, so that none of its answers is a lesser one. */
const EDGE_VARS = () => ({ PRIVACY_KEY: randomBytes(32).toString("hex"), PROFILE_DEADLINE_MS: "1000" });
/** What a key may send in a minute by default is less than the edge can take. */
const NO_LIMIT = Object.fromEntries(
  ["PUBLISHABLE_RATE", "SECRET_RATE", "REFUSED_RATE"].map((name, index) => [
    name,
    { namespace_id: String(7301 + index), simple: { limit: 1_000_000_000, period: 60 as const } },
  ]),
);

const DROPPED = { maxBatchSize: 100, maxBatchTimeout: 1 };
const SINK_CONSUMER = {
  "pulseecom-assessments": DROPPED,
  "pulseecom-anomalies": DROPPED,
  "pulseecom-accounts": DROPPED,
};

/** The edge by itself, and a key of role ingest that it takes. */
export interface EdgeAlone {
  workers: LocalWorkers;
  key: string;
  /** What the edge keeps: KV and Durable Objects. */
  stateDir: string;
  /** Ends it and, unless told otherwise, removes what it kept. */
  stop(keepState?: boolean): Promise<void>;
}

/** The edge as it is deployed, in front of a consumer that drops everything. It knows nobody yet. */
export async function startEdgeAlone(
  folder: string,
  { inspect = false, edgeVars = {} }: { inspect?: boolean; edgeVars?: Record<string, string> } = {},
): Promise<EdgeAlone> {
  const stateDir = await mkdtemp(join(folder, "state-edge-"));
  const workers = await startWorkers({
    bundleDir: folder,
    stateDir,
    inspect,
    edgeVars: { ...EDGE_VARS(), ...edgeVars },
    workers: { edge: { ratelimits: NO_LIMIT }, aggregator: await sink(folder) },
  });
  return {
    workers,
    key: await grantKey(workers, "ingest"),
    stateDir,
    async stop(keepState = false) {
      await workers.stop();
      if (!keepState) await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** One of the Workers in bench/workers in the edge's place, in front of the same consumer and queue. */
export async function startInstead(folder: string, name: (typeof STAND_INS)[number]): Promise<LocalWorkers> {
  return startWorkers({
    bundleDir: folder,
    workers: {
      edge: {
        ...(await benchWorker(folder, name)),
        durableObjects: {},
        queueProducers: { ASSESSMENTS: { queueName: "pulseecom-assessments" } },
      },
      aggregator: await sink(folder),
    },
  });
}

/** The whole product, on an embedded Postgres or a server. */
export interface Whole {
  workers: LocalWorkers;
  /** Processes of the runtimes; the same one where both Workers share it. */
  pids: { edge: number[]; aggregator: number[] };
  postgres: LocalPostgres;
  stop(): Promise<void>;
}

interface WholeOptions {
  inspect?: boolean;
  /** Server to use in place of the embedded Postgres. */
  databaseUrl?: string | undefined;
  /** Two runtimes, the queues of each joined by a relay: one runtime has one thread for all its Workers. */
  isApart?: boolean;
}

/** Both Workers as they are deployed, with what they keep in folders of that name. */
export async function startWhole(
  folder: string,
  name: string,
  { inspect = false, databaseUrl, isApart = false }: WholeOptions = {},
): Promise<Whole> {
  const postgres = await openPostgres(databaseUrl === undefined ? { dataDir: join(folder, name) } : { databaseUrl });
  await migrate(postgres);
  const aggregatorVars = {
    DATABASE_URL: "postgres://local:local@localhost/local",
    DATABASE_ENDPOINT: postgres.endpoint,
    ALLOW_LOCAL_WEBHOOKS: "true",
    PUBLIC_URL: "http://127.0.0.1:8788",
  };
  const shared = { bundleDir: folder, edgeVars: EDGE_VARS(), aggregatorVars };
  const stateDir = join(folder, `state-${name}`);
  const edge = { ratelimits: NO_LIMIT };
  const others = workerdPids();
  const newPids = () => workerdPids().filter((pid) => !others.includes(pid));
  if (!isApart) {
    const workers = await startWorkers({ ...shared, stateDir, inspect, workers: { edge } });
    const pids = { edge: newPids(), aggregator: newPids() };
    return { workers, postgres, pids, stop: () => stopAll([workers], postgres) };
  }
  const behind = await startWorkers({
    ...shared,
    stateDir: `${stateDir}-behind`,
    workers: { edge: { ...(await benchWorker(folder, "relay-in")), durableObjects: {}, queueConsumers: {} } },
  });
  const aggregatorPids = newPids();
  const before = await startWorkers({
    ...shared,
    stateDir,
    inspect,
    workers: { edge, aggregator: { ...(await sink(folder, "relay-out")), bindings: { RELAY: String(behind.edge) } } },
  });
  return {
    workers: {
      ...before,
      aggregator: behind.aggregator,
      runCron: (cron) => behind.runCron(cron),
      queueBacklog: async () => (await before.queueBacklog()) + (await behind.queueBacklog()),
    },
    postgres,
    pids: { edge: newPids().filter((pid) => !aggregatorPids.includes(pid)), aggregator: aggregatorPids },
    stop: () => stopAll([before, behind], postgres),
  };
}

async function stopAll(workers: readonly LocalWorkers[], postgres: LocalPostgres): Promise<void> {
  for (const each of workers) await each.stop();
  await postgres.close();
}

async function benchWorker(folder: string, name: string) {
  const bundle = join(folder, name);
  return { modules: await modulesOf(bundle, `${name}.ts`), modulesRoot: bundle };
}

/** In the aggregator's place what takes the edge's messages off the queues. */
async function sink(folder: string, name: "sink" | "relay-out" = "sink") {
  return { ...(await benchWorker(folder, name)), queueConsumers: SINK_CONSUMER, workflows: {} };
}

/** A key that the Workers take, for as long as they run. */
export async function grantKey(workers: LocalWorkers, role: Role | "publishable"): Promise<string> {
  const [key, record] = newKey(
    role === "publishable"
      ? { kind: "publishable", role: null, origins: ["http://localhost:*"] }
      : { kind: "secret", role, origins: [] },
  );
  const config = await workers.miniflare.getKVNamespace("CONFIG", "pulseecom-edge");
  await config.put(keyEntry(record.id), JSON.stringify(record));
  return key;
}

/** Waits until the edge scores with ONNX Runtime. @throws Error when it does not within 20 s */
export async function untilOrt(edge: URL): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(new URL("/readyz", edge));
    const { runtime } = (await answer.json()) as { runtime?: string };
    if (runtime === "ort") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the edge does not score with ONNX Runtime");
}
