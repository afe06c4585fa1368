export interface Slots {
  /**
   * Wait for a slot, first come first served.
   *
   * @throws the reason of `signal` when it aborts first; no slot is taken then
   */
  take(signal?: AbortSignal): Promise<void>;
  /** Give back a slot taken before. */
  give(): void;
}

/** `count` slots, at least 1, for work of which no more may go on at once. */
export function slotsOf(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    take(signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.splice(waiting.indexOf(turn), 1);
          reject(signal?.reason);
        };
        const turn = () => {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        };
        signal?.addEventListener("abort", giveUp, { once: true });
        waiting.push(turn);
      });
    },
    give() {
      const turn = waiting.shift();
      if (turn === undefined) free += 1;
      else turn();
    },
  };
}
