/** A clock that stands until it is told to go on. */
export function createClock(startMs: number) {
  let nowMs = startMs;
  let sleepers: (() => void)[] = [];
  return {
    nowMs: () => nowMs,
    /** However long a sleep is to be, it lasts until time goes on. */
    sleep: () => new Promise<void>((resolve) => sleepers.push(resolve)),
    /** Time goes on, and whoever slept goes on with it, as far as it comes without more time. */
    async pass(ms: number): Promise<void> {
      nowMs += ms;
      const woken = sleepers;
      sleepers = [];
      for (const wake of woken) wake();
      await nextTurn();
    },
  };
}
export type Clock = ReturnType<typeof createClock>;

/** When everything that waits for nothing outside of the process has come as far as it can. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
