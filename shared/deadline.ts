/** A call outward that took too long. The call itself goes on; only nobody waits for it any more. */
export class DeadlinePassed extends Error {
  override name = "DeadlinePassed";
}

/**
 * The outcome of a call outward, waited for no longer than the deadline.
 *
 * @param what named in the error, such as "the spool"
 * @throws DeadlinePassed when the call has not settled in time, or whatever the call throws
 */
export async function withDeadline<T>(call: Promise<T>, deadlineMs: number, what = "the call"): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    const refuse = () => reject(new DeadlinePassed(`${what} gave no answer within ${deadlineMs} ms`));
    // oxlint-disable-next-line no-restricted-globals -- both Workers wait with it; nothing is computed from the time
    const timer = setTimeout(refuse, deadlineMs);
    cancel = () => clearTimeout(timer);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    cancel();
  }
}

/**
 * Deadlines of calls outward that are waited for one after another, which share a timer: to set one and call it off takes as long as all
 * else about an event.
 */
export class Deadlines {
  #callOff: (() => void) | null = null;
  #ringsMs = Infinity;
  /** Of the call that is waited for now. */
  #dueMs = 0;
  /** Of its time, at most. */
  #leftMs = 0;
  #refuse: (() => void) | null = null;

  /**
   * `withDeadline`, of one call at a time.
   *
   * @throws DeadlinePassed when the call has not settled in time, or whatever the call throws
   */
  async within<T>(call: Promise<T>, deadlineMs: number, what = "the call"): Promise<T> {
    const late = new Promise<never>((_resolve, reject) => {
      this.#refuse = () => reject(new DeadlinePassed(`${what} gave no answer within ${deadlineMs} ms`));
    });
    this.#dueMs = now() + deadlineMs;
    this.#leftMs = deadlineMs;
    if (this.#ringsMs > this.#dueMs) this.#ringIn(deadlineMs);
    try {
      return await Promise.race([call, late]);
    } finally {
      this.#refuse = null;
    }
  }

  /** Leaves no timer behind. */
  end(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#ringsMs = Infinity;
  }

  #ringIn(delayMs: number): void {
    this.end();
    this.#ringsMs = now() + delayMs;
    // oxlint-disable-next-line no-restricted-globals -- as above
    const timer = setTimeout(() => this.#ring(), delayMs);
    this.#callOff = () => clearTimeout(timer);
  }

  /** The timer may be of a call before, and this one have time left. */
  #ring(): void {
    this.end();
    if (this.#refuse === null) return;
    // No more than it had before, should the clock have been put back.
    this.#leftMs = Math.min(this.#dueMs - now(), this.#leftMs);
    this.#dueMs = now() + this.#leftMs;
    if (this.#leftMs > 0) this.#ringIn(this.#leftMs);
    else this.#refuse();
  }
}

function now(): number {
  // oxlint-disable-next-line no-restricted-globals, no-restricted-properties -- nothing is computed from the time but waiting
  return Date.now();
}
