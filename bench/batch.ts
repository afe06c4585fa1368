import { load, median, requireAll, type LoadResult } from "./load.ts";
import type { Report } from "./report.ts";
import { startEdgeAlone, startInstead, untilOrt } from "./stand.ts";
import { traffic } from "./traffic.ts";

const EVENTS = 100;
const ROUNDS = 9;
const ROUND_MS = 3_000;
const WARM_UP_MS = 5_000;
const CONNECTIONS = 8;
/** Batches made before the run: making them would cost the client what is to be measured of the Workers. */
const BATCHES = 300;

/**
 * Batches a second, beside a Worker that only parses the same JSON and puts the events on the same queue. The two take turns, so that
 * a busy minute of the machine meets both.
 */
export async function batch(folder: string): Promise<Report> {
  const bodies = batches();
  const full = await startEdgeAlone(folder);
  const floor = await startInstead(folder, "floor-batch");
  try {
    await untilOrt(full.workers.edge);
    let sent = 0;
    const body = () => bodies(sent++);
    const headers = { authorization: `Bearer ${full.key}`, "content-type": "application/json" };
    const round = (url: URL, path: string, durationMs: number) =>
      load({ url, path, headers, body, connections: CONNECTIONS, durationMs });
    await round(full.workers.edge, "/v1/events/batch", WARM_UP_MS);
    await round(floor.edge, "/", WARM_UP_MS / 2);
    const results: { full: LoadResult; floor: LoadResult }[] = [];
    for (let at = 0; at < ROUNDS; at++) {
      results.push({
        floor: await round(floor.edge, "/", ROUND_MS),
        full: await round(full.workers.edge, "/v1/events/batch", ROUND_MS),
      });
    }
    for (const { full: run, floor: floorRun } of results) {
      requireAll(run, "200");
      requireAll(floorRun, "200");
    }
    const ratios = results.map((run) => run.full.requestsPerSecond / run.floor.requestsPerSecond);
    const perSecond = (side: "full" | "floor") => median(results.map((run) => run[side].requestsPerSecond));
    const p95 = (side: "full" | "floor") => median(results.map((run) => run[side].latencyMsP95));
    const figure = (side: "full" | "floor") =>
      `${perSecond(side).toFixed(1)} batches/s, ${(perSecond(side) * EVENTS).toFixed(0)} events/s, P95 ${p95(side).toFixed(0)} ms`;
    return {
      name: "batch",
      about: `POST /v1/events/batch with ${EVENTS} orders of the slice, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${ROUND_MS / 1000} s in turns`,
      rows: [
        { what: "floor: parse JSON, send to the queue", figure: figure("floor") },
        { what: "full path", figure: figure("full") },
        {
          what: "full path over floor",
          figure: `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
          target: "≥ 0.5",
          met: median(ratios) >= 0.5,
        },
      ],
    };
  } finally {
    await Promise.all([full.workers.stop(), floor.stop()]);
  }
}

/** Batches in turn, the ids of each sending its own. */
function batches(): (index: number) => string {
  const event = traffic();
  const made = Array.from({ length: BATCHES }, (_batch, at) => {
    const events = Array.from({ length: EVENTS }, (_event, index) => event(at * EVENTS + index));
    return `{"events":[${events.join(",")}]}`;
  });
  return (index) => (made[index % BATCHES] ?? "").replaceAll("evt_bench_", `evt_bench_${index}_`);
}
