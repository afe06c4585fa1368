import { withDeadline } from "../../shared/deadline.ts";
import { LIMITS } from "../../shared/limits.ts";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import type { RequestFacts } from "../../shared/serve.ts";
import { addressOf, type Allowance } from "../allowance.ts";
import { RETRY_AFTER_S } from "../answer.ts";
import { limited } from "./refusals.ts";
import { REQUEST_ID_HEADER } from "./state.ts";

export interface OpenServices {
  allowance: Allowance;
  /** Hands the request to an object of its own, which answers the upgrade; its own headers are not passed on. */
  openStream(request: Request): Promise<Response>;
}

/** An object starts in a few milliseconds, near the one who asks. */
const DEADLINE_MS = 5_000;
const BARRED_RETRY_S = 60;

export const getStream = defineRoute({
  method: "get",
  path: "/v1/stream",
  operationId: "openStream",
  summary: "Open a WebSocket to send events over, one a frame.",
  description: `Frames are JSON texts of at most ${LIMITS.frameCharacters} characters.

| You send | You are answered |
|---|---|
| \`{"type":"auth","key":"sk_… or pk_…"}\` | nothing when the key is good; else an error, and the connection is closed |
| \`{"type":"event","event":{…}}\` | \`{"type":"ack","id":"…","status":"accepted" or "duplicate","assessment":{…}}\`, the assessment for secret keys only; or an error |
| \`{"type":"ping"}\` | \`{"type":"pong"}\` |

An error is \`{"type":"error","id":"…","problem":{…}}\`: \`id\` is the event's where it could be read, \`problem\` is as elsewhere, with \`retry_after\` in seconds where coming again helps, and its pointers start at the event.

The first frame shows the key, within 10 seconds; events may follow at once. Acks come in the order of the events. An event without an ack is sent again: the same id is counted once.

Close codes: 1001 silent for too long · 1003 a binary frame · 1008 no valid key, a page that is not on its list, or too many frames · 1011 a fault of ours · 1013 come again later. The reason is the problem's name.`,
  access: "ingest-any",
  status: 101,
  problems: ["upgrade-required", "rate-limited", "unavailable"],
});

/**
 * Answers the upgrade of a connection. Opening waits 5 s at most and fails as 503: nothing was sent yet.
 *
 * @throws Problem `upgrade-required`, `rate-limited` for an address that showed too many bad keys, or `unavailable`
 */
export async function openStream({ request, requestId }: RequestFacts, services: OpenServices): Promise<Response> {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new Problem("upgrade-required", "Open this path with a WebSocket client.", {
      headers: { upgrade: "websocket" },
    });
  }
  if (services.allowance.isBarred(addressOf(request.headers))) {
    throw limited("Too many keys were refused.", BARRED_RETRY_S);
  }
  const headers = new Headers(request.headers);
  headers.set(REQUEST_ID_HEADER, requestId);
  try {
    return await withDeadline(
      services.openStream(new Request(request, { headers })),
      DEADLINE_MS,
      "the stream's object",
    );
  } catch (cause) {
    throw new Problem("unavailable", "The connection could not be opened.", {
      cause,
      headers: { "retry-after": RETRY_AFTER_S },
    });
  }
}
