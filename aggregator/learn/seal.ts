import * as z from "zod";
import { Calibration } from "../../shared/calibration.ts";
import { ClientCard, ForestCard } from "../../shared/model-card.ts";
import { ModelRefused, verifyRelease } from "../../shared/verify-release.ts";
import { nextCalibrationVersion, type Candidate } from "../models/save-candidate.ts";
import { calibrate } from "./calibrate.ts";
import { clientCard, forestCard } from "./cards.ts";
import { readWeeks } from "./extract.ts";
import { Comparison } from "./figures.ts";
import { isoWeekOf } from "./iso-week.ts";
import { noteFigures } from "./run-rows.ts";
import type { LearnServices } from "./services.ts";
import { Snapshot } from "./snapshot.ts";
import { readChallenger, type Kept } from "./train.ts";
import { CALIBRATION_DAYS, calibrationSet, splitByTime } from "./training-set.ts";
import { readFile, readJson, workKey, writeJson, type WorkBucket } from "./work-files.ts";

/** A challenger that could be released: what the registry is given, but for the models' bytes. */
const Sealed = z.strictObject({
  model: z.strictObject({ card: ForestCard, onnx: z.string() }),
  client: z.strictObject({ card: ClientCard, onnx: z.string() }).nullable(),
  calibration: Calibration,
  rows: z.int(),
  summary: z.record(z.string(), z.unknown()),
});
type Sealed = z.infer<typeof Sealed>;

interface Keys {
  snapshotKey: string;
  pageKeys: readonly string[];
  challengerKey: string;
  comparisonKey: string;
}

/**
 * Calibrates a challenger anew, on the last 28 days up to the end of the window, gives each model its card, and verifies all of it as the
 * edge will.
 *
 * @returns the key of it, and what is wrong with it, in words; null when it can be released
 */
export async function seal(
  services: LearnServices,
  runId: string,
  { snapshotKey, pageKeys, challengerKey, comparisonKey }: Keys,
): Promise<{ key: string; fault: string | null }> {
  const { db, models } = services;
  const snapshot = await readJson(models, snapshotKey, Snapshot);
  const [rows, challenger, comparison, version] = await Promise.all([
    readWeeks(models, pageKeys),
    readChallenger(models, challengerKey),
    readJson(models, comparisonKey, Comparison),
    nextCalibrationVersion(db, isoWeekOf(snapshot.asOfMs)),
  ]);
  const { kept, forest, client, onnx, clientOnnx } = challenger;
  const { pastEndMs } = splitByTime(rows, snapshot.endMs);
  const set = calibrationSet(rows, { endMs: snapshot.endMs, pastEndMs, isApart: kept.isApart });
  const learned = kept.client === null || client === null ? null : { ...kept.client, model: client };
  const calibration = calibrate(version, { model: { version: kept.model.version, forest }, client: learned }, set);
  const from = new Date(snapshot.fromMs).toISOString();
  const to = new Date(pastEndMs).toISOString();
  const provenance = { runId, parent: snapshot.champion.model, seed: kept.seed, from, to, comparison };
  const counted = { payments: set.payments.length, others: set.others.length, days: CALIBRATION_DAYS };
  const sealed: Sealed = {
    model: { card: await forestCard({ ...kept.model, onnx }, provenance), onnx: kept.model.onnx },
    client: await sealedClient(kept, clientOnnx, {
      ...provenance,
      parent: snapshot.champion.client ?? provenance.parent,
    }),
    calibration,
    rows: set.payments.length + set.others.length,
    summary: {
      ...counted,
      suspect_rate: comparison.challenger.suspect_rate,
      alert_rate: comparison.challenger.alert_rate,
    },
  };
  await noteFigures(db, runId, { calibrated_on: counted });
  const key = await writeJson(models, workKey(runId, "candidate.json"), sealed);
  return { key, fault: await faultOf(sealed, onnx, clientOnnx) };
}

async function sealedClient(
  { client }: Kept,
  onnx: Uint8Array | null,
  provenance: Parameters<typeof clientCard>[1],
): Promise<Sealed["client"]> {
  return client === null || onnx === null
    ? null
    : { card: await clientCard({ ...client, onnx }, provenance), onnx: client.onnx };
}

async function faultOf(sealed: Sealed, onnx: Uint8Array, clientOnnx: Uint8Array | null): Promise<string | null> {
  const client = sealed.client === null || clientOnnx === null ? null : { card: sealed.client.card, onnx: clientOnnx };
  try {
    await verifyRelease({ onnx, card: sealed.model.card, calibration: sealed.calibration, client });
    return null;
  } catch (error) {
    if (error instanceof ModelRefused) return error.message;
    throw error;
  }
}

/** What was sealed, as the registry takes it. */
export async function readCandidate(models: WorkBucket, runId: string, key: string): Promise<Candidate> {
  const { model, client, calibration, rows, summary } = await readJson(models, key, Sealed);
  const bytes = (file: string) => readFile(models, file);
  return {
    runId,
    model: { card: model.card, onnx: await bytes(model.onnx) },
    ...(client !== null && { client: { card: client.card, onnx: await bytes(client.onnx) } }),
    calibration: { calibration, rows, days: CALIBRATION_DAYS, summary },
  };
}
