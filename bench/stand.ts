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

const BENCH_CONFIG = fileURLToPath(new URL("wrangler.toml", import.meta.url));

/** A folder for bundles and state, in memory where the machine has one: disk writes of local storage are not what is measured. */
export async function scratchFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "pulseecom-bench-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The production bundles, and those of the Workers in bench/workers. */
export async function buildAll(folder: string): Promise<void> {
  await buildWorkers(folder);
  await buildWorkers(folder, BENCH_CONFIG, ["floor", "floor-batch", "sink", "scoring"]);
}

const DROPPED = { maxBatchSize: 100, maxBatchTimeout: 1 };
const SINK_CONSUMER = {
  "pulseecom-assessments": DROPPED,
  "pulseecom-anomalies": DROPPED,
  "pulseecom-accounts": DROPPED,
};

/** The edge as it is deployed, in front of a consumer that drops everything. */
export async function startEdgeAlone(
  folder: string,
  inspect = false,
  edgeVars: Record<string, string> = {},
): Promise<{ workers: LocalWorkers; key: string }> {
  const workers = await startWorkers({
    bundleDir: folder,
    stateDir: join(folder, "state-edge"),
    inspect,
    edgeVars: { PRIVACY_KEY: randomBytes(32).toString("hex"), PROFILE_DEADLINE_MS: "1000", ...edgeVars },
    workers: {
      aggregator: {
        modules: await modulesOf(join(folder, "sink"), "sink.ts"),
        modulesRoot: join(folder, "sink"),
        queueConsumers: SINK_CONSUMER,
        workflows: {},
      },
    },
  });
  return { workers, key: await grantKey(workers, "ingest") };
}

/** One of the Workers in bench/workers in the edge's place, in front of the same consumer and queue. */
export async function startInstead(folder: string, name: "floor" | "floor-batch" | "scoring"): Promise<LocalWorkers> {
  return startWorkers({
    bundleDir: folder,
    workers: {
      edge: {
        modules: await modulesOf(join(folder, name), `${name}.ts`),
        modulesRoot: join(folder, name),
        durableObjects: {},
        queueProducers: { ASSESSMENTS: { queueName: "pulseecom-assessments" } },
      },
      aggregator: {
        modules: await modulesOf(join(folder, "sink"), "sink.ts"),
        modulesRoot: join(folder, "sink"),
        queueConsumers: SINK_CONSUMER,
        workflows: {},
      },
    },
  });
}

/** The whole product, on an embedded Postgres. */
export interface Whole {
  workers: LocalWorkers;
  postgres: LocalPostgres;
  stop(): Promise<void>;
}

/** Both Workers as they are deployed, with what they keep in folders of that name. */
export async function startWhole(folder: string, name: string, inspect = false): Promise<Whole> {
  const postgres = await openPostgres({ dataDir: join(folder, name) });
  await migrate(postgres);
  const workers = await startWorkers({
    bundleDir: folder,
    stateDir: join(folder, `state-${name}`),
    inspect,
    edgeVars: { PRIVACY_KEY: randomBytes(32).toString("hex"), PROFILE_DEADLINE_MS: "1000" },
    aggregatorVars: {
      DATABASE_URL: "postgres://local:local@localhost/local",
      DATABASE_ENDPOINT: postgres.endpoint,
      ALLOW_LOCAL_WEBHOOKS: "true",
      PUBLIC_URL: "http://127.0.0.1:8788",
    },
  });
  return {
    workers,
    postgres,
    async stop() {
      await workers.stop();
      await postgres.close();
    },
  };
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
