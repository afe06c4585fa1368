import type { Assessment } from "../../shared/assessment.ts";
import type { FieldError } from "../../shared/problem.ts";

/** What came back of a request. */
export type Reply =
  | {
      kind: "answer";
      status: number;
      /** How long the edge asks to wait; 0 when it does not. */
      retryAfterMs: number;
      /** What was read of the body; null when it was no JSON. */
      body: unknown;
    }
  /** No answer: no connection, or none in time. It may have been taken in all the same. */
  | { kind: "silence"; because: string };

/** What became of one event that was sent. */
export type Result =
  /** The assessment is null when the edge gave none. */
  | { kind: "accepted" | "duplicate"; assessment: Assessment | null }
  | { kind: "rejected"; errors: FieldError[] }
  | { kind: "retry" };

/** What a reply means. */
export type Verdict =
  /** Read by the edge: one result an event, in order. */
  | { kind: "read"; results: Result[] }
  /** Refused as a whole for what is in it: alone, an event is rejected; among others, one of them is to blame. */
  | { kind: "refused"; errors: FieldError[] }
  /** The key is refused: no further request can do better. */
  | { kind: "stop"; status: number }
  /** To be sent again, not before `waitMs`. */
  | { kind: "later"; waitMs: number; isFault: boolean; because: string };

/** What the reply to a batch of this many events means. */
export function batchVerdict(reply: Reply, events: number): Verdict {
  return verdict(reply, 200, (body) => {
    const results = isObject(body) ? body["results"] : undefined;
    if (!Array.isArray(results) || results.length !== events) return null;
    return results.map(readResult);
  });
}

/** What the reply to a single event means. */
export function singleVerdict(reply: Reply): Verdict {
  return verdict(reply, 202, (body) => [readResult(body)]);
}

function verdict(reply: Reply, expected: number, read: (body: unknown) => Result[] | null): Verdict {
  if (reply.kind === "silence") return { kind: "later", waitMs: 0, isFault: false, because: reply.because };
  const { status, retryAfterMs, body } = reply;
  const results = status === expected ? read(body) : null;
  if (results !== null) return { kind: "read", results };
  if (status === 400 || status === 413 || status === 422)
    return { kind: "refused", errors: problemErrors(body, status) };
  if (status === 401 || status === 403) return { kind: "stop", status };
  return {
    kind: "later",
    waitMs: retryAfterMs,
    // 503 says that the edge is away; whatever else it breaks with may be the event's doing.
    isFault: status >= 500 && status !== 503,
    because: status < 300 ? `answered ${status} in a form that is not the contract's` : `answered ${status}`,
  };
}

/** A result that cannot be understood is as good as none: the event goes again, and its id lets it count once. */
function readResult(given: unknown): Result {
  if (!isObject(given)) return { kind: "retry" };
  const { status } = given;
  if (status === "accepted" || status === "duplicate") {
    return { kind: status, assessment: readAssessment(given["assessment"]) };
  }
  if (status === "rejected") return { kind: "rejected", errors: readErrors(given["errors"]) ?? [] };
  return { kind: "retry" };
}

function readAssessment(given: unknown): Assessment | null {
  if (!isObject(given) || typeof given["score"] !== "number" || typeof given["anomaly"] !== "boolean") return null;
  return given as unknown as Assessment; // the edge's own, which its schema holds to this form
}

function problemErrors(body: unknown, status: number): FieldError[] {
  const problem = isObject(body) ? body : {};
  const errors = readErrors(problem["errors"]);
  if (errors !== null && errors.length > 0) return errors;
  const { detail } = problem;
  return [{ pointer: "", detail: typeof detail === "string" ? detail : `was answered ${status}` }];
}

function readErrors(given: unknown): FieldError[] | null {
  if (!Array.isArray(given)) return null;
  return given.flatMap((error: unknown) => {
    if (!isObject(error)) return [];
    const { pointer, detail } = error;
    return typeof pointer === "string" && typeof detail === "string" ? [{ pointer, detail }] : [];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
