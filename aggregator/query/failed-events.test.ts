import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import golden from "../../shared/account.v1.json" with { type: "json" };
import { SETTLE } from "../settle.ts";
import { recordFailures } from "../store/failed-events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, intakeMessage, NOW_MS, scoredEvent } from "../test-events.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

const Listed = z.object({ data: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().nullable() });
const TIME = /^\d{4}-.*\.\d{3}Z$/;

const settling = () => ({ db: database.db, nowMs: () => NOW_MS });
const rows = async (sql: string) => (await database.client.query(sql)).rows;
const countOf = async (table: string) => (await rows(`SELECT FROM ${table}`)).length;
const list = async (query = "") => Listed.parse((await app.call(`/v1/failed-events${query}`)).body).data;
const listedIds = async (query = "") => (await list(query)).map(({ id }) => id).toSorted();
const replay = (id: string) =>
  app.call(`/v1/failed-events/${encodeURIComponent(id)}/replay`, { method: "POST", as: "operator" });

/** Records one event as failed, the way dead letters are. */
const bury = (id: string, body: unknown) => SETTLE["dead-letters"]([{ id, body }], settling());

describe("GET /v1/failed-events", () => {
  it.each([null, "text", { v: 1, events: [{ deep: [1, null] }] }])(
    "tells what could not be stored and why (%j)",
    async (payload) => {
      await recordFailures(database.db, [
        { id: "fail_1", event_id: "evt_00000001", reason: "not a scored event: /event", payload },
      ]);
      expect((await app.call("/v1/failed-events")).body).toEqual({
        data: [
          {
            id: "fail_1",
            event_id: "evt_00000001",
            reason: "not a scored event: /event",
            payload,
            kind: "assessments",
            events: 1,
            bytes: JSON.stringify(payload).length,
            received_at: expect.stringMatching(TIME),
            resolved_at: null,
            resolution: null,
            created_at: expect.stringMatching(TIME),
          },
        ],
        next_cursor: null,
      });
    },
  );

  it("pages through failures of one moment without a loss or a repeat", async () => {
    const failures = Array.from({ length: 7 }, (_, i) => ({
      id: `fail_${i}`,
      event_id: null,
      reason: "r",
      payload: {},
    }));
    await recordFailures(database.db, failures); // one statement, so one time for all
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { data, next_cursor } = Listed.parse(
        (await app.call(`/v1/failed-events?limit=3${cursor && `&cursor=${cursor}`}`)).body,
      );
      seen.push(...data.map(({ id }) => id));
      cursor = next_cursor;
    }
    expect(seen).toEqual(failures.map(({ id }) => id).toReversed());
  });

  it("says of what kind a failure is, how much it holds, and when the edge received it", async () => {
    await bury(
      "m1",
      intakeMessage(scoredEvent({ id: "evt_00000001" }, {}, { received_at: "2026-11-20T23:59:59.500Z" })),
    );
    await SETTLE.assessments(
      [{ id: "m2", body: { v: 9, request_id: 7, events: [{ received_at: "soon" }, {}, {}] } }],
      settling(),
    );
    await SETTLE.accounts([{ id: "m3", body: { v: 9 } }], settling());
    expect((await list()).toSorted((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
      { id: "fail_m1_0", kind: "assessments", events: 1, received_at: "2026-11-20T23:59:59.500Z" },
      { id: "fail_m2", kind: "assessments", events: 3, received_at: expect.stringMatching(TIME) },
      { id: "fail_m3", kind: "accounts", events: 0, received_at: expect.stringMatching(TIME) },
    ]);
  });

  it("keeps a failure whose time Postgres does not know, with that of its record", async () => {
    await bury("m1", intakeMessage({ ...scoredEvent({ id: "evt_00000001" }), received_at: "0000-01-01T00:00:00Z" }));
    expect(await list()).toMatchObject([{ received_at: expect.stringMatching(/^2/) }]);
  });

  it("lists what is resolved or what is not, and takes an event with a row as resolved however it came there", async () => {
    const [one, two, three] = ["evt_00000001", "evt_00000002", "evt_00000003"].map((id) => scoredEvent({ id }));
    await bury("m1", intakeMessage(one));
    await bury("m2", intakeMessage(two));
    await bury("m3", intakeMessage(three));
    await replay("fail_m1_0");
    await SETTLE.assessments([{ id: "m4", body: { ...intakeMessage(two), request_id: "req_2" } }], settling());
    expect(await listedIds()).toEqual(["fail_m1_0", "fail_m2_0", "fail_m3_0"]);
    expect(await listedIds("?resolved=false")).toEqual(["fail_m3_0"]);
    const resolved = (await list("?resolved=true")).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(resolved).toMatchObject([
      { id: "fail_m1_0", resolved_at: expect.stringMatching(TIME), resolution: "stored" },
      { id: "fail_m2_0", resolved_at: expect.stringMatching(TIME), resolution: "already stored" },
    ]);
  });
});

