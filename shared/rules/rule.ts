import type { Facts } from "../features.ts";
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
  /** What was found, or null. Only looks at what was known before the event. */
  find(facts: Facts, settings: RuleSettings): Finding | null;
}
