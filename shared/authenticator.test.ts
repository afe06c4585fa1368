import { describe, expect, it } from "vitest";
import { createAuthenticator } from "./authenticator.ts";
import { formatKey, type ApiKeyRecord } from "./keys.ts";
import { Problem } from "./problem.ts";

const SECRET = "s".repeat(32);
const idOf = (number: number) => `k${String(number).padStart(15, "0")}`;
const textOf = (number: number) => formatKey("secret", idOf(number), SECRET);
/** Stands in for SHA-256: what matters here is how often the store is asked. */
const sha256Hex = async (text: string) => `digest of ${text}`;

/** An authenticator over a store that counts its look-ups, with a clock that is set by hand. */
function bench() {
  const records = new Map<string, ApiKeyRecord>();
  const lookups: string[] = [];
  const state = { nowMs: Date.parse("2026-11-21T10:00:00Z"), down: false };
  const authenticate = createAuthenticator({
    async find(id) {
      lookups.push(id);
      if (state.down) throw new Problem("unavailable", "The key could not be looked up.");
      return records.get(id) ?? null;
    },
    sha256Hex,
    nowMs: () => state.nowMs,
  });
  const add = async (number: number, changes: Partial<ApiKeyRecord> = {}) => {
    const digest = await sha256Hex(textOf(number));
    const id = idOf(number);
    records.set(id, { id, kind: "secret", role: "ingest", origins: [], digest, expires_at: null, ...changes });
  };
  const slug = async (text: string | null) => {
    try {
      return (await authenticate(text)).id;
    } catch (error) {
      if (error instanceof Problem) return error.slug;
      throw error;
    }
  };
  const { isKnown, recheck } = authenticate;
  return { isKnown, recheck, records, lookups, state, add, slug };
}

describe("createAuthenticator", () => {
  it("looks a good key up once in 30 s, because every event carries one", async () => {
    const { add, slug, lookups, state } = bench();
    await add(1);
    for (let asked = 0; asked < 5; asked++) expect(await slug(textOf(1))).toBe(idOf(1));
    expect(lookups.length).toBe(1);
    state.nowMs += 30_000;
    expect(await slug(textOf(1))).toBe(idOf(1));
    expect(lookups.length).toBe(2);
  });

  it("stops a revoked key when its 30 s are over", async () => {
    const { add, slug, records, state } = bench();
    await add(1);
    await slug(textOf(1));
    records.clear();
    state.nowMs += 29_999;
    expect(await slug(textOf(1))).toBe(idOf(1));
    state.nowMs += 1;
    expect(await slug(textOf(1))).toBe("unauthenticated");
  });

  it("stops a key at the very moment it expires, remembered or not", async () => {
    const { add, slug, state } = bench();
    await add(1, { expires_at: new Date(state.nowMs + 10_000).toISOString() });
    expect(await slug(textOf(1))).toBe(idOf(1));
    state.nowMs += 10_000;
    expect(await slug(textOf(1))).toBe("unauthenticated");
  });

  it("looks an unknown key up once in 30 s, and takes it when it was issued by then", async () => {
    const { add, slug, lookups, state } = bench();
    for (let asked = 0; asked < 5; asked++) expect(await slug(textOf(1))).toBe("unauthenticated");
    expect(lookups.length).toBe(1);
    await add(1);
    state.nowMs += 30_000;
    expect(await slug(textOf(1))).toBe(idOf(1));
  });

  it("refuses a known id with another secret, and goes on with the right one", async () => {
    const { add, slug } = bench();
    await add(1);
    expect(await slug(formatKey("secret", idOf(1), "x".repeat(32)))).toBe("unauthenticated");
    expect(await slug(textOf(1))).toBe(idOf(1));
    expect(await slug(formatKey("secret", idOf(1), "x".repeat(32)))).toBe("unauthenticated");
  });

  it.each([
    { because: "a publishable one's id is in every page", known: true },
    { because: "nor is one that does not exist worth more", known: false },
  ])("looks an id up once in 30 s whatever secrets are tried with it: $because", async ({ known }) => {
    const { add, slug, lookups } = bench();
    if (known) await add(1);
    for (let tried = 0; tried < 1_000; tried++) {
      expect(await slug(formatKey("secret", idOf(1), String(tried).padStart(32, "0")))).toBe("unauthenticated");
    }
    expect(lookups).toEqual([idOf(1)]);
  });

  it("never asks the store for what has not the form of a key", async () => {
    const { slug, lookups } = bench();
    for (const text of [null, "", "sk_", "x".repeat(1_000_000)]) expect(await slug(text)).toBe("unauthenticated");
    expect(lookups).toEqual([]);
  });

  it("looks each key of a flood up once, and keeps the good ones in mind throughout", async () => {
    const { add, slug, lookups } = bench();
    await add(0);
    await slug(textOf(0));
    for (let round = 0; round < 2; round++) {
      for (let number = 1; number <= 5_000; number++) await slug(textOf(number));
    }
    expect(lookups.length).toBe(5_001);
    await slug(textOf(0));
    expect(lookups.length).toBe(5_001);
  });

  it("forgets the oldest of more bad keys than it holds, so that a flood does not fill the memory", async () => {
    const { slug, lookups } = bench();
    for (let number = 1; number <= 10_001; number++) await slug(textOf(number));
    await slug(textOf(10_001));
    expect(lookups.length).toBe(10_001);
    await slug(textOf(1));
    expect(lookups.length).toBe(10_002);
  });

  it("neither refuses nor remembers a key while the store is away, because that is not the key's fault", async () => {
    const { add, slug, state } = bench();
    await add(1);
    state.down = true;
    expect(await slug(textOf(1))).toBe("unavailable");
    state.down = false;
    expect(await slug(textOf(1))).toBe(idOf(1));
  });

  it("goes on with a remembered key while the store is away", async () => {
    const { add, slug, state } = bench();
    await add(1);
    await slug(textOf(1));
    state.down = true;
    state.nowMs += 29_000;
    expect(await slug(textOf(1))).toBe(idOf(1));
  });
});

