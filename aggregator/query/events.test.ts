import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { FEATURE_NAMES } from "../../shared/features/features.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

async function store(...scored: ReturnType<typeof scoredEvent>[]): Promise<void> {
  await storeEvents(
    database.db,
    scored.map((one) => eventRow(one, provenance)),
  );
}

const Listed = z.object({ data: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().nullable() });

async function list(query: string): Promise<{ ids: string[]; next: string | null }> {
  const { status, body } = await app.call(`/v1/events?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  const { data, next_cursor } = Listed.parse(body);
  return { ids: data.map(({ id }) => id), next: next_cursor };
}

const Refusal = z.object({ type: z.string(), errors: z.array(z.object({ pointer: z.string() })).optional() });

describe("GET /v1/events/{id}", () => {
  it("answers the event flat, with all that was made of it", async () => {
    const shadow = { model: "global@v1", client_model: null, calibration: "2026-W47", score: 0.4, anomaly: false };
    const scored = scoredEvent({ id: "evt_00000001", timestamp: "2026-11-21T10:59:59.1239+01:00" }, ANOMALOUS, {
      rules: { card_testing: 0.9 },
      shadow,
    });
    await store(scored);
    const { status, body } = await app.call("/v1/events/evt_00000001");
    expect(status).toBe(200);
    expect(body).toEqual({
      ...scored.event,
      timestamp: "2026-11-21T09:59:59.123Z",
      received_at: "2026-11-21T10:00:00.000Z",
      timestamp_source: "sender",
      source: "secret",
      signals: scored.signals,
      feature_set: scored.feature_set,
      features: Object.fromEntries(FEATURE_NAMES.map((name, index) => [name, index === 0 ? null : index / 8])),
      rules: { card_testing: 0.9 },
      assessment: scored.assessment,
      shadow,
      runtime: "ort",
      label: null,
      fraud_probability: null,
      transaction: { id: "order-evt_00000001", counted: true, purchase_event_id: "evt_00000001", refunds: [] },
    });
  });

  it("says of a purchase whether it is a repeat, and what was refunded of its transaction", async () => {
    const order = { transaction_id: "order-1", timestamp: "2026-11-21T08:00:00.000Z" };
    await store(scoredEvent({ id: "evt_00000001", ...order }));
    await store(
      scoredEvent({ id: "evt_00000002", ...order }),
      scoredEvent({ id: "evt_00000003", ...order, name: "refund", value: 9.9 }),
    );
    const refunds = [
      {
        currency: "EUR",
        count: 1,
        amount: 9.9,
        first_at: "2026-11-21T08:00:00.000Z",
        last_at: "2026-11-21T08:00:00.000Z",
      },
    ];
    for (const [id, counted] of [
      ["evt_00000001", true],
      ["evt_00000002", false],
      ["evt_00000003", false],
    ] as const) {
      const { body } = await app.call(`/v1/events/${id}`);
      expect(body).toMatchObject({
        transaction: { id: "order-1", counted, purchase_event_id: "evt_00000001", refunds },
      });
    }
  });

  it("says nothing of a transaction where the event names none", async () => {
    const { event, ...rest } = scoredEvent({ id: "evt_00000001", name: "login" });
    const { transaction_id: _, ...bare } = event;
    await store({ event: bare, ...rest });
    expect((await app.call("/v1/events/evt_00000001")).body).not.toHaveProperty("transaction");
  });

  it("counts the features of a set it does not know, because their names would be wrong", async () => {
    await store(scoredEvent({ id: "evt_00000001" }, {}, { feature_set: "shop-v0", features: [0.5, -1, 3] }));
    const { body } = await app.call("/v1/events/evt_00000001");
    expect(body).toMatchObject({ feature_set: "shop-v0", features: { f0: 0.5, f1: null, f2: 3 } });
  });

  it.each(["evt_00000009", "x", "%F0%9F%98%80", "a%2Fb", "'%20OR%20true--"])(
    "answers 404 to %s, which is no event's id",
    async (id) => {
      expect((await app.call(`/v1/events/${id}`)).status).toBe(404);
    },
  );

  it("refuses an id Postgres cannot hold, instead of failing on it", async () => {
    const { status, body } = await app.call("/v1/events/a%00b");
    expect({ status, errors: Refusal.parse(body).errors }).toEqual({ status: 422, errors: [{ pointer: "/id" }] });
  });
});

describe("GET /v1/events", () => {
  it("answers nothing of nothing", async () => {
    expect(await list("")).toEqual({ ids: [], next: null });
  });

  it("gives 50 events, newest first, unless asked for another number", async () => {
    await store(
      ...Array.from({ length: 60 }, (_, i) =>
        scoredEvent({ id: `evt_${1000 + i}`, timestamp: `2026-11-21T09:00:${String(i).padStart(2, "0")}Z` }),
      ),
    );
    const newestFirst = Array.from({ length: 60 }, (_, i) => `evt_${1059 - i}`);
    expect((await list("")).ids).toEqual(newestFirst.slice(0, 50));
    expect((await list("limit=60")).ids).toEqual(newestFirst);
    expect((await list("limit=60")).next).toBeNull();
    expect((await list("limit=59")).next).not.toBeNull();
  });

  it("pages through events that differ by microseconds, or not at all in time, without a loss or a repeat", async () => {
    const expected: string[] = [];
    for (let micros = 999_999; micros > 999_979; micros--) {
      for (const suffix of ["b", "a"]) expected.push(`evt_${micros}_${suffix}`);
    }
    await store(...expected.map((id) => scoredEvent({ id, timestamp: `2026-11-21T09:59:59.${id.slice(4, 10)}Z` })));
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page = await list(`limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.ids);
      cursor = page.next;
    }
    expect(seen).toEqual(expected);
  });

  it("pages without a loss or a repeat while newer events arrive", async () => {
    const first = Array.from({ length: 9 }, (_, i) => `evt_old_000${8 - i}`);
    await store(...first.map((id) => scoredEvent({ id, timestamp: `2026-11-21T09:00:0${id.at(-1)}Z` })));
    const seen: string[] = [];
    let arrived = 0;
    for (let cursor: string | null = ""; cursor !== null;) {
      const page = await list(`limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.ids);
      cursor = page.next;
      arrived += 1;
      await store(scoredEvent({ id: `evt_new_000${arrived}`, timestamp: `2026-11-21T09:30:0${arrived}Z` }));
    }
    expect(seen).toEqual(first);
  });

  describe("filters", () => {
    const base = {
      user_id: "user-0",
      session_id: "session-0",
      transaction_id: "order-0",
      timestamp: "2026-11-21T08:00:00Z",
    };
    const fill = () =>
      store(
        scoredEvent({ id: "evt_plain_01", ...base }),
        scoredEvent({ id: "evt_late_001", ...base, timestamp: "2026-11-21T09:00:00Z" }),
        scoredEvent({ id: "evt_name_001", ...base, name: "login" }),
        scoredEvent({ id: "evt_user_001", ...base, user_id: "user-%_'" }),
        scoredEvent({ id: "evt_session1", ...base, session_id: "session-1" }),
        scoredEvent({ id: "evt_order_01", ...base, transaction_id: "order-1" }),
        scoredEvent({ id: "evt_client_1", ...base, client_id: "client-1" }),
        scoredEvent({ id: "evt_mail_001", ...base, email_hash: "hash-1" }),
        scoredEvent({ id: "evt_card_001", ...base, payment: { card_fingerprint: "card-1" } }),
        scoredEvent({ id: "evt_net_0001", ...base }, {}, { signals: { country: "IS", ip_hash: "net-1" } }),
        scoredEvent({ id: "evt_score_01", ...base }, { score: 0.7 }),
        scoredEvent({ id: "evt_anomaly1", ...base }, ANOMALOUS),
      );

    it.each([
      { query: "from=2026-11-21T09:00:00Z", ids: ["evt_late_001"], because: "from is included" },
      { query: "from=2026-11-21T10:00:00%2B01:00", ids: ["evt_late_001"], because: "an offset counts" },
      { query: "from=2026-11-21T08:00:00.001Z&to=2026-11-21T09:00:00Z", ids: [], because: "to is not included" },
      { query: "name=login", ids: ["evt_name_001"], because: "names are compared whole" },
      { query: "user_id=user-%25_'", ids: ["evt_user_001"], because: "no character of an id is special" },
      { query: "session_id=session-1", ids: ["evt_session1"], because: "sessions are compared whole" },
      { query: "transaction_id=order-1", ids: ["evt_order_01"], because: "transactions are compared whole" },
      { query: "client_id=client-1", ids: ["evt_client_1"], because: "devices are compared whole" },
      { query: "email_hash=hash-1", ids: ["evt_mail_001"], because: "hashes are compared whole" },
      { query: "card_fingerprint=card-1", ids: ["evt_card_001"], because: "cards are compared whole" },
      { query: "ip_hash=net-1", ids: ["evt_net_0001"], because: "networks are compared whole" },
      { query: "country=IS", ids: ["evt_net_0001"], because: "it came from there" },
      { query: "country=IS&client_id=client-1", ids: [], because: "all that is given has to match" },
      { query: "label=fraud", ids: [], because: "nobody said so" },
      { query: "anomaly=true", ids: ["evt_anomaly1"], because: "only anomalies" },
      { query: "anomaly=true&name=login", ids: [], because: "filters narrow one another" },
      { query: "min_score=0.7", ids: ["evt_score_01", "evt_anomaly1"], because: "exactly the minimum counts" },
      { query: "min_score=0.70001", ids: ["evt_anomaly1"], because: "just under the minimum does not" },
      {
        query:
          "min_score=0&anomaly=false&limit=500&name=purchase&user_id=user-0&session_id=session-0&transaction_id=order-0&to=2026-11-21T08:30:00Z",
        ids: ["evt_score_01", "evt_plain_01", "evt_net_0001", "evt_mail_001", "evt_client_1", "evt_card_001"],
        because: "all may be given at once",
      },
    ])("finds by $query exactly what matches: $because", async ({ query, ids }) => {
      await fill();
      expect(await list(query)).toEqual({ ids, next: null });
    });

    it("divides all events into anomalies and others", async () => {
      await fill();
      const [yes, no] = [await list("anomaly=true"), await list("anomaly=false")];
      expect([...yes.ids, ...no.ids].toSorted()).toEqual((await list("")).ids.toSorted());
    });
  });

  it.each([
    { query: "limit=0", pointer: "/limit" },
    { query: "limit=501", pointer: "/limit" },
    { query: "limit=1.5", pointer: "/limit" },
    { query: "limit=many", pointer: "/limit" },
    { query: "min_score=1.1", pointer: "/min_score" },
    { query: "min_score=NaN", pointer: "/min_score" },
    { query: "anomaly=yes", pointer: "/anomaly" },
    { query: "from=yesterday", pointer: "/from" },
    { query: "from=2026-11-21", pointer: "/from" },
    { query: "from=2026-11-21T09:00:00", pointer: "/from" },
    { query: "to=0000-01-01T00:00:00Z", pointer: "/to" },
    { query: "to=9999-12-31T23:59:59-10:00", pointer: "/to" },
    { query: "user_id=", pointer: "/user_id" },
    { query: "user_id=a%00b", pointer: "/user_id" },
    { query: `session_id=${"x".repeat(501)}`, pointer: "/session_id" },
    { query: "userid=1", pointer: "/userid" },
  ])("answers 422 to $query and points to $pointer", async ({ query, pointer }) => {
    const { status, body } = await app.call(`/v1/events?${query}`);
    const { type, errors } = Refusal.parse(body);
    expect({ status, type, errors }).toEqual({ status: 422, type: "/problems/invalid", errors: [{ pointer }] });
  });

  it.each(["x", "%00", "W10", "e30"])("answers 400 to the cursor %s, which was never given out", async (cursor) => {
    const { status, body } = await app.call(`/v1/events?cursor=${cursor}`);
    expect({ status, type: Refusal.parse(body).type }).toEqual({ status: 400, type: "/problems/unreadable" });
  });

  describe("as a file", () => {
    const download = (accept: string, query = "") => app.call(`/v1/events?${query}`, { headers: { accept } });

    it("gives CSV of all that matches, in the order of the list, and no cell a spreadsheet would calculate", async () => {
      await store(
        scoredEvent({ id: "evt_00000001", timestamp: "2026-11-21T08:00:00Z", user_id: '=HYPERLINK("x"),1' }),
        scoredEvent({ id: "evt_00000002", timestamp: "2026-11-21T09:00:00Z", value: 1000, currency: "JPY" }, ANOMALOUS),
      );
      const { status, headers, body } = await download("text/csv", "limit=1&min_score=0.1");
      expect([status, headers.get("content-type"), headers.get("vary")]).toEqual([
        200,
        "text/csv; charset=utf-8; header=present",
        "accept",
      ]);
      expect(headers.get("content-disposition")).toBe('attachment; filename="events.csv"');
      const [head, newest, oldest, end] = String(body).split("\r\n");
      expect(head).toMatch(/^id,name,occurred_at,received_at,score,anomaly,/);
      expect(newest).toMatch(/^evt_00000002,purchase,2026-11-21T09:00:00.000Z,.*,card_testing,.*,1000,JPY,/);
      expect(oldest).toContain(`,49.90,EUR,order-evt_00000001,"'=HYPERLINK(""x""),1",`);
      expect(end).toBe("");
    });

    it("gives lines of JSON, each as the list has it", async () => {
      await store(scoredEvent({ id: "evt_00000001" }), scoredEvent({ id: "evt_00000002" }));
      const lines = await download("application/x-ndjson");
      const { body } = await app.call("/v1/events");
      expect(body).toMatchObject({ data: lines.body });
    });

    it("refuses a type that is not offered, and names those that are", async () => {
      const { status, body } = await download("text/html");
      expect([status, body]).toMatchObject([406, { detail: expect.stringContaining("text/csv") }]);
    });

    it("refuses what does not match as for the list", async () => {
      expect((await download("text/csv", "limit=0")).status).toBe(422);
    });
  });

  it("echoes no value it refuses, in the answer or in the log", async () => {
    const secret = "4242424242424242";
    app.lines.length = 0;
    for (const name of ["limit", "min_score", "anomaly", "from", "cursor"]) {
      const { status, body } = await app.call(`/v1/events?${name}=${secret}`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(body)).not.toContain(secret);
    }
    expect(JSON.stringify(app.lines)).not.toContain(secret);
  });
});
