import { NOW_MS } from "../../test-events.ts";
import type { Found, Rule } from "./rule.ts";

/** An anomaly as the rules see it; a test names what matters to it. */
export function foundAnomaly(over: Partial<Found> & { id: string }): Found {
  return {
    eventId: `evt_${over.id}`,
    foundMs: NOW_MS,
    entity: "customer:1",
    name: "purchase",
    score: 0.9,
    value: 49.9,
    currency: "EUR",
    country: "DE",
    signals: { model: 0.8, client_model: null, rules: 0.9 },
    reasons: [{ code: "velocity", detail: "9 orders with this customer in 1 h" }],
    ...over,
  };
}

/** A rule that alerts on every anomaly by its entity, for 5 minutes. */
export function ruleOf(over: Partial<Rule> = {}): Rule {
  return {
    id: "rule_1",
    name: "Every anomaly",
    conditions: {},
    groupBy: "entity",
    groupMs: 300_000,
    coolDownMs: 0,
    alertsPerHour: 60,
    silencedUntilMs: null,
    ...over,
  };
}
