import type { Facts } from "../facts.ts";
import { ACTS, type Act } from "../profile/observation.ts";
import { accountTakeover } from "./account-takeover.ts";
import { botTraffic } from "./bot-traffic.ts";
import { bulkReseller } from "./bulk-reseller.ts";
import { cardTesting } from "./card-testing.ts";
import { couponAbuse } from "./coupon-abuse.ts";
import { geoAnomaly } from "./geo-anomaly.ts";
import { inventoryHoarding } from "./inventory-hoarding.ts";
import { priceGlitch } from "./price-glitch.ts";
import { refundAbuse } from "./refund-abuse.ts";
import type { Finding, Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { unusualCart } from "./unusual-cart.ts";
import { velocity } from "./velocity.ts";

/** Every named rule. */
export const RULES: readonly Rule[] = [
  cardTesting,
  accountTakeover,
  velocity,
  geoAnomaly,
  bulkReseller,
  inventoryHoarding,
  couponAbuse,
  refundAbuse,
  priceGlitch,
  botTraffic,
  unusualCart,
];

/** Most events are views, of which only few rules have something to say. */
const RULES_ON: ReadonlyMap<Act, readonly Rule[]> = new Map(
  ACTS.map((act) => [act, RULES.filter(({ on }) => on.includes(act))]),
);

/** What the named rules find, strongest first. */
export function findings(facts: Facts, settings: RuleSettings): (Finding & { rule: Rule })[] {
  const found: (Finding & { rule: Rule })[] = [];
  const rules = RULES_ON.get(facts.seen.act) ?? [];
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index] as Rule; // within the list
    const finding = rule.find(facts, settings);
    if (finding !== null) found.push({ score: finding.score, detail: finding.detail, rule });
  }
  return found.length < 2 ? found : found.sort((a, b) => b.score - a.score);
}

/** What each of the rules whose findings are rare in most shops only makes of an event, by code: what a calibration learns of them. */
export function relativeScores(facts: Facts, settings: RuleSettings): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const { rule, score } of findings(facts, settings)) if (rule.isRelative) scores[rule.code] = score;
  return scores;
}
