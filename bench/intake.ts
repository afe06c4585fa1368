import { besideFloor, ratioRow, type Measured } from "./beside-floor.ts";
import type { Report } from "./report.ts";
import { traffic } from "./traffic.ts";

const ROUNDS = 9;
const ROUND_MS = 2_500;
const CONNECTIONS = 32;

/** Requests a second of the single-event path, beside its floor. */
export async function intake(folder: string): Promise<Report> {
  const plan = { connections: CONNECTIONS, rounds: ROUNDS, roundMs: ROUND_MS, body: traffic() };
  const measured = await besideFloor(folder, { ...plan, floor: "floor", path: "/v1/events", status: "202" });
  return {
    name: "intake",
    about: `POST /v1/events, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${ROUND_MS / 1000} s in turns`,
    rows: [
      { what: "floor: parse JSON, send to the queue", figure: figure(measured.floor) },
      { what: "full path", figure: figure(measured.full) },
      ratioRow(measured, 0.4),
    ],
  };
}

function figure({ requestsPerSecond, latencyMsP95 }: Measured["full"]): string {
  return `${requestsPerSecond.toFixed(0)} requests/s, P95 ${latencyMsP95.toFixed(1)} ms`;
}
