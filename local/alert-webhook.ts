import * as z from "zod";
import type { SavedWebhook } from "./local-files.ts";

const DEADLINE_MS = 10_000;

const Webhooks = z.object({ data: z.array(z.object({ id: z.string(), description: z.string().nullable() })) });
const NewWebhook = z.object({ id: z.string(), secret: z.string() });

/** Where alerts are to go, and who says so. */
export interface AlertRoute {
  url: URL;
  /** Tells this receiver's webhooks from all others: no two receivers of one database have the same. */
  description: string;
  aggregator: URL;
  /** A secret key of role operator or above. */
  operatorKey: string;
}

/**
 * Have the aggregator send its alerts to a receiver, by its own API.
 *
 * The webhook of an earlier start is led to the new address: what still waits for it goes there, in place of being tried for days at a
 * port where nobody listens. Those that cannot be led there, as their secret is not known any more, are deleted.
 *
 * @param saved the webhook of an earlier start; a new one is made when there is none, or when this database does not know it
 * @throws Error when the aggregator refuses or does not answer within 10 s
 */
export async function provideWebhook(saved: SavedWebhook | null, route: AlertRoute): Promise<SavedWebhook> {
  const { url, description } = route;
  if (saved !== null) {
    const changed = await call(route, "PATCH", `/v1/webhooks/${encodeURIComponent(saved.id)}`, { url, enabled: true });
    if (changed.ok) return saved;
    if (changed.status !== 404) throw refusal("PATCH", changed);
  }
  const listed = await call(route, "GET", "/v1/webhooks?limit=100");
  if (!listed.ok) throw refusal("GET", listed);
  const stale = Webhooks.parse(await listed.json()).data.filter((webhook) => webhook.description === description);
  for (const { id } of stale) await call(route, "DELETE", `/v1/webhooks/${encodeURIComponent(id)}`);
  const created = await call(route, "POST", "/v1/webhooks", { url, description });
  if (!created.ok) throw refusal("POST", created);
  return NewWebhook.parse(await created.json());
}

function call({ aggregator, operatorKey }: AlertRoute, method: string, path: string, body?: object): Promise<Response> {
  return fetch(new URL(path, aggregator), {
    method,
    headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
}

function refusal(method: string, { status }: Response): Error {
  return new Error(`the aggregator answers ${status} to ${method} /v1/webhooks`);
}
