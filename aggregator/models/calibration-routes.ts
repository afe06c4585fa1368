import * as z from "zod";
import { Calibration, scoreShare } from "../../shared/calibration.ts";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { findSettings } from "../detection/settings.ts";
import { DEPLOYED } from "../detection/effective.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { Keepable, pageOfRows, paging, Sought } from "../query/fields.ts";
import { CalibrationAnswer, calibrationAnswer } from "./answers.ts";
import { ensureAnyRelease } from "./baseline.ts";
import { readJsonFile } from "./bucket.ts";
import { findCalibration, pageCalibrations } from "./calibration-rows.ts";
import { calibrationCurves } from "./curves.ts";
import { withProblems } from "./refusals.ts";
import type { RegistryServices } from "./registry.ts";

const Share = z.number().min(0).max(1);
const Curve = z
  .array(
    z.strictObject({
      value: z.number(),
      share: Share.meta({
        description: "Of the clean events it was fitted on, those with this value or a larger one.",
      }),
      score: Share.meta({ description: "What the value alone comes to." }),
    }),
  )
  .meta({ description: "By rising value. Beyond the last point the share falls exponentially." });
const Curves = z.strictObject({
  model: Curve.meta({ description: "Raw output of the model." }),
  rules: Curve.meta({ description: "Sum of the three largest feature pots; a pot is -log10 of a share." }),
  combined: Curve.meta({
    description: "Both mixed, which is the score where neither a named rule nor the client model says more.",
  }),
});
const ClientCurves = z.strictObject({
  logistic: Curve.meta({ description: "Log-odds of the client model's logistic regression." }),
  boosted: Curve.meta({ description: "Log-odds of its boosted trees." }),
  blend: Curve.meta({ description: "Both blended with the mixture of model and feature pots." }),
});

const WholeCalibration = z.strictObject({
  ...CalibrationAnswer.shape,
  threshold: z
    .strictObject({
      score: Share.nullable().meta({ description: "What events are held against now; null: the deployment's own." }),
      share: Share.nullable().meta({ description: "Of clean events, those at or above it by this calibration." }),
      reason: z.string(),
    })
    .meta({ description: "The threshold in force, whichever calibration is." }),
  curves: z.strictObject({
    payments: z.strictObject({ ...Curves.shape, client: ClientCurves.nullable() }),
    others: Curves.nullable().meta({
      description: "Of events that are no payment attempts; null: fitted without any.",
    }),
  }),
});

const listRoute = defineRoute({
  method: "get",
  path: "/v1/calibrations",
  operationId: "listCalibrations",
  summary: "Calibrations, newest first",
  description: "A calibration turns raw outputs of models into scores that mean the same every week.",
  access: "analyst",
  query: z.strictObject({
    model: Sought.optional().meta({ description: "Only those fitted on this model or client model." }),
    ...paging,
  }),
  status: 200,
  output: pageOfRows(CalibrationAnswer),
  problems: LISTED,
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/calibrations/{version}",
  operationId: "getCalibration",
  summary: "A calibration with its curves",
  access: "analyst",
  params: z.object({ version: Keepable.min(1).max(100) }),
  status: 200,
  output: WholeCalibration,
  problems: [...GUARDED, "invalid", "not-found"],
});

/** Calibrations, to be looked at. */
export function calibrationOperations(services: RegistryServices): Operation[] {
  const { db, models } = services;
  return [
    operation(listRoute, (_facts, { query: { limit, cursor, ...filter } }) =>
      withProblems(async () => {
        await ensureAnyRelease(services);
        const { rows, next } = await pageCalibrations(db, filter, { limit, after: parseCursor(cursor) });
        return { data: rows.map(calibrationAnswer), next_cursor: formatCursor(next) };
      }),
    ),
    operation(getRoute, (_facts, { params: { version } }) =>
      withProblems(async () => {
        await ensureAnyRelease(services);
        const row = await findCalibration(db, version);
        if (row === null) throw new Problem("not-found", "No calibration has this version.");
        const calibration = Calibration.parse(await readJsonFile(models, row.fileKey));
        const { threshold, reason } = (await findSettings(db))?.effective ?? DEPLOYED;
        return {
          ...calibrationAnswer(row),
          threshold: { score: threshold, share: threshold === null ? null : scoreShare(threshold), reason },
          curves: calibrationCurves(calibration),
        };
      }),
    ),
  ];
}