describe("isKnown", () => {
  it("is true of a key that was found good, for as long as it is not refused, and asks nobody", async () => {
    const { add, slug, isKnown, lookups, state } = bench();
    await add(1);
    expect(isKnown(textOf(1))).toBe(false);
    await slug(textOf(1));
    expect(isKnown(textOf(1))).toBe(true);
    state.nowMs += 3_600_000;
    expect(isKnown(textOf(1))).toBe(true);
    expect(lookups.length).toBe(1);
  });

  it("is false of anything else, so that a flood can be answered without a look-up", async () => {
    const { add, slug, isKnown, lookups } = bench();
    await add(1);
    await slug(textOf(1));
    await slug(textOf(2));
    const wrongSecret = formatKey("secret", idOf(1), "x".repeat(32));
    await slug(wrongSecret);
    const asked = lookups.length;
    for (const text of [null, "", "sk_nonsense", wrongSecret, textOf(2), textOf(3)]) expect(isKnown(text)).toBe(false);
    expect(lookups.length).toBe(asked);
  });

  it.each([
    { because: "its record is gone", end: (records: Map<string, ApiKeyRecord>) => records.clear() },
    {
      because: "its record says it has ended",
      end: (records: Map<string, ApiKeyRecord>, endedAt: string) => {
        for (const record of records.values()) record.expires_at = endedAt;
      },
    },
  ])("is false of a good key that was then refused: $because", async ({ end }) => {
    const { add, slug, isKnown, records, state } = bench();
    await add(1);
    await slug(textOf(1));
    end(records, new Date(state.nowMs).toISOString());
    state.nowMs += 30_000;
    expect(await slug(textOf(1))).toBe("unauthenticated");
    expect(isKnown(textOf(1))).toBe(false);
  });

  it("keeps a flood of bad keys to the look-ups of those that were let try, and lets the good key in meanwhile", async () => {
    const { add, slug, isKnown, lookups } = bench();
    await add(0);
    await slug(textOf(0));
    const triesMost = 100;
    let refused = 0;
    const enter = async (text: string) => {
      if (refused >= triesMost && !isKnown(text)) return "rate-limited";
      const answer = await slug(text);
      if (answer === "unauthenticated") refused += 1;
      return answer;
    };
    for (let number = 1; number <= 20_000; number++) await enter(textOf(number));
    expect(lookups.length).toBe(1 + triesMost);
    expect(await enter(textOf(20_001))).toBe("rate-limited");
    expect(await enter(textOf(0))).toBe(idOf(0));
  });
});

