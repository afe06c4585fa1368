import * as z from "zod";
import { Calibration } from "../../shared/calibration.ts";
import { readClientOnnx, writeClientOnnx } from "../../shared/client-model-onnx.ts";
import { FEATURE_SET, FEATURES } from "../../shared/features/features.ts";
import { laidEndToEnd } from "../../shared/fit.ts";
import { readForestOnnx, writeForestOnnx } from "../../shared/forest-onnx.ts";
import { goldenOf } from "../../shared/golden-rows.ts";
import { ClientCard, ForestCard } from "../../shared/model-card.ts";
import { loadRelease } from "../models/load-release.ts";
import { nextVersion } from "../models/save-candidate.ts";
import { clientGolden } from "./cards.ts";
import { teach, type Challenger } from "./challenger.ts";
import { readWeeks } from "./extract.ts";
import { noteFigures } from "./run-rows.ts";
import type { LearnServices } from "./services.ts";
import { isBundled, Snapshot } from "./snapshot.ts";
import { splitByTime } from "./training-set.ts";
import { readFile, readJson, workKey, writeFile, writeJson, type WorkBucket } from "./work-files.ts";

/** What was trained, as it is kept until it is sealed: the models' files, and what their cards will say. */
const Kept = z.strictObject({
  model: z.strictObject({
    version: z.string(),
    onnx: z.string(),
    rows: z.int(),
    golden: ForestCard.shape.golden,
  }),
  client: z
    .strictObject({
      version: z.string(),
      onnx: z.string(),
      confirmed: z.int(),
      labels: ClientCard.shape.trained_on.shape.labels,
      golden: ClientCard.shape.golden,
    })
    .nullable(),
  seed: z.int(),
  isApart: z.boolean(),
  calibration: Calibration,
});
export type Kept = z.infer<typeof Kept>;

/**
 * Trains a challenger on what lies before the judged days.
 *
 * @returns the key of what was trained, and how many payments it was trained on; no key where these were too few
 */
export async function train(
  services: LearnServices,
  runId: string,
  { snapshotKey, pageKeys }: { snapshotKey: string; pageKeys: readonly string[] },
): Promise<{ key: string | null; trainedOn: number }> {
  const { db, models } = services;
  const snapshot = await readJson(models, snapshotKey, Snapshot);
  const [rows, champion, model, client] = await Promise.all([
    readWeeks(models, pageKeys),
    loadRelease(services, snapshot.champion),
    nextVersion(db, "isolation-forest", runId),
    nextVersion(db, "client-blend", runId),
  ]);
  const { past, pastEndMs } = splitByTime(rows, snapshot.endMs);
  const seed = seedOf(runId);
  const scorer = { ...champion, client: champion.client?.model ?? null };
  const { challenger, figures } = teach({
    past,
    pastEndMs,
    champion: scorer,
    isBundled: isBundled(snapshot),
    versions: { model, client },
    seed,
  });
  await noteFigures(db, runId, { training: figures });
  const key = challenger === null ? null : await keep(models, runId, challenger, seed);
  return { key, trainedOn: figures.trained_on };
}

async function keep(models: WorkBucket, runId: string, challenger: Challenger, seed: number): Promise<string> {
  const { model, client, calibration, isApart } = challenger;
  const meta = { feature_set: FEATURE_SET };
  const forestOnnx = writeForestOnnx(model.forest, { ...meta, version: model.version });
  const trainedOn = model.trainedOn.map(({ vector }) => vector);
  const kept: Kept = {
    model: {
      version: model.version,
      onnx: await writeFile(models, workKey(runId, "forest.onnx"), forestOnnx),
      rows: trainedOn.length,
      golden: goldenOf(model.forest, laidEndToEnd(trainedOn, FEATURES.length)),
    },
    client: null,
    seed,
    isApart,
    calibration,
  };
  if (client !== null) {
    const { version, confirmed, labels } = client;
    const onnx = writeClientOnnx(client.model, { ...meta, version });
    kept.client = {
      version,
      onnx: await writeFile(models, workKey(runId, "client.onnx"), onnx),
      confirmed,
      labels,
      golden: clientGolden(client.model, client.inputs),
    };
  }
  return writeJson(models, workKey(runId, "challenger.json"), kept);
}

/** A challenger back from its files. */
export async function readChallenger(models: WorkBucket, key: string) {
  const kept = await readJson(models, key, Kept);
  const onnx = await readFile(models, kept.model.onnx);
  const clientOnnx = kept.client === null ? null : await readFile(models, kept.client.onnx);
  return {
    kept,
    onnx,
    clientOnnx,
    forest: readForestOnnx(onnx).forest,
    client: clientOnnx === null ? null : readClientOnnx(clientOnnx).model,
  };
}

/** A seed from a run's id, so that a step that is done again makes the same. @see FNV-1a, 32 bits */
function seedOf(runId: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(runId)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
