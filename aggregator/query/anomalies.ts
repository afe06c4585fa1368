import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { callerId } from "../caller.ts";
import { probabilityAt } from "../labels/fraud-probability.ts";
import { sendLabelsNow, type LabelServices } from "../labels/send.ts";
import { changed, type LiveServices } from "../live/tell.ts";
import { findAnomaly, giveFeedback, type AnomalyRecord, type InAlert } from "../store/anomalies.ts";
import type { Db } from "../store/db.ts";
import { listAnomalies, type ListedAnomaly } from "../store/find-anomalies.ts";
import { EXPORTED, GUARDED } from "./access.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { EventAnswer, eventAnswer, Probability } from "./event-answer.ts";
import { EVENT_CSV } from "./export/event-columns.ts";
import { exportPages, exportsOf, isExport } from "./export/export.ts";
import type { Columns } from "./export/csv.ts";
import { AnsweredTime, IdParams, Instant, Keepable, LEAST_SCORE, pageOfRows, paging, Sought } from "./fields.ts";

const NOTE_LENGTH = 2_000;

const Status = z
  .enum(["open", "confirmed", "dismissed"])
  .meta({ description: "The latest verdict; open while there is none." });
const Label = z
  .enum(["confirmed", "dismissed"])
  .meta({ description: "Whether the event was truly anomalous; learned from." });

const Anomaly = z.strictObject({
  id: z.string(),
  status: Status,
  created_at: AnsweredTime,
  updated_at: AnsweredTime,
  entity: z
    .string()
    .nullable()
    .meta({ description: "Whom it is about, as `kind:key`; see `/v1/entities`.", examples: ["client:3f2a"] }),
  event: EventAnswer,
});

const AnomalyDetail = z.strictObject({
  ...Anomaly.shape,
  fraud_probability: Probability,
  alerts: z
    .array(
      z.strictObject({
        id: z.string(),
        rule_id: z.string().nullable(),
        rule: z.string().nullable().meta({ description: "The rule's name." }),
        digest: z.boolean(),
        silenced: z.boolean().meta({ description: "The rule was silenced: the alert was sent to nobody." }),
      }),
    )
    .meta({ description: "The alerts it is in: one for every rule that matched it." }),
  not_alerted_because: z.string().nullable().meta({ description: "Why it is in no alert; null when it is in one." }),
  feedback: z
    .array(z.strictObject({ label: Label, note: z.string().nullable(), created_at: AnsweredTime }))
    .meta({ description: "Every verdict, first given first." }),
});

const listAnomaliesRoute = defineRoute({
  method: "get",
  path: "/v1/anomalies",
  operationId: "listAnomalies",
  summary: "Anomalies, newest first",
  description:
    "What is given of the filters has to match together. A page holds when anomalies are found meanwhile: none comes twice.",
  access: "analyst",
  query: z.strictObject({
    status: Status.optional(),
    from: Instant.optional().meta({ description: "Earliest time it was found, included." }),
    to: Instant.optional().meta({ description: "Latest time it was found, not included." }),
    min_score: LEAST_SCORE,
    reason: Sought.optional().meta({ description: "Code of one of its reasons.", examples: ["card_testing"] }),
    name: Sought.optional().meta({ description: "Name of its event.", examples: ["purchase"] }),
    country: Sought.optional().meta({ description: "ISO 3166-1 alpha-2, of where its event came from." }),
    user_id: Sought.optional(),
    entity: Sought.optional().meta({ description: "Whom it is about, as `kind:key`.", examples: ["client:3f2a"] }),
    alert_id: Sought.optional().meta({ description: "Those that are in this alert." }),
    q: Sought.optional().meta({
      description: "The whole id of an anomaly, or of the event, transaction, customer, session or device it is about.",
    }),
    ...paging,
  }),
  status: 200,
  output: pageOfRows(Anomaly),
  exports: exportsOf(Anomaly),
  problems: EXPORTED,
});

