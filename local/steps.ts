import { seconds } from "./alert-line.ts";
import type { Terminal } from "./terminal.ts";

const WORTH_TELLING_MS = 50;

/**
 * Do one step of a start after the other, and show each as a line: what it is, what came of it, how long it took.
 *
 * @returns `step`, which gives on what its work resolves to
 * @throws from `step` the signal's reason, before or after the work, when it has aborted; else what the work throws
 */
export function showSteps(terminal: Terminal, signal: AbortSignal) {
  return async function step<T>(name: string, work: () => Promise<T>, words: (result: T) => string): Promise<T> {
    signal.throwIfAborted();
    const startMs = performance.now();
    terminal.progress(`  … ${name}`);
    try {
      const result = await work();
      const tookMs = performance.now() - startMs;
      const took = tookMs < WORTH_TELLING_MS ? "" : terminal.paint("dim", `  ${seconds(tookMs)}`);
      terminal.endProgress();
      terminal.line(`  ${terminal.paint("green", "✓")} ${name.padEnd(8)}  ${words(result)}${took}`);
      return result;
    } finally {
      terminal.endProgress();
      signal.throwIfAborted();
    }
  };
}
