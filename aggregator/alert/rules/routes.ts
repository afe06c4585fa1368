import * as z from "zod";
import { Problem, type ProblemSlug } from "../../../shared/problem.ts";
import { defineRoute } from "../../../shared/route.ts";
import { operation, type Operation, type RequestFacts } from "../../../shared/serve.ts";
import { callerId } from "../../caller.ts";
import { GUARDED, LISTED } from "../../query/access.ts";
import { formatCursor, parseCursor } from "../../query/cursor.ts";
import { AnsweredTime, IdParams, Instant, pageOfRows, paging } from "../../query/fields.ts";
import type { Position } from "../../store/paging.ts";
import { Preview, preview, PREVIEW_MOST, type PreviewWindow } from "./preview.ts";
import { NewRule, RULE_FIELDS, RuleChange, type Rule } from "./rule.ts";
import {
  changeRule,
  deleteRule,
  findRule,
  insertRule,
  listRules,
  listVersions,
  silenceRule,
  unknownWebhooks,
  type RuleRow,
  type RuleVersion,
} from "./rule-rows.ts";
import type { RaiseServices } from "./turns.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const PREVIEW_DAYS = 7;
const PREVIEW_DAYS_MOST = 31;
const SILENCE_DAYS_MOST = 365;

const RuleAnswer = z.strictObject({
  id: z.string(),
  version: z.int().meta({ description: "Counts every change from 1." }),
  ...RULE_FIELDS,
  silenced_until: AnsweredTime.nullable().meta({ description: "null when the rule is not silenced." }),
  created_at: AnsweredTime,
  created_by: z.string().meta({ description: "Id of the key it was made with." }),
  updated_at: AnsweredTime,
  updated_by: z.string(),
});

const VersionAnswer = z.strictObject({
  action: z.enum(["created", "changed", "silenced", "deleted"]),
  at: AnsweredTime,
  by: z.string().meta({ description: "Id of the key that did it." }),
  rule: RuleAnswer.nullable().meta({ description: "As it was from then on; null once it was deleted." }),
});

const Silence = z.strictObject({
  until: Instant.nullable().meta({ description: "When alerts are sent again; null ends a silence now." }),
});

const PreviewRequest = z.strictObject({
  ...NewRule.shape,
  name: RULE_FIELDS.name.default("Preview"),
  from: Instant.optional().meta({ description: `${PREVIEW_DAYS} days before \`to\` when missing.` }),
  to: Instant.optional().meta({ description: "Now when missing." }),
});

const OF_ONE = [...GUARDED, "invalid", "not-found"] as const satisfies ProblemSlug[];
const WITH_BODY = [
  ...GUARDED,
  "unreadable",
  "too-large",
  "unsupported-media-type",
  "invalid",
] as const satisfies ProblemSlug[];

const listRoute = defineRoute({
  method: "get",
  path: "/v1/alert-rules",
  operationId: "listAlertRules",
  summary: "Alert rules, newest first",
  description:
    "A shop begins with one that alerts on every anomaly; it can be changed, disabled and deleted like any other.",
  access: "analyst",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(RuleAnswer),
  problems: LISTED,
});

const createRoute = defineRoute({
  method: "post",
  path: "/v1/alert-rules",
  operationId: "createAlertRule",
  summary: "Add an alert rule",
  description:
    "It is in force at once, for what is found from now on. An anomaly that several rules match alerts by each.",
  access: "operator",
  body: NewRule,
  status: 201,
  output: RuleAnswer,
  problems: WITH_BODY,
});

