import type { AlertBudget } from "../../shared/detection-settings.ts";
import { isSameBudget } from "../detection/effective.ts";
import type { SettingsVersion } from "../detection/settings.ts";
import { DAY_MS } from "../days/utc-days.ts";

export type BudgetKind = "share" | "per_day";

export function kindOf(budget: AlertBudget): BudgetKind {
  return "share" in budget ? "share" : "per_day";
}

/**
 * The budget that was wished all through a day, or null where there was none, or it changed.
 *
 * @param versions of the settings, newest first, as far back as they go or beyond the day
 */
export function wishOn(versions: readonly SettingsVersion[], date: string): AlertBudget | null {
  const startMs = Date.parse(date);
  const before = versions.find(({ at }) => at.getTime() <= startMs)?.settings.alert_budget ?? null;
  const during = versions.filter(({ at }) => at.getTime() > startMs && at.getTime() < startMs + DAY_MS);
  return during.every(({ settings }) => isSameBudget(settings.alert_budget, before)) ? before : null;
}
