import type { Facts } from "../facts.ts";
import type { Act } from "../profile/observation.ts";
import type { RuleSettings } from "./settings.ts";

/** What a rule found: how sure it is, on the scale of scores (0.6 is 1 in 1,000, 0.8 is 1 in 10,000), and why in plain words. */
export interface Finding {
  score: number;
  detail: string;
}

export interface Rule {
  /** Stable name, used in reasons and alert rules. */
  code: string;
  /** Features that say the same as this rule: not repeated as reasons beside it. */
  explains: readonly string[];
  /**
   * What it finds is unusual in most shops and the business of some. A calibration then says how rare it is in this one, and it scores no
   * more than that. Of attacks the rarity says nothing: one that goes on for weeks is not ordinary.
   */
  isRelative?: boolean;
  /** What it is asked about; of other events it has nothing to say. */
  on: readonly Act[];
  /** What was found, or null. Only looks at what was known before the event. */
  find(facts: Facts, settings: RuleSettings): Finding | null;
}

/**
 * A score that grows with the strength of what was found.
 *
 * @param base for what is just enough
 * @param perDoubling what is added each time it is twice as much
 * @param excess how many times enough it is, at least 1
 */
export function graded(base: number, perDoubling: number, excess: number): number {
  return Math.min(1, base + perDoubling * Math.log2(excess));
}
