import { ensureBaseline } from "./baseline.ts";
import { loadRelease, ReleaseRefused } from "./load-release.ts";
import type { RegistryServices } from "./registry.ts";
import { namesOf } from "./release.ts";
import { findRelease, requireActive } from "./release-rows.ts";
import { writeRelease, type Released } from "./write-release.ts";

/**
 * Goes back to what decided before the release that decides: its forest, its client model and its calibration, all three as they were.
 * Again, and it goes further back. What was rolled back from is not gone back to.
 *
 * @returns null when nothing is before it
 * @throws ReleaseRefused when that does not verify any more, or something else was released meanwhile: going back was meant of what
 *   decided then; ModelStoreAway, or what the database throws. Nothing has changed then
 */
export async function rollback(
  services: RegistryServices,
  { by, reason }: { by: string; reason: string },
): Promise<Released | null> {
  const { db } = services;
  await ensureBaseline(services);
  const before = await requireActive(db);
  if (before.previous === null) return null;
  const target = await findRelease(db, before.previous);
  if (target === null) throw new Error("the release before is not in the registry");
  const loaded = await loadRelease(services, namesOf(target));
  const released = await writeRelease(services, loaded, {
    before,
    kind: "rolled_back",
    previous: target.previous,
    restores: target.number,
    by,
    reason,
    runId: null,
  });
  if (released === null)
    throw new ReleaseRefused("Something else was released at the same time. Read the releases again.");
  return released;
}
