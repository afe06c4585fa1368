import { watchBacklog, type Waiting } from "./backlog.ts";
import { batchesOf, EVENTS } from "./batches.ts";
import { acceptedIn } from "./beside-floor.ts";
import { storedEvents } from "./database.ts";
import { openConnection, sleep } from "./load.ts";
import { grantKey, type Whole } from "./stand.ts";
import type { Traffic } from "./traffic.ts";

const CONNECTIONS = 8;
const LOOK_MS = 250;
/** Events accepted and not stored that the senders wait at, when they keep to no rate. */
const WAITING_MOST = 5_000;
const PAUSE_MS = 10;
const STORED_DEADLINE_MS = 300_000;

export interface Pouring {
  traffic: Traffic;
  durationMs: number;
  /** Events a second to keep to; as many as are stored when not given. */
  rate?: number;
  /** Batches made before, which differ in more than their ids. */
  batches?: number;
  /** Goes into ids, so that a second pouring of the same traffic is new. */
  run?: string;
}

export interface Poured {
  accepted: number;
  /** Events a second that came into the database while the senders were at it. */
  storedPerSecond: number;
  /** What was accepted and not stored yet. */
  backlog: Waiting[];
}

/**
 * Sends batches through a whole system until the time is up, and waits until all that was accepted is stored.
 *
 * @throws Error for an answer that accepts anything less than its batch, or when something accepted does not come to the database
 */
export async function pour(whole: Whole, { traffic, durationMs, rate, batches, run = "0" }: Pouring): Promise<Poured> {
  const body = batchesOf(traffic, { made: batches, run });
  const headers = {
    authorization: `Bearer ${await grantKey(whole.workers, "ingest")}`,
    "content-type": "application/json",
  };
  const before = await storedEvents(whole.postgres);
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  const state = { accepted: 0, waiting: 0, next: 0 };
  const count = async () => {
    const stored = (await storedEvents(whole.postgres)) - before;
    return (state.waiting = Math.max(0, state.accepted - stored));
  };
  const sender = async () => {
    const connection = await openConnection(whole.workers.edge);
    for (;;) {
      const nth = state.next++;
      if (!(await isTurn(nth))) break;
      const { status, text } = await connection.request("/v1/events/batch", headers, body(nth));
      const answer = text();
      if (status !== 200 || acceptedIn(answer) !== EVENTS)
        throw new Error(`a batch was answered ${status} ${answer.slice(0, 500)}`);
      state.accepted += EVENTS;
    }
    connection.close();
  };
  /** Waits until the nth batch may be sent; false when that is after the end. */
  const isTurn = async (nth: number) => {
    if (rate === undefined) {
      while (state.waiting > WAITING_MOST && performance.now() < endMs) await sleep(PAUSE_MS);
      return performance.now() < endMs;
    }
    const dueMs = startMs + (nth * EVENTS * 1000) / rate;
    if (dueMs < endMs && dueMs > performance.now()) await sleep(dueMs - performance.now());
    return Math.max(dueMs, performance.now()) < endMs;
  };
  const { backlog } = await watchBacklog(count, LOOK_MS, () =>
    Promise.all(Array.from({ length: CONNECTIONS }, sender)),
  );
  const storedPerSecond = (((await storedEvents(whole.postgres)) - before) * 1000) / (performance.now() - startMs);
  await untilStored(whole, before + state.accepted);
  return {
    accepted: state.accepted,
    storedPerSecond,
    backlog,
  };
}

async function untilStored({ postgres }: Whole, events: number): Promise<void> {
  const endMs = performance.now() + STORED_DEADLINE_MS;
  while ((await storedEvents(postgres)) < events) {
    if (performance.now() > endMs) throw new Error("not all events that were accepted are stored");
    await sleep(LOOK_MS);
  }
}
