import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation, type RequestFacts } from "../../shared/serve.ts";
import { findAnomaly, giveFeedback, listAnomalies, type AnomalyRecord } from "../store/anomalies.ts";
import type { Db } from "../store/db.ts";
import { GUARDED, LISTED } from "./access.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { EventAnswer, eventAnswer } from "./event-answer.ts";
import { AnsweredTime, IdParams, Keepable, pageOfRows, paging } from "./fields.ts";

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
  event: EventAnswer,
});

const AnomalyDetail = z.strictObject({
  ...Anomaly.shape,
  feedback: z
    .array(z.strictObject({ label: Label, note: z.string().nullable(), created_at: AnsweredTime }))
    .meta({ description: "Every verdict, first given first." }),
});

const listAnomaliesRoute = defineRoute({
  method: "get",
  path: "/v1/anomalies",
  operationId: "listAnomalies",
  summary: "Anomalies, newest first",
  access: "analyst",
  query: z.strictObject({ status: Status.optional(), ...paging }),
  status: 200,
  output: pageOfRows(Anomaly),
  problems: LISTED,
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
  description: "The verdict is kept beside those before it and becomes the anomaly's status.",
  access: "operator",
  params: IdParams,
  body: z.strictObject({ label: Label, note: Keepable.max(NOTE_LENGTH).optional() }),
  status: 200,
  output: AnomalyDetail,
  problems: [...GUARDED, "unreadable", "too-large", "unsupported-media-type", "invalid", "not-found"],
});

export function anomalyOperations({ db }: { db: Db }): Operation[] {
  return [
    operation(listAnomaliesRoute, async (_facts, { query: { limit, cursor, status } }) => {
      const { rows, next } = await listAnomalies(db, { status }, { limit, after: parseCursor(cursor) });
      return { data: rows.map(anomalyAnswer), next_cursor: formatCursor(next) };
    }),
    operation(getAnomalyRoute, (_facts, { params }) => anomalyDetail(db, params.id)),
    operation(giveFeedbackRoute, async (facts, { params, body: { label, note = null } }) => {
      const found = await giveFeedback(db, params.id, { label, note, keyId: admittedKeyId(facts) });
      if (!found) throw new Problem("not-found", "No anomaly has this id.");
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
  return { ...anomalyAnswer(anomaly), feedback };
}

function anomalyAnswer(record: AnomalyRecord): z.input<typeof Anomaly> {
  return {
    id: record.id,
    status: record.status,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    event: eventAnswer(record.event),
  };
}

function admittedKeyId({ keyId }: RequestFacts): string {
  if (keyId === undefined) throw new Error("a route that needs a key was entered without one");
  return keyId;
}
