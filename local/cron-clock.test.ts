import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startCronClock, type CronClock } from "./cron-clock.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

let clock: CronClock;
let fired: string[];
let failures: string[];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-23T02:58:30Z") }); // a Monday
  fired = [];
  failures = [];
});
afterEach(async () => {
  await clock.stop();
  vi.useRealTimers();
});

function start(crons: string[], runCron = async (_cron: string) => {}) {
  const note = (cron: string) => {
    fired.push(`${new Date().toISOString().slice(11, 16)} ${cron}`);
    return runCron(cron);
  };
  const onError = (cron: string) => failures.push(cron);
  clock = startCronClock({ crons, runCron: note }, { everyMs: SECOND_MS, onError });
}

describe("startCronClock", () => {
  it("fires each cron once in each minute it is due, and not before", async () => {
    start(["* * * * *", "0 3 * * MON"]);
    await vi.advanceTimersByTimeAsync(29 * SECOND_MS);
    expect(fired).toEqual([]);
    await vi.advanceTimersByTimeAsync(3 * MINUTE_MS);
    expect(fired).toEqual(["02:59 * * * * *", "03:00 * * * * *", "03:00 0 3 * * MON", "03:01 * * * * *"]);
  });

  it("fires once what was due while the machine slept", async () => {
    start(["* * * * *", "0 3 * * MON", "0 7 * * *"]);
    vi.setSystemTime(Date.parse("2026-11-23T03:10:00Z"));
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(fired).toEqual(["03:10 * * * * *", "03:10 0 3 * * MON"]);
  });

  it("does not fire what was due before the last hour of a long sleep", async () => {
    start(["0 3 * * MON"]);
    vi.setSystemTime(Date.parse("2026-11-23T23:10:00Z"));
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(fired).toEqual([]);
  });

  it("goes on after a run that fails, and reports it", async () => {
    start(["* * * * *"], () => Promise.reject(new Error("no database")));
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(fired).toHaveLength(2);
    expect(failures).toEqual(["* * * * *", "* * * * *"]);
  });

  it("does not run a cron beside itself, and waits for its run when stopped", async () => {
    let finish = () => {};
    const run = new Promise<void>((resolve) => {
      finish = resolve;
    });
    start(["* * * * *"], () => run);
    await vi.advanceTimersByTimeAsync(3 * MINUTE_MS);
    expect(fired).toEqual(["02:59 * * * * *"]);

    const stopped = vi.fn();
    const stopping = clock.stop().then(stopped);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect(stopped).not.toHaveBeenCalled();
    finish();
    await stopping;
    expect(fired).toHaveLength(1);
  });

  it("refuses a cron it cannot read when it starts", () => {
    expect(() => start(["every day"])).toThrow(RangeError);
  });
});
