import { parseCron, type Cron } from "./cron.ts";

const MINUTE_MS = 60_000;
/** After a longer pause (a laptop asleep) the minutes missed before are let go. */
const CATCH_UP_MS = 60 * MINUTE_MS;

export interface CronClockOptions {
  /** How often the time is looked at: a cron fires at most this late. Below a minute. */
  everyMs: number;
  /** Gets why a run failed; the next one comes when it is due. */
  onError(cron: string, error: unknown): void;
  /** Unix time. */
  nowMs?: () => number;
}

export interface CronClock {
  /** Fire nothing more, and wait for the runs going on. */
  stop(): Promise<void>;
}

/**
 * Fire each cron of the aggregator when it is due, which nothing does locally by itself.
 *
 * A cron whose last run is still going on is not fired again, and one that was due several times
 * while this process slept is fired once.
 *
 * @throws RangeError when a cron cannot be read
 */
export function startCronClock(
  workers: { crons: string[]; runCron(cron: string): Promise<void> },
  { everyMs, onError, nowMs = Date.now }: CronClockOptions,
): CronClock {
  const crons = workers.crons.map(parseCron);
  const running = new Map<Cron, Promise<void>>();
  let seenMinute = minuteOf(nowMs());

  const fire = (cron: Cron) => {
    const run = workers
      .runCron(cron.expression)
      .catch((error: unknown) => onError(cron.expression, error))
      .finally(() => running.delete(cron));
    running.set(cron, run);
  };

  const timer = setInterval(() => {
    const minute = minuteOf(nowMs());
    const from = Math.max(seenMinute + 1, minute - CATCH_UP_MS / MINUTE_MS);
    const minutes = Array.from({ length: Math.max(0, minute - from + 1) }, (_, i) => from + i);
    seenMinute = Math.max(seenMinute, minute);
    for (const cron of crons) {
      const isDue = minutes.some((each) => cron.isDue(each * MINUTE_MS));
      if (isDue && !running.has(cron)) fire(cron);
    }
  }, everyMs);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS);
}
