import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { findEvent, listEvents } from "../store/find-events.ts";
import { transactionOf } from "../store/transactions.ts";
import { GUARDED, LISTED } from "./access.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { EventAnswer, eventAnswer, EventDetail, eventDetail } from "./event-answer.ts";
import { Flag, IdParams, Instant, pageOfRows, paging, Sought } from "./fields.ts";

const listEventsRoute = defineRoute({
  method: "get",
  path: "/v1/events",
  operationId: "listEvents",
  summary: "Scored events, newest first",
  access: "analyst",
  query: z.strictObject({
    from: Instant.optional().meta({ description: "Earliest time of the event, included." }),
    to: Instant.optional().meta({ description: "Latest time of the event, not included." }),
    name: Sought.optional(),
    user_id: Sought.optional(),
    session_id: Sought.optional(),
    transaction_id: Sought.optional(),
    anomaly: Flag.optional().meta({ description: "Only anomalies, or only the others." }),
    min_score: z.coerce
      .number({ error: "must be a number" })
      .min(0, "must be at least 0")
      .max(1, "must be at most 1")
      .optional()
      .meta({ description: "Least score, included." }),
    ...paging,
  }),
  status: 200,
  output: pageOfRows(EventAnswer),
  problems: LISTED,
});

const getEventRoute = defineRoute({
  method: "get",
  path: "/v1/events/{id}",
  operationId: "getEvent",
  summary: "One scored event",
  access: "analyst",
  params: IdParams,
  status: 200,
  output: EventDetail,
  problems: [...GUARDED, "invalid", "not-found"],
});

export function eventOperations({ db }: { db: Db }): Operation[] {
  return [
    operation(listEventsRoute, async (_facts, { query: { limit, cursor, ...filter } }) => {
      const { rows, next } = await listEvents(db, filter, { limit, after: parseCursor(cursor) });
      return { data: rows.map(eventAnswer), next_cursor: formatCursor(next) };
    }),
    operation(getEventRoute, async (_facts, { params }) => {
      const [event, transaction] = await Promise.all([findEvent(db, params.id), transactionOf(db, params.id)]);
      if (event === null) throw new Problem("not-found", "No event has this id.");
      return eventDetail(event, transaction);
    }),
  ];
}
