import type { Answer, Body } from "../../../api/client.ts";
import type { RuleNumberName } from "./rule-numbers.ts";

export type Settings = Answer<"get", "/v1/detection-settings">;
export type Choice = "deployed" | "threshold" | "per_day" | "share";

/** The settings as their form holds them: numbers as they are typed, an empty one for what is not set. */
export interface DetectionDraft {
  choice: Choice;
  threshold: string;
  per_day: string;
  /** Of clean events: one in so many. */
  one_in: string;
  rules: Partial<Record<RuleNumberName, string>>;
}

export function draftOf({ threshold, alert_budget, rules, effective }: Settings): DetectionDraft {
  const numbers = Object.entries(rules).map(([name, value]) => [name, String(value)]);
  const draft = {
    threshold: String(threshold ?? effective.threshold ?? 0.7),
    per_day: "20",
    one_in: "1000",
    rules: Object.fromEntries(numbers) as DetectionDraft["rules"], // the same names
  };
  if (threshold !== null) return { ...draft, choice: "threshold" };
  if (alert_budget === null) return { ...draft, choice: "deployed" };
  if ("per_day" in alert_budget) return { ...draft, choice: "per_day", per_day: String(alert_budget.per_day) };
  return { ...draft, choice: "share", one_in: String(Math.round(1 / alert_budget.share)) };
}

/** All of the settings: what is left empty is the deployment's again. */
export function bodyOf(draft: DetectionDraft): Body<"post", "/v1/detection-settings"> {
  const numbers = Object.entries(draft.rules)
    .filter(([, text]) => text.trim() !== "")
    .map(([name, text]) => [name, numberOf(text)]);
  return {
    threshold: draft.choice === "threshold" ? numberOf(draft.threshold) : null,
    alert_budget: budgetOf(draft),
    rules: Object.fromEntries(numbers),
  };
}

function budgetOf({ choice, per_day, one_in }: DetectionDraft): { per_day: number } | { share: number } | null {
  if (choice === "per_day") return { per_day: numberOf(per_day) };
  return choice === "share" ? { share: 1 / numberOf(one_in) } : null;
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text.replace(",", "."));
}
