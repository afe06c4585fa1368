import * as z from "zod";
import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation, type RequestFacts } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { AnsweredTime, Flag, IdParams, Keepable, pageOfRows, paging, Sought } from "../query/fields.ts";
import { changed, type LiveServices } from "../live/tell.ts";
import type { Db } from "../store/db.ts";
import { AlertType } from "./alert-type.ts";
import { acknowledgeAlert, findAlert, listAlerts, noteAlert, type AlertRow } from "./alerts.ts";
import { DeliveryStatus } from "./answers.ts";
import { groupWords } from "./rules/group.ts";

const NOTE_LENGTH = 2_000;

/** What only an alert about anomalies has. */
const ofAnomalies = (what: string) => ({ description: `${what} Null of an alert about anything but anomalies.` });

/** An alert with where it went, as it is answered. */
export const AlertAnswer = z.strictObject({
  id: z.string(),
  type: AlertType,
  event_id: z.string().nullable().meta({ description: "The event in `data`, if any." }),
  data: z.unknown().meta({ description: "The `data` of the webhook's body, as it was when the alert was made." }),
  created_at: AnsweredTime,
  rule_id: z.string().nullable().meta(ofAnomalies("The rule that raised it.")),
  group: z
    .string()
    .nullable()
    .meta({ description: "What its anomalies have in common; null of a digest and of any other alert." }),
  digest: z.boolean().meta({ description: "Of what was beyond the alerts of its rule's hour." }),
  digest_due_at: AnsweredTime.nullable().meta({ description: "When a digest that still gathers is sent; null else." }),
  silenced: z.boolean().meta({ description: "Its rule was silenced: it was sent to nobody." }),
  anomalies: z.int().meta({ description: "In it so far; `GET /v1/anomalies?alert_id=` lists them." }),
  cooled: z.int().meta({ description: "Of them, in the cool-down." }),
  opened_at: AnsweredTime.nullable().meta(ofAnomalies("When the first was found.")),
  last_at: AnsweredTime.nullable().meta(ofAnomalies("When the latest was found.")),
  top_score: z.number().nullable().meta(ofAnomalies("The highest score.")),
  examples: z
    .array(
      z.strictObject({
        anomaly_id: z.string(),
        event_id: z.string(),
        found_at: AnsweredTime,
        score: z.number(),
        title: z.string(),
      }),
    )
    .meta({ description: "Its anomalies with the highest scores, highest first." }),
  acknowledged_at: AnsweredTime.nullable().meta({ description: "When somebody said that it was seen." }),
  acknowledged_by: z.string().nullable().meta({ description: "Id of the key of who said so." }),
  deliveries: z
    .array(z.strictObject({ id: z.string(), webhook_id: z.string(), status: DeliveryStatus }))
    .meta({ description: "One for every webhook it was sent to." }),
});

const AlertDetail = z.strictObject({
  ...AlertAnswer.shape,
  notes: z
    .array(z.strictObject({ note: z.string(), by: z.string(), created_at: AnsweredTime }))
    .meta({ description: "First written first." }),
});

const OF_ONE = [...GUARDED, "invalid", "not-found"] as const satisfies ProblemSlug[];

const listRoute = defineRoute({
  method: "get",
  path: "/v1/alerts",
  operationId: "listAlerts",
  summary: "What was alerted, newest first",
  access: "analyst",
  query: z.strictObject({ rule_id: Sought.optional(), acknowledged: Flag.optional(), ...paging }),
  status: 200,
  output: pageOfRows(AlertAnswer),
  problems: LISTED,
});

const getRoute = defineRoute({
  method: "get",
  path: "/v1/alerts/{id}",
  operationId: "getAlert",
  summary: "One alert with every note on it",
  access: "analyst",
  params: IdParams,
  status: 200,
  output: AlertDetail,
  problems: OF_ONE,
});

const acknowledgeRoute = defineRoute({
  method: "post",
  path: "/v1/alerts/{id}/acknowledge",
  operationId: "acknowledgeAlert",
  summary: "Say that an alert was seen",
  description: "Who says so first stands; again changes nothing.",
  access: "operator",
  params: IdParams,
  status: 200,
  output: AlertDetail,
  problems: OF_ONE,
});

const noteRoute = defineRoute({
  method: "post",
  path: "/v1/alerts/{id}/notes",
  operationId: "noteAlert",
  summary: "Add a note to an alert",
  access: "operator",
  params: IdParams,
  body: z.strictObject({ note: Keepable.min(1).max(NOTE_LENGTH) }),
  status: 201,
  output: AlertDetail,
  problems: [...OF_ONE, "unreadable", "too-large", "unsupported-media-type"],
});

/** What was alerted, and what people say of it. */
export function alertOperations({ db, nowMs, live }: { db: Db; nowMs(): number } & LiveServices): Operation[] {
  const by = (facts: RequestFacts) => ({ keyId: callerId(facts), nowMs: nowMs() });
  return [
    operation(listRoute, async (_facts, { query: { limit, cursor, rule_id: ruleId, acknowledged } }) => {
      const page = { limit, after: parseCursor(cursor) };
      const { rows, next } = await listAlerts(db, { ruleId, acknowledged }, page);
      return { data: rows.map(alertAnswer), next_cursor: formatCursor(next) };
    }),
    operation(getRoute, (_facts, { params }) => alertDetail(db, params.id)),
    operation(acknowledgeRoute, async (facts, { params }) => {
      if (!(await acknowledgeAlert(db, params.id, by(facts)))) throw notFound();
      changed({ live }, "alert", params.id);
      return alertDetail(db, params.id);
    }),
    operation(noteRoute, async (facts, { params, body: { note } }) => {
      if (!(await noteAlert(db, params.id, note, by(facts)))) throw notFound();
      changed({ live }, "alert", params.id);
      return alertDetail(db, params.id);
    }),
  ];
}

async function alertDetail(db: Db, id: string): Promise<z.input<typeof AlertDetail>> {
  const alert = await findAlert(db, id);
  if (alert === null) throw notFound();
  const notes = alert.notes.map(({ note, keyId, createdAt }) => ({
    note,
    by: keyId,
    created_at: createdAt.toISOString(),
  }));
  return { ...alertAnswer(alert), notes };
}

function alertAnswer(row: AlertRow): z.input<typeof AlertAnswer> {
  return {
    id: row.id,
    type: AlertType.parse(row.type),
    event_id: row.eventId,
    data: row.data,
    created_at: row.createdAt.toISOString(),
    rule_id: row.ruleId,
    group: row.groupKey === null ? null : groupWords(row.groupKey),
    digest: row.digest,
    digest_due_at: time(row.dueAt),
    silenced: row.silenced,
    anomalies: row.anomalies,
    cooled: row.cooled,
    opened_at: time(row.openedAt),
    last_at: time(row.lastAt),
    top_score: row.topScore,
    examples: row.examples,
    acknowledged_at: time(row.acknowledgedAt),
    acknowledged_by: row.acknowledgedBy,
    deliveries: row.deliveries.map(({ id, webhookId, status }) => ({ id, webhook_id: webhookId, status })),
  };
}

function time(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

function notFound(): Problem {
  return new Problem("not-found", "No alert has this id.");
}
