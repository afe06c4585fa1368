import { withDeadline } from "../../shared/deadline.ts";
import { Problem } from "../../shared/problem.ts";
import type { Answer, Begun, Claim } from "./answer-memory.ts";

/** An Idempotency-Key with what it stands for. */
export interface IdempotencyKey {
  /** Whose it is, so that two shops' keys never meet: the id of an API key. */
  scope: string;
  /** As sent in the header. */
  text: string;
  /** SHA-256 of the body. */
  bodyDigest: string;
}

/** Where answers are kept by entry: whose key, and the key. */
export interface AnswerStores {
  begin(entry: string, bodyDigest: string, patienceMs: number): Promise<Begun>;
  finish(claim: Claim, answer: Answer): Promise<void>;
  release(claim: Claim): Promise<void>;
}

/**
 * The answer of the first request under this key, or of `run` when it is the first.
 *
 * Only an answer of 2xx is kept, for 12 h: where the first one fails, the next is the first. While it is under way others wait.
 *
 * @throws Problem `invalid` when the body is another, `unavailable` when the first is still under way after 5 s, or what `run` throws
 */
export type Once = (key: IdempotencyKey, run: () => Promise<Answer>) => Promise<{ answer: Answer; replayed: boolean }>;

/** For one answer of the store, besides the time it is asked to wait. */
const DEADLINE_MS = 1_000;
const PATIENCE_MS = 5_000;
const RETRY_AFTER_S = "1";

/**
 * Fails open: when the store is away or does not answer within a second, the request runs as if it had no key. Its event counts once
 * all the same, by its id; only the answer may then say `duplicate` where the first said `accepted`.
 */
export function createOnce(stores: AnswerStores): Once {
  return async ({ scope, text, bodyDigest }, run) => {
    const begun = await begin(`${scope} ${text}`, bodyDigest, stores);
    switch (begun.kind) {
      case "first":
        return { answer: await runFirst(begun.claim, run, stores), replayed: false };
      case "unknown":
        return { answer: await run(), replayed: false };
      case "replay":
        return { answer: begun.answer, replayed: true };
      case "differs":
        throw new Problem("invalid", "This Idempotency-Key was sent before with another body.", {
          errors: [{ pointer: "", detail: "must be the body that was first sent under this key" }],
        });
      case "under way":
        throw new Problem("unavailable", "The first request under this Idempotency-Key has no answer yet.", {
          headers: { "retry-after": RETRY_AFTER_S },
        });
      default:
        return begun satisfies never;
    }
  };
}

async function begin(entry: string, bodyDigest: string, stores: AnswerStores): Promise<Begun | { kind: "unknown" }> {
  for (const patienceMs of [0, PATIENCE_MS]) {
    const asked = stores.begin(entry, bodyDigest, patienceMs);
    try {
      const begun = await withDeadline(asked, patienceMs + DEADLINE_MS);
      if (begun.kind !== "under way") return begun;
    } catch {
      // A claim that comes too late would hold up the next request.
      void asked
        .then((late) => (late.kind === "first" ? stores.release(late.claim) : undefined))
        .catch(() => undefined);
      return { kind: "unknown" };
    }
  }
  return { kind: "under way" };
}

async function runFirst(claim: Claim, run: () => Promise<Answer>, stores: AnswerStores): Promise<Answer> {
  try {
    const answer = await run();
    const isKept = answer.status >= 200 && answer.status < 300;
    await settle(isKept ? stores.finish(claim, answer) : stores.release(claim));
    return answer;
  } catch (error) {
    await settle(stores.release(claim));
    throw error;
  }
}

/** Should the store be away, the claim ends by itself, and nothing is kept. */
async function settle(call: Promise<void>): Promise<void> {
  await withDeadline(call, DEADLINE_MS).catch(() => undefined);
}

const FORM = /^[\x21-\x7e]{1,255}$/;

/** The Idempotency-Key of a request; null when it has none. @throws Problem `unreadable` for one that is not of the form */
export function idempotencyKey(headers: Headers): string | null {
  const text = headers.get("idempotency-key");
  if (text === null || FORM.test(text)) return text;
  throw new Problem("unreadable", "An Idempotency-Key has 1 to 255 visible ASCII characters, and is sent once.");
}
