import * as z from "zod";
import { Hono } from "hono";
import { Assessment } from "../shared/assessment.ts";
import type { Authenticator } from "../shared/authenticator.ts";
import { Event, EventId } from "../shared/event.ts";
import { LIMITS } from "../shared/limits.ts";
import { Problem } from "../shared/problem.ts";
import { readJson, readSizedJson } from "../shared/read-json.ts";
import { defineRoute } from "../shared/route.ts";
import { operation, parse, serve, type RequestFacts } from "../shared/serve.ts";
import { admit } from "./admit.ts";
import { takeIn, type IntakeServices, type Outcome } from "./intake.ts";

export interface EdgeServices extends IntakeServices {
  authenticate: Authenticator;
  /** Throws when the queue cannot be reached. */
  checkQueue(): Promise<void>;
  newRequestId(): string;
  log(line: Record<string, unknown>): void;
}

const VERSION = "0.1.0";
const RETRY_AFTER_S = "2";

const Key = z.string().max(100).optional().meta({ description: "A publishable key, where no header can be sent." });
const KeyQuery = z.object({ key: Key });
/** A key beside an event's fields, `"key":"…",`, is no part of the event. */
const KEY_BYTES = 61;
const BODY_TYPES = ["application/json", "text/plain"] as const;
/** A beacon may also name no type at all. */
const SINGLE = {
  bodyBytes: LIMITS.eventBytes + KEY_BYTES,
  jsonDepth: LIMITS.jsonDepth,
  mediaTypes: [...BODY_TYPES, ""],
};
const BATCH = { ...SINGLE, bodyBytes: LIMITS.bodyBytes };

const FieldErrors = z.array(z.strictObject({ pointer: z.string(), detail: z.string() }));

const Taken = z.strictObject({
  id: EventId,
  status: z
    .enum(["accepted", "duplicate"])
    .meta({ description: "Accepted: it is on the queue. Duplicate: this id was taken in before." }),
  assessment: Assessment.optional().meta({ description: "Secret keys only." }),
});

const BatchBody = z.strictObject({
  events: z.array(z.unknown()).min(1).max(LIMITS.batchEvents),
  sent_at: Event.shape.sent_at,
  key: Key,
});

const BatchResult = z.strictObject({
  index: z.int(),
  id: z.string().nullable().meta({ description: "Null when the event has no id of the right form." }),
  status: z.enum(["accepted", "duplicate", "rejected", "retry"]),
  errors: FieldErrors.optional(),
  assessment: Assessment.optional(),
});

const postEvent = defineRoute({
  method: "post",
  path: "/v1/events",
  operationId: "sendEvent",
  summary: "Take in one event; a secret key is answered its assessment.",
  access: "ingest-any",
  query: KeyQuery,
  body: z.strictObject({ ...Event.shape, key: Key }),
  bodyTypes: BODY_TYPES,
  handlerReadsBody: true,
  status: 202,
  output: Taken,
  problems: [
    "unreadable",
    "unauthenticated",
    "forbidden",
    "too-large",
    "unsupported-media-type",
    "invalid",
    "unavailable",
  ],
});

const postBatch = defineRoute({
  method: "post",
  path: "/v1/events/batch",
  operationId: "sendEvents",
  summary: "Take in up to 100 events; one result an event, in order. One bad event never spoils the others.",
  access: "ingest-any",
  query: KeyQuery,
  body: z.strictObject({ ...BatchBody.shape, events: z.array(Event).min(1).max(LIMITS.batchEvents) }),
  bodyTypes: BODY_TYPES,
  handlerReadsBody: true,
  status: 200,
  output: z.strictObject({ results: z.array(BatchResult) }),
  problems: [
    "unreadable",
    "unauthenticated",
    "forbidden",
    "too-large",
    "unsupported-media-type",
    "invalid",
    "unavailable",
  ],
});

/** The routes that pages post to. */
const EVENT_ROUTES = [postEvent, postBatch];

const healthz = defineRoute({
  method: "get",
  path: "/healthz",
  operationId: "alive",
  summary: "The Worker runs.",
  access: "public",
  status: 200,
  output: z.strictObject({ status: z.literal("ok") }),
  problems: [],
});

const readyz = defineRoute({
  method: "get",
  path: "/readyz",
  operationId: "ready",
  summary: "The Worker can score and reach its queue.",
  access: "public",
  status: 200,
  output: z.strictObject({
    status: z.literal("ready"),
    model: z.string().nullable(),
    calibration: z.string(),
    runtime: z.enum(["ort", "plain", "none"]),
  }),
  problems: ["unavailable"],
});

