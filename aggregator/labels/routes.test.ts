import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
const ID = "evt_00000001";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

const store = (assessment: Parameters<typeof scoredEvent>[1] = {}) =>
  storeEvents(database.db, [eventRow(scoredEvent({ id: ID }, assessment), provenance)]);

async function say(label: string | null, note?: string): Promise<unknown> {
  const { status, body } = await app.call(`/v1/events/${ID}/label`, {
    method: "POST",
    as: "operator",
    json: { label, note },
  });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

const judge = (label: string) =>
  app.call(`/v1/anomalies/ano_${ID}/feedback`, { method: "POST", as: "operator", json: { label } });

const Labels = z.object({
  label: z.string().nullable(),
  data: z.array(z.looseObject({ source: z.string(), label: z.string().nullable() })),
  next_cursor: z.string().nullable(),
});
const labels = async (query = "") => Labels.parse((await app.call(`/v1/events/${ID}/labels${query}`)).body);
const anomaly = async () => (await app.call(`/v1/anomalies/ano_${ID}`)).body;

describe("POST /v1/events/{id}/label", () => {
  it("labels an event that is no anomaly, takes the label back, and keeps who said what, when, and what it was before", async () => {
    await store();
    expect(await say("fraud", "stolen card")).toEqual({
      event_id: ID,
      label: "fraud",
      labelled_at: expect.stringMatching(/Z$/),
    });
    expect(await say(null)).toEqual({ event_id: ID, label: null, labelled_at: null });
    const { label, data } = await labels();
    expect(label).toBeNull();
    expect(data).toMatchObject([
      { source: "analyst", label: null, label_before: "fraud", label_after: null, note: null },
      { source: "analyst", label: "fraud", label_before: null, label_after: "fraud", note: "stolen card" },
    ]);
    expect(data[0]?.["key_id"]).toBe(app.keys.texts.operator.split("_")[1]);
  });

  it("sets the status of its anomaly, among whose verdicts it is, and opens it again when taken back", async () => {
    await store(ANOMALOUS);
    await say("fraud", "stolen card");
    expect(await anomaly()).toMatchObject({
      status: "confirmed",
      feedback: [{ label: "confirmed", note: "stolen card" }],
    });
    await say("legitimate");
    expect(await anomaly()).toMatchObject({ status: "dismissed", feedback: [{}, { label: "dismissed" }] });
    await say(null);
    expect(await anomaly()).toMatchObject({ status: "open", feedback: [{}, {}] });
  });

  it("is said as well by a verdict on the anomaly", async () => {
    await store(ANOMALOUS);
    expect(await judge("confirmed")).toMatchObject({ status: 200, body: { status: "confirmed" } });
    expect(await judge("dismissed")).toMatchObject({ status: 200, body: { status: "dismissed" } });
    expect(await labels()).toMatchObject({
      label: "legitimate",
      data: [{ source: "feedback", label: "legitimate", label_before: "fraud" }, { label: "fraud" }],
    });
  });

  it("takes fraud out of trusted traffic, and puts it back", async () => {
    await store();
    const trusted = async () => {
      const { rows } = await database.client.query(
        `SELECT sum(events)::int AS events, sum(orders)::int AS orders, sum(sessions)::int AS sessions
         FROM rollups_1d WHERE dimension = 'all' AND trusted`,
      );
      return rows[0];
    };
    const whole = { events: 1, orders: 1, sessions: 1 };
    expect(await trusted()).toEqual(whole);
    await say("fraud");
    expect(await trusted()).toEqual({ events: 0, orders: 0, sessions: 0 });
    await say("legitimate");
    expect(await trusted()).toEqual(whole);
  });

  it("is for operators, of an event that there is, in words that are known", async () => {
    await store();
    const post = (id: string, as: "analyst" | "operator", label: string) =>
      app.call(`/v1/events/${id}/label`, { method: "POST", as, json: { label } });
    expect(await post(ID, "analyst", "fraud")).toMatchObject({ status: 403 });
    expect(await post(ID, "operator", "confirmed")).toMatchObject({ status: 422 });
    expect(await post("evt_unknown1", "operator", "fraud")).toMatchObject({ status: 404 });
    expect((await labels()).data).toEqual([]);
  });
});

describe("GET /v1/events/{id}/labels", () => {
  it("answers page by page", async () => {
    await store();
    for (const label of ["fraud", "legitimate", null]) await say(label);
    const first = await labels("?limit=2");
    const rest = await labels(`?limit=2&cursor=${first.next_cursor}`);
    expect([...first.data, ...rest.data].map(({ label }) => label)).toEqual([null, "legitimate", "fraud"]);
    expect(rest.next_cursor).toBeNull();
  });

  it("refuses the cursor of another list, and an event that is not there", async () => {
    await store();
    const cursor = btoa(JSON.stringify(["2026-11-21T10:00:00.000000Z", "lst_1"]));
    expect(await app.call(`/v1/events/${ID}/labels?cursor=${cursor}`)).toMatchObject({ status: 400 });
    expect(await app.call("/v1/events/evt_unknown1/labels")).toMatchObject({ status: 404 });
  });
});
