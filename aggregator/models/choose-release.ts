import type { Db } from "../store/db.ts";
import { findCalibration, newestFittedOn, type CalibrationRow } from "./calibration-rows.ts";
import { ReleaseRefused } from "./load-release.ts";
import type { ModelRow } from "./model-rows.ts";
import { namesOf, type ReleaseNames } from "./release.ts";

/**
 * The release that is meant by naming one model, with a calibration or without.
 *
 * Of a calibration, the release is what that was fitted on. Without one: a forest goes with the client model that decides now where a
 * calibration was fitted on both, else without; a client model goes with the forest that decides now. The newest such calibration is
 * taken.
 *
 * @param active what decides now
 * @throws ReleaseRefused when no calibration fits
 */
export async function chooseRelease(
  db: Db,
  { version, kind }: Pick<ModelRow, "version" | "kind">,
  { calibration, active }: { calibration: string | null; active: ReleaseNames },
): Promise<ReleaseNames> {
  if (calibration !== null) return ofCalibration(db, version, calibration);
  if (kind === "client-blend") {
    const fitted = await newestFittedOn(db, { model: active.model, client: version });
    if (fitted !== null) return released(fitted);
    throw new ReleaseRefused(
      `No calibration was fitted on ${version} with ${active.model}, which decides. Name a calibration to release both that it was fitted on.`,
    );
  }
  const withClient =
    active.client === null ? null : await newestFittedOn(db, { model: version, client: active.client });
  const fitted = withClient ?? (await newestFittedOn(db, { model: version, client: null }));
  if (fitted !== null) return released(fitted);
  throw new ReleaseRefused(
    `No calibration was fitted on ${version} ${active.client === null ? "alone" : `alone or with ${active.client}`}.`,
  );
}

async function ofCalibration(db: Db, version: string, calibration: string): Promise<ReleaseNames> {
  const fitted = await findCalibration(db, calibration);
  if (fitted === null) throw new ReleaseRefused("No calibration has this version.");
  if (fitted.model === version || fitted.clientModel === version) return released(fitted);
  throw new ReleaseRefused(`The calibration was fitted on ${fitted.model}, not on ${version}.`);
}

function released(fitted: CalibrationRow): ReleaseNames {
  return namesOf({ ...fitted, calibration: fitted.version });
}
