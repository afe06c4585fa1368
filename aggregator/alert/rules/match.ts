import type { Conditions, Found } from "./rule.ts";

/** Whether an anomaly is what the conditions ask for. */
export function matches(conditions: Conditions, found: Found): boolean {
  const { names, min_score, min_value, countries, reasons, min_signals } = conditions;
  return (
    (names === undefined || names.includes(found.name)) &&
    (min_score === undefined || Math.fround(found.score) >= Math.fround(min_score)) && // as scores are kept
    (min_value === undefined || hasValue(min_value, found)) &&
    (countries === undefined || (found.country !== null && countries.includes(found.country))) &&
    (reasons === undefined || found.reasons.some(({ code }) => reasons.includes(code))) &&
    (min_signals === undefined || hasSignals(min_signals, found))
  );
}

function hasValue(least: NonNullable<Conditions["min_value"]>, { value, currency }: Found): boolean {
  if (value === null || currency === null || !Object.hasOwn(least, currency)) return false;
  return value >= (least[currency] ?? Infinity);
}

function hasSignals(least: NonNullable<Conditions["min_signals"]>, { signals }: Found): boolean {
  const { model = 0, rules = 0, client_model = 0 } = least;
  return (
    (least.model === undefined || (signals.model ?? -1) >= model) &&
    (least.rules === undefined || signals.rules >= rules) &&
    (least.client_model === undefined || (signals.client_model ?? -1) >= client_model)
  );
}
