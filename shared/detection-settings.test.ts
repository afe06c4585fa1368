import { describe, expect, it } from "vitest";
import { DetectionDocument, DetectionSettings, thresholdOfShare, withOverrides } from "./detection-settings.ts";
import { RuleSettings } from "./rules/settings.ts";

const DEPLOYED = { threshold: 0.65, rules: RuleSettings.parse({ velocityOrders: 9 }) };
const UNSET = { threshold: null, alert_budget: null, rules: {} };

describe("thresholdOfShare", () => {
  it.each([
    { share: 0.01, threshold: 0.4 },
    { share: 0.001, threshold: 0.6 },
    { share: 0.0001, threshold: 0.8 },
    { share: 0.00001, threshold: 1 },
  ])("makes $threshold of $share, the scale of every score", ({ share, threshold }) => {
    expect(thresholdOfShare(share)).toBeCloseTo(threshold, 10);
  });
});

describe("DetectionSettings", () => {
  it.each([
    { settings: UNSET, because: "nothing need be set" },
    { settings: { ...UNSET, threshold: 0.1 }, because: "the least threshold is one" },
    { settings: { ...UNSET, alert_budget: { per_day: 20 } }, because: "a budget may be a number of alerts" },
    { settings: { ...UNSET, alert_budget: { share: 0.00001 } }, because: "or a share, down to what scores tell apart" },
    { settings: { ...UNSET, rules: { card_testing_cards: 3, price_glitch_factor: 1.5 } }, because: "rules are named" },
  ])("takes $settings: $because", ({ settings }) => {
    expect(DetectionSettings.parse(settings)).toEqual(settings);
  });

  it.each([
    { changes: { threshold: 0.09 }, because: "everything would be an anomaly" },
    { changes: { threshold: 1.1 }, because: "no score is as high" },
    { changes: { threshold: 0.7, alert_budget: { per_day: 20 } }, because: "the threshold leaves nothing to choose" },
    { changes: { alert_budget: { per_day: 20, share: 0.01 } }, because: "two budgets are none" },
    { changes: { alert_budget: { per_day: 0 } }, because: "no alert at all is no budget" },
    { changes: { alert_budget: { share: 0.5 } }, because: "a threshold below the least comes of it" },
    { changes: { rules: { card_testing_cards: 1 } }, because: "the rule's own bounds hold" },
    { changes: { rules: { cardTestingCards: 3 } }, because: "outside, names are in snake_case" },
    { changes: { rules: { card_testing: 3 } }, because: "a misspelt setting would change nothing" },
    { changes: { threshold: undefined }, because: "all of it is set at once" },
  ])("refuses $changes: $because", ({ changes }) => {
    expect(DetectionSettings.safeParse({ ...UNSET, ...changes }).success).toBe(false);
  });

  it("gives no defaults of its own, so that what is not set stays the deployment's", () => {
    expect(DetectionSettings.parse(UNSET).rules).toEqual({});
  });
});

describe("withOverrides", () => {
  const document = (changes: object) =>
    DetectionDocument.parse({ v: 1, version: 1, threshold: null, rules: {}, ...changes });

  it("puts what was set in the place of the deployment's, and leaves the rest", () => {
    const set = document({ threshold: 0.5, rules: { card_testing_cards: 3 } });
    expect(withOverrides(DEPLOYED, set)).toEqual({
      threshold: 0.5,
      rules: { ...DEPLOYED.rules, cardTestingCards: 3 },
    });
  });

  it("leaves the deployment's as they are where nothing was set", () => {
    expect(withOverrides(DEPLOYED, document({}))).toEqual(DEPLOYED);
  });

  it("reaches every setting there is", () => {
    const rules = RuleSettings.parse({});
    const written = Object.fromEntries(
      Object.entries(rules).map(([name, value]) => [name.replaceAll(/[A-Z]/g, "_$&").toLowerCase(), value]),
    );
    const deployed = Object.fromEntries(Object.keys(rules).map((name) => [name, -1])) as RuleSettings; // of the same names
    expect(withOverrides({ ...DEPLOYED, rules: deployed }, document({ rules: written })).rules).toEqual(rules);
  });

  it("passes over a setting that this version does not know, so that the others still hold", () => {
    const set = document({ threshold: 0.5, rules: { of_another_version: 1, velocity_orders: 4 } });
    expect(withOverrides(DEPLOYED, set)).toEqual({ threshold: 0.5, rules: { ...DEPLOYED.rules, velocityOrders: 4 } });
  });
});
