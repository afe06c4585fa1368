import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
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

/** Anomalies found a second apart, the last named last. */
async function found(...ids: string[]): Promise<void> {
  await storeEvents(
    database.db,
    ids.map((id) => eventRow(scoredEvent({ id }, ANOMALOUS), provenance)),
  );
  for (const [index, id] of ids.entries()) {
    const at = new Date(NOW_MS + index * 1000);
    await database.client.query("UPDATE anomalies SET created_at = $1, updated_at = $1 WHERE event_id = $2", [at, id]);
  }
}

const Listed = z.object({ data: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().nullable() });

async function list(query: string): Promise<{ ids: string[]; next: string | null }> {
  const { status, body } = await app.call(`/v1/anomalies?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  const { data, next_cursor } = Listed.parse(body);
  return { ids: data.map(({ id }) => id), next: next_cursor };
}

const judge = (id: string, json: unknown, as: "operator" | "admin" = "operator") =>
  app.call(`/v1/anomalies/${id}/feedback`, { method: "POST", as, json });

describe("GET /v1/anomalies", () => {
  it("lists the newest first with their events, page by page", async () => {
    await found("evt_00000001", "evt_00000002", "evt_00000003");
    const first = await list("limit=2");
    expect(first.ids).toEqual(["ano_evt_00000003", "ano_evt_00000002"]);
    expect(await list(`limit=2&cursor=${first.next}`)).toEqual({ ids: ["ano_evt_00000001"], next: null });
    const { body } = await app.call("/v1/anomalies?limit=1");
    expect(body).toMatchObject({
      data: [
        {
          status: "open",
          created_at: "2026-11-21T10:00:02.000Z",
          event: { id: "evt_00000003", assessment: ANOMALOUS },
        },
      ],
    });
  });

  it("lists by status", async () => {
    await found("evt_00000001", "evt_00000002", "evt_00000003");
    await judge("ano_evt_00000001", { label: "confirmed" });
    await judge("ano_evt_00000003", { label: "dismissed" });
    expect((await list("status=open")).ids).toEqual(["ano_evt_00000002"]);
    expect((await list("status=confirmed")).ids).toEqual(["ano_evt_00000001"]);
    expect((await list("status=dismissed")).ids).toEqual(["ano_evt_00000003"]);
  });

  it("pages without a loss or a repeat while more are found", async () => {
    await found("evt_00000001", "evt_00000002", "evt_00000003");
    const first = await list("limit=2");
    await found("evt_00000009");
    await database.client.query("UPDATE anomalies SET created_at = $1 WHERE event_id = 'evt_00000009'", [
      new Date(NOW_MS + 60_000),
    ]);
    expect([...first.ids, ...(await list(`limit=2&cursor=${first.next}`)).ids]).toEqual([
      "ano_evt_00000003",
      "ano_evt_00000002",
      "ano_evt_00000001",
    ]);
  });

  it("finds by any filter exactly what matches, and by several what matches all", async () => {
    const other = { code: "velocity", detail: "9 orders in 1 h", contribution: 0.2 };
    await storeEvents(
      database.db,
      [
        scoredEvent({ id: "evt_plain_01" }, ANOMALOUS),
        scoredEvent({ id: "evt_score_01" }, { ...ANOMALOUS, score: 0.75 }),
        scoredEvent({ id: "evt_reason01" }, { ...ANOMALOUS, reasons: [...ANOMALOUS.reasons, other] }),
        scoredEvent({ id: "evt_name_001", name: "login", user_id: "user-2" }, ANOMALOUS),
        scoredEvent({ id: "evt_client01", client_id: "dev-1" }, ANOMALOUS, { signals: { country: "IS" } }),
      ].map((scored) => eventRow(scored, provenance)),
    );
    await database.client.query("UPDATE anomalies SET created_at = $1 WHERE event_id = 'evt_plain_01'", [
      new Date(NOW_MS - 3_600_000),
    ]);
    const all = ["ano_evt_score_01", "ano_evt_reason01", "ano_evt_plain_01", "ano_evt_name_001", "ano_evt_client01"];
    for (const [query, ids] of [
      ["min_score=0.8", all.filter((id) => id !== "ano_evt_score_01")],
      ["reason=velocity", ["ano_evt_reason01"]],
      ["reason=card_testing", all],
      ["name=login", ["ano_evt_name_001"]],
      ["country=IS", ["ano_evt_client01"]],
      ["user_id=user-2", ["ano_evt_name_001"]],
      ["entity=customer:user-2", ["ano_evt_name_001"]],
      ["to=2026-11-21T09:30:00Z", ["ano_evt_plain_01"]],
      ["from=2026-11-21T10:00:00Z&to=2026-11-21T10:00:00.001Z&name=login", ["ano_evt_name_001"]],
      ["q=ano_evt_name_001", ["ano_evt_name_001"]],
      ["q=evt_name_001", ["ano_evt_name_001"]],
      ["q=order-evt_plain_01", ["ano_evt_plain_01"]],
      ["q=dev-1", ["ano_evt_client01"]],
      ["q=nothing", []],
      ["country=IS&user_id=user-2", []],
    ] as const) {
      expect([query, (await list(query)).ids.toSorted()]).toEqual([query, [...ids].toSorted()]);
    }
  });

  it("is a file too: CSV with the status and the event of each", async () => {
    await found("evt_00000001");
    const { body } = await app.call("/v1/anomalies", { headers: { accept: "text/csv" } });
    const [head, row] = String(body).split("\r\n");
    expect(head).toMatch(/^anomaly_id,status,found_at,entity,event_id,name,/);
    expect(row).toMatch(/^ano_evt_00000001,open,2026-11-21T10:00:00.000Z,/);
    const lines = await app.call("/v1/anomalies", { headers: { accept: "application/x-ndjson" } });
    expect({ data: lines.body, next_cursor: null }).toEqual((await app.call("/v1/anomalies")).body);
  });

  it("refuses a status that is none, and points to it", async () => {
    const { status, body } = await app.call("/v1/anomalies?status=maybe");
    expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ pointer: "/status" }] } });
  });
});

describe("GET /v1/anomalies/{id}", () => {
  it("answers 404 to an id that is not there", async () => {
    expect((await app.call("/v1/anomalies/ano_evt_00000001")).status).toBe(404);
  });
});

describe("POST /v1/anomalies/{id}/feedback", () => {
  it("makes the verdict the status and keeps every verdict with its key, in order", async () => {
    await found("evt_00000001");
    expect((await judge("ano_evt_00000001", { label: "dismissed", note: "a known bulk buyer" })).body).toMatchObject({
      status: "dismissed",
      feedback: [{ label: "dismissed", note: "a known bulk buyer" }],
    });
    const { status, body } = await judge("ano_evt_00000001", { label: "confirmed" }, "admin");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: "ano_evt_00000001",
      status: "confirmed",
      event: { id: "evt_00000001" },
      feedback: [
        { label: "dismissed", note: "a known bulk buyer" },
        { label: "confirmed", note: null },
      ],
    });
    expect((await app.call("/v1/anomalies/ano_evt_00000001")).body).toEqual(body);
    const { rows } = await database.client.query("SELECT key_id FROM feedback ORDER BY id");
    expect(rows).toEqual([{ key_id: "key2000000000000" }, { key_id: "key3000000000000" }]);
  });

  it("answers 404 to an unknown anomaly and keeps nothing", async () => {
    expect((await judge("ano_evt_00000001", { label: "confirmed" })).status).toBe(404);
    expect((await database.client.query("SELECT FROM feedback")).rows).toEqual([]);
  });

  it.each([
    { json: {}, pointer: "/label" },
    { json: { label: "maybe" }, pointer: "/label" },
    { json: { label: "open" }, pointer: "/label" },
    { json: { label: "confirmed", note: "x".repeat(2001) }, pointer: "/note" },
    { json: { label: "confirmed", nota: "x" }, pointer: "/nota" },
    { json: [], pointer: "" },
  ])("answers 422 to what does not match and points to $pointer", async ({ json, pointer }) => {
    await found("evt_00000001");
    const { status, body } = await judge("ano_evt_00000001", json);
    expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    expect((await app.call("/v1/anomalies/ano_evt_00000001")).body).toMatchObject({ status: "open", feedback: [] });
  });

  it.each([
    { body: "{", headers: {}, status: 400, because: "no JSON" },
    { body: '{"label":"confirmed","note":"a\\u0000"}', headers: {}, status: 422, because: "a NUL" },
    { body: "{}", headers: { "content-type": "text/plain" }, status: 415, because: "another type" },
    { body: `"${"x".repeat(500_001)}"`, headers: {}, status: 413, because: "too many bytes" },
  ])("answers $status to $because", async ({ body, headers, status }) => {
    await found("evt_00000001");
    const answered = await app.call("/v1/anomalies/ano_evt_00000001/feedback", {
      method: "POST",
      as: "operator",
      body,
      headers,
    });
    expect(answered.status).toBe(status);
  });
});
