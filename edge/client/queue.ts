import type { Entry } from "./ledger.ts";

type Waiting = Pick<Entry, "number" | "bytes" | "setbacks">;

/**
 * What waits to be sent, in the order of tracking. An event that came to nothing alone may be what spoils requests: it stands behind
 * those that did not, and goes alone again, so that it holds up none of them.
 */
export interface Queue<T extends Waiting> {
  add(entry: T): void;
  putBack(entries: readonly T[]): void;
  /** The first in line, within these bounds but at least one. */
  take(most: { events: number; bytes: number }): T[];
  takeAll(): T[];
  first(): T | undefined;
  events(): number;
  bytes(): number;
}

export function createQueue<T extends Waiting>(): Queue<T> {
  let waiting: T[] = [];
  let bytes = 0;

  return {
    add(entry) {
      const before = waiting.findLastIndex((other) => inTurn(other, entry) < 0);
      waiting.splice(before + 1, 0, entry);
      bytes += entry.bytes;
    },
    putBack(entries) {
      waiting = [...entries, ...waiting].sort(inTurn);
      for (const entry of entries) bytes += entry.bytes;
    },
    take(most) {
      let size = 0;
      const over = waiting.findIndex((entry, index) => {
        size += entry.bytes + COMMA_BYTES;
        return index > 0 && (index === most.events || size > most.bytes || entry.setbacks > 0);
      });
      const taken = waiting.splice(0, over === -1 ? waiting.length : over);
      for (const entry of taken) bytes -= entry.bytes;
      return taken;
    },
    takeAll() {
      const taken = waiting;
      waiting = [];
      bytes = 0;
      return taken;
    },
    first: () => waiting[0],
    events: () => waiting.length,
    bytes: () => bytes,
  };
}

const COMMA_BYTES = 1;

function inTurn(a: Waiting, b: Waiting): number {
  return a.setbacks - b.setbacks || a.number - b.number;
}
