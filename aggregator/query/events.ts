import * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { probabilityAt } from "../labels/fraud-probability.ts";
import type { Db } from "../store/db.ts";
import { findEvent, listEvents, type ListedEvent } from "../store/find-events.ts";
import { transactionOf } from "../store/transactions.ts";
import { EXPORTED, GUARDED } from "./access.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { EventAnswer, eventAnswer, EventDetail, eventDetail } from "./event-answer.ts";
import { EVENT_CSV } from "./export/event-columns.ts";
import { exportPages, exportsOf, isExport } from "./export/export.ts";
import { Flag, IdParams, Instant, LEAST_SCORE, pageOfRows, paging, Sought } from "./fields.ts";

const WITHOUT_VIEWS = "Views and searches are left out; those of a session are found by `session_id`.";

const listEventsRoute = defineRoute({
  method: "get",
  path: "/v1/events",
  operationId: "listEvents",
  summary: "Scored events, newest first",
  description:
    "What is given of the filters has to match together. A page holds when events arrive meanwhile: none comes twice.",
  access: "analyst",
  query: z.strictObject({
    from: Instant.optional().meta({ description: "Earliest time of the event, included." }),
    to: Instant.optional().meta({ description: "Latest time of the event, not included." }),
    name: Sought.optional(),
    user_id: Sought.optional(),
    session_id: Sought.optional(),
    transaction_id: Sought.optional(),
    client_id: Sought.optional().meta({ description: `Of a device. ${WITHOUT_VIEWS}` }),
    card_fingerprint: Sought.optional(),
    email_hash: Sought.optional().meta({ description: "Keyed hash, as events are answered with." }),
    ip_hash: Sought.optional().meta({
      description: `Keyed hash of a network, as events are answered with. ${WITHOUT_VIEWS}`,
    }),
    country: Sought.optional().meta({ description: "ISO 3166-1 alpha-2, of where it came from." }),
    label: z.enum(["fraud", "legitimate"]).optional().meta({ description: "What it turned out to be." }),
    anomaly: Flag.optional().meta({ description: "Only anomalies, or only the others." }),
    min_score: LEAST_SCORE,
    ...paging,
  }),
  status: 200,
  output: pageOfRows(EventAnswer),
  exports: exportsOf(EventAnswer),
  problems: EXPORTED,
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

const EXPORTED_EVENTS = {
  name: "events",
  columns: EVENT_CSV,
  asJson: (event: ListedEvent) => eventAnswer(event),
};

export function eventOperations({ db, log }: { db: Db; log(line: Record<string, unknown>): void }): Operation[] {
  return [
    operation(listEventsRoute, async (facts, { query: { limit, cursor, ...filter } }) => {
      const after = parseCursor(cursor);
      if (isExport(facts)) {
        return exportPages(facts, EXPORTED_EVENTS, (page) => listEvents(db, filter, page), after, { log });
      }
      const { rows, next } = await listEvents(db, filter, { limit, after });
      return { data: rows.map(eventAnswer), next_cursor: formatCursor(next) };
    }),
    operation(getEventRoute, async (_facts, { params }) => {
      const [event, transaction] = await Promise.all([findEvent(db, params.id), transactionOf(db, params.id)]);
      if (event === null) throw new Problem("not-found", "No event has this id.");
      return eventDetail(event, transaction, await probabilityAt(db, event.assessment.score));
    }),
  ];
}
