import { TIMER_MOST_MS } from "./limits.ts";

/** What the client needs of the place it runs in. The defaults are web standards, which Node 20, Deno, Bun and Workers have. */
export interface Runtime {
  fetch(url: URL, init: RequestInit): Promise<Response>;
  /** The wall clock, which may be set back: for the times that are sent. */
  nowMs(): number;
  /** A clock that only goes forward: for waits and ages. */
  elapsedMs(): number;
  /** In [0, 1). */
  random(): number;
  /** Unique, 8 to 80 letters, digits and hyphens. */
  newId(): string;
  /** Runs something once, later. @returns what takes that back */
  after(waitMs: number, run: () => void): () => void;
  /** Null where bodies are to be sent plain. */
  gzip: ((bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>) | null;
}

/** Globals are looked up at each call, so that what a shop puts in their place later, such as tracing, is used. */
export const RUNTIME: Runtime = {
  fetch: (url, init) => fetch(url, init),
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  random: () => Math.random(),
  newId: () => crypto.randomUUID(),
  after(waitMs, run) {
    const timer = setTimeout(run, Math.min(waitMs, TIMER_MOST_MS));
    return () => clearTimeout(timer);
  },
  gzip: typeof CompressionStream === "undefined" ? null : gzip,
};

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
