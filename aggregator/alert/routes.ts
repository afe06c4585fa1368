import * as z from "zod";
import { Problem, type ProblemSlug } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";
import { GUARDED, LISTED } from "../query/access.ts";
import { formatCursor, parseCursor } from "../query/cursor.ts";
import { IdParams, pageOfRows, paging } from "../query/fields.ts";
import { TEST_ALERT } from "./alert-type.ts";
import { insertTestAlert } from "./alerts.ts";
import { DeliveryAnswer, deliveryAnswer, WebhookAnswer, webhookAnswer } from "./answers.ts";
import { ATTEMPT_DEADLINE_MS, forbiddenDestination } from "./attempt.ts";
import { deliverNow, LEASE_MS, type AlertServices } from "./deliver.ts";
import { findDelivery } from "./delivery-log.ts";
import type { KindName } from "./kinds/kind.ts";
import { newSecret } from "./secret.ts";
import { foreignFields, NewWebhook, reachedBy, reachedFirstBy, WebhookChange } from "./webhook-fields.ts";
import { changeWebhook, deleteWebhook, findWebhook, insertWebhook, listWebhooks, rotateSecret } from "./webhooks.ts";

const WebhookWithSecret = z.strictObject({
  ...WebhookAnswer.shape,
  secret: z
    .string()
    .optional()
    .meta({ description: "Of kind webhook: signs every request (Standard Webhooks); not shown again." }),
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
  summary: "Add a webhook, or another place for alerts to go",
  description:
    "For an endpoint of one's own the answer holds the secret its requests are signed with. It is not shown again.",
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
    "For 24 h requests carry a signature of the new secret and one of the secret before. The new one is not shown again. A provider's key is changed by PATCH.",
  access: "operator",
  params: IdParams,
  status: 200,
  output: WebhookWithSecret,
  problems: [...OF_ONE, "conflict"],
});

/** Webhooks, and what was alerted. */
export function webhookOperations(services: AlertServices): Operation[] {
  const { db, config } = services;
  return [
    operation(listWebhooksRoute, async (_facts, { query: { limit, cursor } }) => {
      const { rows, next } = await listWebhooks(db, { limit, after: parseCursor(cursor) });
      return { data: rows.map((row) => webhookAnswer(row, services.nowMs())), next_cursor: formatCursor(next) };
    }),
    operation(createWebhookRoute, async (_facts, { body }) => {
      const { kind, description, types } = body;
      const { url, secret, settings } = reachedFirstBy(body, newSecret);
      const id = services.newId("wh");
      const webhook = { id, kind, description, types, url: allowedUrl(kind, url, config), secret, settings };
      const row = await insertWebhook(db, webhook, services.nowMs());
      return { ...webhookAnswer(row, services.nowMs()), ...(kind === "webhook" && { secret }) };
    }),
    operation(getWebhookRoute, async (_facts, { params }) =>
      webhookAnswer(found(await findWebhook(db, params.id)), services.nowMs()),
    ),
    operation(changeWebhookRoute, async (_facts, { params, body }) => {
      const { kind } = found(await findWebhook(db, params.id));
      refuseForeign(kind, body);
      const { description, types, enabled } = body;
      const { url, ...reached } = reachedBy(body);
      const change = {
        ...reached,
        ...(url !== undefined && { url: allowedUrl(kind, url, config) }),
        ...(description !== undefined && { description }),
        ...(types !== undefined && { types }),
        ...(enabled !== undefined && { enabled }),
      };
      return webhookAnswer(found(await changeWebhook(db, params.id, change, services.nowMs())), services.nowMs());
    }),
    operation(deleteWebhookRoute, async (_facts, { params }) => {
      if (!(await deleteWebhook(db, params.id, services.nowMs()))) throw notFound();
      return undefined;
    }),
    operation(testWebhookRoute, async (_facts, { params }) => deliveryAnswer(await sendTest(services, params.id))),
    operation(rotateSecretRoute, async (_facts, { params }) => {
      const { kind } = found(await findWebhook(db, params.id));
      if (kind !== "webhook")
        throw new Problem("conflict", "Only an endpoint of one's own has a secret that is made here.");
      const secret = newSecret();
      const row = found(await rotateSecret(db, params.id, secret, services.nowMs()));
      return { ...webhookAnswer(row, services.nowMs()), secret };
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
  await deliverNow(services, [deliveryId], ATTEMPT_DEADLINE_MS, "asked");
  const delivery = await findDelivery(db, deliveryId);
  if (delivery === null) throw new Error("a delivery that was just made is gone");
  return delivery;
}

/** @throws Problem `invalid` when no alert may go there */
function allowedUrl(kind: KindName, url: string, config: AlertServices["config"]): string {
  const reason = forbiddenDestination(kind, url, config);
  if (reason !== null) {
    throw new Problem("invalid", "The URL may not be a webhook's; see errors.", {
      errors: [{ pointer: "/url", detail: reason }],
    });
  }
  return new URL(url).href; // in the one spelling that was judged
}

/** @throws Problem `invalid` for fields that a webhook of this kind does not have */
function refuseForeign(kind: KindName, change: WebhookChange): void {
  const errors = foreignFields(kind, change).map((name) => ({
    pointer: `/${name}`,
    detail: `is not a field of the kind ${kind}`,
  }));
  if (errors.length > 0) throw new Problem("invalid", "Some fields are those of another kind; see errors.", { errors });
}

/** @throws Problem `not-found` for null */
function found<T>(row: T | null): T {
  if (row === null) throw notFound();
  return row;
}

function notFound(): Problem {
  return new Problem("not-found", "No webhook has this id.");
}
