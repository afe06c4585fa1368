/**
 * How much a bench does: as much as its results are to be of, or what the environment says: `BENCH_ROUNDS=1` tries whether one works,
 * `BENCH_WRITE=no` keeps the figures of such a try out of results.md.
 */
export function sized(name: string, full: number): number {
  const [first = full] = sizes(name, [full]);
  return first;
}

/** The same where there are several: `BENCH_STORED=0,1000000`. */
export function sizes(name: string, full: readonly number[]): readonly number[] {
  const given = process.env[`BENCH_${name}`];
  return given === undefined ? full : given.split(",").map(Number);
}

export const IS_WRITTEN = process.env["BENCH_WRITE"] !== "no";
