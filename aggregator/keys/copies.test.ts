import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiKeyRecord, keyEntry } from "../../shared/keys.ts";
import { createDb, type Db } from "../store/db.ts";
import { testDatabase } from "../store/test-database.ts";
import { NOW_MS } from "../test-events.ts";
import { copyChanged, copyNow } from "./copies.ts";
import { insertKey, revokeKey } from "./records.ts";

const DAY_S = 24 * 60 * 60;

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
});
beforeEach(() => database.reset());
afterEach(() => void vi.useRealTimers());

interface Entry {
  record: ApiKeyRecord;
  expirationTtl: number | undefined;
}

/** KV as a Map, which fails when told to. */
function world({ nowMs = NOW_MS } = {}) {
  const entries = new Map<string, Entry>();
  const puts: string[] = [];
  const state = { down: false, nowMs };
  const services = {
    db,
    nowMs: () => state.nowMs,
    keyCopies: {
      async put(entry: string, value: string, options: { expirationTtl?: number }) {
        puts.push(entry);
        if (state.down) throw new Error("KV is away");
        entries.set(entry, { record: ApiKeyRecord.parse(JSON.parse(value)), expirationTtl: options.expirationTtl });
      },
    },
  };
  return { entries, puts, state, services };
}

const idOf = (number: number) => `k${String(number).padStart(15, "0")}`;
const entryOf = (number: number) => keyEntry(idOf(number));

async function insert(number: number, { madeMs = NOW_MS, expiresAt = null as Date | null } = {}) {
  const digest = String(number).padStart(64, "0");
  const key = { id: idOf(number), kind: "secret", role: "ingest", origins: [], digest, description: null } as const;
  await insertKey(db, { ...key, origins: [], expiresAt, createdBy: "key_admin" }, madeMs);
}

const revoke = (number: number, nowMs = NOW_MS) => revokeKey(db, { id: idOf(number), by: "key_admin", nowMs });

