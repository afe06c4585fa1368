import { LEAST_SIGNALS, type RuleDraft } from "./rule-fields.tsx";
import type { Rule, RuleBody } from "./rule.ts";

export const NEW_RULE: RuleDraft = {
  name: "",
  enabled: true,
  names: [],
  min_score: "",
  min_value: [],
  countries: [],
  reasons: [],
  signals: { model: "", rules: "", client_model: "" },
  group_by: "entity",
  group_minutes: "5",
  cool_down_minutes: "0",
  alerts_per_hour: "60",
  webhook_ids: null,
};

/** A rule as its form holds it: numbers as they are typed, times in minutes. */
export function draftOf(rule: Rule): RuleDraft {
  const { names = [], min_score, min_value = {}, countries = [], reasons = [], min_signals = {} } = rule.conditions;
  const text = (value: number | undefined) => (value === undefined ? "" : String(value));
  return {
    name: rule.name,
    enabled: rule.enabled,
    names,
    min_score: text(min_score),
    min_value: Object.entries(min_value).map(([currency, value]) => ({ currency, value: String(value) })),
    countries,
    reasons,
    signals: {
      model: text(min_signals.model),
      rules: text(min_signals.rules),
      client_model: text(min_signals.client_model),
    },
    group_by: rule.group_by,
    group_minutes: String(rule.group_seconds / 60),
    cool_down_minutes: String(rule.cool_down_seconds / 60),
    alerts_per_hour: String(rule.alerts_per_hour),
    webhook_ids: rule.webhook_ids,
  };
}

/** What a form asks for. What is no number goes as null, which the API refuses with its place. */
export function bodyOf(draft: RuleDraft): RuleBody {
  const { names, countries, reasons } = draft;
  const signals = LEAST_SIGNALS.flatMap((signal) => {
    const least = draft.signals[signal];
    return least === "" ? [] : [[signal, numberOf(least)] as const];
  });
  const amounts = draft.min_value
    .filter(({ currency, value }) => currency !== "" || value !== "")
    .map(({ currency, value }) => [currency, numberOf(value)] as const);
  return {
    name: draft.name.trim(),
    enabled: draft.enabled,
    conditions: {
      ...(names.length > 0 && { names }),
      ...(draft.min_score !== "" && { min_score: numberOf(draft.min_score) }),
      ...(amounts.length > 0 && { min_value: Object.fromEntries(amounts) }),
      ...(countries.length > 0 && { countries }),
      ...(reasons.length > 0 && { reasons }),
      ...(signals.length > 0 && { min_signals: Object.fromEntries(signals) }),
    },
    group_by: draft.group_by,
    group_seconds: Math.round(numberOf(draft.group_minutes) * 60),
    cool_down_seconds: Math.round(numberOf(draft.cool_down_minutes) * 60),
    alerts_per_hour: numberOf(draft.alerts_per_hour),
    webhook_ids: draft.webhook_ids,
  };
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text.replace(",", "."));
}
