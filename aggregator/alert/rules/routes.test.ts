import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { eventRow, storeEvents } from "../../store/events.ts";
import { testDatabase } from "../../store/test-database.ts";
import { testApp } from "../../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../../test-events.ts";
import { insertHook } from "../test-alerting.ts";

const DAY_MS = 24 * 60 * 60_000;
const PATH = "/v1/alert-rules";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
let nowMs: number;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db, { nowMs: () => nowMs });
});
afterEach(() => database.reset());

type Body = Record<string, unknown>;
async function ask(status: number, method: "GET" | "POST" | "PATCH" | "DELETE", path: string, json?: unknown) {
  nowMs = NOW_MS;
  const answered = await app.call(path, { method, as: method === "GET" ? "analyst" : "operator", json });
  expect({ status: answered.status, body: answered.body }).toMatchObject({ status });
  return answered.body as Body; // what the document says, which the app holds every answer against
}
const create = async (json: object = {}) => String((await ask(201, "POST", PATH, { name: "Large", ...json }))["id"]);
const at = (ms: number) => new Date(ms).toISOString();

describe("GET /v1/alert-rules", () => {
  it("begins with the built-in rule, which can be changed and deleted like any other", async () => {
    expect(await ask(200, "GET", PATH)).toMatchObject({
      data: [
        {
          id: "rule_default",
          version: 1,
          name: "Every anomaly",
          enabled: true,
          conditions: {},
          group_by: "entity",
          group_seconds: 300,
          cool_down_seconds: 0,
          alerts_per_hour: 60,
          webhook_ids: null,
          silenced_until: null,
        },
      ],
      next_cursor: null,
    });
    expect(await ask(200, "PATCH", `${PATH}/rule_default`, { enabled: false })).toMatchObject({
      version: 2,
      enabled: false,
    });
    await ask(204, "DELETE", `${PATH}/rule_default`);
    expect(await ask(200, "GET", PATH)).toEqual({ data: [], next_cursor: null });
  });

  it("lists the newest first, page by page", async () => {
    await ask(204, "DELETE", `${PATH}/rule_default`);
    const ids = [await create(), await create(), await create()].toSorted().toReversed();
    const first = await ask(200, "GET", `${PATH}?limit=2`);
    const second = await ask(200, "GET", `${PATH}?limit=2&cursor=${String(first["next_cursor"])}`);
    const listed = [first, second].flatMap((page) => z.array(z.looseObject({ id: z.string() })).parse(page["data"]));
    expect(listed.map(({ id }) => id)).toEqual(ids);
    expect(second["next_cursor"]).toBeNull();
  });
});

describe("POST /v1/alert-rules", () => {
  it("makes a rule of what is given and sensible settings for the rest", async () => {
    await insertHook(database.db, { id: "wh_1", url: "https://h.example/" });
    const given = {
      name: "Large orders",
      conditions: {
        names: ["purchase"],
        min_score: 0.8,
        min_value: { EUR: 500, JPY: 80_000 },
        countries: ["DE"],
        reasons: ["velocity"],
        min_signals: { model: 0.5 },
      },
      webhook_ids: ["wh_1"],
    };
    const made = await ask(201, "POST", PATH, given);
    expect(made).toMatchObject({
      ...given,
      version: 1,
      enabled: true,
      group_seconds: 300,
      created_by: "key2000000000000",
    });
    expect(await ask(200, "GET", `${PATH}/${String(made["id"])}`)).toEqual(made);
  });

  it.each([
    { json: { conditions: {} }, pointer: "/name" },
    { json: { name: "a", conditions: { name: ["purchase"] } }, pointer: "/conditions/name" },
    { json: { name: "a", conditions: { names: [] } }, pointer: "/conditions/names" },
    { json: { name: "a", conditions: { names: ["a", "a"] } }, pointer: "/conditions/names" },
    { json: { name: "a", conditions: { min_score: 1.1 } }, pointer: "/conditions/min_score" },
    { json: { name: "a", conditions: { min_value: 5 } }, pointer: "/conditions/min_value" },
    { json: { name: "a", conditions: { min_value: { XYZ: 5 } } }, pointer: "/conditions/min_value/XYZ" },
    { json: { name: "a", conditions: { countries: ["de"] } }, pointer: "/conditions/countries/0" },
    { json: { name: "a", conditions: { min_signals: {} } }, pointer: "/conditions/min_signals" },
    { json: { name: "a", group_by: "colour" }, pointer: "/group_by" },
    { json: { name: "a", group_seconds: -1 }, pointer: "/group_seconds" },
    { json: { name: "a", alerts_per_hour: 1_001 }, pointer: "/alerts_per_hour" },
    { json: { name: "a", webhook_ids: ["wh_none"] }, pointer: "/webhook_ids/0" },
    { json: { name: "a", condition: {} }, pointer: "/condition" },
    { json: { name: "a\u0000" }, pointer: "/name" },
  ])("answers 422 to $json and points to $pointer", async ({ json, pointer }) => {
    expect(await ask(422, "POST", PATH, json)).toMatchObject({ errors: [{ pointer }] });
    expect((await database.client.query("SELECT FROM alert_rules")).rows).toHaveLength(1);
  });
});

