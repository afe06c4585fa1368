import * as z from "zod";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import type { Db } from "../store/db.ts";
import { listFailedEvents } from "../store/failed-events.ts";
import { LISTED } from "./access.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { AnsweredTime, pageOfRows, paging } from "./fields.ts";

const FailedEventAnswer = z.strictObject({
  id: z.string(),
  event_id: z.string().nullable().meta({ description: "The event's id, where one could be read." }),
  reason: z.string().meta({ description: "Why it could not be stored." }),
  payload: z.unknown().meta({ description: "What came. Characters that cannot be kept stand as U+FFFD." }),
  created_at: AnsweredTime,
});

const listFailedEventsRoute = defineRoute({
  method: "get",
  path: "/v1/failed-events",
  operationId: "listFailedEvents",
  summary: "What could not be stored, newest first",
  access: "analyst",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(FailedEventAnswer),
  problems: LISTED,
});

export function failedEventOperations({ db }: { db: Db }): Operation[] {
  return [
    operation(listFailedEventsRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listFailedEvents(db, { limit, after: parseCursor(cursor) });
      const data = rows.map(({ id, eventId, reason, payload, createdAt }) => ({
        id,
        event_id: eventId,
        reason,
        payload,
        created_at: createdAt.toISOString(),
      }));
      return { data, next_cursor: formatCursor(next) };
    }),
  ];
}
