import { ModelRefused, verifyRelease, type VerifiedRelease } from "../../shared/verify-release.ts";
import { FileDamaged, readFile, readJsonFile, type ModelBucket } from "./bucket.ts";
import { findCalibration } from "./calibration-rows.ts";
import { findModel, type ModelRow } from "./model-rows.ts";
import type { RegistryServices } from "./registry.ts";
import { namesOf, type ReleaseNames } from "./release.ts";
import { findActive } from "./release-rows.ts";

/** A release that was verified as the edge does, and can score. */
export interface LoadedRelease extends VerifiedRelease {
  names: ReleaseNames;
}

/** A release that may not decide, and why; the message is for operators. */
export class ReleaseRefused extends Error {
  override name = "ReleaseRefused";
}

type LoadServices = Pick<RegistryServices, "db" | "models">;

/**
 * What decides now, with all that it takes to score as the edge does. While nothing was released that is what the deployment brings,
 * whose files are at hand.
 *
 * @throws ReleaseRefused, ModelStoreAway or what the database throws
 */
export async function activeRelease(
  services: LoadServices & Pick<RegistryServices, "bundled">,
): Promise<LoadedRelease> {
  const active = await findActive(services.db);
  if (active !== null && active.kind !== "bundled") return loadRelease(services, namesOf(active));
  const verified = await verifyRelease({ ...(await services.bundled()), client: null });
  return {
    ...verified,
    names: { model: verified.card.version, client: null, calibration: verified.calibration.version },
  };
}

/**
 * A release from its files, verified as the edge verifies it: hashes, cards, feature table, golden rows, and that its calibration was
 * fitted on its models.
 *
 * @throws ReleaseRefused when there is none of these names or it may not decide, ModelStoreAway, or what the database throws
 */
export async function loadRelease({ db, models }: LoadServices, names: ReleaseNames): Promise<LoadedRelease> {
  const model = await findModel(db, names.model);
  const client = names.client === null ? null : await findModel(db, names.client);
  const calibration = await findCalibration(db, names.calibration);
  if (model === null || calibration === null || (names.client !== null && client === null)) {
    throw new ReleaseRefused("A model or calibration of this release is not known.");
  }
  try {
    const [forestFiles, clientFiles, calibrationFile] = await Promise.all([
      readModel(models, model),
      client === null ? null : readModel(models, client),
      readJsonFile(models, calibration.fileKey),
    ]);
    const verified = await verifyRelease({ ...forestFiles, client: clientFiles, calibration: calibrationFile });
    return { ...verified, names };
  } catch (cause) {
    if (!(cause instanceof FileDamaged || cause instanceof ModelRefused)) throw cause;
    throw new ReleaseRefused(`The release does not verify: ${cause.message}.`, { cause });
  }
}

async function readModel(bucket: ModelBucket, { onnxKey, cardKey }: ModelRow) {
  const [onnx, card] = await Promise.all([readFile(bucket, onnxKey), readJsonFile(bucket, cardKey)]);
  return { onnx, card };
}
