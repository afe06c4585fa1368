import * as z from "zod";
import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { AnsweredTime, IdParams, Instant, pageOfRows, paging } from "../query/fields.ts";
import { DeliveryAnswer, deliveryAnswer } from "./answers.ts";
import { ATTEMPT_DEADLINE_MS } from "./attempt.ts";
import { deliverNow, LEASE_MS, type AlertServices } from "./deliver.ts";
import { findDelivery, listDeliveries } from "./delivery-log.ts";
import { askForMissed, reviveDelivery } from "./replays.ts";
import { findWebhook } from "./webhooks.ts";

const OF_ONE = [...GUARDED, "invalid", "not-found"] as const satisfies ProblemSlug[];

const listDeliveriesRoute = defineRoute({
  method: "get",
  path: "/v1/webhooks/{id}/deliveries",
  operationId: "listWebhookDeliveries",
  summary: "What was sent to a webhook, newest first",
  access: "analyst",
  params: IdParams,
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(DeliveryAnswer),
  problems: [...LISTED, "not-found"],
});

const replayDeliveryRoute = defineRoute({
  method: "post",
  path: "/v1/deliveries/{id}/replay",
  operationId: "replayDelivery",
  summary: "Send again what was delivered, exhausted or cancelled",
  description:
    "Under the webhook-id it had, so that the receiver can tell it from a new one. The first attempt is made before this answers; should it fail, others follow as for any alert.",
  access: "operator",
  params: IdParams,
  status: 202,
  output: DeliveryAnswer,
  problems: [...OF_ONE, "conflict"],
});

const replayMissedRoute = defineRoute({
  method: "post",
  path: "/v1/webhooks/{id}/replay",
  operationId: "replayMissed",
  summary: "Send everything that a webhook missed since a time",
  description:
    "Of what was created since then, all that was exhausted or cancelled, but no test: oldest first, from the next minute on, 300 a minute. `replay_since` of the webhook is null again when it is done.",
  access: "operator",
  params: IdParams,
  body: z.strictObject({ since: Instant.meta({ description: "RFC 3339." }) }),
  status: 202,
  output: z.strictObject({
    webhook_id: z.string(),
    since: AnsweredTime,
    deliveries: z.int().meta({ description: "How many were missed; they keep their ids." }),
  }),
  problems: [...OF_ONE, "conflict", "unreadable", "too-large", "unsupported-media-type"],
});

/** What was sent to webhooks, and sending it again. */
export function deliveryOperations(services: AlertServices): Operation[] {
  const { db } = services;
  return [
    operation(listDeliveriesRoute, async (_facts, { params, query: { limit, cursor } }) => {
      if ((await findWebhook(db, params.id)) === null) throw noWebhook();
      const { rows, next } = await listDeliveries(db, params.id, { limit, after: parseCursor(cursor) });
      return { data: rows.map(deliveryAnswer), next_cursor: formatCursor(next) };
    }),
    operation(replayDeliveryRoute, async (_facts, { params: { id } }) => {
      if ((await findDelivery(db, id)) === null) throw new Problem("not-found", "No delivery has this id.");
      if (!(await reviveDelivery(db, id, services.nowMs(), LEASE_MS))) {
        throw new Problem("conflict", "The delivery is still under way, or its webhook is disabled or deleted.");
      }
      await deliverNow(services, [id], ATTEMPT_DEADLINE_MS, "asked");
      const delivery = await findDelivery(db, id);
      if (delivery === null) throw new Error("a delivery that was just made is gone");
      return deliveryAnswer(delivery);
    }),
    operation(replayMissedRoute, async (_facts, { params: { id }, body: { since } }) => {
      if ((await findWebhook(db, id)) === null) throw noWebhook();
      const deliveries = await askForMissed(db, id, since, services.nowMs());
      if (deliveries === null) throw new Problem("conflict", "The webhook is disabled; enable it first.");
      return { webhook_id: id, since, deliveries };
    }),
  ];
}

function noWebhook(): Problem {
  return new Problem("not-found", "No webhook has this id.");
}
