import * as z from "zod";

/**
 * How a change is found that shows in no single minute: what speaks for it is added up, and whatever speaks against it takes away,
 * down to nothing and never below. The last time there was nothing is when the change began.
 *
 * @see Page 1954, "Continuous inspection schemes"; Lucas 1985, "Counted data CUSUM's"
 */
export const Evidence = z.strictObject({
  /** Log of how much likelier the minutes are with the change than without; above 0. */
  nats: z.number(),
  /** What has been gathered over: minutes, what was seen in them, and what was to be expected. */
  minutes: z.number(),
  observed: z.number(),
  expected: z.number(),
});
export type Evidence = z.infer<typeof Evidence>;

/** Evidence beyond this many times the limit is not kept: a long incident must not hide that it is over. */
const KEPT_TIMES = 2;

/**
 * @param before null for none
 * @param nats of this minute alone
 * @param limit at which there is enough
 * @returns null when there is none
 */
export function gather(
  before: Evidence | null,
  { nats, observed, expected }: Omit<Evidence, "minutes">,
  limit: number,
): Evidence | null {
  const sum = (before?.nats ?? 0) + nats;
  if (sum <= 0) return null;
  return {
    nats: Math.min(sum, KEPT_TIMES * limit),
    minutes: (before?.minutes ?? 0) + 1,
    observed: (before?.observed ?? 0) + observed,
    expected: (before?.expected ?? 0) + expected,
  };
}
