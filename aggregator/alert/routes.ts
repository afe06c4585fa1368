import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { IdParams, Keepable, pageOfRows, paging } from "../query/fields.ts";
import { ALERT_TYPES, AlertType, TEST_ALERT } from "./alert-type.ts";
import { insertTestAlert, listAlerts } from "./alerts.ts";
import { AlertAnswer, alertAnswer, DeliveryAnswer, deliveryAnswer, WebhookAnswer, webhookAnswer } from "./answers.ts";
import { forbiddenDestination } from "./attempt.ts";
import { deliverNow, LEASE_MS, type AlertServices } from "./deliver.ts";
import { findDelivery, listDeliveries } from "./delivery-log.ts";
import { newSecret } from "./secret.ts";
import { changeWebhook, deleteWebhook, findWebhook, insertWebhook, listWebhooks, rotateSecret } from "./webhooks.ts";

const Url = z
  .string()
  .max(LIMITS.urlLength)
  .meta({
    description: "Where alerts are posted: https on port 443 or 8443 of a public host, without credentials.",
    examples: ["https://hooks.example.com/pulse"],
  });
const Description = Keepable.max(LIMITS.textLength).meta({ description: "For people." });
const Types = z
  .array(AlertType)
  .min(1)
  .refine((types) => new Set(types).size === types.length, "must not name a type twice")
  .meta({ description: "The types of alert that are sent here." });

const NewWebhook = z.strictObject({
  url: Url,
  description: Description.nullable().default(null),
  types: Types.default([...ALERT_TYPES]),
});

const WebhookChange = z
  .strictObject({
    url: Url.optional(),
    description: Description.nullable().optional(),
    types: Types.optional(),
    enabled: z
      .boolean()
      .optional()
      .meta({ description: "false cancels what still waits for this webhook; true begins with a clean record." }),
  })
  .refine((change) => Object.keys(change).length > 0, "must change something");

const WebhookWithSecret = z.strictObject({
  ...WebhookAnswer.shape,
  secret: z.string().meta({ description: "Signs every request (Standard Webhooks); not shown again." }),
});

const WITH_BODY = [
  ...GUARDED,
  "unreadable",
  "too-large",
  "unsupported-media-type",
  "invalid",
] as const satisfies ProblemSlug[];
const OF_ONE = [...GUARDED, "invalid", "not-found"] as const satisfies ProblemSlug[];

const listWebhooksRoute = defineRoute({
  method: "get",
  path: "/v1/webhooks",
  operationId: "listWebhooks",
  summary: "Webhooks, newest first",
  access: "analyst",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(WebhookAnswer),
  problems: LISTED,
});

const createWebhookRoute = defineRoute({
  method: "post",
  path: "/v1/webhooks",
  operationId: "createWebhook",
  summary: "Add a webhook",
  description: "The answer holds the secret its requests are signed with. It is not shown again.",
  access: "operator",
  body: NewWebhook,
  status: 201,
  output: WebhookWithSecret,
  problems: WITH_BODY,
});

const getWebhookRoute = defineRoute({
  method: "get",
  path: "/v1/webhooks/{id}",
  operationId: "getWebhook",
  summary: "One webhook",
  access: "analyst",
  params: IdParams,
  status: 200,
  output: WebhookAnswer,
  problems: OF_ONE,
});

const changeWebhookRoute = defineRoute({
  method: "patch",
  path: "/v1/webhooks/{id}",
  operationId: "changeWebhook",
  summary: "Change a webhook, switch it off or on",
  access: "operator",
  params: IdParams,
  body: WebhookChange,
  status: 200,
  output: WebhookAnswer,
  problems: [...WITH_BODY, "not-found"],
});

const deleteWebhookRoute = defineRoute({
  method: "delete",
  path: "/v1/webhooks/{id}",
  operationId: "deleteWebhook",
  summary: "Delete a webhook and cancel what still waits for it",
  access: "operator",
  params: IdParams,
  status: 204,
  problems: OF_ONE,
});

const testWebhookRoute = defineRoute({
  method: "post",
  path: "/v1/webhooks/{id}/test",
  operationId: "testWebhook",
  summary: "Send a test alert",
  description: "The first attempt is made before this answers; should it fail, others follow as for any alert.",
  access: "operator",
  params: IdParams,
  status: 202,
  output: DeliveryAnswer,
  problems: [...OF_ONE, "conflict"],
});

