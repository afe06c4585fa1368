import * as z from "zod";
import { DRIFT_LEVELS } from "../drift/levels.ts";
import { Changes, Comparison, TrainingFigures, type Finding } from "./figures.ts";

export const TRIGGERS = ["schedule", "request", "drift"] as const;
export type Trigger = (typeof TRIGGERS)[number];

export const STATUSES = ["queued", "running", "released", "kept", "dry_run_done", "failed"] as const;
export type RunStatus = (typeof STATUSES)[number];

export const RunStep = z.strictObject({
  name: z.string(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
});
export type RunStep = z.infer<typeof RunStep>;

const Count = z.number().min(0);

/** What was counted and measured in a run, as far as it came. */
export const RunFigures = z.strictObject({
  window: z
    .strictObject({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      payments: Count,
      others: Count.meta({ description: "Events that are no payment attempts." }),
      labelled: Count,
      threshold: z.number().meta({ description: "What events are held against." }),
      champion: z.string().meta({ description: "What decided when the run began." }),
    })
    .optional(),
  drift: z.strictObject({ level: z.enum(DRIFT_LEVELS) }).optional(),
  training: TrainingFigures.optional(),
  comparison: Comparison.optional(),
  changes: Changes.optional(),
  calibrated_on: z
    .strictObject({ payments: Count, others: Count, days: Count })
    .optional()
    .meta({ description: "Clean events that the candidate's calibration was fitted on." }),
});
export type RunFigures = z.infer<typeof RunFigures>;

/** A run as it is kept. */
export interface TrainingRun {
  id: string;
  trigger: Trigger;
  dryRun: boolean;
  windowDays: number;
  reason: string | null;
  by: string;
  status: RunStatus;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  steps: RunStep[];
  figures: RunFigures;
  findings: Finding[];
  model: string | null;
  clientModel: string | null;
  calibration: string | null;
  error: string | null;
}
