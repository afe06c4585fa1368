import { besideFloor, ratioRow, type Side } from "./beside-floor.ts";
import { sized } from "./sizes.ts";
import type { Report } from "./report.ts";
import { traffics } from "./traffic.ts";

const ROUNDS = sized("ROUNDS", 9);
const ROUND_MS = 2_500;
const CONNECTIONS = 32;
const LEAST = 0.7;

/** Requests a second of the single-event path, beside its floor. */
export async function intake(folder: string): Promise<Report> {
  const rows: Report["rows"] = [];
  for (const { what, bodies } of await traffics()) {
    const plan = { connections: CONNECTIONS, rounds: ROUNDS, roundMs: ROUND_MS, bodies, events: 1 };
    const measured = await besideFloor(folder, { ...plan, floor: "floor", path: "/v1/events", status: "202" });
    rows.push(
      { what: `${what}, floor: parse JSON, send to the queue`, figure: figure(measured.floor) },
      { what: `${what}, full path`, figure: figure(measured.full) },
      ratioRow(`${what}, full path over floor`, measured.ratios, LEAST),
    );
  }
  return {
    name: "intake",
    about: `POST /v1/events, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${ROUND_MS / 1000} s in turns`,
    rows,
  };
}

function figure({ requestsPerSecond, latencyMsP95 }: Side): string {
  return `${requestsPerSecond.toFixed(0)} requests/s, P95 ${latencyMsP95.toFixed(1)} ms`;
}
