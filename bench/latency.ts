import { load, median, openConnection, requireAll, type LoadResult } from "./load.ts";
import type { Report } from "./report.ts";
import { sized } from "./sizes.ts";
import { startEdgeAlone, startInstead, untilOrt } from "./stand.ts";
import { orders, traffics, type Bodies } from "./traffic.ts";

const ROUNDS = sized("ROUNDS", 5);
const MAXIMUM_MS = 3_000;
const HALF_MS = sized("SECONDS", 15) * 1000;
const WARM_UP_MS = 4_000;
const CONNECTIONS = 32;
/** With a rate, enough of them that a slow answer keeps no other request from leaving in time. */
const CONNECTIONS_AT_RATE = 128;
const STARTS = sized("STARTS", 9);
const WARM_P95_MOST_MS = 10;
const COLD_MOST_MS = 60;

interface Side {
  maximum: number;
  atHalf: LoadResult;
}

/** How soon the edge answers while half of what it can take comes in, and how soon its first request is answered. */
export async function latency(folder: string): Promise<Report> {
  const rows: Report["rows"] = [];
  for (const { what, bodies } of await traffics()) {
    const { edge, echo } = await measureWarm(folder, bodies);
    rows.push(
      { what: `${what}, floor: a Worker that echoes`, figure: figure(echo) },
      {
        what: `${what}, POST /v1/events`,
        figure: figure(edge),
        target: `P95 < ${WARM_P95_MOST_MS} ms`,
        met: edge.atHalf.latencyMsP95 < WARM_P95_MOST_MS,
      },
    );
  }
  return {
    name: "latency",
    about: `answers at half of the highest rate of each, sent when due whether or not others are answered, ${HALF_MS / 1000} s; ${STARTS} cold starts`,
    rows: [...rows, ...(await measureCold(folder))],
  };
}

function figure({ maximum, atHalf }: Side): string {
  const { latencyMsP50, latencyMsP95, latencyMsP99 } = atHalf;
  return `P50 ${latencyMsP50.toFixed(1)} ms, P95 ${latencyMsP95.toFixed(1)} ms, P99 ${latencyMsP99.toFixed(1)} ms at half of ${maximum.toFixed(0)} requests/s`;
}

async function measureWarm(folder: string, bodies: Bodies): Promise<{ edge: Side; echo: Side }> {
  const full = await startEdgeAlone(folder);
  const floor = await startInstead(folder, "echo");
  try {
    await untilOrt(full.workers.edge);
    let sent = 0;
    const headers = { authorization: `Bearer ${full.key}`, "content-type": "application/json" };
    const shared = { headers, body: () => bodies(sent++) };
    const measure = async (url: URL, path: string, status: string): Promise<Side> => {
      const asFast = { ...shared, url, path, connections: CONNECTIONS };
      requireAll(await load({ ...asFast, durationMs: WARM_UP_MS }), status);
      const rates: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const result = await load({ ...asFast, durationMs: MAXIMUM_MS });
        requireAll(result, status);
        rates.push(result.requestsPerSecond);
      }
      const maximum = median(rates);
      const rate = maximum / 2;
      const atHalf = await load({ ...asFast, connections: CONNECTIONS_AT_RATE, durationMs: HALF_MS, rate });
      requireAll(atHalf, status);
      return { maximum, atHalf };
    };
    return {
      echo: await measure(floor.edge, "/", "200"),
      edge: await measure(full.workers.edge, "/v1/events", "202"),
    };
  } finally {
    await Promise.all([full.stop(), floor.stop()]);
  }
}

/** The first request after a start. The connection is made before, as the runtime and not the isolate makes it. */
async function measureCold(folder: string): Promise<Report["rows"]> {
  const { bodies } = orders();
  const echoMs: number[] = [];
  const edgeMs: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const floor = await startInstead(folder, "echo");
    try {
      echoMs.push(await firstAnswer(floor.edge, "/", {}, bodies(start), () => true));
    } finally {
      await floor.stop();
    }
    const full = await startEdgeAlone(folder);
    const headers = { authorization: `Bearer ${full.key}` };
    try {
      edgeMs.push(await firstAnswer(full.workers.edge, "/v1/events", headers, bodies(start), isScored));
    } finally {
      await full.stop();
    }
  }
  const told = (ms: readonly number[]) => `${median(ms).toFixed(1)} ms, ${Math.max(...ms).toFixed(0)} ms`;
  return [
    { what: "first request of a cold isolate, median and longest, floor: a Worker that echoes", figure: told(echoMs) },
    {
      what: "first request of a cold isolate, median and longest, POST /v1/events with its score",
      figure: told(edgeMs),
      target: `median < ${COLD_MOST_MS} ms`,
      met: median(edgeMs) < COLD_MOST_MS,
    },
  ];
}

/** @throws Error when the answer is none or not as it should be */
async function firstAnswer(
  url: URL,
  path: string,
  own: Record<string, string>,
  body: string,
  isGood: (answer: unknown) => boolean,
): Promise<number> {
  const connection = await openConnection(url);
  const startMs = performance.now();
  const { status, text } = await connection.request(path, { "content-type": "application/json", ...own }, body);
  const tookMs = performance.now() - startMs;
  connection.close();
  if (status >= 300 || !isGood(JSON.parse(text()))) throw new Error(`the first answer is ${status} ${text()}`);
  return tookMs;
}

/** By the model, and with nothing missing. */
function isScored(answer: unknown): boolean {
  const { assessment } = answer as { assessment?: { model: string | null; degraded: string[] } }; // checked by use
  return typeof assessment?.model === "string" && assessment.degraded.length === 0;
}
