import type { Facts } from "../features.ts";
import { accountTakeover } from "./account-takeover.ts";
import { cardTesting } from "./card-testing.ts";
import { priceGlitch } from "./price-glitch.ts";
import type { Finding, Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { velocity } from "./velocity.ts";

/** Every named rule. */
export const RULES: readonly Rule[] = [cardTesting, accountTakeover, priceGlitch, velocity];

/** What the named rules find, strongest first. */
export function findings(facts: Facts, settings: RuleSettings): (Finding & { rule: Rule })[] {
  return RULES.flatMap((rule) => {
    const found = rule.find(facts, settings);
    return found === null ? [] : [{ ...found, rule }];
  }).toSorted((a, b) => b.score - a.score);
}
