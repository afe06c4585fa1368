import { activeRelease } from "../models/load-release.ts";
import { isSameRelease } from "../models/release.ts";
import { Comparison, type Finding } from "./figures.ts";
import { keepOut } from "./guard.ts";
import { findRun } from "./run-rows.ts";
import type { LearnServices } from "./services.ts";
import { isBundled, Snapshot } from "./snapshot.ts";
import { readJson } from "./work-files.ts";

/** Puts all that is known of a challenger before the guard. @returns why it is kept out; nothing when it may be released */
export async function decide(
  services: LearnServices,
  runId: string,
  { snapshotKey, comparisonKey, fault }: { snapshotKey: string; comparisonKey: string; fault: string | null },
): Promise<Finding[]> {
  const { db, models } = services;
  const [snapshot, comparison, active, run] = await Promise.all([
    readJson(models, snapshotKey, Snapshot),
    readJson(models, comparisonKey, Comparison),
    activeRelease(services),
    findRun(db, runId),
  ]);
  const { training, drift } = run?.figures ?? {};
  if (training === undefined || drift === undefined) throw new Error("the figures of earlier steps are missing");
  return keepOut({
    trainedOn: training.trained_on,
    weeks: training.weeks,
    comparison,
    driftLevel: drift.level,
    isBundled: isBundled(snapshot),
    fault,
    isChampionChanged: !isSameRelease(active.names, snapshot.champion),
  });
}
