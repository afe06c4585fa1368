import * as z from "zod";

/** Of a score, that the mean may move without being told. */
const DELTA = 0.006;
/** How much beyond that adds up to a change. */
const LAMBDA = 20;

/** Events of a minute that count at most: the hours of a day differ a little, and ten thousand events of one would call that a change. */
const WEIGHT_MOST = 10;
/** Events that must be known before a change is told. */
const KNOWN_LEAST = 500;

/** What is known of the scores since the last change. */
export const PageHinkley = z.strictObject({
  /** Events, as far as they count. */
  known: z.number().min(0),
  mean: z.number(),
  /** By how much they were above the mean and more, added up from the least it ever was; and below. */
  up: z.number().min(0),
  down: z.number().min(0),
});
export type PageHinkley = z.infer<typeof PageHinkley>;

/** Scores of one minute. */
export interface MinuteOfScores {
  events: number;
  /** Their scores added up. */
  sum: number;
}

export interface Step {
  state: PageHinkley;
  /** Where the scores went, when that is certain; what is known begins anew then. */
  change: { side: "up" | "down"; from: number; to: number } | null;
}

export const NOTHING_KNOWN: PageHinkley = { known: 0, mean: 0, up: 0, down: 0 };

/**
 * Page and Hinkley's test for a change of the mean, to both sides, minute by minute: as on each event by itself, but for the order within
 * a minute, and that a minute counts as ten events at most.
 *
 * @see Page 1954, "Continuous inspection schemes"
 */
export function stepMinute(state: PageHinkley, { events, sum }: MinuteOfScores): Step {
  if (events === 0) return { state, change: null };
  const weight = Math.min(events, WEIGHT_MOST);
  const score = sum / events;
  const known = state.known + weight;
  const mean = state.mean + ((score - state.mean) * weight) / known;
  const up = Math.max(0, state.up + weight * (score - mean - DELTA));
  const down = Math.max(0, state.down + weight * (mean - score - DELTA));
  const next = { known, mean, up, down };
  if (known < KNOWN_LEAST || Math.max(up, down) <= LAMBDA) return { state: next, change: null };
  return { state: NOTHING_KNOWN, change: { side: up > down ? "up" : "down", from: mean, to: score } };
}
