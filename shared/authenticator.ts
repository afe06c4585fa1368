import { BoundedMap } from "./bounded-map.ts";
import { authenticate, isInForce, keyId, type ApiKeyRecord } from "./keys.ts";
import { Problem } from "./problem.ts";

interface Sources {
  /** The record under a key's id, or null; throws when the store cannot be read. */
  find(id: string): Promise<ApiKeyRecord | null>;
  sha256Hex(text: string): Promise<string>;
  nowMs(): number;
}

export type Authenticator = (text: string | null) => Promise<ApiKeyRecord>;

/** With KV's own 30 s, a revoked key stops within a minute. */
const CACHED_MS = 30_000;
const GOOD_KEYS = 1_000;
const BAD_KEYS = 10_000;

/**
 * `authenticate` with a memory: what a key's text was found to be, refusals too, is good for 30 s, so that neither a busy key nor a
 * flood of bad ones reaches the store each time. Good and bad keys are remembered apart: a flood never pushes out the good ones.
 */
export function createAuthenticator(sources: Sources): Authenticator {
  const good = remembering<ApiKeyRecord>(GOOD_KEYS);
  const bad = remembering<true>(BAD_KEYS);
  return async (text) => {
    if (text === null || keyId(text) === null) return authenticate(null, sources);
    const nowMs = sources.nowMs();
    if (bad.get(text, nowMs) === true) return authenticate(null, sources);
    const record = good.get(text, nowMs);
    if (record !== undefined) return isInForce(record, nowMs) ? record : authenticate(null, sources);
    try {
      const found = await authenticate(text, sources);
      good.set(text, found, nowMs);
      return found;
    } catch (error) {
      if (error instanceof Problem && error.slug === "unauthenticated") bad.set(text, true, nowMs);
      throw error;
    }
  };
}

/** What was found out about keys, each for 30 s. */
function remembering<T>(most: number) {
  const entries = new BoundedMap<string, { value: T; untilMs: number }>(most);
  return {
    get(text: string, nowMs: number): T | undefined {
      const held = entries.get(text);
      return held !== undefined && held.untilMs > nowMs ? held.value : undefined;
    },
    set(text: string, value: T, nowMs: number): void {
      entries.set(text, { value, untilMs: nowMs + CACHED_MS });
    },
  };
}
