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
  return { records, lookups, state, add, slug };
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

  it("refuses a known id with another secret, and remembers that of this text alone", async () => {
    const { add, slug } = bench();
    await add(1);
    expect(await slug(formatKey("secret", idOf(1), "x".repeat(32)))).toBe("unauthenticated");
    expect(await slug(textOf(1))).toBe(idOf(1));
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
