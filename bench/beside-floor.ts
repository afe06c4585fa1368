import { load, median, requireAll, type LoadResult } from "./load.ts";
import type { Report } from "./report.ts";
import { startEdgeAlone, startInstead, untilOrt } from "./stand.ts";

interface Plan {
  /** The Worker that does the least with the same bodies. */
  floor: "floor" | "floor-batch";
  path: string;
  /** What both answer when they take a body. */
  status: string;
  bodies(index: number): string | Buffer;
  /** Events of a body: an answer says of as many that they are accepted. */
  events: number;
  connections: number;
  rounds: number;
  roundMs: number;
}

export interface Side {
  requestsPerSecond: number;
  latencyMsP95: number;
}

export interface Measured {
  /** Of requests a second, full over floor, a round. */
  ratios: number[];
  full: Side;
  floor: Side;
}

const WARM_UP_MS = 4_000;

/**
 * The edge as it is deployed, beside a Worker that only parses the same JSON and puts it on the same queue. The two take turns, so that
 * a busy minute of the machine meets both. Of each side the medians.
 */
export async function besideFloor(folder: string, plan: Plan): Promise<Measured> {
  const full = await startEdgeAlone(folder);
  const floor = await startInstead(folder, plan.floor);
  try {
    await untilOrt(full.workers.edge);
    let sent = 0;
    const headers = { authorization: `Bearer ${full.key}`, "content-type": "application/json" };
    const isGood = (answer: string) => acceptedIn(answer) === plan.events;
    const run = (url: URL, path: string, durationMs: number) =>
      load({ url, path, headers, body: () => plan.bodies(sent++), connections: plan.connections, durationMs, isGood });
    const runFull = (durationMs: number) => run(full.workers.edge, plan.path, durationMs);
    const runFloor = (durationMs: number) => run(floor.edge, "/", durationMs);
    await runFull(WARM_UP_MS);
    await runFloor(WARM_UP_MS / 2);
    const rounds: { full: LoadResult; floor: LoadResult }[] = [];
    for (let at = 0; at < plan.rounds; at++) {
      rounds.push({ floor: await runFloor(plan.roundMs), full: await runFull(plan.roundMs) });
    }
    for (const round of rounds.flatMap((each) => [each.full, each.floor])) requireAll(round, plan.status);
    const side = (name: "full" | "floor"): Side => ({
      requestsPerSecond: median(rounds.map((round) => round[name].requestsPerSecond)),
      latencyMsP95: median(rounds.map((round) => round[name].latencyMsP95)),
    });
    const ratios = rounds.map((round) => round.full.requestsPerSecond / round.floor.requestsPerSecond);
    return { ratios, full: side("full"), floor: side("floor") };
  } finally {
    await Promise.all([full.stop(), floor.stop()]);
  }
}

/** Of how many events an answer says that they were taken in. */
export function acceptedIn(answer: string): number {
  return answer.split('"status":"accepted"').length - 1;
}

/** The row that says how near a path comes to its floor. */
export function ratioRow(what: string, ratios: readonly number[], least: number): Report["rows"][number] {
  return {
    what,
    figure: `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
    target: `≥ ${least}`,
    met: median(ratios) >= least,
  };
}