describe("PATCH /v1/alert-rules/{id}", () => {
  it("changes what is given and keeps every version, with who made it", async () => {
    const id = await create({ conditions: { min_score: 0.8 } });
    await ask(200, "PATCH", `${PATH}/${id}`, { conditions: { countries: ["FR"] }, group_seconds: 60 });
    await ask(200, "PATCH", `${PATH}/${id}`, { name: "Renamed" });
    await ask(200, "POST", `${PATH}/${id}/silence`, { until: at(NOW_MS + 1_000) });
    await ask(204, "DELETE", `${PATH}/${id}`);
    const versions = await ask(200, "GET", `${PATH}/${id}/versions`);
    const by = "key2000000000000";
    expect(versions["data"]).toMatchObject([
      { action: "deleted", by, rule: null },
      { action: "silenced", by, rule: { version: 4, silenced_until: at(NOW_MS + 1_000) } },
      { action: "changed", by, rule: { version: 3, name: "Renamed" } },
      {
        action: "changed",
        by,
        rule: { version: 2, name: "Large", group_seconds: 60, conditions: { countries: ["FR"] } },
      },
      {
        action: "created",
        by,
        rule: { version: 1, name: "Large", group_seconds: 300, conditions: { min_score: 0.8 } },
      },
    ]);
    const { rows } = await database.client.query(
      "SELECT action, before->'version' AS before, after->'version' AS after FROM audit_log ORDER BY id",
    );
    expect(rows).toEqual([
      { action: "created", before: null, after: 1 },
      { action: "changed", before: 1, after: 2 },
      { action: "changed", before: 2, after: 3 },
      { action: "silenced", before: 3, after: 4 },
      { action: "deleted", before: 4, after: null },
    ]);
    const first = await ask(200, "GET", `${PATH}/${id}/versions?limit=4`);
    expect(await ask(200, "GET", `${PATH}/${id}/versions?cursor=${String(first["next_cursor"])}`)).toMatchObject({
      data: [{ action: "created" }],
      next_cursor: null,
    });
  });

  it.each([{ json: {} }, { json: { webhook_ids: ["wh_none"] } }, { json: { version: 9 } }])(
    "answers 422 to $json and changes nothing",
    async ({ json }) => {
      await ask(422, "PATCH", `${PATH}/rule_default`, json);
      expect(await ask(200, "GET", `${PATH}/rule_default`)).toMatchObject({ version: 1 });
    },
  );
});

