/**
 * How much likelier so many of the trials are when the odds are `ratio` times those expected, than when they are as expected.
 *
 * @param observed 0 to `trials`
 * @param share expected, in (0, 1)
 * @param ratio of the odds, above 0: about that of the shares while these are small, and never a share above 1
 * @param dispersion variance by mean of the successes over what chance alone gives, at least 1
 * @returns nats; below 0 when the count speaks against it
 */
export function binomialNats(
  observed: number,
  trials: number,
  share: number,
  ratio: number,
  dispersion: number,
): number {
  return (observed * Math.log(ratio) - trials * Math.log1p(share * (ratio - 1))) / dispersion;
}
