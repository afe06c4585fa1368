import { LIMITS } from "../../shared/limits.ts";
import { readBytes } from "../../shared/read-body.ts";
import type { Reply } from "./answers.ts";
import { ANSWER_BYTES, GZIP_BYTES } from "./limits.ts";
import type { Settings } from "./options.ts";
import { retryAfterMs } from "./pace.ts";

export interface Post {
  /** Whatever fails is a reply; nothing throws. No reply by the deadline is silence, and the request is taken back. */
  send(path: string, text: string, request: { deadlineMs: number; headers?: Record<string, string> }): Promise<Reply>;
  /** Takes back every request that is under way. */
  abort(): void;
}

/** Posts JSON with the key, as gzip where that is worth it. No redirect is followed: it would take the key elsewhere. */
export function createPost({ endpoint, key, runtime }: Pick<Settings, "endpoint" | "key" | "runtime">): Post {
  const { fetch, after, nowMs, gzip } = runtime;
  const underway = new Set<AbortController>();
  const encoder = new TextEncoder();

  async function ask(path: string, text: string, headers: Record<string, string>, signal: AbortSignal): Promise<Reply> {
    try {
      const plain = encoder.encode(text);
      const packed = gzip !== null && plain.byteLength > GZIP_BYTES ? await gzip(plain) : null;
      const body = packed ?? plain;
      if (body.byteLength > LIMITS.bodyBytes) return TOO_LARGE;
      const init: RequestInit = {
        method: "POST",
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json",
          ...(packed === null ? {} : { "content-encoding": "gzip" }),
          ...headers,
        },
        body,
        redirect: "manual",
        signal,
      };
      const response = await fetch(new URL(path, endpoint), init);
      return {
        kind: "answer",
        status: response.status,
        retryAfterMs: retryAfterMs(response.headers.get("retry-after"), nowMs()),
        body: parsed(await readBytes(response, ANSWER_BYTES)),
      };
    } catch (error) {
      return { kind: "silence", because: reason(error) };
    }
  }

  return {
    async send(path, text, { deadlineMs, headers = {} }) {
      const abort = new AbortController();
      underway.add(abort);
      let cancel = () => {};
      const late = new Promise<Reply>((resolve) => {
        cancel = after(deadlineMs, () => {
          resolve({ kind: "silence", because: `did not answer within ${deadlineMs} ms` });
          abort.abort();
        });
      });
      try {
        return await Promise.race([ask(path, text, headers, abort.signal), late]);
      } finally {
        cancel();
        underway.delete(abort);
      }
    },
    abort() {
      for (const abort of underway) abort.abort();
    },
  };
}

/** As the edge would answer. */
const TOO_LARGE: Reply = { kind: "answer", status: 413, retryAfterMs: 0, body: null };

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** Why there was no answer, by the error's code or name: its text may quote what was sent. */
function reason(error: unknown): string {
  const { cause } = Object(error) as { cause?: unknown }; // anything may be thrown; Object() makes it safe to ask
  const { code } = Object(cause) as { code?: unknown };
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return `cannot be reached (${code})`;
  return "cannot be reached";
}
