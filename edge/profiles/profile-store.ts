import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { ProfileMemory, type FraudLabel } from "./profile-memory.ts";
import type { WireAnswers, WireRequests } from "./wire.ts";

const FLUSH_MS = 15_000;
/** Between the steps of a flush, for the calls that wait. */
const PAUSE_MS = 20;

/**
 * Profiles of many entities, in memory with a copy in SQLite written every 15 s: a crash costs at most that much learning, never an
 * event. Every call records and answers at once, so concurrent events of one entity see each other.
 */
export class ProfileStore extends DurableObject<Env> {
  readonly #memory: ProfileMemory;
  #isFlushPlanned = false;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#memory = new ProfileMemory(state.storage.sql, () => Date.now());
  }

  /** Answers in the order asked; an event sees what the ones before it in the same call taught. */
  recall(requests: WireRequests): WireAnswers {
    const answers = this.#memory.recall(requests);
    this.#planFlush();
    return answers;
  }

  /** These events could not be put on the queue: sent again, they are new, and answered as the first time. */
  takeBack(ids: string[]): void {
    this.#memory.takeBack(ids);
    this.#planFlush();
  }

  /** What turned out to be fraud; on disk when this is answered. */
  learnLabels(labels: FraudLabel[]): void {
    this.#memory.learnLabels(labels);
  }

  /**
   * By a timer, not an alarm: an object with a timer pending stays in memory. One that only has an alarm is put away after 10 s without
   * a call, with all it has not written.
   */
  #planFlush(): void {
    if (this.#isFlushPlanned || this.#memory.isWritten) return;
    this.#isFlushPlanned = true;
    setTimeout(() => this.#flushStep(this.#memory.flush()), FLUSH_MS);
  }

  #flushStep(flush: Iterator<void>): void {
    let isOver = true;
    try {
      isOver = flush.next().done === true;
    } finally {
      // A flush that fails leaves what it did not write to the next.
      this.#isFlushPlanned = !isOver;
      if (isOver) this.#planFlush();
      else setTimeout(() => this.#flushStep(flush), PAUSE_MS);
    }
  }
}
