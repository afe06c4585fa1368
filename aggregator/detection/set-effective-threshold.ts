import { Threshold, type AlertBudget } from "../../shared/detection-settings.ts";
import { copyConfig, type ConfigServices } from "./copies.ts";
import { isSameBudget } from "./effective.ts";
import { findSettings, insertVersion } from "./settings.ts";

interface Found {
  /** 0.1..1 */
  threshold: number;
  /** How it was found, in words for operators. */
  reason: string;
  /** The wish it was found for. */
  budget: AlertBudget;
}

/**
 * Writes the threshold that was found for an operator's alert budget, and tells the edge.
 *
 * @returns whether it holds now: not when that budget is not wished, or settings were set meanwhile
 * @throws ZodError for a threshold outside its bounds, or what the database throws
 */
export async function setEffectiveThreshold(
  { threshold, reason, budget }: Found,
  services: ConfigServices,
): Promise<boolean> {
  const effective = { threshold: Threshold.parse(threshold), reason };
  const before = await findSettings(services.db);
  if (before === null || !isSameBudget(before.settings.alert_budget, budget)) return false;
  const { version, settings } = before;
  const next = { version: version + 1, settings, effective, keyId: null, at: new Date(services.nowMs()) };
  if ((await insertVersion(services.db, next)) === null) return false;
  await copyConfig("detection", services);
  return true;
}
