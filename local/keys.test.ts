import { createHash, randomBytes } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { authenticate, ApiKeyRecord, keyEntry, originAllowed } from "../shared/keys.ts";
import { migratedCluster } from "../test/embedded-database.ts";
import { provideKeys, type KeyStores } from "./keys.ts";

let postgres: PGlite;
let config: Map<string, string>;
let stores: KeyStores;

beforeAll(async () => {
  postgres = await PGlite.create({ loadDataDir: await migratedCluster() });
});
afterAll(() => postgres.close());
beforeEach(() => {
  config = new Map();
  stores = {
    query: async <T>(text: string, params?: unknown[]) => (await postgres.query<T>(text, params)).rows,
    putConfig: async (entry, value) => void config.set(entry, value),
  };
});

const admitted = (key: string) =>
  authenticate(key, {
    find: async (id) => ApiKeyRecord.parse(JSON.parse(config.get(keyEntry(id)) ?? "null")),
    sha256Hex: async (text) => createHash("sha256").update(text).digest("hex"),
    nowMs: () => Date.now(),
  });

describe("provideKeys", () => {
  it("makes one key of each role that the Workers admit as such", async () => {
    const keys = await provideKeys(null, stores);
    for (const role of ["ingest", "analyst", "operator", "admin"] as const) {
      expect(await admitted(keys[role])).toMatchObject({ kind: "secret", role });
    }
    const { kind, role, origins } = await admitted(keys.publishable);
    expect({ kind, role }).toEqual({ kind: "publishable", role: null });
    expect(originAllowed("http://localhost:5173", origins)).toBe(true);
    expect(originAllowed("http://127.0.0.1", origins)).toBe(true);
    expect(originAllowed("https://shop.example", origins)).toBe(false);
  });

  it("keeps no key's text, neither in Postgres nor where the Workers look", async () => {
    const keys = await provideKeys(null, stores);
    const kept = JSON.stringify([(await postgres.query("SELECT * FROM api_keys")).rows, ...config]);
    for (const key of Object.values(keys)) expect(kept).not.toContain(key.slice(-32));
  });

  it("goes on with saved keys that Postgres knows, and tells the Workers again, as their store may be new", async () => {
    const saved = await provideKeys(null, stores);
    config.clear();
    expect(await provideKeys(saved, stores)).toEqual(saved);
    expect(await admitted(saved.ingest)).toMatchObject({ role: "ingest" });
  });

  it.each([
    { because: "its record is gone", change: "DELETE FROM api_keys WHERE id = $1" },
    {
      because: "its record is another key's",
      change: `UPDATE api_keys SET digest = '${randomBytes(32).toString("hex")}' WHERE id = $1`,
    },
    { because: "it expires", change: "UPDATE api_keys SET expires_at = now() WHERE id = $1" },
    { because: "it was revoked", change: "UPDATE api_keys SET revoked_at = now() WHERE id = $1" },
    { because: "it may do less", change: "UPDATE api_keys SET role = 'analyst' WHERE id = $1" },
  ])("makes a key anew when $because, and leaves the others", async ({ change }) => {
    const saved = await provideKeys(null, stores);
    await postgres.query(change, [saved.admin.split("_")[1]]);
    const { admin, ...others } = await provideKeys(saved, stores);
    expect(admin).not.toBe(saved.admin);
    expect(await admitted(admin)).toMatchObject({ role: "admin" });
    expect(saved).toMatchObject(others);
  });
});
