import { EVENTS } from "./batches.ts";
import { acceptedIn } from "./beside-floor.ts";
import { load, requireAll } from "./load.ts";
import type { EdgeAlone } from "./stand.ts";

const CONNECTIONS = 4;

/** Sends events in full batches, as fast as they are answered. @throws Error unless all are taken in as new */
export async function sendBatches({ workers, key }: EdgeAlone, events: number, next: () => string): Promise<void> {
  const result = await load({
    url: workers.edge,
    path: "/v1/events/batch",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: () => `{"events":[${Array.from({ length: EVENTS }, next).join(",")}]}`,
    connections: CONNECTIONS,
    durationMs: Infinity,
    requests: Math.ceil(events / EVENTS),
    isGood: (answer) => acceptedIn(answer) === EVENTS,
  });
  requireAll(result, "200");
}
