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

/** How soon the edge answers while half of what it can take comes in, and how soon its first request is answered. */
export async function latency(folder: string): Promise<Report> {
  const rows: Report["rows"] = [];
  for (const { what, bodies } of await traffics()) {
    const { maximum, edge, echo } = await measureWarm(folder, bodies);
    rows.push(
      { what: `${what}, floor: a Worker that echoes`, figure: figure(echo) },
      {
        what: `${what}, POST /v1/events, ${(maximum / 2).toFixed(0)} of at most ${maximum.toFixed(0)} requests/s`,
        figure: figure(edge),
        target: `P95 < ${WARM_P95_MOST_MS} ms`,
        met: edge.latencyMsP95 < WARM_P95_MOST_MS,
      },
    );
  }
  return {
    name: "latency",
    about: `answers at half of the highest rate of the edge, the echo at the same, sent when due whether or not others are answered, ${HALF_MS / 1000} s; ${STARTS} cold starts`,
    rows: [...rows, ...(await measureCold(folder))],
  };
}

function figure({ latencyMsP50, latencyMsP95, latencyMsP99 }: LoadResult): string {
  return `P50 ${latencyMsP50.toFixed(1)} ms, P95 ${latencyMsP95.toFixed(1)} ms, P99 ${latencyMsP99.toFixed(1)} ms`;
}

/** Both at the same rate: the client shares the processors, so at a higher one the echo would wait for the client alone. */
async function measureWarm(
  folder: string,
  bodies: Bodies,
): Promise<{ maximum: number; edge: LoadResult; echo: LoadResult }> {
  const full = await startEdgeAlone(folder);
  const floor = await startInstead(folder, "echo");
  try {
    await untilOrt(full.workers.edge);
    let sent = 0;
    const headers = { authorization: `Bearer ${full.key}`, "content-type": "application/json" };
    const shared = { headers, body: () => bodies(sent++), connections: CONNECTIONS };
    const run = async (of: { url: URL; path: string; status: string }, plan: { durationMs: number; rate?: number }) => {
      const paced = plan.rate === undefined ? {} : { connections: CONNECTIONS_AT_RATE };
      const result = await load({ ...shared, ...of, ...plan, ...paced });
      requireAll(result, of.status);
      return result;
    };
    const edge = { url: full.workers.edge, path: "/v1/events", status: "202" };
    const echo = { url: floor.edge, path: "/", status: "200" };
    await run(edge, { durationMs: WARM_UP_MS });
    await run(echo, { durationMs: WARM_UP_MS });
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rates.push((await run(edge, { durationMs: MAXIMUM_MS })).requestsPerSecond);
    }
    const maximum = median(rates);
    const half = { durationMs: HALF_MS, rate: maximum / 2 };
    return { maximum, echo: await run(echo, half), edge: await run(edge, half) };
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
