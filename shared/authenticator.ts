import { BoundedMap } from "./bounded-map.ts";
import { authenticate, isGood, keyId, type ApiKeyRecord } from "./keys.ts";

interface Sources {
  /** The record under a key's id, or null; throws when the store cannot be read. */
  find(id: string): Promise<ApiKeyRecord | null>;
  sha256Hex(text: string): Promise<string>;
  nowMs(): number;
}

/**
 * The record of a key that is known, genuine and in force.
 *
 * @param text null where none was given
 * @throws Problem `unauthenticated`, or what the store throws while it cannot be read
 */
export type Authenticator = (text: string | null) => Promise<ApiKeyRecord>;

/** An authenticator that remembers what it was told. */
export interface RememberingAuthenticator extends Authenticator {
  /**
   * Whether this text was found to be a good key before, and was not refused within the last 30 s. Answers from memory: who had too
   * many credentials refused can be answered without a look-up, unless what he shows now did work.
   */
  isKnown(text: string | null): boolean;
  /**
   * Whether a key that was admitted before is still in force, for connections that outlive the request they came with. Asks as seldom
   * as a request does; the key's text need not be kept.
   *
   * @throws what the store throws while it cannot be read: the key was not refused
   */
  recheck(admitted: Pick<ApiKeyRecord, "id" | "digest">): Promise<boolean>;
}

/**
 * How long a record, or that there is none, is remembered by an isolate. KV may besides answer from its cache for 30 s, so a change is
 * seen everywhere 60 s after KV took it. KV itself promises no bound: "usually" at once where nothing is cached.
 */
const REMEMBERED_MS = 30_000;
const RECORDS_KEPT = 1_000;
const UNKNOWN_KEPT = 10_000;
const TEXTS_KEPT = 1_000;

/**
 * `authenticate` with a memory, so that neither a busy key nor a flood of bad ones reaches the store each time.
 *
 * - What has not the form of a key is never looked up.
 * - An id is looked up once in 30 s, whatever secrets it is tried with, and whether there is a record or none.
 * - Ids with and without a record are remembered apart, so that a flood of unknown ones never pushes out the good ones.
 * - The digest of a good key's text is computed once: it is the same for ever.
 */
export function createAuthenticator({ find, sha256Hex, nowMs }: Sources): RememberingAuthenticator {
  const records = remembering<ApiKeyRecord>(RECORDS_KEPT, nowMs);
  const unknown = remembering<true>(UNKNOWN_KEPT, nowMs);
  const digests = new BoundedMap<string>(TEXTS_KEPT);

  const memory = {
    async find(id: string): Promise<ApiKeyRecord | null> {
      if (unknown.get(id)) return null;
      const held = records.get(id);
      if (held !== undefined) return held;
      const askedMs = nowMs();
      const record = await find(id);
      if (record === null) unknown.set(id, true, askedMs);
      else records.set(id, record, askedMs);
      return record;
    },
    sha256Hex: async (text: string) => digests.get(text) ?? sha256Hex(text),
    nowMs,
  };

  async function authenticator(text: string | null): Promise<ApiKeyRecord> {
    const record = await authenticate(text, memory);
    if (text !== null) digests.set(text, record.digest);
    return record;
  }

  function isKnown(text: string | null): boolean {
    const digest = text === null ? undefined : digests.get(text);
    const id = text === null ? null : keyId(text);
    if (digest === undefined || id === null || unknown.get(id)) return false;
    const record = records.get(id);
    return record === undefined || isGood(record, digest, nowMs());
  }

  async function recheck({ id, digest }: Pick<ApiKeyRecord, "id" | "digest">): Promise<boolean> {
    const record = await memory.find(id);
    return record !== null && isGood(record, digest, nowMs());
  }

  return Object.assign(authenticator, { isKnown, recheck });
}

/** What was found out, each for 30 s from when it was asked. */
function remembering<T>(most: number, nowMs: () => number) {
  const entries = new BoundedMap<{ value: T; untilMs: number }>(most);
  return {
    get(name: string): T | undefined {
      const held = entries.get(name);
      return held !== undefined && held.untilMs > nowMs() ? held.value : undefined;
    },
    set(name: string, value: T, askedMs: number): void {
      entries.set(name, { value, untilMs: askedMs + REMEMBERED_MS });
    },
  };
}
