import { ANSWER_MS, HOUR_MS, SECOND_MS } from "./limits.ts";

/** What became of a request. */
export interface Answer {
  /** Of HTTP; 0 when no answer came, or none of the edge's: no network, a blocker, a page that broke `fetch`, or too long a wait. */
  status: number;
  /** What the edge says of each event, in order; only where it took the request. */
  results?: unknown[] | false;
  /** How long the edge asks to wait; 0 when it does not. */
  afterMs: number;
}

export interface Transport {
  post(body: string, keepalive: boolean): Promise<Answer>;
  /** Hands a body over without an answer. @returns whether the browser took it */
  beacon(body: string): boolean;
}

/**
 * Posts text, so that the browser need not ask first, and no cookies. 15 s deadline, where the browser has one to give; whatever fails
 * is an answer, nothing throws.
 */
export function createTransport(url: URL, page: Window & typeof globalThis): Transport {
  const { fetch, navigator, AbortSignal } = page;
  return {
    async post(body, keepalive) {
      try {
        const response = await fetch.call(page, url, {
          method: "POST",
          body,
          keepalive,
          credentials: "omit",
          signal: AbortSignal.timeout && AbortSignal.timeout(ANSWER_MS),
        });
        return {
          status: response.status,
          results: response.ok && (await response.json()).results,
          afterMs: Math.min(Number(response.headers.get("retry-after")) * SECOND_MS || 0, HOUR_MS),
        };
      } catch {
        return { status: 0, afterMs: 0 };
      }
    },
    beacon(body) {
      try {
        return navigator.sendBeacon(url, body);
      } catch {
        return false;
      }
    },
  };
}