const rotateSecretRoute = defineRoute({
  method: "post",
  path: "/v1/webhooks/{id}/rotate-secret",
  operationId: "rotateWebhookSecret",
  summary: "Change the secret of a webhook",
  description:
    "For 24 h requests carry a signature of the new secret and one of the secret before. The new one is not shown again.",
  access: "operator",
  params: IdParams,
  status: 200,
  output: WebhookWithSecret,
  problems: OF_ONE,
});

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

const listAlertsRoute = defineRoute({
  method: "get",
  path: "/v1/alerts",
  operationId: "listAlerts",
  summary: "What was alerted, newest first",
  access: "analyst",
  query: z.strictObject(paging),
  status: 200,
  output: pageOfRows(AlertAnswer),
  problems: LISTED,
});

/** Webhooks, what was sent to them, and what was alerted. */
export function webhookOperations(services: AlertServices): Operation[] {
  const { db, config } = services;
  return [
    operation(listWebhooksRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listWebhooks(db, { limit, after: parseCursor(cursor) });
      return { data: rows.map((row) => webhookAnswer(row, services.nowMs())), next_cursor: formatCursor(next) };
    }),
    operation(createWebhookRoute, async (_facts, { body }) => {
      const secret = newSecret();
      const webhook = { ...body, id: services.newId("wh"), url: allowedUrl(body.url, config), secret };
      const row = await insertWebhook(db, webhook, services.nowMs());
      return { ...webhookAnswer(row, services.nowMs()), secret };
    }),
    operation(getWebhookRoute, async (_facts, { params }) =>
      webhookAnswer(found(await findWebhook(db, params.id)), services.nowMs()),
    ),
    operation(changeWebhookRoute, async (_facts, { params, body }) => {
      const change = body.url === undefined ? body : { ...body, url: allowedUrl(body.url, config) };
      return webhookAnswer(found(await changeWebhook(db, params.id, change, services.nowMs())), services.nowMs());
    }),
    operation(deleteWebhookRoute, async (_facts, { params }) => {
      if (!(await deleteWebhook(db, params.id, services.nowMs()))) throw notFound();
      return undefined;
    }),
    operation(testWebhookRoute, async (_facts, { params }) => deliveryAnswer(await sendTest(services, params.id))),
    operation(rotateSecretRoute, async (_facts, { params }) => {
      const secret = newSecret();
      const row = found(await rotateSecret(db, params.id, secret, services.nowMs()));
      return { ...webhookAnswer(row, services.nowMs()), secret };
    }),
    operation(listDeliveriesRoute, async (_facts, { params, query: { limit, cursor } }) => {
      found(await findWebhook(db, params.id));
      const { rows, next } = await listDeliveries(db, params.id, { limit, after: parseCursor(cursor) });
      return { data: rows.map(deliveryAnswer), next_cursor: formatCursor(next) };
    }),
    operation(listAlertsRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listAlerts(db, { limit, after: parseCursor(cursor) });
      return { data: rows.map(alertAnswer), next_cursor: formatCursor(next) };
    }),
  ];
}

/** Makes a test alert and its first attempt, by the way every alert goes. */
async function sendTest(services: AlertServices, webhookId: string) {
  const { db, config } = services;
  found(await findWebhook(db, webhookId));
  const nowMs = services.nowMs();
  const [alertId, deliveryId] = [services.newId("alt"), services.newId("msg")];
  const created = new Date(nowMs).toISOString();
  const data = {
    alert: { id: alertId, type: TEST_ALERT, created_at: created, title: "A test: alerts arrive here" },
    event: null,
    assessment: null,
    links: { self: `${config.publicUrl}/v1/webhooks/${webhookId}` },
  };
  const made = await insertTestAlert(db, { webhookId, alertId, deliveryId, data, nowMs, leaseMs: LEASE_MS });
  if (!made) throw new Problem("conflict", "The webhook is disabled; enable it first.");
  await deliverNow(services, [deliveryId]);
  const delivery = await findDelivery(db, deliveryId);
  if (delivery === null) throw new Error("a delivery that was just made is gone");
  return delivery;
}

/** @throws Problem `invalid` when no alert may go there */
function allowedUrl(url: string, config: AlertServices["config"]): string {
  const reason = forbiddenDestination(url, config);
  if (reason !== null) {
    throw new Problem("invalid", "The URL may not be a webhook's; see errors.", {
      errors: [{ pointer: "/url", detail: reason }],
    });
  }
  return new URL(url).href; // in the one spelling that was judged
}

/** @throws Problem `not-found` for null */
function found<T>(row: T | null): T {
  if (row === null) throw notFound();
  return row;
}

function notFound(): Problem {
  return new Problem("not-found", "No webhook has this id.");
}
