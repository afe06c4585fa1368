import type { Assessment } from "../../shared/assessment.ts";
import type { FieldError } from "../../shared/problem.ts";
import type { SentEvent, Written } from "./event-text.ts";
import type { DropReason, Reports } from "./reports.ts";

/** An event on its way. */
export interface Entry extends Written {
  /** In the order of tracking. */
  number: number;
  /** On the clock that only goes forward. */
  sinceMs: number;
  /** How often it came to nothing when it was sent alone; and how often of these because the edge broke at it. */
  setbacks: number;
  faults: number;
}

/** How an event comes to its end. */
export type Ending =
  | { kind: "accepted" | "duplicate"; assessment: Assessment | null }
  | { kind: "rejected"; errors: FieldError[] }
  | { kind: "dropped"; reason: DropReason };

/** Counts of events. tracked = accepted + duplicate + rejected + dropped + those still open. */
export interface Counts {
  tracked: number;
  accepted: number;
  duplicate: number;
  rejected: number;
  dropped: number;
}

/** The events that are on their way, and how each one ended: exactly once. */
export interface Ledger {
  open(written: Written, sinceMs: number): Entry;
  /** An event that never sets out. */
  refuse(id: string, errors: FieldError[]): void;
  /** Nothing happens to an event that has ended before. */
  end(entry: Entry, ending: Ending): void;
  /** Drops all that have not ended. */
  dropAll(reason: DropReason): void;
  openEvents(): number;
  openBytes(): number;
  /** The number of the newest event. */
  newest(): number;
  /** Calls back once, when every event up to this number has ended. @returns what takes that back */
  whenEnded(through: number, run: () => void): () => void;
  counts(): Counts;
}

export function createLedger({ onAssessed, onRejected, onDrop }: Reports): Ledger {
  // In the order of tracking, so that the first is the oldest.
  const open = new Set<Entry>();
  const counts: Counts = { tracked: 0, accepted: 0, duplicate: 0, rejected: 0, dropped: 0 };
  let bytes = 0;
  let number = 0;
  const waiters = new Set<{ through: number; run: () => void }>();

  function hasEnded(through: number): boolean {
    const [oldest] = open;
    return oldest === undefined || oldest.number > through;
  }

  function wake(): void {
    for (const waiter of waiters) {
      if (!hasEnded(waiter.through)) continue;
      waiters.delete(waiter);
      waiter.run();
    }
  }

  function report(entry: Entry, ending: Ending): void {
    switch (ending.kind) {
      case "accepted":
      case "duplicate":
        if (ending.assessment !== null) onAssessed(entry.id, ending.assessment);
        break;
      case "rejected":
        onRejected(entry.id, ending.errors);
        break;
      case "dropped":
        onDrop(JSON.parse(entry.text) as SentEvent, ending.reason); // as it was written
        break;
      default:
        ending satisfies never;
    }
  }

  function end(entry: Entry, ending: Ending): void {
    if (!open.delete(entry)) return;
    bytes -= entry.bytes;
    counts[ending.kind] += 1;
    report(entry, ending);
    wake();
  }

  return {
    open(written, sinceMs) {
      number += 1;
      const entry = { ...written, number, sinceMs, setbacks: 0, faults: 0 };
      open.add(entry);
      bytes += entry.bytes;
      counts.tracked += 1;
      return entry;
    },
    refuse(id, errors) {
      counts.tracked += 1;
      counts.rejected += 1;
      onRejected(id, errors);
    },
    end,
    dropAll(reason) {
      for (const entry of open) end(entry, { kind: "dropped", reason });
    },
    openEvents: () => open.size,
    openBytes: () => bytes,
    newest: () => number,
    whenEnded(through, run) {
      const waiter = { through, run };
      waiters.add(waiter);
      wake();
      return () => void waiters.delete(waiter);
    },
    counts: () => ({ ...counts }),
  };
}
