import { copyConfig } from "../detection/copies.ts";
import { ensureBaseline } from "./baseline.ts";
import { loadRelease, ReleaseRefused } from "./load-release.ts";
import type { RegistryServices } from "./registry.ts";
import { isSameRelease, namesOf, type ReleaseNames } from "./release.ts";
import { findReleaseOfRun, requireActive } from "./release-rows.ts";
import { writeRelease, type Released } from "./write-release.ts";

/** Who releases something, and why. */
export interface ReleaseBy {
  /** Id of an operator's key, or `training`. */
  by: string;
  /** In words for people. */
  reason: string;
  /** Of the training run that releases; a run does so once, however often it is asked. */
  runId?: string;
}

/** Releases made at the same time each follow the one before, and many at once are nobody's wish. */
const TRIES = 5;

/**
 * Lets a release decide, once it verifies as the edge will verify it. Of two at once, the later follows the earlier.
 *
 * The edge follows within two minutes, or within two of KV being back.
 *
 * @throws ReleaseRefused when it does not verify, ModelStoreAway, or what the database throws: nothing has changed then
 */
export async function releaseCandidate(
  services: RegistryServices,
  names: ReleaseNames,
  { by, reason, runId }: ReleaseBy,
): Promise<Released> {
  await ensureBaseline(services);
  const loaded = await loadRelease(services, names);
  for (let tried = 0; tried < TRIES; tried++) {
    const before = await requireActive(services.db);
    const earlier = runId === undefined ? null : await findReleaseOfRun(services.db, runId);
    const standing = earlier ?? (isSameRelease(namesOf(before), names) ? before : null);
    if (standing !== null) {
      await copyConfig("release", services);
      return { release: standing, before, isNew: false };
    }
    const released = await writeRelease(services, loaded, {
      before,
      kind: runId === undefined ? "promoted" : "trained",
      previous: before.restores ?? before.number,
      restores: null,
      by,
      reason,
      runId: runId ?? null,
    });
    if (released !== null) return released;
  }
  throw new ReleaseRefused("Others are released at the same time. Read the releases again.");
}
