import { desc, lt } from "drizzle-orm";
import type { DetectionDocument, DetectionSettings } from "../../shared/detection-settings.ts";
import type { Db } from "../store/db.ts";
import { detectionSettings } from "../store/schema.ts";
import { effectiveOf, type Decided } from "./effective.ts";

/** One version of the settings: what was wished, what came of it, and who wrote it. */
export interface SettingsVersion extends Decided {
  /** 1 for the first; each the one before it and 1. */
  version: number;
  /** Id of the operator's key; null where the calibration wrote it. */
  keyId: string | null;
  at: Date;
}

/** The settings that hold, or null when none were ever set. */
export async function findSettings(db: Db): Promise<SettingsVersion | null> {
  const [latest] = await listSettings(db, { limit: 1, below: null });
  return latest ?? null;
}

/** Versions, newest first. @param page the most to give, and the version to go on after */
export async function listSettings(
  db: Db,
  { limit, below }: { limit: number; below: number | null },
): Promise<SettingsVersion[]> {
  const rows = await db
    .select()
    .from(detectionSettings)
    .where(below === null ? undefined : lt(detectionSettings.version, below))
    .orderBy(desc(detectionSettings.version))
    .limit(limit);
  return rows.map(({ version, settings, effectiveThreshold: threshold, effectiveReason: reason, keyId, at }) => ({
    version,
    settings,
    effective: { threshold, reason },
    keyId,
    at,
  }));
}

/**
 * Puts settings in the place of those that hold. Those before stay on record.
 *
 * @returns null when others were set meanwhile: nothing is changed then
 */
export async function changeSettings(
  db: Db,
  settings: DetectionSettings,
  keyId: string,
  nowMs: number,
): Promise<SettingsVersion | null> {
  const before = await findSettings(db);
  const version = (before?.version ?? 0) + 1;
  return insertVersion(db, {
    version,
    settings,
    effective: effectiveOf(settings, before),
    keyId,
    at: new Date(nowMs),
  });
}

/**
 * Writes a version. Its number is the guard: of two who follow the same one, the second inserts nothing.
 *
 * @returns null when the version is there already
 */
export async function insertVersion(db: Db, written: SettingsVersion): Promise<SettingsVersion | null> {
  const { version, settings, effective, keyId, at } = written;
  const inserted = await db
    .insert(detectionSettings)
    .values({
      version,
      settings,
      effectiveThreshold: effective.threshold,
      effectiveReason: effective.reason,
      keyId,
      at,
    })
    .onConflictDoNothing()
    .returning({ version: detectionSettings.version });
  return inserted.length === 0 ? null : written;
}

/** What holds, as the edge reads it. */
export async function detectionDocument(db: Db): Promise<DetectionDocument> {
  const latest = await findSettings(db);
  return {
    v: 1,
    version: latest?.version ?? 0,
    threshold: latest?.effective.threshold ?? null,
    rules: latest?.settings.rules ?? {},
  };
}
