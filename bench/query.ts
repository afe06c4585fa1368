import { drizzle } from "drizzle-orm/node-postgres";
import { Client, Pool } from "pg";
import { createApp } from "../aggregator/app.ts";
import { openDatabase } from "../local/database.ts";
import { migrate } from "../local/migrate.ts";
import { createOwnDatabase, hasServer } from "../local/server-for-tests.ts";
import { newId } from "../shared/ids.ts";
import type { ApiKeyRecord } from "../shared/keys.ts";
import { quantile } from "./load.ts";
import { fill } from "./query/fill.ts";
import { requestsOf } from "./query/requests.ts";
import type { Report } from "./report.ts";

/** Events in the database, by size; `QUERY_BENCH_EVENTS=1000000,5000000` measures both and takes half an hour. */
const SIZES = (process.env["QUERY_BENCH_EVENTS"] ?? "1000000").split(",").map(Number);
const TARGET_MS = 100;
/** Of each request, after some that are not counted. */
const WARM_UP = 3;
const ROUNDS = 40;

interface Measured {
  what: string;
  msP50: number;
  msP95: number;
}

/** How long the API's lists and figures take over a shop's 90 days, through the aggregator's own code, on the real Postgres. */
export async function query(): Promise<Report> {
  const about = `each list and figure of the API, ${ROUNDS} times, over 90 days of a shop in Postgres`;
  if (!(await hasServer())) {
    const figure = "not measured: there is no Postgres server on this machine";
    return { name: "query", about, rows: [{ what: "all", figure }] };
  }
  const bySize = new Map<number, Measured[]>();
  for (const events of SIZES) bySize.set(events, await measureSize(events));
  const [first = 0] = SIZES;
  const rows = (bySize.get(first) ?? []).map(({ what }) => {
    const figures = [...bySize.values()].flatMap((all) => all.filter((own) => own.what === what));
    const figure = figures.map(({ msP50, msP95 }) => `P50 ${msP50.toFixed(1)} ms, P95 ${msP95.toFixed(1)} ms`);
    const worst = Math.max(...figures.map(({ msP95 }) => msP95));
    return { what, figure: figure.join("; "), target: `P95 < ${TARGET_MS} ms`, met: worst < TARGET_MS };
  });
  return {
    name: "query",
    about: `${about}: ${SIZES.map((size) => size.toLocaleString("en")).join("; ")} events`,
    rows,
  };
}

async function measureSize(events: number): Promise<Measured[]> {
  const own = await createOwnDatabase();
  try {
    const database = await openDatabase({ databaseUrl: own.url });
    await migrate(database);
    await database.close();
    const endMs = Date.now();
    const client = new Client({ connectionString: own.url });
    await client.connect();
    await fill(drizzle({ client }), events, endMs);
    await client.end();
    return await measure(own.url, endMs);
  } finally {
    await own.drop();
  }
}

/** Every request against a database that is filled. */
export async function measure(databaseUrl: string, nowMs: number): Promise<Measured[]> {
  const pool = new Pool({ connectionString: databaseUrl, max: 4 });
  try {
    const ask = await analyst(pool, nowMs);
    const measured: Measured[] = [];
    for (const { what, paths } of await requestsOf(pool, nowMs)) {
      const timesMs: number[] = [];
      for (let round = -WARM_UP; round < ROUNDS; round++) {
        const path = paths[(round + WARM_UP) % paths.length] ?? "/";
        const startMs = performance.now();
        await ask(path);
        if (round >= 0) timesMs.push(performance.now() - startMs);
      }
      measured.push({ what, msP50: quantile(timesMs, 0.5), msP95: quantile(timesMs, 0.95) });
    }
    return measured;
  } finally {
    await pool.end();
  }
}

/** Asks the aggregator in this process, as deployed but for the driver. @throws Error when it is not answered well */
async function analyst(pool: Pool, nowMs: number): Promise<(path: string) => Promise<void>> {
  const key: ApiKeyRecord = { id: "bench", kind: "secret", role: "admin", origins: [], digest: "", expires_at: null };
  const unused = () => Promise.reject(new Error("nothing but reading is measured"));
  const app = createApp({
    db: drizzle({ client: pool }),
    authenticate: async () => key,
    nowMs: () => nowMs,
    newId: (prefix: string) => newId(prefix, nowMs, new Uint8Array(10)),
    randomBytes: (count: number) => new Uint8Array(count),
    random: () => 0.5,
    fetch: unused,
    keyCopies: { put: unused },
    retryLater: unused,
    queueLabels: unused,
    spool: { put: unused, get: unused, delete: unused, list: unused },
    waitingMessages: async () => 0,
    openLive: unused,
    config: { allowLocalWebhooks: false, publicUrl: "https://pulse.example" },
    log: () => undefined,
  } as unknown as Parameters<typeof createApp>[0]); // what reading needs of the services
  return async (path) => {
    const response = await app.request(path);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  };
}
