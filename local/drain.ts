import { setTimeout } from "node:timers/promises";

/** How often the queue and the database are looked at. */
const POLL_MS = 100;

export interface DrainOptions {
  /** Messages waiting in the queue. Those being consumed or waiting for a retry may be left out. */
  queueBacklog(): Promise<number>;
  /** Requests to the database not answered yet. */
  inFlight(): number;
  /** When to give up. */
  deadlineMs: number;
  /** How long both must have been at rest: the time a consumer may be at work without either. */
  quietMs: number;
  /** The clock: any origin, only differences count. */
  nowMs?: () => number;
  sleep?: (ms: number) => Promise<unknown>;
}

export type DrainOutcome =
  | { kind: "drained"; tookMs: number }
  /** `queued` is undefined when the queue could not be asked; `reason` says why. */
  | { kind: "remaining"; queued: number | undefined; inFlight: number; reason?: unknown };

/**
 * Wait until the queue is empty and the database has been idle for `quietMs`, at most
 * `deadlineMs`. A queue that cannot be asked counts as not empty. Never rejects.
 */
export async function drain(options: DrainOptions): Promise<DrainOutcome> {
  const { queueBacklog, inFlight, deadlineMs, quietMs } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const sleep = options.sleep ?? setTimeout;
  const startMs = nowMs();
  let quietSinceMs: number | undefined;

  for (;;) {
    const queue = await ask(queueBacklog);
    const busy = inFlight();
    const atMs = nowMs();
    const isQuiet = queue.count === 0 && busy === 0;
    quietSinceMs = isQuiet ? (quietSinceMs ?? atMs) : undefined;
    if (quietSinceMs !== undefined && atMs - quietSinceMs >= quietMs) {
      return { kind: "drained", tookMs: atMs - startMs };
    }
    if (atMs - startMs >= deadlineMs) {
      const failure = "failure" in queue ? { reason: queue.failure } : {};
      return { kind: "remaining", queued: queue.count, inFlight: busy, ...failure };
    }
    await sleep(POLL_MS);
  }
}

async function ask(
  queueBacklog: () => Promise<number>,
): Promise<{ count: number } | { count: undefined; failure: unknown }> {
  try {
    return { count: await queueBacklog() };
  } catch (failure) {
    return { count: undefined, failure };
  }
}
