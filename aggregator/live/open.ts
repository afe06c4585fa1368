import { withDeadline } from "../../shared/deadline.ts";
import { Problem } from "../../shared/problem.ts";
import { defineRoute } from "../../shared/route.ts";
import { operation, type Operation } from "../../shared/serve.ts";

interface OpenServices {
  /** Hands an upgrade to the feed's object, which answers it. */
  openLive(request: Request): Promise<Response>;
}

/** The feed's object is there, or starts in a few milliseconds. */
const DEADLINE_MS = 5_000;

const openLiveRoute = defineRoute({
  method: "get",
  path: "/v1/live",
  operationId: "openLive",
  summary: "Open a WebSocket to be told what happens",
  description: `The first message shows the key, within 10 seconds: \`{"type":"auth","key":"sk_…","after":null}\`. \`after\` is the \`seq\` of the last message heard on a connection before; what was told since is then told again.

| You are told | When |
|---|---|
| \`{"type":"ready","seq":n,"replayed":k}\` | The key is good. \`k\` messages that were missed follow. |
| \`{"type":"stored","seq":n,"at":"…","events":[…],"more":m,"anomalies":[…]}\` | Events were stored: all anomalies and the newest 50 others, \`m\` more. |
| \`{"type":"changed","seq":n,"kind":"…","id":"…"}\` | An alert, anomaly, incident, model, training_run or delivery is new or changed. |
| \`{"type":"gap","seq":n}\` | Something was missed that is not kept: read anew. |

\`events\` have \`id\`, \`name\`, \`occurred_at\`, \`score\`, \`anomaly\`, \`value\`, \`currency\`, \`country\`, \`user_id\`; \`anomalies\`, which are among them, \`id\`, \`event_id\`, \`occurred_at\`, \`score\`, \`name\`, \`value\`, \`currency\`, \`country\`, \`reason\`. \`seq\` ascends and is never given twice. \`{"type":"ping"}\` is answered \`{"type":"pong"}\`.

Close codes: 4401 no key that is in force · 4403 the key's role is too low · 1008 anything else was said · 1013 come again with \`after\`: too many listen, or you read too slowly.`,
  access: "analyst",
  status: 101,
  problems: ["upgrade-required", "unavailable"],
});

export function liveOperations({ openLive }: OpenServices): Operation[] {
  return [
    operation(openLiveRoute, async ({ request }) => {
      if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
        throw new Problem("upgrade-required", "Open this path with a WebSocket client.", {
          headers: { upgrade: "websocket" },
        });
      }
      try {
        return await withDeadline(openLive(request), DEADLINE_MS, "the live feed");
      } catch (cause) {
        throw new Problem("unavailable", "The connection could not be opened.", {
          cause,
          headers: { "retry-after": "5" },
        });
      }
    }),
  ];
}
