import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, RETRY_AFTER_MOST_MS } from "./limits.ts";
import type { Runtime } from "./runtime.ts";

/** When the next request may go. */
export interface Pace {
  /** How long batches rest; 0 when they do not. */
  restMs(): number;
  /** How long the edge asked everybody to stay away; 0 when it did not. */
  askedMs(): number;
  /** The edge asked to wait. */
  ask(waitMs: number): void;
  /** A request came to nothing: batches rest, longer each time, and no less than the edge asked for. */
  failed(waitMs: number): void;
  /** Some event came to its end. */
  progressed(): void;
  /** Ends what rest is our own choice; what the edge asked for stays. */
  hurry(): void;
}

export function createPace({ elapsedMs, random }: Pick<Runtime, "elapsedMs" | "random">): Pace {
  let failures = 0;
  let restUntilMs = 0;
  let askedUntilMs = 0;
  const leftMs = (untilMs: number) => Math.max(untilMs - elapsedMs(), 0);

  function ask(waitMs: number): void {
    askedUntilMs = Math.max(askedUntilMs, elapsedMs() + waitMs);
  }

  return {
    restMs: () => leftMs(Math.max(restUntilMs, askedUntilMs)),
    askedMs: () => leftMs(askedUntilMs),
    ask,
    failed(waitMs) {
      if (waitMs > 0) ask(waitMs);
      restUntilMs = elapsedMs() + waitMs + backoffMs(failures, random());
      failures += 1;
    },
    progressed() {
      failures = 0;
    },
    hurry() {
      restUntilMs = 0;
    },
  };
}

/**
 * A pause with full jitter: anything up to the bound, so that clients which failed together do not come back together.
 *
 * @param failures in a row before this one
 * @param chance in [0, 1)
 */
export function backoffMs(failures: number, chance: number): number {
  return chance * Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
}

/** How long a `Retry-After` header asks to wait, as seconds or as a date; 0 for none, for the past and for nonsense. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null || header.trim() === "") return 0;
  const seconds = Number(header);
  const waitMs = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1_000;
  return waitMs > 0 ? Math.min(waitMs, RETRY_AFTER_MOST_MS) : 0;
}