const previewRoute = defineRoute({
  method: "post",
  path: "/v1/alert-rules/preview",
  operationId: "previewAlertRule",
  summary: "What a rule would have raised",
  description:
    `Over a past time of at most ${PREVIEW_DAYS_MOST} days and ${PREVIEW_MOST} anomalies, as if there had been no alert before it. ` +
    "Nothing is saved and nothing is sent. The body is that of a new rule, with `from` and `to`.",
  access: "analyst",
  body: PreviewRequest,
  status: 200,
  output: Preview,
  problems: WITH_BODY,
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/alert-rules/{id}",
  operationId: "getAlertRule",
  summary: "One alert rule",
  access: "analyst",
  params: IdParams,
  status: 200,
  output: RuleAnswer,
  problems: OF_ONE,
});

const changeRoute = defineRoute({
  method: "patch",
  path: "/v1/alert-rules/{id}",
  operationId: "changeAlertRule",
  summary: "Change an alert rule, switch it off or on",
  description:
    "What is given is replaced whole, `conditions` too. Alerts that are open keep the times they were opened with.",
  access: "operator",
  params: IdParams,
  body: RuleChange,
  status: 200,
  output: RuleAnswer,
  problems: [...WITH_BODY, "not-found"],
});

const deleteRoute = defineRoute({
  method: "delete",
  path: "/v1/alert-rules/{id}",
  operationId: "deleteAlertRule",
  summary: "Delete an alert rule",
  description: "Its alerts and versions stay on record. A digest it has begun is still sent.",
  access: "operator",
  params: IdParams,
  status: 204,
  problems: OF_ONE,
});

const silenceRoute = defineRoute({
  method: "post",
  path: "/v1/alert-rules/{id}/silence",
  operationId: "silenceAlertRule",
  summary: "Silence an alert rule for a time",
  description:
    "What it would have sent meanwhile is on record as silenced alerts. A digest begun before is still sent.",
  access: "operator",
  params: IdParams,
  body: Silence,
  status: 200,
  output: RuleAnswer,
  problems: [...WITH_BODY, "not-found"],
});

const versionsRoute = defineRoute({
  method: "get",
  path: "/v1/alert-rules/{id}/versions",
  operationId: "listAlertRuleVersions",
  summary: "Every change of an alert rule, newest first, with who made it",
  description: "Also of a rule that was deleted.",
  access: "analyst",
  params: IdParams,
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(VersionAnswer),
  problems: [...LISTED, "not-found"],
});

/** When to alert. */
export function alertRuleOperations({ db, nowMs, newId }: RaiseServices): Operation[] {
  const answer = (row: RuleRow) => ruleAnswer(row, nowMs());
  const by = (facts: RequestFacts) => ({ keyId: callerId(facts), nowMs: nowMs() });
  return [
    operation(listRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listRules(db, { limit, after: parseCursor(cursor) });
      return { data: rows.map(answer), next_cursor: formatCursor(next) };
    }),
    operation(createRoute, async (facts, { body }) => {
      await requireWebhooks(db, body.webhook_ids);
      return answer(await insertRule(db, newId("rule"), body, by(facts)));
    }),
    operation(previewRoute, async (_facts, { body: { from, to, ...rule } }) =>
      preview(db, previewedRule(rule), windowOf(from, to, nowMs())),
    ),
    operation(getRoute, async (_facts, { params }) => answer(found(await findRule(db, params.id)))),
    operation(changeRoute, async (facts, { params, body }) => {
      await requireWebhooks(db, body.webhook_ids ?? null);
      return answer(found(await changeRule(db, params.id, body, by(facts))));
    }),
    operation(deleteRoute, async (facts, { params }) => {
      if (!(await deleteRule(db, params.id, by(facts)))) throw notFound();
      return undefined;
    }),
    operation(silenceRoute, async (facts, { params, body: { until } }) =>
      answer(found(await silenceRule(db, params.id, silenceEnd(until, nowMs()), by(facts)))),
    ),
    operation(versionsRoute, async (_facts, { params, query: { limit, cursor } }) => {
      const { rows, next } = await listVersions(db, params.id, { limit, after: numbered(parseCursor(cursor)) });
      if (rows.length === 0 && cursor === undefined) throw notFound();
      return { data: rows.map((row) => versionAnswer(row, nowMs())), next_cursor: formatCursor(next) };
    }),
  ];
}

