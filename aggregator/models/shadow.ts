import { copyConfig } from "../detection/copies.ts";
import { changed } from "../live/tell.ts";
import { ensureBaseline } from "./baseline.ts";
import { loadRelease, ReleaseRefused } from "./load-release.ts";
import type { RegistryServices } from "./registry.ts";
import { isSameRelease, namesOf, type ReleaseNames } from "./release.ts";
import { requireActive } from "./release-rows.ts";
import { endShadow, findShadow, insertShadow, type ShadowRow } from "./shadow-rows.ts";
import { versionsOf } from "./write-release.ts";

const TRIES = 5;

/**
 * Lets a release score beside the one that decides, in the place of any that does so now. It decides nothing, and ends when it is
 * released itself.
 *
 * @throws ReleaseRefused when it decides already or does not verify, ModelStoreAway, or what the database throws
 */
export async function startShadow(
  services: RegistryServices,
  names: ReleaseNames,
  { by, runId }: { by: string; runId?: string },
): Promise<ShadowRow> {
  const { db, newId, nowMs } = services;
  await ensureBaseline(services);
  const active = await requireActive(db);
  if (active !== null && isSameRelease(namesOf(active), names))
    throw new ReleaseRefused("This release decides already.");
  await loadRelease(services, names);
  for (let tried = 0; tried < TRIES; tried++) {
    const current = await findShadow(db);
    if (current !== null && isSameRelease(namesOf(current), names)) return current;
    const shadow = {
      id: newId("shd"),
      model: names.model,
      clientModel: names.client,
      calibration: names.calibration,
      runId: runId ?? null,
      startedBy: by,
      startedAt: new Date(nowMs()),
    };
    if (!(await insertShadow(db, shadow))) continue;
    await copyConfig("shadow", services);
    changed(services, "model", ...versionsOf(names));
    return { ...shadow, stoppedBy: null, stoppedAt: null };
  }
  throw new ReleaseRefused("Others are put into shadow at the same time. Read the models again.");
}

/** Ends what scores beside. @returns whether anything did */
export async function stopShadow(services: RegistryServices, { by }: { by: string }): Promise<boolean> {
  const { db, nowMs } = services;
  const current = await findShadow(db);
  if (current === null || !(await endShadow(db, current, { by, nowMs: nowMs() }))) return false;
  await copyConfig("shadow", services);
  changed(services, "model", ...versionsOf(namesOf(current)));
  return true;
}
