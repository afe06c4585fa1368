import { load, median, requireAll, type LoadResult } from "./load.ts";
import { traffic } from "./traffic.ts";
import { startEdgeAlone, startInstead, untilOrt } from "./stand.ts";
import type { Report } from "./report.ts";

const ROUNDS = 9;
const ROUND_MS = 2_500;
const WARM_UP_MS = 4_000;
const CONNECTIONS = 32;

/**
 * Requests a second of the single-event path, beside a Worker that only parses the same JSON and puts it on the same queue. The two
 * take turns, so that a busy minute of the machine meets both.
 */
export async function intake(folder: string): Promise<Report> {
  const bodies = traffic();
  const full = await startEdgeAlone(folder);
  const floor = await startInstead(folder, "floor");
  try {
    await untilOrt(full.workers.edge);
    let sent = 0;
    const body = () => bodies(sent++);
    const headers = { authorization: `Bearer ${full.key}`, "content-type": "application/json" };
    const round = (url: URL, path: string, durationMs: number) =>
      load({ url, path, headers, body, connections: CONNECTIONS, durationMs });
    await round(full.workers.edge, "/v1/events", WARM_UP_MS);
    await round(floor.edge, "/", WARM_UP_MS / 2);
    const results: { full: LoadResult; floor: LoadResult }[] = [];
    for (let at = 0; at < ROUNDS; at++) {
      results.push({
        floor: await round(floor.edge, "/", ROUND_MS),
        full: await round(full.workers.edge, "/v1/events", ROUND_MS),
      });
    }
    for (const { full: run, floor: floorRun } of results) {
      requireAll(run, "202");
      requireAll(floorRun, "202");
    }
    const ratios = results.map((run) => run.full.requestsPerSecond / run.floor.requestsPerSecond);
    const of = (side: "full" | "floor", key: keyof Omit<LoadResult, "statuses">) =>
      median(results.map((run) => run[side][key]));
    return {
      name: "intake",
      about: `POST /v1/events, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${ROUND_MS / 1000} s in turns`,
      rows: [
        {
          what: "floor: parse JSON, send to the queue",
          figure: `${of("floor", "requestsPerSecond").toFixed(0)} requests/s, P95 ${of("floor", "latencyMsP95").toFixed(1)} ms`,
        },
        {
          what: "full path",
          figure: `${of("full", "requestsPerSecond").toFixed(0)} requests/s, P95 ${of("full", "latencyMsP95").toFixed(1)} ms`,
        },
        {
          what: "full path over floor",
          figure: `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
          target: "≥ 0.4",
          met: median(ratios) >= 0.4,
        },
      ],
    };
  } finally {
    await Promise.all([full.workers.stop(), floor.stop()]);
  }
}
