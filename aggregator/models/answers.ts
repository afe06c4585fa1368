import * as z from "zod";
import { ClientCard, ForestCard } from "../../shared/model-card.ts";
import { LIMITS } from "../../shared/limits.ts";
import { AnsweredTime, Keepable } from "../query/fields.ts";
import type { ListedCalibration } from "./calibration-rows.ts";
import { MODEL_STATUSES, type ListedModel, type ModelRow, type ModelStatus } from "./model-rows.ts";
import { MODEL_KINDS, RELEASE_KINDS } from "./release.ts";
import type { ReleaseRow } from "./release-rows.ts";
import type { ShadowRow } from "./shadow-rows.ts";

const RunId = z.string().nullable().meta({ description: "The training run that made it; null for none." });
const By = z.string().meta({ description: "Id of the key, `training` or `deployment`." });

/** Why an operator releases something. */
export const Why = Keepable.min(1)
  .max(LIMITS.textLength)
  .meta({ description: "For people, on record with the release and in its alert." });

export const ModelKindField = z.enum(MODEL_KINDS).meta({
  description:
    "isolation-forest: learned without labels, and always there · client-blend: learned from the shop's own labels, beside it.",
});
export const ModelStatusField = z.enum(MODEL_STATUSES).meta({
  description:
    "active: decides now · shadow: scores beside it and decides nothing · retired: decided once · candidate: never did.",
});

const ofModel = {
  version: z.string().meta({ examples: ["global@v3"] }),
  kind: ModelKindField,
  status: ModelStatusField,
  sha256: z.string().meta({ description: "Of the ONNX file, hex." }),
  bytes: z.int().meta({ description: "Of the ONNX file." }),
  run_id: RunId,
  created_at: AnsweredTime,
};

const short = { golden: true } as const;
export const ModelAnswer = z.strictObject({
  ...ofModel,
  card: z.discriminatedUnion("kind", [ForestCard.omit(short), ClientCard.omit(short)]).meta({
    description: "What is known of it: what it was trained on, parameters, what was measured, what it is not good for.",
  }),
});

const released = {
  model: z.string(),
  client_model: z.string().nullable(),
  calibration: z.string().meta({ description: "Fitted on exactly these." }),
};

export const ReleaseAnswer = z.strictObject({
  id: z.string(),
  number: z.int().meta({ description: "1 for the first; each the one before it and 1. The largest decides." }),
  kind: z.enum(RELEASE_KINDS).meta({
    description:
      "bundled: came with the deployment · trained: by training · promoted: by an operator · rolled_back: gone back to.",
  }),
  ...released,
  restores: z.int().nullable().meta({ description: "Number of the release that a rollback brought back." }),
  previous: z.int().nullable().meta({ description: "Number of the release that a rollback goes back to; null: none." }),
  by: By,
  reason: z.string(),
  run_id: RunId,
  at: AnsweredTime,
});

/** What edges and KV's caches may lag behind; beside MODEL_REFRESH_MS in wrangler.toml is said why. */
export const LIVE_WITHIN_S = 120;

export const MadeRelease = z.strictObject({
  ...ReleaseAnswer.shape,
  live_within_seconds: z.int().meta({
    description: "When it decides everywhere, counted from now, or from the store that the edge reads being back.",
  }),
});

export const ShadowAnswer = z.strictObject({
  id: z.string(),
  ...released,
  started_at: AnsweredTime,
  started_by: By,
  run_id: RunId,
});

export const CalibrationAnswer = z.strictObject({
  version: z.string().meta({ examples: ["2026-W47"] }),
  model: z.string().meta({ description: "The model that it was fitted on." }),
  client_model: z.string().nullable().meta({ description: "The client model that it was fitted on as well." }),
  active: z.boolean().meta({ description: "Whether it is the one of the release that decides." }),
  rows: z.int().nullable().meta({ description: "Events it was fitted on." }),
  days: z.int().nullable().meta({ description: "Days these are of." }),
  summary: z.record(z.string(), z.unknown()).meta({ description: "What was measured of it." }),
  run_id: RunId,
  created_at: AnsweredTime,
});

export const WholeModel = z.strictObject({
  ...ofModel,
  card: z.discriminatedUnion("kind", [ForestCard, ClientCard]),
  shadow: ShadowAnswer.nullable().meta({ description: "With what it scores in shadow, if it does." }),
  calibrations: z.array(CalibrationAnswer).meta({ description: "The newest that were fitted on it." }),
  releases: z.array(ReleaseAnswer).meta({ description: "The newest that it was part of." }),
});

export function modelAnswer({ card, ...row }: ListedModel): z.input<typeof ModelAnswer> {
  return { ...ofModelAnswer(row), card };
}

type Named = Omit<ModelRow, "card" | "onnxKey" | "cardKey"> & { status: ModelStatus };

export function ofModelAnswer({ version, kind, status, sha256, bytes, runId, createdAt }: Named) {
  return { version, kind, status, sha256, bytes, run_id: runId, created_at: createdAt.toISOString() };
}

export function releaseAnswer(row: ReleaseRow): z.input<typeof ReleaseAnswer> {
  const { id, number, kind, restores, previous, by, reason, runId, at } = row;
  return { id, number, kind, ...releasedOf(row), restores, previous, by, reason, run_id: runId, at: at.toISOString() };
}

export function shadowAnswer(row: ShadowRow): z.input<typeof ShadowAnswer> {
  const { id, startedAt, startedBy, runId } = row;
  return { id, ...releasedOf(row), started_at: startedAt.toISOString(), started_by: startedBy, run_id: runId };
}

export function calibrationAnswer(row: ListedCalibration): z.input<typeof CalibrationAnswer> {
  const { version, model, clientModel, isActive, rows, days, summary, runId, createdAt } = row;
  return {
    version,
    model,
    client_model: clientModel,
    active: isActive,
    rows,
    days,
    summary,
    run_id: runId,
    created_at: createdAt.toISOString(),
  };
}

function releasedOf({ model, clientModel, calibration }: Pick<ReleaseRow, "model" | "clientModel" | "calibration">) {
  return { model, client_model: clientModel, calibration };
}
