import { mean } from "./quality/figures.ts";
import { meanwhile } from "./meanwhile.ts";

/** How much waits at a time, counted from the beginning of a run. */
export interface Waiting {
  atMs: number;
  count: number;
}

/** Does work, and looks at a backlog again and again until it is done. @param count what waits now */
export async function watchBacklog<T>(
  count: () => Promise<number>,
  everyMs: number,
  work: () => Promise<T>,
): Promise<{ result: T; backlog: Waiting[] }> {
  const startMs = performance.now();
  const backlog: Waiting[] = [];
  const result = await meanwhile(everyMs, work, async () => {
    backlog.push({ atMs: performance.now() - startMs, count: await count() });
  });
  return { result, backlog };
}

/** Means of the first and the last third of a run. */
export function thirds(seen: readonly Waiting[]): { first: number; last: number } {
  const size = Math.max(1, Math.floor(seen.length / 3));
  const counts = seen.map(({ count }) => count);
  return { first: mean(counts.slice(0, size)), last: mean(counts.slice(-size)) };
}

/** Of what comes, how much may be added to a backlog that counts as flat: over an hour, three minutes' worth. */
const GROWTH_MOST = 0.05;

/** Whether a backlog stays as it is from the first to the last third of a run, while so many come in a second. */
export function isFlat(seen: readonly Waiting[], rate: number): boolean {
  const { first, last } = thirds(seen);
  const betweenMs = ((seen.at(-1)?.atMs ?? 0) * 2) / 3;
  return last - first <= (GROWTH_MOST * rate * betweenMs) / 1000;
}
