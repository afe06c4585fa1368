import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { DAY_MS } from "../aggregator/learn/row.ts";
import { storePayments } from "../aggregator/learn/test-learning.ts";
import { createDb } from "../aggregator/store/db.ts";
import { newKey } from "../local/keys.ts";
import { openPostgres, type LocalPostgres } from "../local/postgres.ts";
import { startWorkers, type LocalWorkers } from "../local/workers.ts";
import { keyEntry } from "../shared/keys.ts";
import { provideBundles } from "./bundles.ts";
import { provideDatabase } from "./embedded-database.ts";
import { eventually } from "./system.ts";

let folder: string;
let postgres: LocalPostgres;
let workers: LocalWorkers;
const [key, record] = newKey({ kind: "secret", role: "operator", origins: [] });
/** A runtime is started twice, which on a busy machine takes a while. */
const LONG = { timeout: 120_000 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pulseecom-test-"));
  await Promise.all([provideBundles(folder), provideDatabase(folder)]);
  postgres = await openPostgres({ dataDir: folder });
  workers = await start();
  const config = await workers.miniflare.getKVNamespace("CONFIG", "pulseecom-edge");
  await config.put(keyEntry(record.id), JSON.stringify(record));
}, LONG.timeout);
afterAll(async () => {
  await workers.stop();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

function start(): Promise<LocalWorkers> {
  return startWorkers({
    bundleDir: folder,
    stateDir: join(folder, "state"),
    edgeVars: { PRIVACY_KEY: randomBytes(32).toString("hex"), MODEL_REFRESH_MS: "50" },
    aggregatorVars: {
      DATABASE_URL: "postgres://local:local@localhost/local",
      DATABASE_ENDPOINT: postgres.endpoint,
      PUBLIC_URL: "http://127.0.0.1:8788",
    },
  });
}

const Asked = z.object({ id: z.string() });

const Run = z.object({
  status: z.string(),
  finished_at: z.string().nullable(),
  steps: z.array(z.object({ name: z.string(), finished_at: z.string().nullable() })),
  candidate: z.object({ model: z.string(), calibration: z.string() }).nullable(),
});

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(new URL(path, workers.aggregator), {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** What one order by somebody unknown is scored with. */
async function scoredBy(): Promise<string | null> {
  const event = {
    id: `evt_workflow_${performance.now()}`,
    name: "purchase",
    transaction_id: `T-${performance.now()}`,
    value: 20,
    currency: "EUR",
    items: [],
  };
  const answer = await fetch(new URL("/v1/events", workers.edge), {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(event),
  });
  const { assessment } = (await answer.json()) as { assessment: { model: string | null; calibration: string } };
  return [assessment.model, assessment.calibration].join(" ");
}

describe("a training run", () => {
  it(
    "goes on when the runtime is killed at its work, has each effect once, and then scores at the edge",
    LONG,
    async () => {
      const database = { databaseUrl: "postgres://local:local@localhost/local", databaseEndpoint: postgres.endpoint };
      const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
      const traffic = { fromMs: today - 28 * DAY_MS, days: 28, perDay: 24, fraudsPerDay: 1 };
      await storePayments(createDb(database, fetch), traffic);

      const asked = await ask("POST", "/v1/training-runs", { window_days: 28 });
      expect(asked.status).toBe(202);
      const { id } = Asked.parse(asked.body);
      const run = async () => Run.parse((await ask("GET", `/v1/training-runs/${id}`)).body);
      const underWay = await eventually("a step that was done", async () => {
        const found = await run();
        return found.steps.some(({ finished_at }) => finished_at !== null) ? found : null;
      });
      expect(underWay.status).toBe("running");
      await workers.stop();

      workers = await start();
      await postgres.query("UPDATE training_runs SET progressed_at = now() - interval '21 min'", []);
      await workers.runCron("* * * * *");
      const ended = await eventually("the end", async () => {
        const found = await run();
        return found.finished_at === null ? null : found;
      });
      expect(ended.status).toBe("released");
      expect(ended.steps.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["snapshot", "train", "decide", "release"]),
      );
      const rows = await postgres.query(
        `SELECT (SELECT count(*)::int FROM models WHERE run_id IS NOT NULL) AS models,
        (SELECT count(*)::int FROM calibrations WHERE run_id IS NOT NULL) AS calibrations,
        (SELECT count(*)::int FROM releases WHERE run_id IS NOT NULL) AS releases,
        (SELECT count(*)::int FROM alerts) AS alerts`,
        [],
      );
      expect(rows).toEqual([{ models: 2, calibrations: 1, releases: 1, alerts: 1 }]);

      const { model, calibration } = ended.candidate ?? {};
      await eventually("a score by it", async () => ((await scoredBy()) === `${model} ${calibration}` ? true : null));
    },
  );
});
