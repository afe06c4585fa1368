import { thresholdOfShare, type AlertBudget, type DetectionSettings } from "../../shared/detection-settings.ts";

/** What comes of the operator's wish. */
export interface Effective {
  /** Null: the deployment's own. */
  threshold: number | null;
  /** Why it is this one, in words. */
  reason: string;
}

export const DEPLOYED: Effective = { threshold: null, reason: "as deployed (ALERT_THRESHOLD)" };

/** Settings with what came of them. */
export interface Decided {
  settings: DetectionSettings;
  effective: Effective;
}

/** Whether two wishes are the same, so that what was found for one holds for the other. */
export function isSameBudget(a: AlertBudget | null, b: AlertBudget | null): boolean {
  if (a === null || b === null) return a === b;
  return "share" in a ? "share" in b && a.share === b.share : "per_day" in b && a.per_day === b.per_day;
}

/**
 * The threshold that comes of new settings, until the alert budget has found one from the shop's own scores: for a share of the events
 * what scores promise. Which one gives so many alerts a day nobody can know: one that was found for another number goes on, else the
 * deployment's. What was found for the very same wish stays.
 */
export function effectiveOf(settings: DetectionSettings, before: Decided | null): Effective {
  const { threshold, alert_budget: budget } = settings;
  if (threshold !== null) return { threshold, reason: "set by an operator" };
  if (budget === null) return DEPLOYED;
  const known = before?.settings.alert_budget ?? null;
  if (before !== null && isSameBudget(budget, known)) return before.effective;
  if ("share" in budget) {
    return { threshold: thresholdOfShare(budget.share), reason: `a share of ${budget.share} of clean events` };
  }
  if (before !== null && known !== null && "per_day" in known) return before.effective;
  return { threshold: null, reason: `${DEPLOYED.reason}, until the one for this budget is found` };
}
