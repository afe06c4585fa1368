import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { ApiKeyRecord, keyEntry, keyId } from "../../shared/keys.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp, type Answered } from "../test-app.ts";
import { NOW_MS } from "../test-events.ts";
import { ApiKeyAnswer } from "./answers.ts";
import { copyChanged } from "./copies.ts";

const SECOND_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;
const ORIGIN = "https://shop.example";

const Created = z.strictObject({ ...ApiKeyAnswer.shape, key: z.string() });
const Listed = z.object({ data: z.array(ApiKeyAnswer), next_cursor: z.string().nullable() });
const Refused = z.object({
  type: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => database.reset());

const at = (ms: number) => new Date(ms).toISOString();
const secretOf = (key: string) => key.slice(-32);

/** The app over a KV that can be taken away, with a clock that is set by hand. */
async function surface() {
  const state = { nowMs: NOW_MS, kvDown: false };
  const kept = new Map<string, string>();
  const keyCopies = {
    async put(entry: string, value: string) {
      if (state.kvDown) throw new Error("KV is away");
      kept.set(entry, value);
      app.keys.records.set(entry, ApiKeyRecord.parse(JSON.parse(value)));
    },
  };
  const nowMs = () => state.nowMs;
  const app = await testApp(database.db, { nowMs, keyCopies });
  const call = (method: "GET" | "POST" | "DELETE", path: string, json?: unknown, key?: string) =>
    app.call(`/v1/api-keys${path}`, {
      method,
      json,
      ...(key === undefined ? { as: "admin" } : { as: null, headers: { authorization: `Bearer ${key}` } }),
    });
  const create = async (body: object = { kind: "secret", role: "ingest" }) =>
    Created.parse(answered(201, await call("POST", "", body)));
  const rotate = async (id: string, body?: object) =>
    Created.parse(answered(201, await call("POST", `/${id}/rotate`, body)));
  const get = async (id: string) => ApiKeyAnswer.parse(answered(200, await call("GET", `/${id}`)));
  const isTaken = async (key: string) => {
    const { status } = await app.call("/v1/events", { as: null, headers: { authorization: `Bearer ${key}` } });
    return status !== 401;
  };
  const runCron = () => copyChanged({ db: database.db, nowMs, keyCopies });
  const { call: callApp, keys, lines } = app;
  return { callApp, keys, lines, state, kept, call, create, rotate, get, isTaken, runCron };
}

/** The body of an answer that has this status. */
function answered(status: number, answer: Answered): unknown {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  return answer.body;
}

describe("POST /v1/api-keys", () => {
  it.each(["ingest", "analyst", "operator", "admin"] as const)(
    "makes a secret key of role %s, which works",
    async (role) => {
      const { create, isTaken, keys } = await surface();
      const { key, ...answer } = await create({ kind: "secret", role, description: "the warehouse" });
      expect(answer).toEqual({
        id: keyId(key),
        kind: "secret",
        role,
        origins: [],
        description: "the warehouse",
        status: "active",
        created_at: at(NOW_MS),
        created_by: keyId(keys.texts.admin),
        expires_at: null,
        revoked_at: null,
        revoked_by: null,
        replaced_by: null,
      });
      expect(key.startsWith("sk_")).toBe(true);
      expect(await isTaken(key)).toBe(true);
    },
  );

  it("makes a publishable key for the pages it names, and tells the Workers of them", async () => {
    const { create, kept } = await surface();
    const origins = [ORIGIN, "https://xn--bcher-kva.example:8443", "http://localhost:*"];
    const { key, ...answer } = await create({ kind: "publishable", origins });
    expect(key.startsWith("pk_")).toBe(true);
    expect(answer).toMatchObject({ kind: "publishable", role: null, origins });
    const record = ApiKeyRecord.parse(JSON.parse(kept.get(keyEntry(answer.id)) ?? "null"));
    expect(record).toMatchObject({ kind: "publishable", role: null, origins, expires_at: null });
  });

  it("takes what does not apply as null and empty, the form in which keys are answered", async () => {
    const { create } = await surface();
    const rest = { description: null, expires_at: null };
    expect(await create({ kind: "secret", role: "ingest", origins: [], ...rest })).toMatchObject({ origins: [] });
    expect(await create({ kind: "publishable", role: null, origins: [ORIGIN], ...rest })).toMatchObject({ role: null });
  });

  it("shows the key this once: neither a list, the database, KV nor the log holds its secret", async () => {
    const { create, rotate, call, kept, lines, state } = await surface();
    const first = await create({ kind: "secret", role: "ingest", description: "till 1" });
    state.kvDown = true;
    const second = await create({ kind: "publishable", origins: [ORIGIN] });
    const third = await rotate(first.id);
    const answers = [await call("GET", ""), await call("GET", `/${first.id}`), await call("GET", `/${third.id}`)];
    const { rows } = await database.client.query("SELECT api_keys::text FROM api_keys");
    const everything = JSON.stringify([answers, rows, [...kept], lines]);
    expect(everything).toContain(first.id);
    for (const { key } of [first, second, third]) expect(everything).not.toContain(secretOf(key));
    expect(JSON.stringify(answers)).not.toMatch(/[0-9a-f]{64}/);
  });

  it("makes a key that stops when it expires", async () => {
    const { create, isTaken, state, get } = await surface();
    const { key, id, expires_at } = await create({
      kind: "secret",
      role: "analyst",
      expires_at: "2026-11-21T12:00:00+01:00",
    });
    expect(expires_at).toBe("2026-11-21T11:00:00.000Z");
    expect(await isTaken(key)).toBe(true);
    state.nowMs = Date.parse(expires_at ?? "");
    expect(await isTaken(key)).toBe(false);
    expect((await get(id)).status).toBe("expired");
  });

  it.each([
    { body: {}, pointer: "/kind", because: "no kind is given" },
    { body: { kind: "root" }, pointer: "/kind", because: "there is no such kind" },
    { body: { kind: "secret" }, pointer: "/role", because: "a secret key needs a role" },
    { body: { kind: "secret", role: null }, pointer: "/role", because: "a secret key needs a role" },
    { body: { kind: "secret", role: "owner" }, pointer: "/role", because: "there is no such role" },
    { body: { kind: "secret", role: "ingest", origins: [ORIGIN] }, pointer: "/origins", because: "no page may use it" },
    { body: { kind: "publishable" }, pointer: "/origins", because: "any page could use it" },
    { body: { kind: "publishable", origins: [] }, pointer: "/origins", because: "any page could use it" },
    {
      body: { kind: "publishable", role: "ingest", origins: [ORIGIN] },
      pointer: "/role",
      because: "it may only write events",
    },
    { body: { kind: "publishable", origins: ORIGIN }, pointer: "/origins", because: "it is no list" },
    { body: { kind: "publishable", origins: [ORIGIN, ORIGIN] }, pointer: "/origins", because: "it is named twice" },
    { body: { kind: "publishable", origins: [7] }, pointer: "/origins/0", because: "it is no text" },
    { body: { kind: "publishable", origins: [ORIGIN, "*"] }, pointer: "/origins/1", because: "it is every page" },
    { body: { kind: "publishable", origins: ["null"] }, pointer: "/origins/0", because: "anybody can send it" },
    { body: { kind: "publishable", origins: [`${ORIGIN}/`] }, pointer: "/origins/0", because: "a slash follows" },
    {
      body: { kind: "publishable", origins: ["http://shop.example"] },
      pointer: "/origins/0",
      because: "it is not https",
    },
    {
      body: { kind: "publishable", origins: [`https://${"a.".repeat(200)}example`] },
      pointer: "/origins/0",
      because: "it is too long",
    },
    {
      body: { kind: "publishable", origins: Array.from({ length: 51 }, (_, n) => `https://shop${n}.example`) },
      pointer: "/origins",
      because: "they are too many",
    },
    { body: { kind: "secret", role: "ingest", description: 7 }, pointer: "/description", because: "it is no text" },
    {
      body: { kind: "secret", role: "ingest", description: "x".repeat(501) },
      pointer: "/description",
      because: "too long",
    },
    { body: { kind: "secret", role: "ingest", expires_at: at(NOW_MS) }, pointer: "/expires_at", because: "it is over" },
    {
      body: { kind: "secret", role: "ingest", expires_at: "tomorrow" },
      pointer: "/expires_at",
      because: "it is no time",
    },
    { body: { kind: "secret", role: "ingest", expires_at: 1 }, pointer: "/expires_at", because: "it is no time" },
    { body: { kind: "secret", role: "ingest", key: "sk_mine" }, pointer: "/key", because: "keys are not chosen" },
    { body: [], pointer: "", because: "it is no object" },
  ])("refuses $body at $pointer: $because", async ({ body, pointer }) => {
    const { call } = await surface();
    const problem = Refused.parse(answered(422, await call("POST", "", body)));
    expect(problem.type).toBe("/problems/invalid");
    expect(problem.errors).toContainEqual({ pointer, detail: expect.any(String) });
    const { rows } = await database.client.query("SELECT FROM api_keys");
    expect(rows.length).toBe(0);
  });

  it("names every field that does not fit the kind", async () => {
    const { call } = await surface();
    const problem = Refused.parse(answered(422, await call("POST", "", { kind: "publishable", role: "admin" })));
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(["/role", "/origins"]);
  });

  it("answers the key even while KV is away, because nobody else has it; the cron lets it work then", async () => {
    const { create, isTaken, runCron, state, lines } = await surface();
    state.kvDown = true;
    const { key, id } = await create();
    expect(lines).toContainEqual(expect.objectContaining({ keysNotCopied: [id], cause: "Error: KV is away" }));
    expect(await isTaken(key)).toBe(false);
    state.kvDown = false;
    expect(await runCron()).toMatchObject({ copied: 1, left: 0 });
    state.nowMs += 30 * SECOND_MS;
    expect(await isTaken(key)).toBe(true);
  });
});

describe("API keys", () => {
  it.each(["ingest", "analyst", "operator", "publishable"] as const)("are closed to a key of %s", async (as) => {
    const world = await surface();
    const { id } = await world.create();
    for (const [method, path] of [
      ["GET", "/v1/api-keys"],
      ["POST", "/v1/api-keys"],
      ["GET", `/v1/api-keys/${id}`],
      ["DELETE", `/v1/api-keys/${id}`],
      ["POST", `/v1/api-keys/${id}/rotate`],
    ] as const) {
      expect((await world.callApp(path, { method, as })).status).toBe(403);
    }
    expect((await world.get(id)).status).toBe("active");
  });
});

describe("GET /v1/api-keys", () => {
  it("lists the newest first, page by page, those that have ended too", async () => {
    const { create, call, state } = await surface();
    const ids: string[] = [];
    for (const _ of "123") {
      ids.unshift((await create()).id);
      state.nowMs += SECOND_MS;
    }
    answered(204, await call("DELETE", `/${ids[1]}`));
    const first = Listed.parse(answered(200, await call("GET", "?limit=2")));
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = Listed.parse(answered(200, await call("GET", `?limit=2&cursor=${first.next_cursor}`)));
    expect(second.data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(second.next_cursor).toBeNull();
  });

  it.each([
    { expiresMs: null, afterMs: 0, status: "active", because: "it never ends" },
    { expiresMs: 8 * DAY_MS, afterMs: 0, status: "active", because: "it ends in more than 7 days" },
    { expiresMs: 8 * DAY_MS, afterMs: DAY_MS, status: "expiring", because: "it ends in 7 days" },
    { expiresMs: 8 * DAY_MS, afterMs: 8 * DAY_MS - 1, status: "expiring", because: "a millisecond is left" },
    { expiresMs: 8 * DAY_MS, afterMs: 8 * DAY_MS, status: "expired", because: "it has ended" },
  ])("calls a key $status when $because", async ({ expiresMs, afterMs, status }) => {
    const { create, get, state } = await surface();
    const expires_at = expiresMs === null ? null : at(NOW_MS + expiresMs);
    const { id } = await create({ kind: "secret", role: "ingest", expires_at });
    state.nowMs += afterMs;
    expect((await get(id)).status).toBe(status);
  });

  it("answers 404 for a key that never was", async () => {
    const { call } = await surface();
    answered(404, await call("GET", "/abcdefgh01234567"));
  });
});

describe("DELETE /v1/api-keys/{id}", () => {
  it("revokes a key, which stops within the 30 s that a Worker remembers it, and keeps its history", async () => {
    const { create, call, get, isTaken, keys, state } = await surface();
    const { key, id } = await create();
    expect(await isTaken(key)).toBe(true);
    state.nowMs += SECOND_MS;
    answered(204, await call("DELETE", `/${id}`));
    state.nowMs += 29 * SECOND_MS;
    expect(await isTaken(key)).toBe(false);
    expect(await get(id)).toMatchObject({
      status: "revoked",
      created_at: at(NOW_MS),
      revoked_at: at(NOW_MS + SECOND_MS),
      revoked_by: keyId(keys.texts.admin),
    });
  });

  it("answers 204 again and changes nothing, so that a caller may repeat it", async () => {
    const { create, call, get, state } = await surface();
    const { id } = await create();
    answered(204, await call("DELETE", `/${id}`));
    const before = await get(id);
    state.nowMs += DAY_MS;
    answered(204, await call("DELETE", `/${id}`));
    expect(await get(id)).toEqual(before);
  });

  it("answers 404 for a key that never was", async () => {
    const { call } = await surface();
    answered(404, await call("DELETE", "/abcdefgh01234567"));
  });

  it("answers 503 while KV is away, because the key may still be taken, and 204 once it was told", async () => {
    const { create, call, get, isTaken, state } = await surface();
    const { key, id } = await create();
    state.kvDown = true;
    for (let asked = 0; asked < 2; asked++) {
      const refusal = await call("DELETE", `/${id}`);
      expect(Refused.parse(answered(503, refusal)).detail).toMatch(/is revoked, but may still be taken/);
      expect(refusal.headers.get("retry-after")).toBe("5");
    }
    expect((await get(id)).status).toBe("revoked");
    expect(await isTaken(key)).toBe(true);
    state.kvDown = false;
    answered(204, await call("DELETE", `/${id}`));
    state.nowMs += 30 * SECOND_MS;
    expect(await isTaken(key)).toBe(false);
  });

  it("is finished by the cron when the caller does not ask again", async () => {
    const { create, call, isTaken, runCron, state } = await surface();
    const { key, id } = await create();
    state.kvDown = true;
    answered(503, await call("DELETE", `/${id}`));
    state.kvDown = false;
    await runCron();
    state.nowMs += 30 * SECOND_MS;
    expect(await isTaken(key)).toBe(false);
  });

  it("does not revoke the last admin key, so that a shop cannot lock itself out", async () => {
    const { create, call, get } = await surface();
    const [own, other] = [
      await create({ kind: "secret", role: "admin" }),
      await create({ kind: "secret", role: "admin" }),
    ];
    answered(204, await call("DELETE", `/${other.id}`, undefined, own.key));
    const refusal = Refused.parse(answered(409, await call("DELETE", `/${own.id}`, undefined, own.key)));
    expect(refusal.detail).toMatch(/last admin key/);
    expect((await get(own.id)).status).toBe("active");
  });

  it.each([
    { left: { kind: "secret", role: "operator" }, because: "an operator makes no keys" },
    { left: { kind: "publishable", origins: [ORIGIN] }, because: "a page makes no keys" },
    {
      left: { kind: "secret", role: "admin", expires_at: at(NOW_MS + DAY_MS) },
      afterMs: DAY_MS,
      because: "it expired",
    },
  ])("takes an admin key for the last one although another key is left: $because", async ({ left, afterMs = 0 }) => {
    const { create, call, state } = await surface();
    const { id } = await create({ kind: "secret", role: "admin" });
    await create(left);
    state.nowMs += afterMs;
    answered(409, await call("DELETE", `/${id}`));
  });

  it("takes an admin key for the last one although the one it replaced still works for a while", async () => {
    const { create, rotate, call } = await surface();
    const old = await create({ kind: "secret", role: "admin" });
    const fresh = await rotate(old.id);
    answered(409, await call("DELETE", `/${fresh.id}`));
    answered(204, await call("DELETE", `/${old.id}`));
  });

  it("revokes an admin key that has expired, whatever is left: nobody can use it", async () => {
    const { create, call, state } = await surface();
    const { id } = await create({ kind: "secret", role: "admin", expires_at: at(NOW_MS + DAY_MS) });
    state.nowMs += DAY_MS;
    answered(204, await call("DELETE", `/${id}`));
  });

  it("leaves one of two admins who revoke each other at the same time", async () => {
    const { create, call } = await surface();
    const [a, b] = [await create({ kind: "secret", role: "admin" }), await create({ kind: "secret", role: "admin" })];
    const answers = await Promise.all([
      call("DELETE", `/${b.id}`, undefined, a.key),
      call("DELETE", `/${a.id}`, undefined, b.key),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 409]));
  });
});

describe("POST /v1/api-keys/{id}/rotate", () => {
  it("makes a key that may do the same, and lets the one before work on for the grace", async () => {
    const { create, rotate, get, isTaken, keys, state } = await surface();
    const old = await create({ kind: "secret", role: "analyst", description: "the dashboard" });
    const { key, ...fresh } = await rotate(old.id, { grace_seconds: 3_600 });
    expect(fresh).toMatchObject({
      kind: "secret",
      role: "analyst",
      origins: [],
      description: "the dashboard",
      status: "active",
      created_by: keyId(keys.texts.admin),
      expires_at: null,
      replaced_by: null,
    });
    expect(fresh.id).not.toBe(old.id);
    expect(keyId(key)).toBe(fresh.id);
    expect(await get(fresh.id)).toEqual(fresh);
    expect(await get(old.id)).toMatchObject({
      status: "expiring",
      expires_at: at(NOW_MS + 3_600 * SECOND_MS),
      replaced_by: fresh.id,
      revoked_at: null,
    });
    state.nowMs += 3_600 * SECOND_MS - 1;
    expect([await isTaken(old.key), await isTaken(key)]).toEqual([true, true]);
    state.nowMs += 1;
    expect([await isTaken(old.key), await isTaken(key)]).toEqual([false, true]);
  });

  it("keeps the kind and the pages of a publishable key", async () => {
    const { create, rotate, kept } = await surface();
    const old = await create({ kind: "publishable", origins: [ORIGIN] });
    const { key, id, origins } = await rotate(old.id, {});
    expect(key.startsWith("pk_")).toBe(true);
    expect(origins).toEqual([ORIGIN]);
    expect(ApiKeyRecord.parse(JSON.parse(kept.get(keyEntry(id)) ?? "null")).origins).toEqual([ORIGIN]);
  });

  it.each([{ body: undefined }, { body: {} }])("gives a day's grace when $body says nothing else", async ({ body }) => {
    const { create, rotate, get } = await surface();
    const { id } = await create();
    await rotate(id, body);
    expect((await get(id)).expires_at).toBe(at(NOW_MS + DAY_MS));
  });

  it("ends the key at once for a grace of 0, within what a Worker remembers", async () => {
    const { create, rotate, isTaken, state } = await surface();
    const old = await create();
    expect(await isTaken(old.key)).toBe(true);
    const { key } = await rotate(old.id, { grace_seconds: 0 });
    state.nowMs += 30 * SECOND_MS;
    expect([await isTaken(old.key), await isTaken(key)]).toEqual([false, true]);
  });

  it("never lets a key last longer than it was to, itself or by the key in its place", async () => {
    const { create, rotate, get } = await surface();
    const expires_at = at(NOW_MS + 60 * SECOND_MS);
    const old = await create({ kind: "secret", role: "ingest", expires_at });
    const fresh = await rotate(old.id, { grace_seconds: 604_800 });
    expect((await get(old.id)).expires_at).toBe(expires_at);
    expect(fresh.expires_at).toBe(expires_at);
  });

  it.each([{ expires_at: null }, { expires_at: at(NOW_MS + 90 * DAY_MS) }])(
    "gives the new key the end that is asked for: $expires_at",
    async ({ expires_at }) => {
      const { create, rotate, get } = await surface();
      const old = await create({ kind: "secret", role: "ingest", expires_at: at(NOW_MS + 60 * SECOND_MS) });
      const fresh = await rotate(old.id, { expires_at });
      expect(fresh.expires_at).toBe(expires_at);
      expect((await get(fresh.id)).expires_at).toBe(expires_at);
    },
  );

  it.each([
    { body: { grace_seconds: -1 }, pointer: "/grace_seconds" },
    { body: { grace_seconds: 604_801 }, pointer: "/grace_seconds" },
    { body: { grace_seconds: 1.5 }, pointer: "/grace_seconds" },
    { body: { grace_seconds: "60" }, pointer: "/grace_seconds" },
    { body: { grace: 60 }, pointer: "/grace" },
    { body: { role: "admin" }, pointer: "/role" },
    { body: { expires_at: at(NOW_MS) }, pointer: "/expires_at" },
  ])("refuses $body at $pointer, and rotates nothing", async ({ body, pointer }) => {
    const { create, call, get } = await surface();
    const { id } = await create();
    const problem = Refused.parse(answered(422, await call("POST", `/${id}/rotate`, body)));
    expect(problem.errors).toContainEqual({ pointer, detail: expect.any(String) });
    expect(await get(id)).toMatchObject({ expires_at: null, replaced_by: null });
  });

  it("answers 409 for a key that was revoked, has expired or was rotated before, as there is nothing to replace", async () => {
    const { create, rotate, call, state } = await surface();
    const revoked = await create();
    answered(204, await call("DELETE", `/${revoked.id}`));
    const expired = await create({ kind: "secret", role: "ingest", expires_at: at(NOW_MS + SECOND_MS) });
    const rotated = await create();
    const fresh = await rotate(rotated.id);
    state.nowMs += SECOND_MS;
    const detailOf = async (id: string) => Refused.parse(answered(409, await call("POST", `/${id}/rotate`, {}))).detail;
    expect(await detailOf(revoked.id)).toMatch(/revoked/);
    expect(await detailOf(expired.id)).toMatch(/expired/);
    expect(await detailOf(rotated.id)).toContain(fresh.id);
    const { rows } = await database.client.query("SELECT FROM api_keys");
    expect(rows.length).toBe(4);
  });

  it("makes one key when it is asked for twice at the same time, so that none lies about unknown", async () => {
    const { create, call } = await surface();
    const { id } = await create();
    const answers = await Promise.all([call("POST", `/${id}/rotate`, {}), call("POST", `/${id}/rotate`, {})]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    const { rows } = await database.client.query("SELECT FROM api_keys");
    expect(rows.length).toBe(2);
  });

  it("answers 404 for a key that never was", async () => {
    const { call } = await surface();
    answered(404, await call("POST", "/abcdefgh01234567/rotate", {}));
  });

  it("answers the new key even while KV is away, and the cron ends the one before", async () => {
    const { create, rotate, isTaken, runCron, state } = await surface();
    const old = await create();
    state.kvDown = true;
    const { key } = await rotate(old.id, { grace_seconds: 0 });
    state.kvDown = false;
    await runCron();
    expect([await isTaken(old.key), await isTaken(key)]).toEqual([false, true]);
  });
});
