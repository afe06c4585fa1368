import type { Entry, Queue } from "./queue.ts";

/** What this page knows of the queue's events: which are its own, and how far each came. */
export interface Ledger {
  /** A new event of this page. */
  note(name: string): void;
  /** What is to be sent, other pages' events too. */
  pending(): Entry[];
  /** What is to be sent and this page's own. */
  own(): Entry[];
  /** Taken by a beacon: not to be sent again for now, though nobody knows whether it arrived. */
  hand(chunk: Entry[]): void;
  /** What was handed over is to be sent after all. */
  recall(): void;
  /** Done with, and forgotten by the device. */
  settle(chunk: Entry[]): void;
}

/** How far an event came; another page's event has no state until it is settled. */
const OWN = 1;
const HANDED = 2;
const SETTLED = 3;

export function createLedger(queue: Queue): Ledger {
  const states = new Map<string, number>();
  const stateOf = ({ name }: Entry) => states.get(name) || 0;
  const pending = () => queue.list().filter((entry) => stateOf(entry) < HANDED);
  const mark = (chunk: Entry[], state: number) => chunk.forEach(({ name }) => states.set(name, state));
  return {
    note: (name) => void states.set(name, OWN),
    pending,
    own: () => pending().filter(stateOf),
    hand: (chunk) => mark(chunk, HANDED),
    recall: () => states.forEach((state, name) => state === HANDED && states.set(name, OWN)),
    settle(chunk) {
      // Remembered too, should the device refuse to forget it.
      mark(chunk, SETTLED);
      for (const { name } of chunk) queue.forget(name);
    },
  };
}
