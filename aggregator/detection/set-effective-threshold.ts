import { Threshold } from "../../shared/detection-settings.ts";
import { copyConfig, type ConfigServices } from "./copies.ts";
import { isLeftToCalibration } from "./effective.ts";
import { findSettings, insertVersion } from "./settings.ts";

/**
 * Writes the threshold that the calibration found for the alerts a day an operator wants, and tells the edge.
 *
 * @param threshold 0.1..1
 * @param reason how it was found, in words for operators
 * @returns whether it holds now: not when no alerts a day are asked for, or when settings were set meanwhile
 * @throws ZodError for a threshold outside its bounds, or what the database throws
 */
export async function setEffectiveThreshold(
  { threshold, reason }: { threshold: number; reason: string },
  services: ConfigServices,
): Promise<boolean> {
  const effective = { threshold: Threshold.parse(threshold), reason };
  const before = await findSettings(services.db);
  if (before === null || !isLeftToCalibration(before.settings)) return false;
  const { version, settings } = before;
  const next = { version: version + 1, settings, effective, keyId: null, at: new Date(services.nowMs()) };
  if ((await insertVersion(services.db, next)) === null) return false;
  await copyConfig("detection", services);
  return true;
}