describe("copyChanged", () => {
  it("copies what changed, each once, and has nothing to do after that", async () => {
    const { entries, puts, services } = world();
    await insert(1);
    await insert(2);
    expect(await copyChanged(services)).toEqual({ copied: 2, left: 0 });
    expect(entries.get(entryOf(1))).toEqual({
      record: {
        id: idOf(1),
        kind: "secret",
        role: "ingest",
        origins: [],
        digest: "1".padStart(64, "0"),
        expires_at: null,
      },
      expirationTtl: undefined,
    });
    expect(await copyChanged(services)).toEqual({ copied: 0, left: 0 });
    expect(puts.length).toBe(2);
  });

  it("makes KV follow after an outage, by itself", async () => {
    const { entries, state, services } = world();
    await insert(1);
    await copyChanged(services);
    state.down = true;
    await revoke(1);
    await insert(2);
    expect(await copyChanged(services)).toEqual({ copied: 0, left: 2, cause: "Error: KV is away" });
    expect(entries.get(entryOf(1))?.record.expires_at).toBeNull();
    state.down = false;
    expect(await copyChanged(services)).toEqual({ copied: 2, left: 0 });
    expect(entries.get(entryOf(1))?.record.expires_at).toBe(new Date(NOW_MS).toISOString());
    expect(entries.has(entryOf(2))).toBe(true);
  });

  it("copies a key again that changed while it was being copied, so that the older state does not stay", async () => {
    const { entries, services } = world();
    await insert(1);
    const overtaken = {
      ...services,
      keyCopies: {
        async put(...put: Parameters<typeof services.keyCopies.put>) {
          await revoke(1);
          await copyNow([idOf(1)], services);
          await services.keyCopies.put(...put);
        },
      },
    };
    await copyChanged(overtaken);
    expect(entries.get(entryOf(1))?.record.expires_at).toBeNull();
    expect(await copyChanged(services)).toEqual({ copied: 1, left: 0 });
    expect(entries.get(entryOf(1))?.record.expires_at).not.toBeNull();
  });

  it("takes what changed longest ago first and no more than fits a minute; the rest follows in the next", async () => {
    const { puts, services } = world();
    for (let number = 1; number <= 50; number++) await insert(number, { madeMs: NOW_MS - number });
    expect(await copyChanged(services)).toEqual({ copied: 48, left: 0 });
    expect(puts).not.toContain(entryOf(1));
    expect(puts).not.toContain(entryOf(2));
    expect(await copyChanged(services)).toEqual({ copied: 2, left: 0 });
    expect(new Set(puts).size).toBe(50);
  });

  it("is not held up by one key that cannot be copied", async () => {
    const { entries, services } = world();
    for (let number = 1; number <= 8; number++) await insert(number, { madeMs: NOW_MS + number });
    const picky = {
      ...services,
      keyCopies: {
        put: (...put: Parameters<typeof services.keyCopies.put>) =>
          put[0] === entryOf(1) ? Promise.reject(new Error("not this one")) : services.keyCopies.put(...put),
      },
    };
    expect(await copyChanged(picky)).toEqual({ copied: 7, left: 1, cause: "Error: not this one" });
    expect(entries.size).toBe(7);
  });

  it("never throws, so that a database that is away costs the cron nothing else", async () => {
    const away = createDb({ databaseUrl: "postgres://u:p@db.example/shop", databaseEndpoint: null }, () =>
      Promise.reject(new TypeError("fetch failed")),
    );
    const done = await copyChanged({ ...world().services, db: away });
    expect(done).toMatchObject({ copied: 0, cause: expect.stringContaining("fetch failed") });
  });

  it.each([
    { expiresMs: null, expirationTtl: undefined, because: "it never ends" },
    {
      expiresMs: NOW_MS + 90_500,
      expirationTtl: 91 + DAY_S,
      because: "a day after its end no cache holds it any more",
    },
    { expiresMs: NOW_MS - 90 * DAY_S * 1000, expirationTtl: DAY_S, because: "it ended long ago" },
    {
      expiresMs: Date.parse("9999-12-31T00:00:00Z"),
      expirationTtl: undefined,
      because: "KV takes no lifetime as long as that",
    },
  ])("lets the entry of a key live for $expirationTtl s: $because", async ({ expiresMs, expirationTtl }) => {
    const { entries, services } = world();
    await insert(1, { expiresAt: expiresMs === null ? null : new Date(expiresMs) });
    await copyChanged(services);
    expect(entries.get(entryOf(1))?.expirationTtl).toBe(expirationTtl);
  });

  it("lets the entry of a revoked key end the earlier of when it was to and when it was revoked", async () => {
    const { entries, services } = world();
    await insert(1, { expiresAt: new Date(NOW_MS + 3_600_000) });
    await insert(2, { expiresAt: new Date(NOW_MS - 3_600_000) });
    await revoke(1);
    await revoke(2);
    await copyChanged(services);
    expect(entries.get(entryOf(1))).toMatchObject({ record: { expires_at: new Date(NOW_MS).toISOString() } });
    expect(entries.get(entryOf(2))).toMatchObject({
      record: { expires_at: new Date(NOW_MS - 3_600_000).toISOString() },
    });
  });
});

describe("copyNow", () => {
  it("copies the keys that are named, and no other", async () => {
    const { entries, services } = world();
    await insert(1);
    await insert(2);
    await copyNow([idOf(1), "unknown"], services);
    expect([...entries.keys()]).toEqual([entryOf(1)]);
  });

  it("waits for KV no longer than 3 s, and leaves the key to the cron", async () => {
    const { entries, services } = world();
    await insert(1);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asked = Promise.withResolvers<void>();
    const put = () => {
      asked.resolve();
      return new Promise<void>(() => undefined);
    };
    const copying = copyNow([idOf(1)], { ...services, keyCopies: { put } });
    await asked.promise;
    vi.advanceTimersByTime(3_000);
    await expect(copying).rejects.toThrow("the key store gave no answer within 3000 ms");
    vi.useRealTimers();
    expect(await copyChanged(services)).toEqual({ copied: 1, left: 0 });
    expect(entries.has(entryOf(1))).toBe(true);
  });
});
