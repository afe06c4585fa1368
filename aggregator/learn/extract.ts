import { readPage, writePage } from "./page.ts";
import type { LearningRow } from "./row.ts";
import { readRows } from "./rows.ts";
import type { LearnServices } from "./services.ts";
import { Snapshot } from "./snapshot.ts";
import type { Window } from "./window.ts";
import { readFile, readJson, workKey, writeFile, type WorkBucket } from "./work-files.ts";

/** Reads a week's rows from Postgres into a file, so that all later steps see the same. @returns its key */
export async function extractWeek(
  { db, models }: LearnServices,
  runId: string,
  snapshotKey: string,
  week: Window,
): Promise<string> {
  const snapshot = await readJson(models, snapshotKey, Snapshot);
  const rows: LearningRow[] = [];
  for await (const page of readRows(db, { ...snapshot, ...week })) rows.push(...page);
  return writeFile(models, workKey(runId, `${dateOf(week)}.rows`), writePage(rows));
}

/** The first day of a week, such as `2026-09-28`. */
export function dateOf({ fromMs }: Window): string {
  return new Date(fromMs).toISOString().slice(0, 10);
}

/** Rows back from their files, in the order of these. */
export async function readWeeks(models: WorkBucket, keys: readonly string[]): Promise<LearningRow[]> {
  const rows: LearningRow[] = [];
  // One after the other: at once, the files would lie in memory beside all rows.
  for (const key of keys) rows.push(...readPage(await readFile(models, key)));
  return rows;
}
