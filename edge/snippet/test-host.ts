import { createStore, type Store } from "./store.ts";

/** A device's storage that answers as a browser's does; `room` is how many characters it takes. */
export function fakeStorage({ room = 5_000_000 } = {}): Storage {
  const methods = {
    getItem(this: Record<string, string>, name: string) {
      return Object.prototype.hasOwnProperty.call(this, name) ? this[name] : null;
    },
    setItem(this: Record<string, string>, name: string, text: string) {
      const held = Object.keys(this).reduce((sum, key) => sum + (this[key] || "").length, 0);
      if (held + text.length > room) throw new DOMException("full", "QuotaExceededError");
      this[name] = text;
    },
    removeItem(this: Record<string, string>, name: string) {
      delete this[name];
    },
  };
  return Object.create(methods) as Storage; // what the snippet uses of one
}

/** Two tabs of a shop open two of these on one storage. */
export function storeOn(storage: Storage | null = fakeStorage()): Store {
  return createStore(() => storage);
}

/** Time that passes when a test says so. Chance is always the middle, so that jitter changes nothing. */
export function fakeHost() {
  let nowMs = Date.parse("2026-11-21T10:00:00.000Z");
  /** By how much the clock was set wrong: timers do not mind. */
  let offMs = 0;
  let timers: { id: number; atMs: number; run(): void }[] = [];
  let made = 0;
  return {
    Date: { now: () => nowMs + offMs },
    Math: { random: () => 0.5 },
    setTimeout: ((run: () => void, afterMs: number) => {
      timers.push({ id: ++made, atMs: nowMs + afterMs, run });
      return made;
    }) as Window["setTimeout"],
    clearTimeout(id: number | undefined) {
      timers = timers.filter((timer) => timer.id !== id);
    },
    /** Runs what is due until then, in order, each with all that follows from it at once. */
    async pass(ms: number): Promise<void> {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
        await settled();
      }
      nowMs = endMs;
    },
    setClock: (ms: number) => (offMs = ms - nowMs),
    waiting: () => timers.map(({ atMs }) => atMs - nowMs),
  };
}

/** When all that was promised so far has happened. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Ids that tell their order: 1, 2, … in 32 digits. */
export function countingIds(): () => string {
  let made = 0;
  return () => String(++made).padStart(32, "0");
}

/** Collects what would be said in the console. */
export function fakeVoice() {
  const said: string[] = [];
  const failed: string[] = [];
  return { said, failed, say: (text: string) => void said.push(text), fail: (text: string) => void failed.push(text) };
}
