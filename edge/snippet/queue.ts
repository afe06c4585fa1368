import { HOUR_MS, QUEUE_CHARACTERS, QUEUE_DAYS } from "./limits.ts";
import type { Store } from "./store.ts";

/** An event that waits to be sent, as JSON. Its name tells when it happened, so that it need not be read again. */
export interface Entry {
  name: string;
  text: string;
}

/** Events that wait, oldest first, shared by all tabs: each is an entry of its own, so that no tab overwrites another's. */
export interface Queue {
  /** @returns the name of the new entry */
  add(id: string, atMs: number, text: string): string;
  list(): Entry[];
  forget(name: string): void;
  /** Forgets what is too old to be of use. Only at the start, as a clock may be set right later. */
  expire(nowMs: number): void;
}

/** When it happened in milliseconds since 1970, in base 36, and the event's id. From June 1972 to 2059 the names sort by time. */
const NAME = /^q\.[\da-z]{8,9}\./;

export function createQueue(store: Store): Queue {
  const list = () =>
    store
      .names()
      .filter((name) => NAME.test(name))
      .sort()
      .map((name) => ({ name, text: store.load(name) }))
      // Another tab may take an entry away between the two readings.
      .filter(({ text }) => text);

  return {
    add(id, atMs, text) {
      const added = `q.${atMs.toString(36)}.${id}`;
      store.save(added, text);
      let characters = 0;
      // From the newest back: what exceeds the room is the oldest.
      list()
        .reverse()
        .forEach((entry) => {
          characters += entry.text.length;
          if (characters > QUEUE_CHARACTERS) store.forget(entry.name);
        });
      return added;
    },
    list,
    forget: store.forget,
    expire(nowMs) {
      for (const { name } of list()) if (nowMs - happenedMs(name) > QUEUE_DAYS * 24 * HOUR_MS) store.forget(name);
    },
  };
}

/** When the event of an entry happened, by the device's clock. */
export function happenedMs(name: string): number {
  return parseInt(name.slice(2), 36);
}
