import { loadRelease } from "../models/load-release.ts";
import { changesOf, compare } from "./compare.ts";
import { readWeeks } from "./extract.ts";
import { Comparison } from "./figures.ts";
import { noteFigures } from "./run-rows.ts";
import { scoreRows } from "./score-rows.ts";
import type { LearnServices } from "./services.ts";
import { Snapshot } from "./snapshot.ts";
import { readChallenger } from "./train.ts";
import { splitByTime } from "./training-set.ts";
import { readJson, workKey, writeJson } from "./work-files.ts";

/** Holds champion and challenger against the same events, of the days that the challenger knows nothing of. @returns the key of what came out */
export async function evaluate(
  services: LearnServices,
  runId: string,
  { snapshotKey, pageKeys, challengerKey }: { snapshotKey: string; pageKeys: readonly string[]; challengerKey: string },
): Promise<string> {
  const { db, models } = services;
  const snapshot = await readJson(models, snapshotKey, Snapshot);
  const [rows, champion, challenger] = await Promise.all([
    readWeeks(models, pageKeys),
    loadRelease(services, snapshot.champion),
    readChallenger(models, challengerKey),
  ]);
  const { judged, pastEndMs } = splitByTime(rows, snapshot.endMs);
  const { forest, client, kept } = challenger;
  const contest = {
    rows: judged,
    champion: scoreRows(judged, { ...champion, client: champion.client?.model ?? null }),
    challenger: scoreRows(judged, { forest, client, calibration: kept.calibration }),
    threshold: snapshot.threshold,
    fromMs: pastEndMs,
    endMs: snapshot.endMs,
  };
  const comparison = compare(contest);
  await noteFigures(db, runId, { comparison, changes: changesOf(contest) });
  return writeJson(models, workKey(runId, "comparison.json"), Comparison.parse(comparison));
}
