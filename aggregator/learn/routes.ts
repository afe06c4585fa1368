import * as z from "zod";
import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { AnsweredTime, IdParams, Keepable, pageOfRows, paging } from "../query/fields.ts";
import { Finding } from "./figures.ts";
import { findRun, listRuns } from "./run-rows.ts";
import { RunFigures, RunStep, STATUSES, TRIGGERS, type TrainingRun } from "./run.ts";
import { startManualRun, type StartServices } from "./start.ts";
import { WINDOW_DAYS } from "./window.ts";

const REASON_LENGTH = 500;

const RunAnswer = z.strictObject({
  id: z.string(),
  trigger: z.enum(TRIGGERS).meta({ description: "What began it: the week, somebody, or drift." }),
  status: z.enum(STATUSES).meta({
    description:
      "`released`: what it made decides now. `kept`: what it made is kept and does not, for the reasons in `findings`. `dry_run_done`: " +
      "nothing was kept or released.",
  }),
  dry_run: z.boolean(),
  window_days: z.int(),
  reason: z.string().nullable().meta({ description: "Why it was begun." }),
  by: z.string().meta({ description: "Id of the key of who asked for it, `schedule` or `drift`." }),
  created_at: AnsweredTime,
  started_at: AnsweredTime.nullable(),
  finished_at: AnsweredTime.nullable(),
  steps: z.array(RunStep).meta({ description: "Begun so far, in order; one that is under way has not finished." }),
  findings: z
    .array(Finding)
    .meta({ description: "Why the challenger is kept out, most decisive first; of a dry run, why it would be." }),
  candidate: z
    .strictObject({ model: z.string(), client_model: z.string().nullable(), calibration: z.string() })
    .nullable()
    .meta({ description: "What was made and kept." }),
  error: z.string().nullable(),
});

const RunDetail = z.strictObject({
  ...RunAnswer.shape,
  figures: RunFigures.meta({ description: "What was counted and measured, as far as it came." }),
});

const startRoute = defineRoute({
  method: "post",
  path: "/v1/training-runs",
  operationId: "startTrainingRun",
  summary: "Train a model on the shop's own events",
  description:
    "The run goes on after this was answered; follow it by `GET /v1/training-runs/{id}`. What it makes is released when it is no worse than " +
    "what decides now. 409: another run is under way, and named.",
  access: "operator",
  body: z.strictObject({
    dry_run: z.boolean().default(false).meta({
      description:
        "Only tell what would change: alerts a day, anomalies caught and missed, money at risk. Nothing is kept or released.",
    }),
    window_days: z.int().min(WINDOW_DAYS.least).max(WINDOW_DAYS.most).default(WINDOW_DAYS.usual).meta({
      description: "Days to learn from, back from the last whole one.",
    }),
    reason: Keepable.min(1).max(REASON_LENGTH).optional(),
  }),
  status: 202,
  output: z.strictObject({ id: z.string() }),
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid", "conflict"],
});

const listRoute = defineRoute({
  method: "get",
  path: "/v1/training-runs",
  operationId: "listTrainingRuns",
  summary: "Training runs, newest first",
  access: "analyst",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(RunAnswer),
  problems: LISTED,
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/training-runs/{id}",
  operationId: "getTrainingRun",
  summary: "One training run, with its progress and what was measured",
  access: "analyst",
  params: IdParams,
  status: 200,
  output: RunDetail,
  problems: [...GUARDED, "invalid", "not-found"] satisfies ProblemSlug[],
});

/** What learning did, and asking for more of it. */
export function trainingOperations(services: StartServices): Operation[] {
  const { db } = services;
  return [
    operation(startRoute, async (facts, { body: { dry_run: dryRun, window_days: windowDays, reason = null } }) => {
      const asked = { dryRun, windowDays, reason, by: callerId(facts) };
      const { runId, begun } = await startManualRun(services, asked);
      if (begun.kind === "busy") throw new Problem("conflict", `The training run ${begun.runId} is under way.`);
      return { id: runId };
    }),
    operation(listRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listRuns(db, { limit, after: parseCursor(cursor) });
      return { data: rows.map(runAnswer), next_cursor: formatCursor(next) };
    }),
    operation(getRoute, async (_facts, { params }) => {
      const run = await findRun(db, params.id);
      if (run === null) throw new Problem("not-found", "No training run has this id.");
      return { ...runAnswer(run), figures: run.figures };
    }),
  ];
}

function runAnswer(run: TrainingRun): z.input<typeof RunAnswer> {
  const { id, trigger, status, reason, by, steps, findings, error, model, clientModel, calibration } = run;
  return {
    id,
    trigger,
    status,
    dry_run: run.dryRun,
    window_days: run.windowDays,
    reason,
    by,
    created_at: run.createdAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    finished_at: run.finishedAt?.toISOString() ?? null,
    steps,
    findings,
    candidate: model === null || calibration === null ? null : { model, client_model: clientModel, calibration },
    error,
  };
}