describe("POST /v1/alert-rules/{id}/silence", () => {
  it("silences until then, and no longer", async () => {
    const until = at(NOW_MS + 60_000);
    expect(await ask(200, "POST", `${PATH}/rule_default/silence`, { until })).toMatchObject({ silenced_until: until });
    nowMs = NOW_MS + 60_000;
    expect((await app.call(`${PATH}/rule_default`)).body).toMatchObject({ silenced_until: null });
    expect(await ask(200, "POST", `${PATH}/rule_default/silence`, { until: null })).toMatchObject({
      silenced_until: null,
    });
  });

  it.each([
    { until: at(NOW_MS), because: "it is over already" },
    { until: at(NOW_MS + 366 * DAY_MS), because: "it might be forgotten" },
    { until: "tomorrow", because: "it is no time" },
  ])("answers 422 to $until, because $because", async ({ until }) => {
    expect(await ask(422, "POST", `${PATH}/rule_default/silence`, { until })).toMatchObject({
      errors: [{ pointer: "/until" }],
    });
  });
});

describe("POST /v1/alert-rules/preview", () => {
  const find = (...ids: string[]) =>
    storeEvents(
      database.db,
      ids.map((id, index) =>
        eventRow(scoredEvent({ id, user_id: id }, ANOMALOUS), {
          requestId: "req_1",
          keyId: "key_1",
          nowMs: NOW_MS - index * DAY_MS - 1,
        }),
      ),
    );

  it("looks at the last 7 days unless told otherwise, raised or not, and saves nothing", async () => {
    await find(...Array.from({ length: 9 }, (_, n) => `evt_0000000${n}`));
    expect(await ask(200, "POST", `${PATH}/preview`, {})).toMatchObject({
      from: at(NOW_MS - 7 * DAY_MS),
      to: at(NOW_MS),
      cut: false,
      anomalies: 7,
      matched: 7,
      alerts: 7,
      digests: 0,
      examples: { length: 7 },
    });
    const narrow = { conditions: { min_score: 0.99 }, from: at(NOW_MS - 2 * DAY_MS), to: at(NOW_MS - DAY_MS) };
    expect(await ask(200, "POST", `${PATH}/preview`, narrow)).toMatchObject({ anomalies: 1, matched: 0, per_day: [] });
    expect((await database.client.query("SELECT FROM alert_rules")).rows).toHaveLength(1);
    expect((await database.client.query("SELECT FROM alerts")).rows).toEqual([]);
  });

  it.each([
    { json: { from: at(NOW_MS), to: at(NOW_MS) }, pointer: "/from" },
    { json: { from: at(NOW_MS - 32 * DAY_MS) }, pointer: "/from" },
    { json: { group_by: "colour" }, pointer: "/group_by" },
  ])("answers 422 to $json", async ({ json, pointer }) => {
    expect(await ask(422, "POST", `${PATH}/preview`, json)).toMatchObject({ errors: [{ pointer }] });
  });
});

describe("every route of a rule", () => {
  it.each([
    ["GET", ""],
    ["PATCH", "", { enabled: true }],
    ["DELETE", ""],
    ["POST", "/silence", { until: null }],
    ["GET", "/versions"],
  ] as const)("%s …%s answers 404 to an id that never was", async (method, suffix, json?: object) => {
    await ask(404, method, `${PATH}/rule_never${suffix}`, json);
  });

  it.each([
    ["POST", "", 403],
    ["POST", "/preview", 200],
    ["PATCH", "/rule_default", 403],
    ["DELETE", "/rule_default", 403],
    ["POST", "/rule_default/silence", 403],
    ["GET", "/rule_default", 200],
  ] as const)("%s …%s answers an analyst %i", async (method, suffix, status) => {
    const json = method === "GET" ? undefined : {};
    expect((await app.call(`${PATH}${suffix}`, { method, as: "analyst", json })).status).toBe(status);
  });

  it.each(["", "/rule_default/versions"])("of the list at …%s refuses a cursor it did not give out", async (suffix) => {
    const elsewhere = btoa(JSON.stringify(["2026-11-21T10:00:00.000000Z", "rule_x"]));
    await ask(400, "GET", `${PATH}${suffix}?cursor=nonsense`);
    await ask(suffix === "" ? 200 : 400, "GET", `${PATH}${suffix}?cursor=${elsewhere}`);
  });
});
