import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { DETECTION_ENTRY, DetectionDocument } from "../../shared/detection-settings.ts";
import { LISTS_ENTRY, ListsDocument } from "../../shared/lists.ts";
import { insertEntry } from "../lists/entries.ts";
import { createDb, type Db } from "../store/db.ts";
import { testDatabase } from "../store/test-database.ts";
import { NOW_MS } from "../test-events.ts";
import { copyChangedConfig, copyConfig } from "./copies.ts";
import { changeSettings } from "./settings.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
});
beforeEach(() => database.reset());
afterEach(() => void vi.useRealTimers());

/** KV as a Map, from which names can be taken away. */
function world() {
  const entries = new Map<string, string>();
  const puts: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const down = new Set<string>();
  const services = {
    db,
    nowMs: () => NOW_MS,
    log: (line: Record<string, unknown>) => void lines.push(line),
    keyCopies: {
      async put(entry: string, value: string) {
        puts.push(entry);
        if (down.has(entry)) throw new Error("KV is away");
        entries.set(entry, value);
      },
    },
  };
  const lists = () => ListsDocument.parse(JSON.parse(entries.get(LISTS_ENTRY) ?? "null"));
  const detection = () => DetectionDocument.parse(JSON.parse(entries.get(DETECTION_ENTRY) ?? "null"));
  return { entries, puts, lines, down, services, lists, detection };
}

const block = (value: string) =>
  insertEntry(
    db,
    { id: `lst_${value}`, list: "block", kind: "customer", value, note: null, expiresAt: null, createdBy: "key_1" },
    NOW_MS,
  );
const setThreshold = (threshold: number) =>
  changeSettings(db, { threshold, alert_budget: null, rules: {} }, "key_1", NOW_MS);

describe("copyChangedConfig", () => {
  it("copies what changed, each once, and has nothing to do after that", async () => {
    const { services, puts, lists, detection } = world();
    await block("u-1");
    await setThreshold(0.5);
    expect(await copyChangedConfig(services)).toEqual({ copied: ["detection", "lists"], left: [] });
    expect(lists().entries.map(({ value }) => value)).toEqual(["u-1"]);
    expect(detection().threshold).toBe(0.5);
    expect(await copyChangedConfig(services)).toEqual({ copied: [], left: [] });
    expect(puts.length).toBe(2);
  });

  it("copies what was changed in the table itself, so that nothing has to be asked through the API to hold", async () => {
    const { services, lists } = world();
    await block("u-1");
    await copyChangedConfig(services);
    await database.client.query("DELETE FROM list_entries");
    expect(await copyChangedConfig(services)).toEqual({ copied: ["lists"], left: [] });
    expect(lists().entries).toEqual([]);
  });

  it("gives every state of the lists a version of its own, by which the edge knows it", async () => {
    const { services, lists } = world();
    await block("u-1");
    await copyChangedConfig(services);
    const { version } = lists();
    await block("u-2");
    await copyChangedConfig(services);
    expect(lists().version).toBeGreaterThan(version);
  });

  it("is not held up by one document that cannot be copied", async () => {
    const { services, down, entries } = world();
    down.add(DETECTION_ENTRY);
    await block("u-1");
    await setThreshold(0.5);
    expect(await copyChangedConfig(services)).toEqual({
      copied: ["lists"],
      left: ["detection"],
      cause: "Error: KV is away",
    });
    down.clear();
    expect(await copyChangedConfig(services)).toEqual({ copied: ["detection"], left: [] });
    expect(entries.size).toBe(2);
  });

  it("copies again what changed while it was being copied, so that the older state does not stay", async () => {
    const { services, lists } = world();
    await block("u-1");
    const overtaken = {
      ...services,
      keyCopies: {
        async put(entry: string, value: string) {
          await block("u-2");
          await copyConfig("lists", services);
          await services.keyCopies.put(entry, value);
        },
      },
    };
    await copyChangedConfig(overtaken);
    expect(lists().entries.length).toBe(1);
    expect(await copyChangedConfig(services)).toEqual({ copied: ["lists"], left: [] });
    expect(lists().entries.length).toBe(2);
  });

  it("never throws, so that a database that is away costs the cron nothing else", async () => {
    const away = createDb({ databaseUrl: "postgres://u:p@db.example/shop", databaseEndpoint: null }, () =>
      Promise.reject(new TypeError("fetch failed")),
    );
    const done = await copyChangedConfig({ ...world().services, db: away });
    expect(done).toMatchObject({ copied: [], cause: expect.stringContaining("fetch failed") });
  });
});

describe("copyConfig", () => {
  it("copies the document that is named, and no other", async () => {
    const { services, entries } = world();
    await block("u-1");
    await setThreshold(0.5);
    await copyConfig("lists", services);
    expect([...entries.keys()]).toEqual([LISTS_ENTRY]);
  });

  it("waits for KV no longer than 3 s, says so, and leaves the document to the cron", async () => {
    const { services, lines } = world();
    await block("u-1");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asked = Promise.withResolvers<void>();
    const put = () => {
      asked.resolve();
      return new Promise<void>(() => undefined);
    };
    const copying = copyConfig("lists", { ...services, keyCopies: { put } });
    await asked.promise;
    vi.advanceTimersByTime(3_000);
    await copying;
    vi.useRealTimers();
    expect(lines).toEqual([
      { configNotCopied: "lists", cause: "DeadlinePassed: the key store gave no answer within 3000 ms" },
    ]);
    expect(await copyChangedConfig(services)).toEqual({ copied: ["lists"], left: [] });
  });
});
