import { deliverNow } from "../alert/deliver.ts";
import { copyConfig } from "../detection/copies.ts";
import { changed } from "../live/tell.ts";
import type { LoadedRelease } from "./load-release.ts";
import type { RegistryServices } from "./registry.ts";
import { namesOf, releaseTitle, type ReleaseKind, type ReleaseNames } from "./release.ts";
import { insertRelease, type ReleaseNews, type ReleaseRow } from "./release-rows.ts";

/** What was released, and what it took the place of. */
export interface Released {
  release: ReleaseRow;
  before: ReleaseRow;
  /** False when nothing was written, because it decides already or the training run has released before. */
  isNew: boolean;
}

/** What is told of a release that follows another. */
export type NewRelease = Pick<ReleaseRow, "kind" | "previous" | "restores" | "by" | "reason" | "runId">;

/**
 * Puts a verified release in the place of the one that decides: on record, to the edge, and to whoever wants to be alerted.
 *
 * KV that is away does not undo it: the minute cron tells the edge then.
 *
 * @param before the release that was found to decide
 * @returns null when another was made meanwhile, and nothing was written
 */
export async function writeRelease(
  services: RegistryServices,
  loaded: LoadedRelease,
  { before, ...made }: NewRelease & { before: ReleaseRow },
): Promise<Released | null> {
  const { db, newId, nowMs } = services;
  const { model, client, calibration } = loaded.names;
  const release: ReleaseRow = {
    ...made,
    number: before.number + 1,
    id: newId("rel"),
    model,
    clientModel: client,
    calibration,
    at: new Date(nowMs()),
  };
  const news = newsOf(release, { before, loaded, alertId: newId("alt"), publicUrl: services.config.publicUrl });
  const deliveries = await insertRelease(db, release, { before, news });
  if (deliveries === null) return null;
  await copyConfig("release", services);
  await copyConfig("shadow", services);
  changed(services, "model", ...versionsOf(loaded.names), ...versionsOf(namesOf(before)));
  changed(services, "alert", news.alertId);
  services.waitUntil(deliverNow(services, deliveries));
  return { release, before, isNew: true };
}

export function versionsOf({ model, client }: ReleaseNames): string[] {
  return client === null ? [model] : [model, client];
}

const VERBS: Record<ReleaseKind, string> = {
  bundled: "Deployed",
  trained: "Released after training",
  promoted: "Promoted",
  rolled_back: "Rolled back to",
};

interface NewsContext {
  before: ReleaseRow;
  loaded: LoadedRelease;
  alertId: string;
  publicUrl: string;
}

function newsOf(release: ReleaseRow, { before, loaded, alertId, publicUrl }: NewsContext): ReleaseNews {
  const { id, kind, by, reason, runId } = release;
  return {
    alertId,
    title: `${VERBS[kind]}: ${releaseTitle(namesOf(release))}, in place of ${releaseTitle(namesOf(before))}. ${reason}`,
    data: {
      event: null,
      assessment: null,
      release: { id, kind, ...told(release), by, reason, run_id: runId },
      previous: { id: before.id, ...told(before) },
      metrics: { model: loaded.card.metrics, client_model: loaded.client?.card.metrics ?? null },
      links: {
        self: `${publicUrl}/v1/models/${encodeURIComponent(release.model)}`,
        client_model:
          release.clientModel === null ? null : `${publicUrl}/v1/models/${encodeURIComponent(release.clientModel)}`,
        releases: `${publicUrl}/v1/releases`,
      },
    },
  };
}

function told({ model, clientModel, calibration }: ReleaseRow) {
  return { model, client_model: clientModel, calibration };
}