describe("POST /v1/failed-events/{id}/replay", () => {
  const anomaly = intakeMessage(scoredEvent({ id: "evt_00000001" }, ANOMALOUS));

  it("stores the event with its alert and attempts the delivery, as for any new one, and resolves the failure", async () => {
    const calls: string[] = [];
    const attempting = await testApp(database.db, {
      fetch: async (input) => {
        calls.push(z.string().parse(input));
        return new Response(null, { status: 204 });
      },
    });
    await rows(
      "INSERT INTO webhooks (id, url, types, secret) VALUES ('wh_1', 'https://h.example/', '{anomaly.detected}', 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0')",
    );
    await bury("m1", anomaly);
    const path = "/v1/failed-events/fail_m1_0/replay";
    expect(await attempting.call(path, { method: "POST", as: "operator" })).toMatchObject({
      status: 200,
      body: { id: "fail_m1_0", status: "stored" },
    });
    expect(calls).toEqual(["https://h.example/"]);
    expect(await rows("SELECT status FROM deliveries")).toEqual([{ status: "delivered" }]);
    expect(await listedIds("?resolved=false")).toEqual([]);
  });

  it("changes nothing the second time", async () => {
    await bury("m1", anomaly);
    await replay("fail_m1_0");
    const before = await list();
    expect((await replay("fail_m1_0")).body).toEqual({ id: "fail_m1_0", status: "already_stored" });
    expect(await list()).toEqual(before);
    expect(await Promise.all(["events", "anomalies", "alerts"].map(countOf))).toEqual([1, 1, 1]);
  });

  it("stores once and resolves once when many replay at the same time", async () => {
    await bury("m1", anomaly);
    const answers = await Promise.all(Array.from({ length: 5 }, () => replay("fail_m1_0")));
    const statuses = answers.map(({ body }) => z.object({ status: z.string() }).parse(body).status).toSorted();
    expect(statuses).toEqual(["already_stored", "already_stored", "already_stored", "already_stored", "stored"]);
    expect(await list()).toMatchObject([{ resolution: "stored" }]);
    expect(await Promise.all(["events", "alerts"].map(countOf))).toEqual([1, 1]);
  });

  it("does not bring back what was deleted after the failure had ended", async () => {
    await bury("m1", intakeMessage(scoredEvent({ id: "evt_00000001" })));
    await replay("fail_m1_0");
    await rows("DELETE FROM events");
    expect((await replay("fail_m1_0")).body).toMatchObject({ status: "already_stored" });
    expect(await countOf("events")).toBe(0);
  });

  it.each([
    {
      because: "it cannot be read",
      event: { ...scoredEvent({ id: "evt_00000001" }), runtime: "java" },
      reason: "/runtime",
    },
    {
      because: "the database refuses it",
      event: scoredEvent({ id: "evt_00000001" }, {}, { features: [1e300] }),
      reason: "SQLSTATE 22003",
    },
  ])("says why it failed again when $because, and records no second failure", async ({ event, reason }) => {
    await SETTLE.assessments([{ id: "m1", body: intakeMessage(event) }], settling());
    expect((await replay("fail_m1_0")).body).toEqual({
      id: "fail_m1_0",
      status: "failed",
      reason: expect.stringContaining(reason),
    });
    expect(await listedIds("?resolved=false")).toEqual(["fail_m1_0"]);
  });

  it("takes a message apart that could not be read before: each event is stored, or fails by itself", async () => {
    const message = intakeMessage(scoredEvent({ id: "evt_00000001" }), { event: { id: "evt_00000002" } });
    // As it was recorded by a version that did not know this form.
    await recordFailures(database.db, [
      { id: "fail_m1", event_id: null, reason: "not an intake message", payload: message },
    ]);
    expect((await replay("fail_m1")).body).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/^1 of its/),
    });
    expect(await listedIds("?resolved=false")).toEqual(["fail_m1_1"]);
    expect(await listedIds("?resolved=true")).toEqual(["fail_m1"]);
    expect(await countOf("events")).toBe(1);
  });

  it("counts a message of counts that could not be read before, once", async () => {
    await recordFailures(database.db, [
      { id: "fail_m1", event_id: null, reason: "not an account message", payload: golden, kind: "accounts" },
      { id: "fail_m2", event_id: null, reason: "not an account message", payload: golden, kind: "accounts" },
      { id: "fail_m3", event_id: null, reason: "not an account message", payload: { v: 9 }, kind: "accounts" },
    ]);
    expect((await replay("fail_m1")).body).toMatchObject({ status: "stored" });
    expect((await replay("fail_m2")).body).toMatchObject({ status: "already_stored" });
    expect((await replay("fail_m3")).body).toMatchObject({ status: "failed", reason: expect.stringContaining("/v") });
    expect(await rows("SELECT sum(events)::integer AS received FROM edge_counts WHERE outcome = 'received'")).toEqual([
      { received: 10 },
    ]);
  });

  it("settles an entry of the spool that could not be read before", async () => {
    const entry = { v: 1, kind: "assessments", messages: [{ id: "m1", body: anomaly }] };
    await recordFailures(database.db, [
      { id: "fail_spool/1.json", event_id: null, reason: "unreadable", payload: JSON.stringify(entry), kind: "spool" },
      { id: "fail_spool/2.json", event_id: null, reason: "unreadable", payload: "{ broken", kind: "spool" },
    ]);
    expect((await replay("fail_spool/1.json")).body).toMatchObject({ status: "stored" });
    expect((await replay("fail_spool/2.json")).body).toMatchObject({ status: "failed", reason: "unreadable" });
    expect(await listedIds("?resolved=false")).toEqual(["fail_spool/2.json"]);
  });

  it("knows no failure by another id, and lets nobody below an operator replay", async () => {
    expect((await replay("fail_none")).status).toBe(404);
    const path = "/v1/failed-events/fail_none/replay";
    expect((await app.call(path, { method: "POST", as: "analyst" })).status).toBe(403);
  });
});

describe("POST /v1/failed-events/replay", () => {
  it("replays page by page what is not resolved, and goes on behind what fails again", async () => {
    for (let i = 0; i < 5; i++) {
      const event = i === 2 ? { event: "broken" } : scoredEvent({ id: `evt_0000000${i}` });
      await bury(`m${i}`, intakeMessage(event));
    }
    await replay("fail_m0_0");
    const statuses: Record<string, string> = {};
    for (let cursor: string | null = ""; cursor !== null;) {
      const query = `?limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await app.call(`/v1/failed-events/replay${query}`, { method: "POST", as: "operator" });
      const { data, next_cursor } = z
        .object({ data: z.array(z.object({ id: z.string(), status: z.string() })), next_cursor: z.string().nullable() })
        .parse(body);
      for (const { id, status } of data) statuses[id] = status;
      cursor = next_cursor;
    }
    expect(statuses).toEqual({ fail_m1_0: "stored", fail_m2_0: "failed", fail_m3_0: "stored", fail_m4_0: "stored" });
    expect(await listedIds("?resolved=false")).toEqual(["fail_m2_0"]);
  });
});
