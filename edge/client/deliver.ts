import { LIMITS } from "../../shared/limits.ts";
import { batchVerdict, type Verdict } from "./answers.ts";
import { batchText } from "./event-text.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { ENVELOPE_BYTES, FAULTS_MOST } from "./limits.ts";
import type { Settings } from "./options.ts";
import type { Pace } from "./pace.ts";
import type { Post } from "./post.ts";
import { createQueue } from "./queue.ts";
import { ClientError, type DropReason } from "./reports.ts";

export interface Delivery {
  /** An open event is to be sent. Where there is no room for it, the oldest that waits is dropped. */
  add(entry: Entry): void;
  /** Sends events up to this number without waiting for company. */
  hurry(through: number): void;
  /** The edge refuses the key. */
  stop(status: number): void;
  /** Nothing is sent any more; all that waits, and all that comes, is dropped. */
  halt(reason: DropReason): void;
  /** Why nothing is sent any more; null while it is. */
  halted(): DropReason | null;
  /** Events in the queue. */
  waiting(): number;
}

/**
 * Sends what is tracked in batches until every event has ended.
 *
 * A request that fails is followed by a rest and then by one half as large; one that the edge reads, by one twice as large. So
 * whatever spoils a request is soon alone. There the edge refuses it, and it is rejected; or it stands behind the others from then on,
 * and is given up when the edge broke at it `FAULTS_MOST` times. Anything else is tried until it is too old.
 */
export function createDelivery(settings: Settings, parts: { ledger: Ledger; pace: Pace; post: Post }): Delivery {
  const { ledger, pace, post } = parts;
  const { runtime, reports, batchEvents } = settings;
  const queue = createQueue<Entry>();
  const bodyBytes = (runtime.gzip === null ? LIMITS.bodyBytes : LIMITS.bodyBytesDecompressed) - ENVELOPE_BYTES;
  /** Events the next request may hold. */
  let room = batchEvents;
  let underway = 0;
  let urgentThrough = 0;
  let isFailing = false;
  let haltedBy: DropReason | null = null;
  let cancel = () => {};

  /** How long until the first in line should go; null when nothing waits. */
  function dueMs(): number | null {
    const first = queue.first();
    if (first === undefined) return null;
    const isDue = queue.events() >= room || queue.bytes() >= bodyBytes || first.number <= urgentThrough;
    const companyMs = isDue ? 0 : first.sinceMs + settings.batchMs - runtime.elapsedMs();
    return Math.max(companyMs, pace.restMs(), 0);
  }

  function pump(): void {
    cancel();
    while (underway < settings.requestsMost) {
      const nextMs = dueMs();
      if (nextMs === null) return;
      if (nextMs > 0) {
        cancel = runtime.after(nextMs, pump);
        return;
      }
      void send(queue.take({ events: room, bytes: bodyBytes }));
    }
  }

  async function send(taken: Entry[]): Promise<void> {
    const entries = taken.filter((entry) => !expire(entry));
    if (entries.length === 0) return;
    underway += 1;
    const text = batchText(entries, runtime.nowMs());
    const reply = await post.send("/v1/events/batch", text, { deadlineMs: settings.requestDeadlineMs });
    underway -= 1;
    settle(entries, batchVerdict(reply, entries.length));
    pump();
  }

  function settle(entries: Entry[], verdict: Verdict): void {
    const [first, second] = entries;
    const alone = second === undefined ? first : undefined;
    switch (verdict.kind) {
      case "read": {
        room = Math.min(room * 2, batchEvents);
        const again = entries.filter((entry, index) => {
          const result = verdict.results[index] ?? { kind: "retry" };
          if (result.kind !== "retry") ledger.end(entry, result);
          return result.kind === "retry";
        });
        if (again.length < entries.length) pace.progressed();
        if (again.length > 0) failed("could not take some events", 0);
        else isFailing = false;
        return putBack(again);
      }
      case "refused":
        if (alone !== undefined) return ledger.end(alone, { kind: "rejected", errors: verdict.errors });
        room = half(entries);
        return putBack(entries);
      case "stop":
        stop(verdict.status);
        return putBack(entries);
      case "later":
        failed(verdict.because, verdict.waitMs);
        if (alone === undefined) room = half(entries);
        else setBack(alone, verdict.isFault);
        return putBack(entries);
      default:
        return verdict satisfies never;
    }
  }

  /** Told once, until a request goes through. */
  function failed(because: string, waitMs: number): void {
    pace.failed(waitMs);
    if (isFailing || haltedBy !== null) return;
    isFailing = true;
    reports.onError(new ClientError("failing", `the edge ${because}; trying again`));
  }

  function setBack(entry: Entry, isFault: boolean): void {
    entry.setbacks += 1;
    if (isFault) entry.faults += 1;
  }

  function putBack(entries: Entry[]): void {
    const open = entries.filter((entry) => !expire(entry));
    if (haltedBy === null) queue.putBack(open);
    else drop(open, haltedBy);
  }

  /** @returns whether it was given up */
  function expire(entry: Entry): boolean {
    const isOver = entry.faults >= FAULTS_MOST || runtime.elapsedMs() - entry.sinceMs >= settings.expireMs;
    if (isOver) ledger.end(entry, { kind: "dropped", reason: "expired" });
    return isOver;
  }

  function drop(entries: Entry[], reason: DropReason): void {
    for (const entry of entries) ledger.end(entry, { kind: "dropped", reason });
  }

  function halt(reason: DropReason): void {
    haltedBy ??= reason;
    cancel();
    drop(queue.takeAll(), haltedBy);
  }

  function stop(status: number): void {
    if (haltedBy !== null) return;
    haltedBy = "stopped";
    reports.onError(new ClientError("stopped", `the edge refuses the key (${status}); nothing is sent any more`));
    halt("stopped");
  }

  function isOverfull(): boolean {
    return ledger.openEvents() > settings.queueEvents || ledger.openBytes() > settings.queueBytes;
  }

  return {
    add(entry) {
      if (haltedBy !== null) return drop([entry], haltedBy);
      queue.add(entry);
      while (isOverfull() && queue.events() > 0) drop(queue.take({ events: 1, bytes: Infinity }), "full");
      pump();
    },
    hurry(through) {
      urgentThrough = through;
      pace.hurry();
      pump();
    },
    stop,
    halt,
    halted: () => haltedBy,
    waiting: () => queue.events(),
  };
}

function half(entries: readonly Entry[]): number {
  return Math.max(1, entries.length >> 1);
}