function ruleAnswer(row: RuleRow, nowMs: number): z.input<typeof RuleAnswer> {
  const until = row.silenced_until;
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    enabled: row.enabled,
    conditions: row.conditions,
    group_by: row.group_by,
    group_seconds: row.group_seconds,
    cool_down_seconds: row.cool_down_seconds,
    alerts_per_hour: row.alerts_per_hour,
    webhook_ids: row.webhook_ids,
    silenced_until: until !== null && until.getTime() > nowMs ? until.toISOString() : null,
    created_at: row.created_at.toISOString(),
    created_by: row.created_by,
    updated_at: row.updated_at.toISOString(),
    updated_by: row.updated_by,
  };
}

function versionAnswer(
  { action, changed_at, key_id, rule }: RuleVersion,
  nowMs: number,
): z.input<typeof VersionAnswer> {
  return {
    action: VersionAnswer.shape.action.parse(action),
    at: changed_at.toISOString(),
    by: key_id,
    rule: rule === null ? null : ruleAnswer(rule, nowMs),
  };
}

function previewedRule(rule: z.output<typeof NewRule>): Rule {
  return {
    id: "preview",
    name: rule.name,
    conditions: rule.conditions,
    groupBy: rule.group_by,
    groupMs: rule.group_seconds * 1000,
    coolDownMs: rule.cool_down_seconds * 1000,
    alertsPerHour: rule.alerts_per_hour,
    silencedUntilMs: null,
  };
}

/** @throws Problem `invalid` unless `from` comes before `to`, by no more days than are looked at */
function windowOf(from: string | undefined, to: string | undefined, nowMs: number): PreviewWindow {
  const toMs = to === undefined ? nowMs : Date.parse(to);
  const fromMs = from === undefined ? toMs - PREVIEW_DAYS * DAY_MS : Date.parse(from);
  if (fromMs >= toMs) throw invalid("/from", "must be before `to`");
  if (toMs - fromMs > PREVIEW_DAYS_MOST * DAY_MS) {
    throw invalid("/from", `must be at most ${PREVIEW_DAYS_MOST} days before \`to\``);
  }
  return { fromMs, toMs };
}

/** @throws Problem `invalid` unless the end, if any, is to come and not too far */
function silenceEnd(until: string | null, nowMs: number): number | null {
  if (until === null) return null;
  const untilMs = Date.parse(until);
  if (untilMs <= nowMs) throw invalid("/until", "must be in the future");
  if (untilMs > nowMs + SILENCE_DAYS_MOST * DAY_MS) throw invalid("/until", "must be within a year");
  return untilMs;
}

/** @throws Problem `invalid` when a rule is to alert where nothing is */
async function requireWebhooks(db: RaiseServices["db"], ids: readonly string[] | null): Promise<void> {
  if (ids === null) return;
  const unknown = new Set(await unknownWebhooks(db, ids));
  const errors = ids.flatMap((id, index) =>
    unknown.has(id) ? [{ pointer: `/webhook_ids/${index}`, detail: "is no webhook's id" }] : [],
  );
  if (errors.length > 0) throw new Problem("invalid", "Some fields do not match; see errors.", { errors });
}

/** @throws Problem `unreadable` for a cursor of another list */
function numbered(position: Position | null): Position | null {
  if (position !== null && !/^\d{1,18}$/.test(position.id)) {
    throw new Problem("unreadable", "The cursor is not one that was given out.");
  }
  return position;
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem("invalid", "Some fields do not match; see errors.", { errors: [{ pointer, detail }] });
}

/** @throws Problem `not-found` for null */
function found<T>(row: T | null): T {
  if (row === null) throw notFound();
  return row;
}

function notFound(): Problem {
  return new Problem("not-found", "No alert rule has this id.");
}
