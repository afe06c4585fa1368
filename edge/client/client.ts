import { createAssess, type Assessed } from "./assess.ts";
import { createDelivery } from "./deliver.ts";
import { writeEvent, type TrackedEvent } from "./event-text.ts";
import { createLedger, type Counts, type Entry } from "./ledger.ts";
import { CLOSE_DEADLINE_MS, FLUSH_DEADLINE_MS } from "./limits.ts";
import { readOptions, type ClientOptions } from "./options.ts";
import { createPace } from "./pace.ts";
import { createPost } from "./post.ts";

export type { FieldError } from "../../shared/problem.ts";
export type { Assessment } from "../../shared/assessment.ts";
export type { Assessed } from "./assess.ts";
export type { SentEvent, TrackedEvent } from "./event-text.ts";
export type { ClientOptions } from "./options.ts";
export { ClientError, type DropReason } from "./reports.ts";

/** What became of the events so far. tracked = accepted + duplicate + rejected + dropped + waiting + underway. */
export interface Status extends Counts {
  /** In the queue. */
  waiting: number;
  /** Sent, and not answered yet. */
  underway: number;
  /** `stopped` once the edge has refused the key, `closed` once `close` was called. */
  state: "open" | "stopped" | "closed";
}

/** The way of a shop's server to the edge. Nothing it does throws or rejects, and none of it waits but what returns a promise. */
export interface Client {
  /**
   * Takes an event to be sent soon, with others. It is read at once: its object may change afterwards.
   *
   * @returns its id
   */
  track(event: TrackedEvent): string;
  /**
   * Sends an event at once and resolves with the edge's verdict, for a decision that waits for it, such as at checkout. After
   * `assessDeadlineMs` at the latest it resolves with `{ status: "unavailable" }`, and the event is tracked instead: decide then as if
   * there were no detection. Everything it learns is also reported as for tracked events.
   */
  assess(event: TrackedEvent): Promise<Assessed>;
  /**
   * Sends without delay what was tracked before, and resolves when all of it has come to an end. Pauses after failures are cut short,
   * but not those that the edge asked for.
   *
   * @returns false when that took longer than the deadline, by default 10 s; nothing is lost by that
   */
  flush(deadlineMs?: number): Promise<boolean>;
  /**
   * Flushes, and gives up what is left at the deadline, by default 5 s; `onDrop` is given it. What is tracked afterwards is dropped.
   * Call it when the server stops; calling it again gives the same promise.
   *
   * @returns whether nothing was left
   */
  close(deadlineMs?: number): Promise<boolean>;
  status(): Status;
}

/**
 * A client of the edge for a shop's servers: it batches, packs, retries within bounds of memory and time, and counts every event once.
 * One for each process is enough. It must not be used in a page, as its key is secret; pages have `/pulse.js`.
 *
 * @throws TypeError when an option is not usable; what it was is not quoted
 */
export function createClient(options: ClientOptions): Client {
  const settings = readOptions(options);
  const { runtime } = settings;
  const ledger = createLedger(settings.reports);
  const pace = createPace(runtime);
  const post = createPost(settings);
  const delivery = createDelivery(settings, { ledger, pace, post });
  const assess = createAssess(settings, { ledger, delivery, pace, post });
  let closing: Promise<boolean> | null = null;

  /** An event that may set out, or how it ended before that. */
  function enter(event: TrackedEvent): { entry: Entry } | Exclude<Assessed, { assessment: unknown }> {
    const written = writeEvent(event, `evt_${runtime.newId()}`, runtime.nowMs());
    const { id } = written;
    if ("errors" in written) {
      ledger.refuse(id, written.errors);
      return { status: "rejected", id, errors: written.errors };
    }
    const entry = ledger.open(written, runtime.elapsedMs());
    if (closing === null) return { entry };
    ledger.end(entry, { kind: "dropped", reason: "closed" });
    return { status: "unavailable", id };
  }

  /** Whether everything tracked by now ends within the deadline. */
  function flush(deadlineMs: number): Promise<boolean> {
    const through = ledger.newest();
    delivery.hurry(through);
    return new Promise((resolve) => {
      let forget = () => {};
      const cancel = runtime.after(deadlineMs, () => {
        forget();
        resolve(false);
      });
      forget = ledger.whenEnded(through, () => {
        cancel();
        resolve(true);
      });
    });
  }

  async function close(deadlineMs: number): Promise<boolean> {
    const isAllEnded = await flush(deadlineMs);
    delivery.halt("closed");
    ledger.dropAll("closed");
    post.abort();
    return isAllEnded;
  }

  return {
    track(event) {
      const entered = enter(event);
      if (!("entry" in entered)) return entered.id;
      delivery.add(entered.entry);
      return entered.entry.id;
    },
    async assess(event) {
      const entered = enter(event);
      return "entry" in entered ? assess(entered.entry) : entered;
    },
    flush: (deadlineMs = FLUSH_DEADLINE_MS) => flush(deadlineMs),
    close: (deadlineMs = CLOSE_DEADLINE_MS) => (closing ??= close(deadlineMs)),
    status() {
      const waiting = delivery.waiting();
      const underway = ledger.openEvents() - waiting;
      const isStopped = delivery.halted() === "stopped";
      const state = closing !== null ? "closed" : isStopped ? "stopped" : "open";
      return { ...ledger.counts(), waiting, underway, state };
    },
  };
}
