import * as z from "zod";
import { DetectionSettings, Threshold } from "../../shared/detection-settings.ts";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { AnsweredTime, pageOfRows, paging } from "../query/fields.ts";
import type { Position } from "../store/paging.ts";
import { callerId } from "../caller.ts";
import { copyConfig, type ConfigServices } from "./copies.ts";
import { DEPLOYED } from "./effective.ts";
import { changeSettings, findSettings, listSettings, type SettingsVersion } from "./settings.ts";

const SettingsAnswer = z.strictObject({
  version: z.int().min(0).meta({ description: "0 while nothing was ever set." }),
  ...DetectionSettings.shape,
  effective: z.strictObject({
    threshold: Threshold.nullable().meta({ description: "What events are held against; null: the deployment's." }),
    reason: z.string().meta({ description: "Why it is this one." }),
  }),
  set_at: AnsweredTime.nullable(),
  set_by: z.string().nullable().meta({ description: "Id of the key that set it; null for the calibration." }),
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/detection-settings",
  operationId: "getDetectionSettings",
  summary: "The settings that events are scored with",
  access: "analyst",
  status: 200,
  output: SettingsAnswer,
  problems: GUARDED,
});

const setRoute = defineRoute({
  method: "post",
  path: "/v1/detection-settings",
  operationId: "setDetectionSettings",
  summary: "Set what events are scored with",
  description:
    "All of it takes the place of what was set before, which stays on record. The edge follows within a minute, or within two of the " +
    "store that it reads from being back. 409: others were set at the same time.",
  access: "operator",
  body: DetectionSettings,
  status: 200,
  output: SettingsAnswer,
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid", "conflict"],
});

const historyRoute = defineRoute({
  method: "get",
  path: "/v1/detection-settings/history",
  operationId: "listDetectionSettings",
  summary: "Every version of the settings, newest first",
  access: "analyst",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(SettingsAnswer),
  problems: LISTED,
});

/** What operators set of detection while the product runs. */
export function detectionOperations(services: ConfigServices): Operation[] {
  const { db, nowMs } = services;
  return [
    operation(getRoute, async () => settingsAnswer(await findSettings(db))),
    operation(setRoute, async (facts, { body }) => {
      const set = await changeSettings(db, body, callerId(facts), nowMs());
      if (set === null) throw new Problem("conflict", "Settings were set at the same time. Read them again.");
      await copyConfig("detection", services);
      return settingsAnswer(set);
    }),
    operation(historyRoute, async (_facts, { query: { limit, cursor } }) => {
      const rows = await listSettings(db, { limit: limit + 1, below: versionOf(parseCursor(cursor)) });
      const kept = rows.slice(0, limit);
      const last = rows.length > limit ? kept.at(-1) : undefined;
      return {
        data: kept.map(settingsAnswer),
        next_cursor: formatCursor(last === undefined ? null : positionOf(last)),
      };
    }),
  ];
}

function positionOf({ version, at }: SettingsVersion): Position {
  return { at: at.toISOString().replace("Z", "000Z"), id: String(version) };
}

/** @throws Problem `unreadable` for a position in another list */
function versionOf(position: Position | null): number | null {
  if (position === null) return null;
  if (/^\d{1,9}$/.test(position.id)) return Number(position.id);
  throw new Problem("unreadable", "The cursor is not one that was given out.");
}

function settingsAnswer(set: SettingsVersion | null): z.input<typeof SettingsAnswer> {
  const { version, settings, effective, keyId, at } = set ?? UNSET;
  return { version, ...settings, effective, set_at: at?.toISOString() ?? null, set_by: keyId };
}

const UNSET = {
  version: 0,
  settings: { threshold: null, alert_budget: null, rules: {} },
  effective: DEPLOYED,
  keyId: null,
  at: null,
};
