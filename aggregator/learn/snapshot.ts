import * as z from "zod";
import { ensureBaseline } from "../models/baseline.ts";
import { activeRelease } from "../models/load-release.ts";
import { releaseTitle } from "../models/release.ts";
import { countRows, thresholdAt } from "./rows.ts";
import { findRun, noteFigures } from "./run-rows.ts";
import type { LearnServices } from "./services.ts";
import { sharesOf, windowBefore } from "./window.ts";
import { clearOthers, workKey, writeJson } from "./work-files.ts";

const Share = z.number().min(0).max(1);

/** What a run is about, fixed when it begins: all its steps go by it. */
export const Snapshot = z.strictObject({
  fromMs: z.int(),
  /** A UTC midnight. */
  endMs: z.int(),
  asOfMs: z.int(),
  shares: z.strictObject({ payments: Share, others: Share, labelled: Share }),
  /** Score from which events are anomalies. */
  threshold: Share,
  champion: z.strictObject({ model: z.string(), client: z.string().nullable(), calibration: z.string() }),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** Whether the champion came with the deployment: no training names a calibration after its model. */
export function isBundled({ champion }: Snapshot): boolean {
  return champion.model === champion.calibration;
}

/** Of a shop that sent nothing yet; there is nothing to hold against it then. */
const NO_THRESHOLD = 1;

/** Fixes the window, what decides and how much is read; what earlier runs left behind is cleared away. @returns where it is kept */
export async function takeSnapshot(services: LearnServices, runId: string): Promise<string> {
  const { db, models } = services;
  const run = await findRun(db, runId);
  if (run === null) throw new Error(`there is no run ${runId}`);
  await clearOthers(models, runId);
  await ensureBaseline(services);
  const { names } = await activeRelease(services);
  const asOfMs = run.createdAt.getTime();
  const window = windowBefore(asOfMs, run.windowDays);
  const [counts, threshold] = await Promise.all([countRows(db, window, asOfMs), thresholdAt(db, window)]);
  const shares = sharesOf(counts);
  const snapshot: Snapshot = { ...window, asOfMs, shares, threshold: threshold ?? NO_THRESHOLD, champion: names };
  await noteFigures(db, runId, {
    window: {
      from: new Date(window.fromMs).toISOString(),
      to: new Date(window.endMs).toISOString(),
      ...counts,
      threshold: snapshot.threshold,
      champion: releaseTitle(names),
    },
  });
  return writeJson(models, workKey(runId, "snapshot.json"), snapshot);
}
