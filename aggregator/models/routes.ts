import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { readOptionalJson } from "../../shared/read-json.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, parse, type Operation } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import type { Db } from "../store/db.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { Keepable, pageOfRows, paging } from "../query/fields.ts";
import {
  calibrationAnswer,
  LIVE_WITHIN_S,
  MadeRelease,
  ModelAnswer,
  modelAnswer,
  ModelKindField,
  ModelStatusField,
  ofModelAnswer,
  releaseAnswer,
  ShadowAnswer,
  shadowAnswer,
  WholeModel,
  Why,
} from "./answers.ts";
import { ensureAnyRelease, ensureBaseline } from "./baseline.ts";
import { pageCalibrations } from "./calibration-rows.ts";
import { chooseRelease } from "./choose-release.ts";
import { findModel, pageModels, type ModelRow, type ModelStatus } from "./model-rows.ts";
import { withProblems } from "./refusals.ts";
import type { RegistryServices } from "./registry.ts";
import { namesOf, type ReleaseNames } from "./release.ts";
import { releaseCandidate } from "./release-candidate.ts";
import { listReleases, requireActive } from "./release-rows.ts";
import { startShadow, stopShadow } from "./shadow.ts";
import { findShadow } from "./shadow-rows.ts";

/** Of what a model was part of, this much is shown with it. */
const SHOWN_MOST = 50;

const VersionParams = z.object({ version: Keepable.min(1).max(100) });
const OF_ONE = [...GUARDED, "invalid", "not-found"] as const;
const CHANGING = [...OF_ONE, "unreadable", "too-large", "unsupported-media-type", "conflict"] as const;

const listRoute = defineRoute({
  method: "get",
  path: "/v1/models",
  operationId: "listModels",
  summary: "Models, newest first",
  access: "analyst",
  query: z.strictObject({ kind: ModelKindField.optional(), status: ModelStatusField.optional(), ...paging }),
  status: 200,
  output: pageOfRows(ModelAnswer),
  problems: LISTED,
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/models/{version}",
  operationId: "getModel",
  summary: "A model with its whole card, calibrations and releases",
  access: "analyst",
  params: VersionParams,
  status: 200,
  output: WholeModel,
  problems: OF_ONE,
});

const CHOICE =
  "Without a calibration, the newest that fits: a model goes with the client model that decides now where one was fitted on both, else " +
  "without a client model; a client model goes with the model that decides now.";
const Chosen = {
  calibration: Keepable.min(1).max(100).nullable().default(null).meta({
    description: "The calibration to go with it, which also says which models; null: the newest that fits.",
  }),
};
const Promotion = z.strictObject({ ...Chosen, reason: Why.default("promoted by an operator") });
const ShadowWish = z.strictObject(Chosen);

const promoteRoute = defineRoute({
  method: "post",
  path: "/v1/models/{version}/promote",
  operationId: "promoteModel",
  summary: "Let a model decide",
  description:
    `${CHOICE} Its files are verified first, as the edge does. What decides already stays as it is. 409: no calibration fits, its files ` +
    "are damaged, or it does not score as on its card.",
  access: "operator",
  params: VersionParams,
  body: Promotion,
  handlerReadsBody: true,
  status: 200,
  output: MadeRelease,
  problems: CHANGING,
});

const startRoute = defineRoute({
  method: "post",
  path: "/v1/models/{version}/shadow",
  operationId: "startShadow",
  summary: "Let a model score beside the one that decides",
  description: `${CHOICE} It takes the place of any other, decides nothing, and is seen in \`shadow\` of events. It ends when it is promoted. 409: as with promoting, or it decides already.`,
  access: "operator",
  params: VersionParams,
  body: ShadowWish,
  handlerReadsBody: true,
  status: 200,
  output: ShadowAnswer,
  problems: CHANGING,
});

const stopRoute = defineRoute({
  method: "delete",
  path: "/v1/models/{version}/shadow",
  operationId: "stopShadow",
  summary: "Let a model score beside no more",
  description: "404: it does not.",
  access: "operator",
  params: VersionParams,
  status: 204,
  problems: OF_ONE,
});

/** Models: looked through, put to work, put beside. */
export function modelOperations(services: RegistryServices): Operation[] {
  const { db } = services;
  return [
    operation(listRoute, (_facts, { query: { limit, cursor, ...filter } }) =>
      withProblems(async () => {
        await ensureAnyRelease(services);
        const { rows, next } = await pageModels(db, filter, { limit, after: parseCursor(cursor) });
        return { data: rows.map(modelAnswer), next_cursor: formatCursor(next) };
      }),
    ),
    operation(getRoute, (_facts, { params: { version } }) =>
      withProblems(async () => {
        await ensureAnyRelease(services);
        return wholeModel(db, await requireModel(db, version));
      }),
    ),
    operation(promoteRoute, (facts, { params: { version } }) =>
      withProblems(async () => {
        const { calibration, reason } = parse(Promotion, await readOptionalJson(facts.request));
        const names = await meant(services, version, calibration);
        const { release } = await releaseCandidate(services, names, { by: callerId(facts), reason });
        return { ...releaseAnswer(release), live_within_seconds: LIVE_WITHIN_S };
      }),
    ),
    operation(startRoute, (facts, { params: { version } }) =>
      withProblems(async () => {
        const { calibration } = parse(ShadowWish, await readOptionalJson(facts.request));
        const names = await meant(services, version, calibration);
        return shadowAnswer(await startShadow(services, names, { by: callerId(facts) }));
      }),
    ),
    operation(stopRoute, async (facts, { params: { version } }) => {
      const shadow = await findShadow(db);
      const isIt = shadow !== null && (shadow.model === version || shadow.clientModel === version);
      if (!isIt || !(await stopShadow(services, { by: callerId(facts) }))) {
        throw new Problem("not-found", "This model does not score beside.");
      }
      return undefined;
    }),
  ];
}

/** @throws Problem `not-found`, or ReleaseRefused when no calibration fits */
async function meant(services: RegistryServices, version: string, calibration: string | null): Promise<ReleaseNames> {
  const { db } = services;
  await ensureBaseline(services);
  const model = await requireModel(db, version);
  return chooseRelease(db, model, { calibration, active: namesOf(await requireActive(db)) });
}

async function requireModel(db: Db, version: string): Promise<ModelRow & { status: ModelStatus }> {
  const model = await findModel(db, version);
  if (model === null) throw new Problem("not-found", "No model has this version.");
  return model;
}

async function wholeModel(db: Db, model: ModelRow & { status: ModelStatus }): Promise<z.input<typeof WholeModel>> {
  const { version, card } = model;
  const [calibrations, releases, shadow] = await Promise.all([
    pageCalibrations(db, { model: version }, { limit: SHOWN_MOST, after: null }),
    listReleases(db, { limit: SHOWN_MOST, below: null, version }),
    findShadow(db),
  ]);
  const isInIt = shadow !== null && (shadow.model === version || shadow.clientModel === version);
  return {
    ...ofModelAnswer(model),
    card,
    shadow: isInIt ? shadowAnswer(shadow) : null,
    calibrations: calibrations.rows.map(calibrationAnswer),
    releases: releases.map(releaseAnswer),
  };
}