export function createApp(services: EdgeServices): Hono {
  const app = new Hono();
  for (const { path } of EVENT_ROUTES) app.options(path, (context) => preflight(context.req.raw));
  return serve(
    {
      info: {
        title: "PulseEcom edge",
        version: VERSION,
        description: "Takes in a shop's events and answers, in milliseconds, whether they look wrong and why.",
      },
      operations: [
        operation(postEvent, async (facts, { query }) => {
          const { value, bytes } = await readSizedJson(facts.request, SINGLE);
          const { key, rest } = withoutKey(value);
          if (key === null && bytes > LIMITS.eventBytes) {
            throw new Problem("too-large", `An event may have at most ${LIMITS.eventBytes} bytes.`);
          }
          const record = await admit(credentials(facts.request, key, query.key), services.authenticate);
          const [outcome] = await takeIn(
            { events: [rest], bytes, sentAt: undefined, key: record, ...origin(facts) },
            services,
          );
          services.stores.waitUntil(services.scorer.refresh());
          return answerOne(outcome, record.kind === "secret");
        }),
        operation(postBatch, async (facts, { query }) => {
          const { value: body, bytes } = await readSizedJson(facts.request, BATCH);
          const { key } = withoutKey(body);
          const record = await admit(credentials(facts.request, key, query.key), services.authenticate);
          const { events, sent_at } = parse(BatchBody, body);
          const outcomes = await takeIn({ events, bytes, sentAt: sent_at, key: record, ...origin(facts) }, services);
          services.stores.waitUntil(services.scorer.refresh());
          return { results: outcomes.map((outcome, index) => batchResult(outcome, index, record.kind === "secret")) };
        }),
        operation(healthz, async () => ({ status: "ok" as const })),
        operation(readyz, async () => {
          await services.scorer.refresh();
          await services.checkQueue().catch((cause: unknown) => {
            throw new Problem("unavailable", "The queue cannot be reached.", {
              cause,
              headers: { "retry-after": RETRY_AFTER_S },
            });
          });
          return { status: "ready" as const, ...(await services.scorer.status()) };
        }),
      ],
      admit: async () => undefined,
      readJson,
      newRequestId: services.newRequestId,
      nowMs: services.nowMs,
      log: services.log,
      answering: letPageRead,
      quiet: true,
    },
    app,
  );
}

/** The page that posted may read the answer, a refusal and its waiting time too, unless it was refused for where it comes from. */
function letPageRead(request: Request, { headers, status }: Response): void {
  const from = request.headers.get("origin");
  if (from === null || status === 403 || request.method !== "POST") return;
  headers.set("access-control-allow-origin", from);
  headers.set("access-control-expose-headers", "retry-after, x-request-id");
  headers.append("vary", "origin");
}

/**
 * Any page may ask whether it may post: the question carries no key, so the origin is checked against the key's list on the post
 * itself, which a page can also send without asking.
 */
function preflight(request: Request): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": request.headers.get("origin") ?? "*",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "authorization, content-type",
      "access-control-max-age": "86400",
      vary: "origin",
    },
  });
}

/** An event or batch without the key that may lie beside its fields; null when there is none. @throws Problem when it is no text */
function withoutKey(body: unknown): { key: string | null; rest: unknown } {
  if (typeof body !== "object" || body === null || !("key" in body)) return { key: null, rest: body };
  const { key, ...rest } = body;
  if (typeof key !== "string") {
    throw new Problem("invalid", "The key is not text.", { errors: [{ pointer: "/key", detail: "must be text" }] });
  }
  return { key, rest };
}

function credentials({ headers }: Request, bodyKey: string | null, queryKey: string | undefined) {
  return {
    authorization: headers.get("authorization"),
    body: bodyKey,
    query: queryKey ?? null,
    origin: headers.get("origin"),
  };
}

function origin({ requestId, request }: RequestFacts) {
  return { requestId, connection: { headers: request.headers, cf: request.cf } };
}

function answerOne(outcome: Outcome | undefined, isTrusted: boolean): z.input<typeof Taken> {
  switch (outcome?.kind) {
    case "accepted":
    case "duplicate": {
      const { kind, id, assessment } = outcome;
      return { id, status: kind, ...(isTrusted ? { assessment } : {}) };
    }
    case "rejected":
      throw new Problem("invalid", "The event does not match its schema; see errors.", { errors: outcome.errors });
    case "retry":
    case undefined:
      throw new Problem("unavailable", "The event could not be put on the queue.", {
        headers: { "retry-after": RETRY_AFTER_S },
      });
    default:
      return outcome satisfies never;
  }
}

function batchResult(outcome: Outcome, index: number, isTrusted: boolean): z.input<typeof BatchResult> {
  switch (outcome.kind) {
    case "accepted":
    case "duplicate":
      return { index, id: outcome.id, status: outcome.kind, ...(isTrusted ? { assessment: outcome.assessment } : {}) };
    case "rejected":
      return { index, id: outcome.id, status: "rejected", errors: outcome.errors };
    case "retry":
      return { index, id: outcome.id, status: "retry" };
    default:
      return outcome satisfies never;
  }
}
