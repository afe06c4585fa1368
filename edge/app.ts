import * as z from "zod";
import { Hono } from "hono";
import { sha256Hex } from "../shared/digest.ts";
import { Event } from "../shared/event.ts";
import { LIMITS } from "../shared/limits.ts";
import { Problem } from "../shared/problem.ts";
import { readJson } from "../shared/read-json.ts";
import { defineRoute } from "../shared/route.ts";
import { operation, serve, type RequestFacts } from "../shared/serve.ts";
import { FORMATS } from "../shared/vocabulary/translate.ts";
import type { Ending } from "./account.ts";
import { answerBatch, answerOne, BatchResult, RETRY_AFTER_S, Taken } from "./answer.ts";
import { letPageRead, preflight } from "./cors.ts";
import { pass, type Entered, type Passage } from "./enter.ts";
import { idempotencyKey, type Once } from "./idempotency/once.ts";
import { takeIn, type Outcome } from "./intake.ts";
import { Status } from "./model/status.ts";
import { BODY_TYPES, NDJSON, readBatch, readEvent } from "./read-events.ts";
import { snippetOperations, type SnippetServices } from "./serve-snippet.ts";
import { getStream, openStream, type OpenServices } from "./stream/open.ts";
import type { StreamServices } from "./stream/session.ts";

export interface EdgeServices extends SnippetServices, StreamServices, OpenServices {
  once: Once;
  /** Throws when the queue cannot be reached. */
  checkQueue(): Promise<void>;
}

const VERSION = "0.1.0";

const Key = z.string().max(100).optional().meta({ description: "A publishable key, where no header can be sent." });
const KeyQuery = z.object({ key: Key });

const Foreign = z.looseObject({ format: z.enum(FORMATS) }).meta({
  description: "A Segment v2 call, or the event of a Shopify web pixel, as it is; told by the event's `format`.",
});
const Sent = z.union([Event, Foreign]);

const postEvent = defineRoute({
  method: "post",
  path: "/v1/events",
  operationId: "sendEvent",
  summary: "Take in one event; a secret key is answered its assessment.",
  access: "ingest-any",
  query: KeyQuery,
  body: z.union([z.strictObject({ ...Event.shape, key: Key }), Foreign]),
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
    "rate-limited",
    "unavailable",
  ],
});

const postBatch = defineRoute({
  method: "post",
  path: "/v1/events/batch",
  operationId: "sendEvents",
  summary: "Take in up to 100 events; one result an event, in order. One bad event never spoils the others.",
  description: "As `application/x-ndjson` the body is one event a line, and a key comes in the header or the address.",
  access: "ingest-any",
  query: KeyQuery,
  body: z.strictObject({
    events: z.array(Sent).min(1).max(LIMITS.batchEvents),
    sent_at: Event.shape.sent_at,
    key: Key,
  }),
  bodyTypes: [...BODY_TYPES, NDJSON],
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
    "rate-limited",
    "unavailable",
  ],
});

/** The routes that pages post to. */
const PAGE_ROUTES = [postEvent, postBatch];

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
    ...Status.shape,
  }),
  problems: ["unavailable"],
});

export function createApp(services: EdgeServices): Hono {
  const app = new Hono();
  for (const { path } of PAGE_ROUTES) {
    app.options(path, (context) => preflight(context.req.raw, services.authenticate));
  }

  async function take({ requestId, request }: RequestFacts, { events, sentAt, record }: Entered, receivedMs: number) {
    const connection = { headers: request.headers, cf: request.cf };
    return takeIn({ events, sentAt, key: record, requestId, connection, receivedMs }, services);
  }

  /** One event, under the Idempotency-Key it was sent with. */
  async function takeOne(facts: RequestFacts, entered: Entered, receivedMs: number): Promise<Passage<Response>> {
    let ending: Ending = "duplicate"; // what is answered from memory was taken in before
    const run = async () => {
      const [outcome] = await take(facts, entered, receivedMs);
      const { text: body, status } = answerOne(outcome, entered.record.kind === "secret");
      ending = status;
      return { status: postEvent.status, body };
    };
    const text = idempotencyKey(facts.request.headers);
    const once = async (key: string) => {
      // Senders put what they have into such a key, so it is kept as a keyed hash like any identifier.
      const hidden = services.pseudonymize("id", key);
      return services.once({ scope: entered.record.id, text: hidden, bodyDigest: await sha256Hex(entered.bytes) }, run);
    };
    const { status, body } = text === null ? await run() : (await once(text)).answer;
    return { answer: asJson(body, status), endings: [ending] };
  }

  async function takeAll(facts: RequestFacts, entered: Entered, receivedMs: number) {
    const isTrusted = entered.record.kind === "secret"; // read now: what was entered is let go as soon as it can be
    const outcomes = await take(facts, entered, receivedMs);
    const text = answerBatch(outcomes, isTrusted);
    return { answer: asJson(text, postBatch.status), endings: outcomes.map(endingOf) };
  }

  return serve(
    {
      info: {
        title: "PulseEcom edge",
        version: VERSION,
        description: "Takes in a shop's events and answers, in milliseconds, whether they look wrong and why.",
      },
      operations: [
        operation(postEvent, (facts) => pass(facts.request, readEvent, services, takeOne.bind(null, facts))),
        operation(postBatch, (facts) => pass(facts.request, readBatch, services, takeAll.bind(null, facts))),
        operation(getStream, (facts) => openStream(facts, services)),
        ...snippetOperations(services),
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

function asJson(text: string, status: number): Response {
  return new Response(text, { status, headers: { "content-type": "application/json" } });
}

/** What an outcome counts as. */
function endingOf(outcome: Outcome): Ending {
  switch (outcome.kind) {
    case "rejected":
      return outcome.slug;
    case "retry":
      return "unavailable";
    case "accepted":
    case "duplicate":
      return outcome.kind;
    default:
      return outcome satisfies never;
  }
}