describe("recheck", () => {
  const digestOf = (number: number) => `digest of ${textOf(number)}`;

  it("follows a key without its text, with the memory that requests have", async () => {
    const { add, slug, recheck, records, lookups, state } = bench();
    await add(1);
    await slug(textOf(1));
    const admitted = { id: idOf(1), digest: digestOf(1) };
    for (let frame = 0; frame < 100; frame++) expect(await recheck(admitted)).toBe(true);
    expect(lookups.length).toBe(1);
    records.clear();
    state.nowMs += 30_000;
    expect(await recheck(admitted)).toBe(false);
    expect(await recheck(admitted)).toBe(false);
    expect(lookups.length).toBe(2);
  });

  it("ends a connection at the very moment its key expires", async () => {
    const { add, recheck, state } = bench();
    await add(1, { expires_at: new Date(state.nowMs + 10_000).toISOString() });
    const admitted = { id: idOf(1), digest: digestOf(1) };
    state.nowMs += 9_999;
    expect(await recheck(admitted)).toBe(true);
    state.nowMs += 1;
    expect(await recheck(admitted)).toBe(false);
  });

  it("does not take another key of the same id for the one that was admitted", async () => {
    const { add, recheck } = bench();
    await add(1);
    expect(await recheck({ id: idOf(1), digest: digestOf(2) })).toBe(false);
  });

  it("throws while the store is away, because the key was not refused", async () => {
    const { add, recheck, state } = bench();
    await add(1);
    state.down = true;
    await expect(recheck({ id: idOf(1), digest: digestOf(1) })).rejects.toMatchObject({ slug: "unavailable" });
  });
});

describe("a revoked key", () => {
  it("stops within 60 s of KV taking the change: 30 s of KV's cache and 30 s of an isolate's memory", async () => {
    const clock = { nowMs: Date.parse("2026-11-21T10:00:00Z") };
    const kept = new Map<string, ApiKeyRecord>();
    const find = cached(kept, clock);
    const isolate = () => {
      const authenticate = createAuthenticator({ find, sha256Hex, nowMs: () => clock.nowMs });
      return () =>
        authenticate(textOf(1)).then(
          () => true,
          () => false,
        );
    };
    const [early, late] = [isolate(), isolate()];
    const digest = await sha256Hex(textOf(1));
    const record: ApiKeyRecord = { id: idOf(1), kind: "secret", role: "ingest", origins: [], digest, expires_at: null };
    kept.set(idOf(1), record);
    const startMs = clock.nowMs;

    expect(await early()).toBe(true);
    const revokedMs = startMs + 1;
    kept.set(idOf(1), { ...record, expires_at: new Date(revokedMs).toISOString() });
    // The worst case: an isolate asks at the last moment at which KV's cache still holds the record of before.
    clock.nowMs = startMs + 29_999;
    expect(await late()).toBe(true);
    clock.nowMs = startMs + 59_998;
    expect(await early()).toBe(false);
    expect(await late()).toBe(true);
    clock.nowMs = revokedMs + 60_000;
    expect(await early()).toBe(false);
    expect(await late()).toBe(false);
  });
});

/** KV as it is read: what was read is answered from a cache for 30 s, a missing entry too. */
function cached(kept: ReadonlyMap<string, ApiKeyRecord>, clock: { nowMs: number }) {
  const cache = new Map<string, { record: ApiKeyRecord | null; untilMs: number }>();
  return async (id: string) => {
    const held = cache.get(id);
    if (held !== undefined && held.untilMs > clock.nowMs) return held.record;
    const record = kept.get(id) ?? null;
    cache.set(id, { record, untilMs: clock.nowMs + 30_000 });
    return record;
  };
}
