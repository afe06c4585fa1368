/**
 * How much likelier a count is when `ratio` times as much comes as expected, than when as much comes.
 *
 * @param expected above 0, or nothing is learned
 * @param ratio above 0
 * @param dispersion variance by mean, at least 1: counts that come in bunches say less
 * @returns nats; below 0 when the count speaks against it
 */
export function poissonNats(observed: number, expected: number, ratio: number, dispersion: number): number {
  return (observed * Math.log(ratio) - expected * (ratio - 1)) / dispersion;
}
