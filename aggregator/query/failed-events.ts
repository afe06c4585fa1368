import * as z from "zod";
import { jsonBytes } from "../../shared/portions.ts";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import type { AlertServices } from "../alert/deliver.ts";
import { raiseNow } from "../alert/rules/raise-anomalies.ts";
import { replay, type Replayed } from "../replay.ts";
import { findFailedEvent, listFailedEvents, type FailedEventRow } from "../store/failed-events.ts";
import type { Position } from "../store/paging.ts";
import { EXPORTED, GUARDED, LISTED } from "./access.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import type { Columns } from "./export/csv.ts";
import { exportPages, exportsOf, isExport } from "./export/export.ts";
import { AnsweredTime, Flag, IdParams, pageOfRows, paging } from "./fields.ts";

const FailedEventAnswer = z.strictObject({
  id: z.string(),
  kind: z
    .enum(["assessments", "accounts", "spool"])
    .meta({ description: "What came: scored events, counts of the edge, or what was set aside of either." }),
  event_id: z.string().nullable().meta({ description: "The event's id, where one could be read." }),
  events: z
    .int()
    .min(0)
    .meta({ description: "How many events the payload holds; more than one where it is unreadable." }),
  reason: z.string().meta({ description: "Why it could not be stored." }),
  payload: z.unknown().meta({ description: "What came. Characters that cannot be kept stand as U+FFFD." }),
  bytes: z.int().meta({ description: "Of the payload as JSON in UTF-8." }),
  received_at: AnsweredTime.meta({
    description: "When the edge received it, or when it was recorded where that cannot be read.",
  }),
  resolved_at: AnsweredTime.nullable().meta({ description: "When its event was stored after all; null until then." }),
  resolution: z
    .enum(["stored", "already stored"])
    .nullable()
    .meta({ description: "Whether it was stored itself, or the same event out of another request." }),
  created_at: AnsweredTime,
});

const listFailedEventsRoute = defineRoute({
  method: "get",
  path: "/v1/failed-events",
  operationId: "listFailedEvents",
  summary: "What could not be stored, newest first",
  access: "analyst",
  query: z.strictObject({
    resolved: Flag.optional().meta({ description: "Only those that are stored by now, or only the others." }),
    ...paging,
  }),
  status: 200,
  output: pageOfRows(FailedEventAnswer),
  exports: exportsOf(FailedEventAnswer),
  problems: EXPORTED,
});

const ReplayAnswer = z.strictObject({
  id: z.string(),
  status: z.enum(["stored", "already_stored", "failed"]),
  reason: z.string().optional().meta({ description: "Why it failed again." }),
});

const replayFailedEventRoute = defineRoute({
  method: "post",
  path: "/v1/failed-events/{id}/replay",
  operationId: "replayFailedEvent",
  summary: "Try to store a failed event again",
  description: "It is read and stored, and alerts are made, as if it had just come. Twice is the same as once.",
  access: "operator",
  params: IdParams,
  status: 200,
  output: ReplayAnswer,
  problems: [...GUARDED, "invalid", "not-found"],
});

const replayFailedEventsRoute = defineRoute({
  method: "post",
  path: "/v1/failed-events/replay",
  operationId: "replayFailedEvents",
  summary: "Try to store a page of failed events again, newest first",
  description: "Those that are not resolved. What is to be alerted goes out within two minutes.",
  access: "operator",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(ReplayAnswer),
  problems: LISTED,
});

const FAILED_CSV: Columns<FailedEventRow> = {
  id: ({ id }) => id,
  kind: ({ kind }) => kind,
  event_id: ({ eventId }) => eventId,
  events: ({ events }) => events,
  reason: ({ reason }) => reason,
  bytes: ({ payload }) => jsonBytes(payload),
  received_at: ({ receivedAt }) => receivedAt.toISOString(),
  resolved_at: ({ resolvedAt }) => resolvedAt?.toISOString(),
  resolution: ({ resolution }) => resolution,
  created_at: ({ createdAt }) => createdAt.toISOString(),
};

const EXPORTED_FAILURES = {
  name: "failed-events",
  columns: FAILED_CSV,
  asJson: (row: FailedEventRow) => failedEventAnswer(row),
};

export function failedEventOperations(services: AlertServices): Operation[] {
  const { db } = services;
  const settling = { db, nowMs: () => services.nowMs(), live: services.live };
  return [
    operation(listFailedEventsRoute, async (facts, { query: { limit, cursor, resolved } }) => {
      const after = parseCursor(cursor);
      if (isExport(facts)) {
        return exportPages<FailedEventRow & Position>(
          facts,
          EXPORTED_FAILURES,
          (page) => listFailedEvents(db, { resolved }, page),
          after,
          services,
        );
      }
      const { rows, next } = await listFailedEvents(db, { resolved }, { limit, after });
      return { data: rows.map(failedEventAnswer), next_cursor: formatCursor(next) };
    }),
    operation(replayFailedEventRoute, async (_facts, { params }) => {
      const failure = await findFailedEvent(db, params.id);
      if (failure === null) throw new Problem("not-found", "No failed event has this id.");
      const replayed = await replay(failure, settling);
      if (replayed.anomalies > 0) await raiseNow(services);
      return replayAnswer(failure, replayed);
    }),
    operation(replayFailedEventsRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listFailedEvents(db, { resolved: false }, { limit, after: parseCursor(cursor) });
      const data: z.input<typeof ReplayAnswer>[] = [];
      for (const failure of rows) data.push(replayAnswer(failure, await replay(failure, settling)));
      return { data, next_cursor: formatCursor(next) };
    }),
  ];
}

function failedEventAnswer(failure: FailedEventRow): z.input<typeof FailedEventAnswer> {
  return {
    id: failure.id,
    kind: failure.kind,
    event_id: failure.eventId,
    events: failure.events,
    reason: failure.reason,
    payload: failure.payload,
    bytes: jsonBytes(failure.payload),
    received_at: failure.receivedAt.toISOString(),
    resolved_at: failure.resolvedAt?.toISOString() ?? null,
    resolution: failure.resolution,
    created_at: failure.createdAt.toISOString(),
  };
}

function replayAnswer({ id }: FailedEventRow, { status, reason }: Replayed): z.input<typeof ReplayAnswer> {
  return { id, status, ...(reason === undefined ? {} : { reason }) };
}
