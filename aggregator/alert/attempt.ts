import { checkDestination } from "./destination.ts";
import type { KindName, Sending, Verdict } from "./kinds/kind.ts";
import { KINDS } from "./kinds/kinds.ts";
import { parseRetryAfterMs, waitAfterMs } from "./schedule.ts";

/** How long an endpoint may take to answer with a status. */
export const ATTEMPT_DEADLINE_MS = 15_000;

/** How long the text of an answer may take after its status, and how much of it is kept: it is only for showing. */
const ANSWER_MS = 2_000;
const ANSWER_BYTES = 4_096;

/** One attempt that is to be made now. */
export interface Attempt extends Sending {
  kind: KindName;
  /** From 1, those before a replay and those whose outcome was never learned included. */
  attempt: number;
}

/** What an attempt means for its delivery. */
export type Delivery =
  | { kind: "delivered" }
  | { kind: "retry"; afterMs: number }
  | { kind: "exhausted" }
  /** The endpoint wants nothing any more, or must not be called; `reason` is for the webhook's owner. */
  | { kind: "disabled"; reason: string };

/** What is kept of an attempt. */
export interface AttemptRecord {
  startedAtMs: number;
  durationMs: number;
  /** HTTP status, or null when there was no answer. */
  status: number | null;
  /** Why it failed, or null when it did not. */
  error: string | null;
  /** The first 4 KB of the answer's text, or null when there was no answer. */
  answer: string | null;
  timedOut: boolean;
}

export interface AttemptServices {
  fetch: typeof fetch;
  nowMs(): number;
  /** In [0, 1). */
  random(): number;
  config: { allowLocalWebhooks: boolean; publicUrl: string };
}

/**
 * Makes one attempt. Never throws: whatever goes wrong is a failed attempt, and says what it means for the delivery.
 * What the answer means is the kind's to say; a redirect is not followed and is a failure. A destination that is gone disables, and so does
 * a URL that is not allowed.
 *
 * @param deadlineMs until the status must be there
 */
export async function attemptDelivery(
  attempt: Attempt,
  services: AttemptServices,
  deadlineMs = ATTEMPT_DEADLINE_MS,
): Promise<{ delivery: Delivery; record: AttemptRecord }> {
  const startedAtMs = services.nowMs();
  const forbidden = forbiddenDestination(attempt.kind, attempt.url, services.config);
  if (forbidden !== null) {
    const record = { startedAtMs, durationMs: 0, ...unanswered(`the URL ${forbidden}`) };
    return { delivery: { kind: "disabled", reason: `its URL ${forbidden}` }, record };
  }
  const { verdict, outcome, retryAfter } = await post(attempt, services, startedAtMs, deadlineMs);
  const endedAtMs = services.nowMs();
  return {
    delivery: judge(
      attempt,
      { verdict, status: outcome.status },
      parseRetryAfterMs(retryAfter, endedAtMs),
      services.random(),
    ),
    record: { startedAtMs, durationMs: Math.max(0, endedAtMs - startedAtMs), ...outcome },
  };
}

/** Why a webhook of this deployment may not have a URL, or null when it may. */
export function forbiddenDestination(kind: KindName, url: string, config: AttemptServices["config"]): string | null {
  const rules = { allowLocal: config.allowLocalWebhooks, ownHosts: [new URL(config.publicUrl).hostname] };
  return checkDestination(url, rules) ?? KINDS[kind].checkUrl(url);
}

type Outcome = Omit<AttemptRecord, "startedAtMs" | "durationMs">;

function unanswered(error: string, timedOut = false): Outcome {
  return { status: null, error, answer: null, timedOut };
}

function judge(
  { attempt, attemptsBefore }: Attempt,
  { verdict, status }: { verdict: Verdict; status: number | null },
  retryAfterMs: number | null,
  random: number,
): Delivery {
  if (verdict === "taken") return { kind: "delivered" };
  if (verdict === "gone")
    return {
      kind: "disabled",
      reason: `its endpoint answered ${status === 410 ? "410 Gone" : `${status} and is gone`}`,
    };
  const afterMs = waitAfterMs(attempt - attemptsBefore, retryAfterMs, random);
  return afterMs === null ? { kind: "exhausted" } : { kind: "retry", afterMs };
}

/** One POST as its kind has it, and what the answer says. */
async function post(
  attempt: Attempt,
  services: AttemptServices,
  startedAtMs: number,
  deadlineMs: number,
): Promise<{ verdict: Verdict; outcome: Outcome; retryAfter: string | null }> {
  const { fetch } = services; // a Worker's fetch refuses to be called as a method of another object
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), deadlineMs);
  try {
    const kind = KINDS[attempt.kind];
    const { headers, body } = kind.posting(attempt, startedAtMs);
    const response = await fetch(attempt.url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "PulseEcom-Webhooks/1", ...headers },
      body,
      redirect: "manual",
      signal: abort.signal,
    });
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), Math.min(ANSWER_MS, deadlineMs));
    const retryAfter = response.headers.get("retry-after");
    const answer = await answerText(response, abort.signal);
    const { status } = response;
    const verdict = kind.verdict(status, answer);
    const error = verdict === "taken" ? null : failureOf(status);
    return { verdict, outcome: { status, error, answer, timedOut: false }, retryAfter };
  } catch (error) {
    const timedOut = abort.signal.aborted;
    const what = timedOut ? `no answer within ${deadlineMs / 1000} s` : `the request failed${errorCode(error)}`;
    return { verdict: "refused", outcome: unanswered(what, timedOut), retryAfter: null };
  } finally {
    clearTimeout(timer);
  }
}

function failureOf(status: number): string {
  return status >= 300 && status < 400 ? `answered ${status}; redirects are not followed` : `answered ${status}`;
}

/** The code of a network error, such as ECONNREFUSED: its message may name addresses. */
function errorCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && /^[A-Z_]{3,40}$/.test(at.code)) return ` (${at.code})`;
  }
  return "";
}

/** The beginning of an answer's text; what breaks off or takes too long ends it, for the status alone decides. */
async function answerText(response: Response, tooLate: AbortSignal): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  tooLate.addEventListener("abort", () => void cancel(reader), { once: true });
  const decoder = new TextDecoder();
  let text = "";
  let left = ANSWER_BYTES;
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.length;
    }
  } catch {
    // Read as far as it came.
  }
  void cancel(reader);
  return text.replaceAll("\0", "\ufffd"); // Postgres keeps no NUL
}

/** Lets go of the rest of an answer; that this fails for a broken connection is no news. */
async function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  await reader.cancel().catch(() => undefined);
}
