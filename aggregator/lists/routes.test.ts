import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { LIST_ENTRIES_MOST, LISTS_ENTRY, ListsDocument } from "../../shared/lists.ts";
import { copyChangedConfig } from "../detection/copies.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp, type Answered } from "../test-app.ts";
import { NOW_MS } from "../test-events.ts";

const HOUR_MS = 60 * 60 * 1_000;

const Entry = z.looseObject({ id: z.string(), value: z.string(), status: z.string() });
const Listed = z.object({ data: z.array(Entry), next_cursor: z.string().nullable() });
const Refused = z.looseObject({
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

const at = (ms: number) => new Date(ms).toISOString();
const BLOCKED = { list: "block", kind: "customer", value: "u-1" };

/** The app over a KV that can be taken away, with a clock that is set by hand. */
async function surface() {
  const state = { nowMs: NOW_MS, kvDown: false };
  const kept = new Map<string, string>();
  const keyCopies = {
    async put(entry: string, value: string) {
      if (state.kvDown) throw new Error("KV is away");
      kept.set(entry, value);
    },
  };
  const nowMs = () => state.nowMs;
  const app = await testApp(database.db, { nowMs, keyCopies });
  const call = (
    method: "GET" | "POST" | "DELETE",
    path = "",
    json?: unknown,
    as: "analyst" | "operator" = "operator",
  ) => app.call(`/v1/lists${path}`, { method, json, as });
  const create = async (entry: object = BLOCKED) => Entry.parse(answered(201, await call("POST", "", entry)));
  const values = async (query = "") =>
    Listed.parse(answered(200, await call("GET", query))).data.map(({ value }) => value);
  /** What the edge would read. */
  const copied = () => ListsDocument.parse(JSON.parse(kept.get(LISTS_ENTRY) ?? "null"));
  const runCron = () => copyChangedConfig({ db: database.db, nowMs, keyCopies });
  return { app, state, kept, call, create, values, copied, runCron };
}

function answered(status: number, answer: Answered): unknown {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  return answer.body;
}

describe("POST /v1/lists", () => {
  it("puts an entry on a list, on record with who made it, and tells the edge at once", async () => {
    const { app, create, copied } = await surface();
    const entry = { ...BLOCKED, kind: "ip", value: "::ffff:192.0.2.0/120", note: "proxies" };
    const { id, ...rest } = await create({ ...entry, expires_at: "2026-11-21T13:00:00+01:00" });
    expect(rest).toEqual({
      list: "block",
      kind: "ip",
      value: "192.0.2.0/24",
      note: "proxies",
      status: "active",
      expires_at: "2026-11-21T12:00:00.000Z",
      created_at: at(NOW_MS),
      created_by: app.keys.texts.operator.split("_")[1],
      removed_at: null,
      removed_by: null,
    });
    expect(copied()).toMatchObject({ v: 1 });
    expect(copied().entries).toEqual([
      { id, list: "block", kind: "ip", value: "192.0.2.0/24", expires_at: "2026-11-21T12:00:00.000Z" },
    ]);
  });

  it.each([
    {
      changes: { kind: "email", value: "jane@mail.example" },
      pointer: "/value",
      because: "an address is kept nowhere",
    },
    { changes: { kind: "card", value: "4111111111111111" }, pointer: "/value", because: "nor is a card number" },
    { changes: { kind: "ip", value: "192.0.2.1/24" }, pointer: "/value", because: "it has bits beyond its prefix" },
    { changes: { kind: "planet" }, pointer: "/kind", because: "there is no such kind" },
    { changes: { list: "grey" }, pointer: "/list", because: "there is no such list" },
    { changes: { value: "" }, pointer: "/value", because: "it names nobody" },
    { changes: { expires_at: at(NOW_MS) }, pointer: "/expires_at", because: "it would never count" },
    { changes: { expire_at: null }, pointer: "/expire_at", because: "a misspelt end would be none" },
  ])("refuses $changes: $because", async ({ changes, pointer }) => {
    const { call, values } = await surface();
    const refused = Refused.parse(answered(422, await call("POST", "", { ...BLOCKED, ...changes })));
    expect(refused.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(JSON.stringify(refused)).not.toContain("jane");
    expect(await values()).toEqual([]);
  });

  it("answers 409 to what is on the list already, however it is written, and takes it on the other list", async () => {
    const { call, create, values } = await surface();
    await create({ ...BLOCKED, kind: "ip", value: "2001:db8::/32" });
    const again = await call("POST", "", { ...BLOCKED, kind: "ip", value: "2001:0DB8:0:0::/32" });
    expect(Refused.parse(answered(409, again)).detail).toContain("already");
    await create({ ...BLOCKED, list: "allow", kind: "ip", value: "2001:db8::/32" });
    expect(await values()).toEqual(["2001:db8::/32", "2001:db8::/32"]);
  });

  it("takes an entry again when the one before has expired or was removed, and keeps those on record", async () => {
    const { call, create, state, copied } = await surface();
    await create({ ...BLOCKED, expires_at: at(NOW_MS + HOUR_MS) });
    state.nowMs += HOUR_MS - 1;
    answered(409, await call("POST", "", BLOCKED));
    state.nowMs += 1;
    const second = await create();
    answered(204, await call("DELETE", `/${second.id}`));
    state.nowMs += 1;
    const third = await create();
    const { data } = Listed.parse(answered(200, await call("GET")));
    expect(data.map(({ status, removed_at }) => ({ status, removed_at }))).toEqual([
      { status: "active", removed_at: null },
      { status: "removed", removed_at: at(NOW_MS + HOUR_MS) },
      { status: "expired", removed_at: at(NOW_MS + HOUR_MS) },
    ]);
    expect(copied().entries.map(({ id }) => id)).toEqual([third.id]);
  });

  it("answers 409 when the lists are full, so that the edge can hold them, and has room when one goes", async () => {
    const { call, create, copied } = await surface();
    const { id } = await create({ ...BLOCKED, value: "first" });
    await database.client.query(
      `INSERT INTO list_entries (id, list, kind, value, expires_at, created_by, removed_by, removed_at)
       SELECT 'lst_' || n, 'block', 'customer', 'c-' || n,
         CASE WHEN n = 1 THEN $1::timestamptz END, 'k', CASE WHEN n = 2 THEN 'k' END, CASE WHEN n = 2 THEN $1::timestamptz END
       FROM generate_series(1, $2::integer) AS n`,
      [at(NOW_MS), LIST_ENTRIES_MOST + 1], // of which one has expired and one was removed
    );
    expect(Refused.parse(answered(409, await call("POST", "", BLOCKED))).detail).toContain("10,000");
    answered(204, await call("DELETE", `/${id}`));
    expect(copied().entries.length).toBe(LIST_ENTRIES_MOST - 1);
    await create();
    expect(copied().entries.length).toBe(LIST_ENTRIES_MOST);
  });

  it("keeps an entry while KV is away, and tells the edge within a minute of its being back", async () => {
    const { app, create, state, kept, copied, runCron } = await surface();
    state.kvDown = true;
    const { id } = await create();
    expect(kept.size).toBe(0);
    expect(app.lines).toContainEqual({ configNotCopied: "lists", cause: "Error: KV is away" });
    expect(await runCron()).toEqual({ copied: [], left: ["lists"], cause: "Error: KV is away" });
    state.kvDown = false;
    expect(await runCron()).toEqual({ copied: ["lists"], left: [] });
    expect(copied().entries.map((entry) => entry.id)).toEqual([id]);
  });
});

describe("DELETE /v1/lists/{id}", () => {
  it("takes an entry off its list and tells the edge; it stays on record with who took it off, however often it is asked", async () => {
    const { app, call, create, state, copied } = await surface();
    const { id } = await create();
    state.nowMs += 1;
    answered(204, await call("DELETE", `/${id}`));
    state.nowMs += 1;
    answered(204, await call("DELETE", `/${id}`));
    const { data } = Listed.parse(answered(200, await call("GET", "?status=removed")));
    const by = app.keys.texts.operator.split("_")[1];
    expect(data).toMatchObject([{ id, status: "removed", removed_at: at(NOW_MS + 1), removed_by: by }]);
    expect(copied().entries).toEqual([]);
  });

  it("answers 404 to an id that no entry has", async () => {
    const { call } = await surface();
    answered(404, await call("DELETE", "/lst_unknown"));
  });
});

describe("GET /v1/lists", () => {
  it("gives entries by list, kind and status", async () => {
    const { create, values, state, call } = await surface();
    await create({ ...BLOCKED, value: "ends", expires_at: at(NOW_MS + 1) });
    const { id } = await create({ ...BLOCKED, value: "goes" });
    await create({ ...BLOCKED, list: "allow", value: "stays" });
    await create({ ...BLOCKED, kind: "country", value: "fr" });
    answered(204, await call("DELETE", `/${id}`));
    const both = await create({ ...BLOCKED, value: "both", expires_at: at(NOW_MS + 1) });
    state.nowMs += 1;
    answered(204, await call("DELETE", `/${both.id}`));
    const sorted = async (query: string) => (await values(query)).toSorted();
    expect(await sorted("")).toEqual(["FR", "both", "ends", "goes", "stays"]);
    expect(await sorted("?list=allow")).toEqual(["stays"]);
    expect(await sorted("?kind=country&list=block")).toEqual(["FR"]);
    expect(await sorted("?status=active")).toEqual(["FR", "stays"]);
    expect(await sorted("?status=expired")).toEqual(["ends"]);
    expect(await sorted("?status=removed&kind=customer")).toEqual(["both", "goes"]);
    answered(422, await call("GET", "?kind=planet"));
  });

  it("pages from the newest on, each entry once", async () => {
    const { create, call, state } = await surface();
    for (const value of ["a", "b", "c"]) {
      await create({ ...BLOCKED, value });
      state.nowMs += 1;
    }
    const first = Listed.parse(answered(200, await call("GET", "?limit=2")));
    const rest = Listed.parse(answered(200, await call("GET", `?limit=2&cursor=${first.next_cursor}`)));
    expect([...first.data, ...rest.data].map(({ value }) => value)).toEqual(["c", "b", "a"]);
    expect(rest.next_cursor).toBeNull();
  });

  it("is for analysts to look at, and for operators to change", async () => {
    const { call, create, app } = await surface();
    const { id } = await create();
    answered(200, await call("GET", "", undefined, "analyst"));
    answered(403, await call("POST", "", { ...BLOCKED, value: "u-2" }, "analyst"));
    answered(403, await call("DELETE", `/${id}`, undefined, "analyst"));
    answered(403, await app.call("/v1/lists", { as: "ingest" }));
    answered(401, await app.call("/v1/lists", { as: null }));
  });
});
