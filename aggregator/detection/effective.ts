import { thresholdOfShare, type DetectionSettings } from "../../shared/detection-settings.ts";

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

/** Whether the threshold is to be found by the calibration, from the scores of the shop's own events. */
export function isLeftToCalibration({ alert_budget }: DetectionSettings): boolean {
  return alert_budget !== null && "per_day" in alert_budget;
}

/**
 * The threshold that comes of new settings. Which one gives so many alerts a day only the calibration can tell: until it has, one that
 * it found for another number of alerts a day goes on, else the deployment's.
 */
export function effectiveOf(settings: DetectionSettings, before: Decided | null): Effective {
  const { threshold, alert_budget: budget } = settings;
  if (threshold !== null) return { threshold, reason: "set by an operator" };
  if (budget === null) return DEPLOYED;
  if ("share" in budget) {
    return { threshold: thresholdOfShare(budget.share), reason: `a share of ${budget.share} of clean events` };
  }
  if (before !== null && isLeftToCalibration(before.settings)) return before.effective;
  return { threshold: null, reason: `${DEPLOYED.reason}, until the calibration has found the one for this budget` };
}