const getAnomalyRoute = defineRoute({
  method: "get",
  path: "/v1/anomalies/{id}",
  operationId: "getAnomaly",
  summary: "One anomaly with every verdict on it",
  access: "analyst",
  params: IdParams,
  status: 200,
  output: AnomalyDetail,
  problems: [...GUARDED, "invalid", "not-found"],
});

const giveFeedbackRoute = defineRoute({
  method: "post",
  path: "/v1/anomalies/{id}/feedback",
  operationId: "giveFeedback",
  summary: "Judge an anomaly",
  description:
    "The verdict is kept beside those before it and becomes the anomaly's status, and its event's label: fraud or legitimate.",
  access: "operator",
  params: IdParams,
  body: z.strictObject({ label: Label, note: Keepable.max(NOTE_LENGTH).optional() }),
  status: 200,
  output: AnomalyDetail,
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid", "not-found"],
});

const ANOMALY_CSV: Columns<ListedAnomaly> = {
  anomaly_id: ({ id }) => id,
  status: ({ status }) => status,
  found_at: ({ createdAt }) => createdAt.toISOString(),
  entity: ({ entity }) => entity,
  ...Object.fromEntries(
    Object.entries(EVENT_CSV).map(([name, cell]) => [
      name === "id" ? "event_id" : name,
      ({ event }: ListedAnomaly) => cell(event),
    ]),
  ),
};

const EXPORTED_ANOMALIES = {
  name: "anomalies",
  columns: ANOMALY_CSV,
  asJson: (row: ListedAnomaly) => anomalyAnswer(row),
};

export function anomalyOperations(services: LabelServices & LiveServices): Operation[] {
  const { db } = services;
  return [
    operation(listAnomaliesRoute, async (facts, { query: { limit, cursor, ...filter } }) => {
      const after = parseCursor(cursor);
      if (isExport(facts)) {
        return exportPages(facts, EXPORTED_ANOMALIES, (page) => listAnomalies(db, filter, page), after, services);
      }
      const { rows, next } = await listAnomalies(db, filter, { limit, after });
      return { data: rows.map(anomalyAnswer), next_cursor: formatCursor(next) };
    }),
    operation(getAnomalyRoute, (_facts, { params }) => anomalyDetail(db, params.id)),
    operation(giveFeedbackRoute, async (facts, { params, body: { label, note = null } }) => {
      const found = await giveFeedback(db, params.id, { label, note, keyId: callerId(facts) });
      if (!found) throw new Problem("not-found", "No anomaly has this id.");
      changed(services, "anomaly", params.id);
      await sendLabelsNow(services);
      return anomalyDetail(db, params.id);
    }),
  ];
}

async function anomalyDetail(db: Db, id: string): Promise<z.input<typeof AnomalyDetail>> {
  const anomaly = await findAnomaly(db, id);
  if (anomaly === null) throw new Problem("not-found", "No anomaly has this id.");
  const feedback = anomaly.feedback.map(({ label, note, createdAt }) => ({
    label,
    note,
    created_at: createdAt.toISOString(),
  }));
  return {
    ...anomalyAnswer(anomaly),
    fraud_probability: await probabilityAt(db, anomaly.event.assessment.score),
    alerts: anomaly.alerts.map(inAlertAnswer),
    not_alerted_because: anomaly.alerts.length > 0 ? null : anomaly.unraised ? TO_BE_RAISED : NO_RULE,
    feedback,
  };
}

const TO_BE_RAISED = "it was just found, and the alert rules have yet to look at it";
const NO_RULE = "no alert rule in force matched it";

function inAlertAnswer({ id, ruleId, ruleName, digest, silenced }: InAlert) {
  return { id, rule_id: ruleId, rule: ruleName, digest, silenced };
}

function anomalyAnswer(record: AnomalyRecord): z.input<typeof Anomaly> {
  return {
    id: record.id,
    status: record.status,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    entity: record.entity,
    event: eventAnswer(record.event),
  };
}
