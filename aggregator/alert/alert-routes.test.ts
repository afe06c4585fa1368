import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { raiseAlert } from "./raise.ts";
import { raiseAnomalies } from "./rules/raise-anomalies.ts";
import { deleteRule, silenceRule } from "./rules/rule-rows.ts";
import { alerting, insertHook } from "./test-alerting.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
let world: ReturnType<typeof alerting>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
beforeEach(() => {
  world = alerting(database.db);
  world.clock.nowMs = NOW_MS;
});
afterEach(() => database.reset());

/** Finds anomalies, by the number of whom they are about, and raises them. */
async function raise(...users: number[]): Promise<void> {
  const row = (user: number, index: number) =>
    eventRow(scoredEvent({ id: `evt_0000000${index}`, user_id: `user-${user}` }, ANOMALOUS), {
      requestId: "req_1",
      keyId: "key_1",
      nowMs: world.clock.nowMs,
    });
  await storeEvents(database.db, users.map(row));
  await raiseAnomalies(world.services);
}

const Listed = z.object({ data: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().nullable() });
const list = async (query = "") => Listed.parse((await app.call(`/v1/alerts${query}`)).body).data;
const change = (path: string, json?: unknown) => app.call(path, { method: "POST", as: "operator", json });

describe("GET /v1/alerts", () => {
  it("shows what an alert holds and where it went, also those about no event", async () => {
    await insertHook(database.db, { id: "wh_1", url: "https://h.example/" });
    await raise(1, 1);
    const alert = { id: "alt_x", type: "drift.detected", dedupKey: "drift:1", title: "Drift", data: {} };
    await raiseAlert(database.db, { ...alert, nowMs: NOW_MS + 1 });
    expect(await list()).toMatchObject([
      { id: "alt_x", type: "drift.detected", rule_id: null, group: null, anomalies: 0, examples: [], opened_at: null },
      {
        type: "anomaly.detected",
        rule_id: "rule_default",
        group: "customer user-1",
        digest: false,
        digest_due_at: null,
        silenced: false,
        anomalies: 2,
        cooled: 0,
        opened_at: "2026-11-21T10:00:00.000Z",
        top_score: 0.93,
        examples: [{ event_id: "evt_00000000", score: 0.93 }, { event_id: "evt_00000001" }],
        acknowledged_at: null,
        deliveries: [{ webhook_id: "wh_1", status: "pending" }],
      },
    ]);
  });

  it("narrows by rule and by whether somebody has seen it", async () => {
    await raise(1, 2);
    const [first, second] = await list();
    await change(`/v1/alerts/${first?.id}/acknowledge`);
    expect((await list("?acknowledged=true")).map(({ id }) => id)).toEqual([first?.id]);
    expect((await list("?acknowledged=false")).map(({ id }) => id)).toEqual([second?.id]);
    expect(await list("?rule_id=rule_default")).toHaveLength(2);
    expect(await list("?rule_id=rule_other")).toEqual([]);
  });
});

describe("POST /v1/alerts/{id}/acknowledge", () => {
  it("keeps who said first that it was seen", async () => {
    await raise(1);
    const [alert] = await list();
    const path = `/v1/alerts/${alert?.id}/acknowledge`;
    const seen = { acknowledged_at: "2026-11-21T10:00:00.000Z", acknowledged_by: "key2000000000000" };
    expect(await change(path)).toMatchObject({ status: 200, body: seen });
    expect((await app.call(path, { method: "POST", as: "admin" })).body).toMatchObject(seen);
    expect(await list()).toMatchObject([seen]);
  });
});

describe("POST /v1/alerts/{id}/notes", () => {
  it("appends to what was noted before, with who wrote it", async () => {
    await raise(1);
    const [alert] = await list();
    await change(`/v1/alerts/${alert?.id}/notes`, { note: "calling the customer" });
    const { status, body } = await change(`/v1/alerts/${alert?.id}/notes`, { note: "it was her" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      notes: [
        { note: "calling the customer", by: "key2000000000000" },
        { note: "it was her", by: "key2000000000000" },
      ],
    });
    expect((await app.call(`/v1/alerts/${alert?.id}`)).body).toEqual(body);
  });

  it.each([{}, { note: "" }, { note: "x".repeat(2_001) }, { note: "a\u0000" }])("answers 422 to %j", async (json) => {
    await raise(1);
    const [alert] = await list();
    expect((await change(`/v1/alerts/${alert?.id}/notes`, json)).status).toBe(422);
  });
});

describe("every route of an alert", () => {
  it.each([
    ["GET", ""],
    ["POST", "/acknowledge"],
    ["POST", "/notes", { note: "x" }],
  ] as const)("%s …%s answers 404 to an id that never was", async (method, suffix, json?: object) => {
    expect((await app.call(`/v1/alerts/alt_never${suffix}`, { method, as: "operator", json })).status).toBe(404);
  });

  it.each(["/acknowledge", "/notes"])("leaves …%s to operators", async (suffix) => {
    const answered = await app.call(`/v1/alerts/alt_1${suffix}`, { method: "POST", as: "analyst", json: {} });
    expect(answered.status).toBe(403);
  });
});

describe("GET /v1/anomalies", () => {
  const detail = async () => (await app.call("/v1/anomalies/ano_evt_00000000")).body;

  it("finds every anomaly of an alert", async () => {
    await raise(1, 2, 1);
    const alert = (await list()).find(({ group }) => group === "customer user-1");
    const { data } = Listed.parse((await app.call(`/v1/anomalies?alert_id=${alert?.id}`)).body);
    expect(data.map(({ id }) => id)).toEqual(["ano_evt_00000002", "ano_evt_00000000"]);
  });

  it("says of an anomaly which alerts it is in, or why it is in none", async () => {
    await storeEvents(database.db, [
      eventRow(scoredEvent({ id: "evt_00000000" }, ANOMALOUS), { requestId: "r", keyId: "k", nowMs: NOW_MS }),
    ]);
    expect(await detail()).toMatchObject({
      alerts: [],
      not_alerted_because: expect.stringMatching(/^it was just found/),
    });
    await silenceRule(database.db, "rule_default", NOW_MS + 1, { keyId: "key_1", nowMs: NOW_MS });
    await raiseAnomalies(world.services);
    expect(await detail()).toMatchObject({
      alerts: [{ rule_id: "rule_default", rule: "Every anomaly", digest: false, silenced: true }],
      not_alerted_because: null,
    });
  });

  it("says of an anomaly that no rule wanted that it was so", async () => {
    await deleteRule(database.db, "rule_default", { keyId: "key_1", nowMs: NOW_MS });
    await raise(1);
    expect(await detail()).toMatchObject({ alerts: [], not_alerted_because: "no alert rule in force matched it" });
  });
});
