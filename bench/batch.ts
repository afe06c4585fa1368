import { batchesOf, EVENTS, type Batches } from "./batches.ts";
import { acceptedIn, besideFloor, ratioRow, type Side } from "./beside-floor.ts";
import { load, median, requireAll, sleep } from "./load.ts";
import type { Report } from "./report.ts";
import { sized } from "./sizes.ts";
import { startEdgeAlone, untilOrt } from "./stand.ts";
import { traffics } from "./traffic.ts";

const ROUNDS = sized("ROUNDS", 9);
const ROUND_MS = 3_000;
const WARM_UP_MS = 4_000;
const CONNECTIONS = 8;
/** A consumer is given messages at the latest a second after they came. */
const QUEUE_EMPTY_MS = 3_000;
const LEAST = 0.7;
/** Of two runtimes, each of which has one thread. */
const TOGETHER_LEAST = 50_000;

/** Batches a second, beside their floor, and what two runtimes side by side take in. */
export async function batch(folder: string): Promise<Report> {
  const rows: Report["rows"] = [];
  for (const traffic of await traffics()) {
    const { what } = traffic;
    const bodies = batchesOf(traffic);
    const plan = { connections: CONNECTIONS, rounds: ROUNDS, roundMs: ROUND_MS, bodies, events: EVENTS };
    const way = { floor: "floor-batch", path: "/v1/events/batch", status: "200" } as const;
    const measured = await besideFloor(folder, { ...plan, ...way });
    const together = await sideBySide(folder, bodies);
    rows.push(
      { what: `${what}, floor: parse JSON, send to the queue`, figure: figure(measured.floor) },
      { what: `${what}, full path`, figure: figure(measured.full) },
      ratioRow(`${what}, full path over floor`, measured.ratios, LEAST),
      {
        what: `${what}, two runtimes side by side`,
        figure: `${together.eventsPerSecond.toFixed(0)} events/s`,
        target: `≥ ${TOGETHER_LEAST.toLocaleString("en")} events/s`,
        met: together.eventsPerSecond >= TOGETHER_LEAST,
      },
      {
        what: `${what}, on the queues`,
        figure: `${together.bytesPerEvent.toFixed(0)} bytes an event, ${together.eventsPerMessage.toFixed(1)} events a message`,
      },
    );
  }
  return {
    name: "batch",
    about: `POST /v1/events/batch with ${EVENTS} events, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${ROUND_MS / 1000} s in turns; the client shares the processors`,
    rows,
  };
}

function figure({ requestsPerSecond, latencyMsP95 }: Side): string {
  const eventsPerSecond = requestsPerSecond * EVENTS;
  return `${requestsPerSecond.toFixed(1)} batches/s, ${eventsPerSecond.toFixed(0)} events/s, P95 ${latencyMsP95.toFixed(0)} ms`;
}

interface Together {
  /** The median of the rounds. */
  eventsPerSecond: number;
  bytesPerEvent: number;
  eventsPerMessage: number;
}

/** What two edges take in, each in a process of its own with half of the connections, and put on their queues. */
async function sideBySide(folder: string, bodies: Batches): Promise<Together> {
  const edges = [await startEdgeAlone(folder), await startEdgeAlone(folder)];
  try {
    let sent = 0;
    let accepted = 0;
    const together = async (durationMs: number) => {
      const results = await Promise.all(
        edges.map(({ workers, key }) =>
          load({
            url: workers.edge,
            path: "/v1/events/batch",
            headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
            body: () => bodies(sent++),
            connections: CONNECTIONS / edges.length,
            durationMs,
            isGood: (answer) => acceptedIn(answer) === EVENTS,
          }),
        ),
      );
      for (const result of results) requireAll(result, "200");
      accepted += results.reduce((sum, { requests }) => sum + requests * EVENTS, 0);
      return results.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond * EVENTS, 0);
    };
    for (const { workers } of edges) await untilOrt(workers.edge);
    await together(WARM_UP_MS);
    const rounds: number[] = [];
    for (let at = 0; at < ROUNDS; at++) rounds.push(await together(ROUND_MS));
    await sleep(QUEUE_EMPTY_MS);
    const taken = await Promise.all(edges.map(({ workers }) => queued(workers.aggregator)));
    const [bytes, messages] = [sumOf(taken, "characters"), sumOf(taken, "messages")];
    return {
      eventsPerSecond: median(rounds),
      bytesPerEvent: bytes / accepted,
      eventsPerMessage: accepted / messages,
    };
  } finally {
    await Promise.all(edges.map((edge) => edge.stop()));
  }
}

interface Taken {
  messages: number;
  characters: number;
}

async function queued(sink: URL): Promise<Taken> {
  const answer = await fetch(sink);
  return (await answer.json()) as Taken; // what bench/workers/sink.ts answers
}

function sumOf(taken: readonly Taken[], what: keyof Taken): number {
  return taken.reduce((sum, each) => sum + each[what], 0);
}
