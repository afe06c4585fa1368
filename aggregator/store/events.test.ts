import { sql, type SQL } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { ScoredEvent } from "../../shared/message.ts";
import { below, chance, pick, seededRandom, type Random } from "../../shared/random.ts";
import { entityOf } from "../alert/rules/group.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../test-events.ts";
import { isRowFault, queryRows, sqlState } from "./db.ts";
import { eventRow, intakeOf, storeEvents } from "./events.ts";
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

/** The columns of a row, as a record of JSON would have to name them. */
const RECORD = [
  ["id", "text"],
  ["name", "text"],
  ["occurred_at", "timestamptz"],
  ["received_at", "timestamptz"],
  ["timestamp_source", "text"],
  ["source", "text"],
  ["request_id", "text"],
  ["repeated", "boolean"],
  ["key_id", "text"],
  ["user_id", "text"],
  ["client_id", "text"],
  ["session_id", "text"],
  ["transaction_id", "text"],
  ["country", "text"],
  ["value", "numeric"],
  ["currency", "text"],
  ["score", "real"],
  ["anomaly", "boolean"],
  ["event", "jsonb"],
  ["signals", "jsonb"],
  ["feature_set", "text"],
  ["features", "real[]"],
  ["rules", "jsonb"],
  ["assessment", "jsonb"],
  ["shadow", "jsonb"],
  ["runtime", "text"],
  ["found_at", "timestamptz"],
  ["entity", "text"],
] as const;

function recordOf(scored: ScoredEvent): Record<(typeof RECORD)[number][0], unknown> {
  const { event, signals, assessment, ...rest } = scored;
  const { id, name, user_id, client_id, session_id, transaction_id, value, currency } = event;
  const isAnomaly = assessment.anomaly;
  return {
    ...rest,
    id,
    name,
    user_id,
    client_id,
    session_id,
    transaction_id,
    value,
    currency,
    event,
    signals,
    assessment,
    occurred_at: event.timestamp,
    request_id: provenance.requestId,
    key_id: provenance.keyId,
    country: signals.country,
    score: assessment.score,
    anomaly: isAnomaly,
    found_at: isAnomaly ? new Date(NOW_MS).toISOString() : null,
    entity: isAnomaly ? entityOf(scored) : null,
  };
}

const TEXTS = [
  "a\tb",
  "a\nb",
  "a\\nb",
  "null",
  "",
  '"',
  "\\",
  "{}",
  "\u2028",
  "😀",
  "\u007f\u0001",
  "'; --",
  "\r\n",
  "$1",
  "ß",
];
const NUMBERS = [0, -0, 0.1, 1e-7, 5.800008296966553, 1 / 3, 9_999_999_999, 1e21, 1e-30, 0.30000000000000004];

/** An event of which any text and number may be an odd one. */
function strangeEvent(random: Random, nth: number): ScoredEvent {
  const text = (usual: string) => (chance(random, 0.5) ? usual : pick(random, TEXTS));
  const number = () => pick(random, NUMBERS);
  const maybe = <T>(value: T) => (chance(random, 0.3) ? undefined : value);
  return scoredEvent(
    {
      id: `evt_${10_000_000 + nth}`,
      timestamp: chance(random, 0.5) ? "2026-11-21T09:59:59.000Z" : "2026-02-28T23:59:59.123456+02:00",
      user_id: maybe(text("user-1")),
      client_id: maybe(text("client-1")),
      session_id: maybe(text("session-1")),
      value: maybe(number()),
      currency: maybe("EUR"),
      properties: maybe({ [text("key")]: [text("value"), number(), null, { [text("deep")]: false }] }),
    },
    { score: number(), ...(chance(random, 0.3) && ANOMALOUS) },
    {
      repeated: chance(random, 0.5),
      signals: { country: maybe(text("DE")), city: maybe(text("Köln")), latitude: maybe(number()) },
      feature_set: text("shop-v4"),
      features: Array.from({ length: below(random, 4) }, number),
      rules: { [text("velocity")]: number() },
      shadow: chance(random, 0.5)
        ? null
        : { model: text("m"), client_model: null, calibration: text("c"), score: number(), anomaly: false },
    },
  );
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

  it("reads of 3,000 events, whatever stands in their texts and numbers, what a record of all columns holds", async () => {
    const random = seededRandom(11);
    const scored = Array.from({ length: 3_000 }, (_each, nth) => strangeEvent(random, nth));
    const rows = scored.map((one) => eventRow(one, provenance));
    const records = JSON.stringify(scored.map(recordOf));
    const difference = async (one: SQL, other: SQL) =>
      queryRows(database.db, z.unknown(), sql`${one} EXCEPT ALL ${other}`);
    const columns = sql.raw(RECORD.map(([name]) => name).join(", "));
    const lines = sql`SELECT ${columns} FROM (${intakeOf(rows)}) AS intake`;
    const types = sql.raw(RECORD.map((column) => column.join(" ")).join(", "));
    const reference = sql`SELECT ${columns} FROM jsonb_to_recordset(${records}::jsonb) AS record (${types})`;
    expect([await difference(lines, reference), await difference(reference, lines)]).toEqual([[], []]);
    expect(await queryRows(database.db, z.unknown(), lines)).toHaveLength(3_000);
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
