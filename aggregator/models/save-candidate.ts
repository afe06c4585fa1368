import type { Calibration } from "../../shared/calibration.ts";
import { sha256Hex } from "../../shared/digest.ts";
import { ModelCard } from "../../shared/model-card.ts";
import type { Db } from "../store/db.ts";
import { ensureBaseline } from "./baseline.ts";
import { fileKey, jsonBytes, keepFile } from "./bucket.ts";
import { countCalibrations, insertCalibration, newestFittedOn } from "./calibration-rows.ts";
import { findModel, insertModel, lastVersion, versionOfRun, type ModelRow } from "./model-rows.ts";
import type { RegistryServices } from "./registry.ts";
import type { ModelKind, ReleaseNames } from "./release.ts";

/** A model that was just made. */
export interface NewModel {
  card: ModelCard;
  onnx: Uint8Array;
}

export interface NewCalibration {
  calibration: Calibration;
  /** Rows it was fitted on. */
  rows: number;
  /** Days these are of. */
  days: number;
  /** What was measured of it, for people. */
  summary: Record<string, unknown>;
}

/** What a training run made: a calibration, and the models it was fitted on where these are new as well. */
export interface Candidate {
  model?: NewModel;
  client?: NewModel;
  calibration: NewCalibration;
  runId: string;
}

/** Another training run has taken the version meanwhile: ask for the next one. */
export class VersionTaken extends Error {
  override name = "VersionTaken";
}

const NAMES: Record<ModelKind, string> = { "isolation-forest": "global", "client-blend": "client" };

/** The version for the model of a kind that a training run makes, such as `global@v3`; the same for all its attempts. */
export async function nextVersion(db: Db, kind: ModelKind, runId: string): Promise<string> {
  return (await versionOfRun(db, kind, runId)) ?? `${NAMES[kind]}@v${(await lastVersion(db, kind)) + 1}`;
}

/** The version for a calibration, by the ISO week it is made in: `2026-W47`, or `2026-W47.2` when that week has one. */
export async function nextCalibrationVersion(db: Db, week: string): Promise<string> {
  const taken = await countCalibrations(db, week);
  return taken === 0 ? week : `${week}.${taken + 1}`;
}

/**
 * Keeps what a training run made: its files first, and the rows that name them once they were read back. Once for a run and the same
 * models: what a run saved in an attempt that was cut short stays, and is what is named.
 *
 * @throws VersionTaken, ModelStoreAway, FileDamaged or what the database throws: the run tries again
 */
export async function saveCandidate(
  services: RegistryServices,
  { model, client, calibration, runId }: Candidate,
): Promise<ReleaseNames> {
  const fittedOn = { model: calibration.calibration.model, client: calibration.calibration.client?.version ?? null };
  if (model !== undefined && model.card.version !== fittedOn.model) throw notFitted(model);
  if (client !== undefined && client.card.version !== fittedOn.client) throw notFitted(client);
  const { db } = services;
  await ensureBaseline(services);
  const saved = await newestFittedOn(db, fittedOn, runId);
  if (saved !== null) return { ...fittedOn, calibration: saved.version };
  for (const made of [model, client]) if (made !== undefined) await saveModel(services, made, runId);
  await saveCalibration(services, calibration, runId);
  return { ...fittedOn, calibration: calibration.calibration.version };
}

function notFitted({ card }: NewModel): Error {
  return new Error(`the calibration was not fitted on ${card.version}`);
}

async function saveModel(services: RegistryServices, { card, onnx }: NewModel, runId: string): Promise<void> {
  const { db, models, nowMs } = services;
  const { version, kind, sha256, bytes } = ModelCard.parse(card);
  if (sha256 !== (await sha256Hex(onnx))) throw new Error(`the card of ${version} is that of another file`);
  const known = await findModel(db, version);
  if (known !== null) return requireOfRun(known, runId);
  const cardBytes = jsonBytes(card);
  const [onnxKey, cardKey] = await Promise.all([fileKey("onnx", version, onnx), fileKey("card", version, cardBytes)]);
  await Promise.all([keepFile(models, onnxKey, onnx), keepFile(models, cardKey, cardBytes)]);
  const createdAt = new Date(nowMs());
  requireOfRun(
    await insertModel(db, { version, kind, card, onnxKey, cardKey, sha256, bytes, runId, createdAt }),
    runId,
  );
}

function requireOfRun(kept: ModelRow, runId: string): void {
  if (kept.runId !== runId) throw new VersionTaken(`${kept.version} is another run's`);
}

async function saveCalibration(
  { db, models, nowMs }: RegistryServices,
  { calibration, rows, days, summary }: NewCalibration,
  runId: string,
): Promise<void> {
  const { version, model } = calibration;
  const bytes = jsonBytes(calibration);
  const key = await fileKey("calibration", version, bytes);
  await keepFile(models, key, bytes);
  const isInserted = await insertCalibration(db, {
    version,
    model,
    clientModel: calibration.client?.version ?? null,
    fileKey: key,
    rows,
    days,
    summary,
    runId,
    createdAt: new Date(nowMs()),
  });
  if (!isInserted) throw new VersionTaken(`the calibration ${version} is taken`);
}
