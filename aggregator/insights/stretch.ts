/** Hours of a window, the last not included. */
export interface Stretch {
  from: number;
  until: number;
}

/** An hour belongs to a stretch when at least so much of what is usual is missing, or there beyond it. */
const OFF_LEAST = 0.25;
/** Quiet hours at its edges add little: the shortest stretch is told that has so much of the most there is. */
const NEARLY_ALL = 0.9;
/** It must hold so much of the difference, and so much more of it than of what is usual. */
const HOLDS_LEAST = 0.6;
const HOLDS_BEYOND = 0.2;

/**
 * The hours in which most of a difference is: the shortest run that is nearly as far off as any, each hour lessened by what any hour may
 * be off.
 *
 * @param now by hour; as many as there are, squared, are looked at
 * @param usual the same hours
 * @returns null where it is spread over the window
 */
export function stretchOf(now: readonly number[], usual: readonly number[], side: "up" | "down"): Stretch | null {
  const sign = side === "down" ? -1 : 1;
  const off = now.map((value, hour) => sign * (value - (usual[hour] ?? 0)));
  const beyond = runningSums(off.map((value, hour) => value - OFF_LEAST * (usual[hour] ?? 0)));
  const held = runningSums(off);
  const sumOf = (sums: readonly number[], { from, until }: Stretch) => (sums[until] ?? 0) - (sums[from] ?? 0);
  const runs = now.flatMap((_, from) =>
    now.slice(from).map((__, length): Stretch => ({ from, until: from + length + 1 })),
  );
  const most = runs.reduce((best, run) => Math.max(best, sumOf(beyond, run)), 0);
  const lengthOf = ({ from, until }: Stretch) => until - from;
  const nearly = runs.filter((run) => sumOf(beyond, run) >= NEARLY_ALL * most);
  const [shortest] = nearly.toSorted((a, b) => lengthOf(a) - lengthOf(b) || sumOf(beyond, b) - sumOf(beyond, a));
  const total = held.at(-1) ?? 0;
  if (shortest === undefined || most <= 0 || total <= 0) return null;
  const usually = runningSums(usual);
  const usualShare = sumOf(usually, shortest) / Math.max(1e-9, usually.at(-1) ?? 0);
  const least = Math.max(HOLDS_LEAST, usualShare + HOLDS_BEYOND);
  return sumOf(held, shortest) >= least * total ? shortest : null;
}

/** Sums up to each place, the first of nothing. */
function runningSums(values: readonly number[]): number[] {
  let sum = 0;
  return [0, ...values.map((value) => (sum += value))];
}
