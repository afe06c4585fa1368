import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db);
});
afterEach(() => database.reset());

async function found(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_each, index) => `evt_${String(index).padStart(8, "0")}`);
  const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
  await storeEvents(
    database.db,
    ids.map((id) => eventRow(scoredEvent({ id }, ANOMALOUS), provenance)),
  );
  return ids.map((id) => `ano_${id}`);
}

const judge = (json: unknown, as: "analyst" | "operator" = "operator") =>
  app.call("/v1/anomalies/feedback", { method: "POST", as, json });

const statusesOf = (body: unknown) =>
  (body as { results: { status: string | null }[] }).results.map(({ status }) => status);

describe("POST /v1/anomalies/feedback", () => {
  it("judges each, in the order of the ids, and says of an unknown one that there is none", async () => {
    const [one, two, other] = await found(3);
    const { status, body } = await judge({ ids: [two, "ano_nothing", one], label: "dismissed", note: "our own tests" });
    expect([status, body]).toEqual([
      200,
      {
        results: [
          { id: two, result: "judged", status: "dismissed", before: "open" },
          { id: "ano_nothing", result: "not_found", status: null, before: null },
          { id: one, result: "judged", status: "dismissed", before: "open" },
        ],
      },
    ]);
    expect((await app.call(`/v1/anomalies/${one}`)).body).toMatchObject({
      feedback: [{ label: "dismissed", note: "our own tests" }],
    });
    expect((await app.call(`/v1/anomalies/${other}`)).body).toMatchObject({ status: "open", feedback: [] });
  });

  it("takes verdicts back, so that a slip of the hand costs nothing", async () => {
    const ids = await found(2);
    expect(statusesOf((await judge({ ids, label: "confirmed" })).body)).toEqual(["confirmed", "confirmed"]);
    const { body } = await judge({ ids, label: null });
    expect(body).toMatchObject({ results: ids.map((id) => ({ id, status: "open", before: "confirmed" })) });
    expect((await app.call("/v1/events/evt_00000000")).body).toMatchObject({ label: null });
  });

  it("judges an id once that is given twice", async () => {
    const [id] = await found(1);
    expect(statusesOf((await judge({ ids: [id, id], label: "confirmed" })).body)).toEqual(["confirmed", "confirmed"]);
    expect((await app.call(`/v1/anomalies/${id}`)).body).toMatchObject({ feedback: [{ label: "confirmed" }] });
  });

  it("needs an operator", async () => {
    expect((await judge({ ids: await found(1), label: "confirmed" }, "analyst")).status).toBe(403);
  });

  it.each([
    { json: { ids: [], label: "confirmed" }, pointer: "/ids" },
    { json: { ids: Array(201).fill("ano_1"), label: "confirmed" }, pointer: "/ids" },
    { json: { ids: ["ano_1"] }, pointer: "/label" },
    { json: { ids: ["ano_1"], label: "open" }, pointer: "/label" },
    { json: { ids: ["a\u0000"], label: null }, pointer: "/ids/0" },
  ])("answers 422 and points to $pointer", async ({ json, pointer }) => {
    expect((await judge(json)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });
});
