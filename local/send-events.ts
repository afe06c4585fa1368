import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { Assessment } from "../shared/assessment.ts";
import type { Event } from "../shared/event.ts";

/** How often one request is made before its sender gives up. */
const ATTEMPTS = 8;
const DEADLINE_MS = 15_000;
/** Before the second attempt; doubled before each further one, up to the longest wait. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;

/** Of what the edge makes of an event, the part that is used. */
const Verdict = z.object({ anomaly: Assessment.shape.anomaly });
const Taken = z.object({ id: z.string(), status: z.enum(["accepted", "duplicate"]), assessment: Verdict.optional() });
const Result = z.discriminatedUnion("status", [
  Taken,
  z.object({ id: z.string().nullable(), status: z.enum(["rejected", "retry"]) }),
]);
const BatchAnswer = z.object({ results: z.array(Result) });

/** What became of one event. */
export interface Sent {
  id: string;
  status: "accepted" | "duplicate" | "rejected";
  /** Whether the edge says it is an anomaly. */
  anomaly: boolean;
}

export interface Sending {
  edge: URL;
  /** A secret key of role ingest. */
  key: string;
  signal: AbortSignal;
  /** `fetch` and a wait, for tests. */
  fetch?: (url: URL, init: RequestInit & { body: string }) => Promise<Response>;
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Send events as a shop's server should: one by itself, several as a batch, and again what was not taken in, under the same ids, so that
 * nothing is lost or counted twice. Waits as `Retry-After` says after 429 and 503, else longer each time.
 *
 * @param events 1 to 100
 * @throws Error after 8 attempts, or at once when trying again cannot help (a key that is refused)
 */
export async function sendEvents(events: readonly Event[], sending: Sending): Promise<Sent[]> {
  const sleep = sending.sleep ?? ((ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }));
  const done: Sent[] = [];
  let left = events;
  let reason = "";
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const answer = await attemptOnce(left, sending);
    const taken = new Set(answer.sent.map(({ id }) => id));
    done.push(...answer.sent);
    left = left.filter(({ id }) => !taken.has(id));
    if (left.length === 0) return done;
    reason = answer.reason;
    const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
    if (attempt < ATTEMPTS) await sleep(answer.retryAfterMs ?? backoffMs, sending.signal);
  }
  throw new Error(`${left.length} events were not taken in after ${ATTEMPTS} attempts: ${reason}`);
}

interface Attempt {
  /** What has come to its end; everything else is to be sent again. */
  sent: Sent[];
  retryAfterMs?: number;
  reason: string;
}

async function attemptOnce(events: readonly Event[], sending: Sending): Promise<Attempt> {
  const { edge, key, signal } = sending;
  const [only] = events;
  const isBatch = events.length > 1;
  const request = sending.fetch ?? fetch;
  const init = {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(isBatch ? { events } : only),
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  };
  let response: Response;
  let body: unknown;
  try {
    response = await request(new URL(isBatch ? "/v1/events/batch" : "/v1/events", edge), init);
    body = await response.json();
  } catch (error) {
    signal.throwIfAborted();
    return { sent: [], reason: `the edge cannot be reached (${error instanceof Error ? error.message : "unknown"})` };
  }
  if (response.status === 200 && isBatch) {
    const { results } = understood(BatchAnswer, body);
    return { sent: results.flatMap(sentOf), reason: "the queue did not take them" };
  }
  if (response.status === 202) return { sent: sentOf(understood(Taken, body)), reason: "" };
  if (response.status === 422 && only !== undefined && !isBatch)
    return { sent: [{ id: only.id, status: "rejected", anomaly: false }], reason: "" };
  const reason = `the edge answers ${response.status}`;
  if (response.status !== 429 && response.status < 500) throw new Error(reason);
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return {
    sent: [],
    reason,
    ...(Number.isFinite(seconds) ? { retryAfterMs: Math.min(seconds * 1_000, LONGEST_WAIT_MS) } : {}),
  };
}

function understood<T>(schema: z.ZodType<T>, body: unknown): T {
  const answer = schema.safeParse(body);
  if (!answer.success) throw new Error("the edge answers in another form than its contract's");
  return answer.data;
}

function sentOf(result: z.infer<typeof Result>): Sent[] {
  if (result.id === null || result.status === "retry") return [];
  const { id, status } = result;
  return [{ id, status, anomaly: "assessment" in result && result.assessment?.anomaly === true }];
}
