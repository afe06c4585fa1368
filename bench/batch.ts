import { besideFloor, ratioRow, type Measured } from "./beside-floor.ts";
import type { Report } from "./report.ts";
import { traffic } from "./traffic.ts";

const EVENTS = 100;
const ROUNDS = 9;
const ROUND_MS = 3_000;
const CONNECTIONS = 8;
/** Batches made before the run: making them would cost the client what is to be measured of the Workers. */
const BATCHES = 300;

/** Batches a second, beside their floor. */
export async function batch(folder: string): Promise<Report> {
  const plan = { connections: CONNECTIONS, rounds: ROUNDS, roundMs: ROUND_MS, body: batches() };
  const measured = await besideFloor(folder, {
    ...plan,
    floor: "floor-batch",
    path: "/v1/events/batch",
    status: "200",
  });
  return {
    name: "batch",
    about: `POST /v1/events/batch with ${EVENTS} orders of the slice, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${ROUND_MS / 1000} s in turns`,
    rows: [
      { what: "floor: parse JSON, send to the queue", figure: figure(measured.floor) },
      { what: "full path", figure: figure(measured.full) },
      ratioRow(measured, 0.5),
    ],
  };
}

function figure({ requestsPerSecond, latencyMsP95 }: Measured["full"]): string {
  const eventsPerSecond = requestsPerSecond * EVENTS;
  return `${requestsPerSecond.toFixed(1)} batches/s, ${eventsPerSecond.toFixed(0)} events/s, P95 ${latencyMsP95.toFixed(0)} ms`;
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
