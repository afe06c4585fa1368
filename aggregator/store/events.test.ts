import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { isRowFault, sqlState } from "./db.ts";
import { eventRow, storeEvents } from "./events.ts";
import { testDatabase } from "./test-database.ts";

const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
const row = (...scored: Parameters<typeof scoredEvent>) => eventRow(scoredEvent(...scored), provenance);

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

async function all(table: string): Promise<Record<string, unknown>[]> {
  return (await database.client.query<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY 1`)).rows;
}

describe("storeEvents", () => {
  it("keeps an event whole: what is asked for in columns, the rest as it came", async () => {
    const shadow = {
      model: "global@v1",
      client_model: "client@v1",
      calibration: "2026-W47",
      score: 0.8,
      anomaly: true,
    };
    const scored = scoredEvent(
      { id: "evt_00000001", value: 9_999_999_999, properties: { deep: [{ "": null }] } },
      {},
      { rules: { velocity: 0.7123456789012345 }, shadow },
    );
    expect(await storeEvents(database.db, [eventRow(scored, provenance)])).toEqual({
      stored: ["evt_00000001"],
      anomalies: 0,
    });
    expect(await all("events")).toEqual([
      expect.objectContaining({
        id: "evt_00000001",
        name: "purchase",
        occurred_at: new Date("2026-11-21T09:59:59.000Z"),
        received_at: new Date("2026-11-21T10:00:00.000Z"),
        timestamp_source: "sender",
        source: "secret",
        request_id: "req_1",
        repeated: false,
        v: 2,
        key_id: "key_1",
        user_id: "user-1",
        client_id: null,
        session_id: "session-1",
        transaction_id: "order-evt_00000001",
        country: "DE",
        value: "9999999999.0000",
        currency: "EUR",
        anomaly: false,
        event: scored.event,
        signals: scored.signals,
        features: scored.features,
        rules: scored.rules,
        assessment: scored.assessment,
        shadow,
        runtime: "ort",
      }),
    ]);
    expect(await all("anomalies")).toEqual([]);
  });

  it("makes of an anomaly its place in the triage list, with whom it is about, and leaves it to be raised", async () => {
    const scored = scoredEvent({ id: "evt_00000001" }, ANOMALOUS, { signals: { ip_hash: "net-1" } });
    expect(await storeEvents(database.db, [eventRow(scored, provenance), row({ id: "evt_00000002" })])).toMatchObject({
      anomalies: 1,
    });
    expect(await all("anomalies")).toEqual([
      {
        id: "ano_evt_00000001",
        event_id: "evt_00000001",
        status: "open",
        created_at: new Date(NOW_MS),
        updated_at: new Date(NOW_MS),
        unraised: true,
        entity: "ip:net-1",
      },
    ]);
    expect(await all("alerts")).toEqual([]);
  });

  it("changes nothing when the same comes again, so that a redelivered message stores once and alerts once", async () => {
    const rows = [row({ id: "evt_00000001" }, ANOMALOUS), row({ id: "evt_00000002" })];
    expect((await storeEvents(database.db, rows)).stored.toSorted()).toEqual(["evt_00000001", "evt_00000002"]);
    const before = await Promise.all(["events", "anomalies"].map(all));
    expect(await storeEvents(database.db, rows)).toEqual({ stored: [], anomalies: 0 });
    expect(await Promise.all(["events", "anomalies"].map(all))).toEqual(before);
  });

  it("keeps the first of an id given twice in one batch, because a failing statement would cost the others", async () => {
    const twice = [row({ id: "evt_00000001", name: "login" }), row({ id: "evt_00000001", name: "sign_up" }, ANOMALOUS)];
    expect(await storeEvents(database.db, twice)).toEqual({ stored: ["evt_00000001"], anomalies: 0 });
    expect((await all("events")).map(({ name }) => name)).toEqual(["login"]);
    expect(await all("anomalies")).toEqual([]);
  });

  it("stores all or nothing, so that no event is there without its place in the triage list", async () => {
    const poison = row({ id: "evt_00000002" }, {}, { features: [1e300] });
    const error: unknown = await storeEvents(database.db, [row({ id: "evt_00000001" }, ANOMALOUS), poison]).catch(
      (e) => e,
    );
    expect(sqlState(error)).toBe("22003");
    expect(isRowFault(error)).toBe(true);
    expect(await all("events")).toEqual([]);
    expect(await all("anomalies")).toEqual([]);
  });

  it("stores nothing of nothing", async () => {
    expect(await storeEvents(database.db, [])).toEqual({ stored: [], anomalies: 0 });
  });

  describe("of copies of one event", () => {
    const copy = (requestId: string, { repeated = false, receivedAt = "2026-11-21T10:00:00.000Z" } = {}) =>
      eventRow(scoredEvent({ id: "evt_00000001" }, {}, { repeated, received_at: receivedAt }), {
        ...provenance,
        requestId,
      });

    it.each([
      { copies: [["req_1"], ["req_2"]], row: "req_1", again: ["req_2"], because: "the edge accepted both" },
      { copies: [["req_1"], ["req_1"]], row: "req_1", again: [], because: "it is a message delivered again" },
      { copies: [["req_1"], ["req_2"], ["req_2"]], row: "req_1", again: ["req_2"], because: "a copy counts once" },
      { copies: [["req_1"], ["req_2", "req_3"]], row: "req_1", again: ["req_2", "req_3"], because: "each is another" },
      {
        copies: [["req_1", "req_2", "req_1", "req_2"]],
        row: "req_1",
        again: ["req_2"],
        because: "a batch is no different",
      },
    ])("keeps $again beside the row of $row, as $because", async ({ copies, row: kept, again }) => {
      for (const requestIds of copies)
        await storeEvents(
          database.db,
          requestIds.map((requestId) => copy(requestId)),
        );
      expect(await all("events")).toEqual([expect.objectContaining({ request_id: kept })]);
      expect((await all("stored_again")).map(({ request_id }) => request_id)).toEqual(again);
    });

    it("keeps of a copy when it came in, which is when the books count it", async () => {
      await storeEvents(database.db, [copy("req_1"), copy("req_2", { receivedAt: "2026-11-21T10:07:00.000Z" })]);
      expect(await all("stored_again")).toEqual([
        { event_id: "evt_00000001", request_id: "req_2", received_at: new Date("2026-11-21T10:07:00.000Z") },
      ]);
    });

    it("keeps none the edge called a duplicate, as it counted that itself", async () => {
      await storeEvents(database.db, [copy("req_1"), copy("req_2", { repeated: true })]);
      await storeEvents(database.db, [copy("req_3", { repeated: true })]);
      expect(await all("stored_again")).toEqual([]);
    });

    it("makes a row of one the edge called a duplicate when no other has come, and says so", async () => {
      await storeEvents(database.db, [copy("req_2", { repeated: true })]);
      await storeEvents(database.db, [copy("req_1")]);
      expect(await all("events")).toEqual([expect.objectContaining({ request_id: "req_2", repeated: true })]);
      expect((await all("stored_again")).map(({ request_id }) => request_id)).toEqual(["req_1"]);
    });
  });
});
