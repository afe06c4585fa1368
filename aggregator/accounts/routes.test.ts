import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { consumeAccounts, consumeAssessments, consumeDeadLetters, type ConsumeServices } from "../consume.ts";
import { drainSpool } from "../drain.ts";
import type { QueueMessage } from "../intake.ts";
import { createDb } from "../store/db.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { NOW_MS, scoredEvent } from "../test-events.ts";
import { testSpool } from "../test-spool.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

/** A database that cannot be reached. */
const away = createDb({ databaseUrl: "postgres://u:p@db.example/shop", databaseEndpoint: null }, () =>
  Promise.reject(new TypeError("fetch failed")),
);

const MINUTE_MS = 60_000;
const minuteOf = (minute: number) => new Date(NOW_MS + minute * MINUTE_MS).toISOString();

interface Copy {
  /** The minute it came in, from 10:00. */
  minute?: number;
  id: string;
  request: string;
  repeated?: boolean;
  broken?: boolean;
}

/** The message an edge puts on the queue for one copy of an event. */
function eventMessage({ minute = 0, id, request, repeated = false, broken = false }: Copy): QueueMessage {
  const scored = scoredEvent({ id }, {}, { received_at: minuteOf(minute), repeated });
  const events = [broken ? { ...scored, runtime: "java" } : scored];
  return { id: `msg_${request}_${id}`, body: { v: 2, request_id: request, key_id: "key_1", events } };
}

type Counts = Partial<Record<"received" | "accepted" | "duplicate" | "limited", number>> & {
  rejected?: Record<string, number>;
};

/** The message an edge sends of what it counted, by minute from 10:00. */
function counts(id: string, ...minutes: Counts[]): QueueMessage {
  const none = { received: 0, accepted: 0, duplicate: 0, limited: 0, rejected: {} };
  return {
    id: `queue_${id}`,
    body: { v: 1, id, minutes: minutes.map((counted, at) => ({ minute: minuteOf(at), ...none, ...counted })) },
  };
}

/** The aggregator around one database, with what waits outside of it. */
async function aggregator({ waiting = 0 }: { waiting?: number | Error } = {}) {
  const spool = testSpool();
  const services = {
    db: database.db,
    spool,
    nowMs: () => NOW_MS,
    newId: (prefix) => `${prefix}_${spool.objects.size}`,
    raiseNow: async () => undefined,
    waitUntil: () => undefined,
    log: () => undefined,
  } satisfies ConsumeServices;
  const { call } = await testApp(database.db, {
    spool,
    waitingMessages: async () => {
      if (waiting instanceof Error) throw waiting;
      return waiting;
    },
  });
  const batch = (messages: QueueMessage[]) => ({
    queue: "test",
    messages: messages.map((message) => ({ ...message, attempts: 1 })),
    ackAll() {},
    retryAll() {
      throw new Error("nothing is to be retried in this test");
    },
  });
  return {
    services,
    call,
    store: (...copies: Copy[]) => consumeAssessments(batch(copies.map(eventMessage)), services),
    bury: (...copies: Copy[]) => consumeDeadLetters(batch(copies.map(eventMessage)), services),
    count: (...messages: QueueMessage[]) => consumeAccounts(batch(messages), services),
    async failedIds() {
      const { body } = await call("/v1/failed-events");
      return z
        .object({ data: z.array(z.object({ id: z.string() })) })
        .parse(body)
        .data.map(({ id }) => id);
    },
    replay: (id: string) =>
      call(`/v1/failed-events/${encodeURIComponent(id)}/replay`, { method: "POST", as: "operator" }),
    /** The books of minutes from 10:00 on. */
    async books(from = 0, to = 10) {
      const { status, body } = await call(`/v1/accounting?from=${minuteOf(from)}&to=${minuteOf(to)}`);
      expect(status).toBe(200);
      return z.record(z.string(), z.unknown()).parse(body);
    },
  };
}

const [A, B] = ["evt_0000000a", "evt_0000000b"];

describe("GET /v1/accounting", () => {
  it("tells what became of everything, from counts of the edge and of the database", async () => {
    const { store, count, books } = await aggregator();
    await store({ id: A, request: "r1" }, { id: B, request: "r2", broken: true });
    await count(
      counts("acc_1", { received: 9, accepted: 2, duplicate: 1, limited: 2, rejected: { invalid: 3, "too-large": 1 } }),
    );
    expect(await books()).toEqual({
      from: "2026-11-21T10:00:00.000Z",
      to: "2026-11-21T10:10:00.000Z",
      received: 9,
      accepted: 2,
      duplicate: 1,
      rejected: 4,
      limited: 2,
      rejected_by: { invalid: 3, "too-large": 1 },
      stored: 1,
      removed: 0,
      failed: 1,
      in_flight: 0,
      uncounted: 0,
      queue: { waiting_messages: 0, set_aside: 0 },
      balanced: true,
    });
  });

  it("has the last day by default, widened to whole minutes", async () => {
    const { call } = await aggregator();
    expect((await call("/v1/accounting")).body).toMatchObject({
      from: "2026-11-20T10:00:00.000Z",
      to: "2026-11-21T10:00:00.000Z",
      balanced: true,
    });
    expect((await call("/v1/accounting?from=2026-11-21T09:59:30%2B00:00")).body).toMatchObject({
      from: "2026-11-21T09:59:00.000Z",
      to: "2026-11-21T10:00:00.000Z",
    });
  });

  it.each(["from=yesterday", "from=2026-11-21T11:00:00Z&to=2026-11-21T10:00:00Z", "since=1"])(
    "refuses %s",
    async (query) => {
      const { call } = await aggregator();
      expect((await call(`/v1/accounting?${query}`)).status).toBe(422);
    },
  );

  it("counts a message of the edge once, however often the queue brings it", async () => {
    const { store, count, books } = await aggregator();
    await store({ id: A, request: "r1" });
    const message = counts("acc_1", { received: 1, accepted: 1 });
    await count(message);
    await count(message, message);
    expect(await books()).toMatchObject({ received: 1, accepted: 1, balanced: true });
  });

  it("shows what is stored before it is counted, and lost counts for good, as uncounted", async () => {
    const { store, count, books } = await aggregator();
    await store({ id: A, request: "r1" }, { id: B, request: "r2" });
    expect(await books()).toMatchObject({ received: 0, stored: 2, uncounted: 2, balanced: false });
    await count(counts("acc_1", { received: 1, accepted: 1 }));
    expect(await books()).toMatchObject({ accepted: 1, stored: 2, uncounted: 1, balanced: false });
  });

  it("shows an event that came in and whose end nobody told", async () => {
    const { count, books } = await aggregator();
    await count(counts("acc_1", { received: 1 }));
    expect(await books()).toMatchObject({ received: 1, accepted: 0, balanced: false });
  });

  it.each([
    { because: "its message waits on the queue", waiting: 1, queue: { waiting_messages: 1 }, balanced: true },
    { because: "nothing waits, so it is lost", waiting: 0, queue: { waiting_messages: 0 }, balanced: false },
    {
      because: "the queue does not tell, so nothing speaks for it",
      waiting: new Error("no metrics"),
      queue: { waiting_messages: null },
      balanced: false,
    },
  ])("says balanced: $balanced of an event in flight when $because", async ({ waiting, queue, balanced }) => {
    const { count, books } = await aggregator({ waiting });
    await count(counts("acc_1", { received: 1, accepted: 1 }));
    expect(await books()).toMatchObject({ in_flight: 1, queue, balanced });
  });

  it("says what is set aside while the database is away, and balances again when it is drained", async () => {
    const { services, store, count, books } = await aggregator();
    services.db = away;
    await store({ id: A, request: "r1" });
    await count(counts("acc_2", { received: 1, accepted: 1 }));
    services.db = database.db;
    await count(counts("acc_1", { received: 1, accepted: 1 }));
    expect(await books()).toMatchObject({ accepted: 1, in_flight: 1, queue: { set_aside: 2 }, balanced: true });
    await drainSpool(services);
    await store({ id: B, request: "r2" });
    expect(await books()).toMatchObject({ accepted: 2, stored: 2, queue: { set_aside: 0 }, balanced: true });
  });

  it("does not say what is set aside when the spool cannot be asked, and tells the rest", async () => {
    const { call } = await testApp(database.db, {
      spool: testSpool({ list: () => Promise.reject(new Error("R2 500")) }),
    });
    expect(await call("/v1/accounting")).toMatchObject({ status: 200, body: { queue: { set_aside: null } } });
  });

  it("stays even in every window when copies come that the edge did not know for duplicates", async () => {
    const { store, count, books } = await aggregator();
    await store({ id: A, request: "r1" });
    await store({ minute: 1, id: A, request: "r2" }, { minute: 2, id: A, request: "r3" });
    await store({ id: A, request: "r1" }); // the queue delivers again
    await count(
      counts("acc_1", { received: 1, accepted: 1 }, { received: 1, accepted: 1 }, { received: 1, accepted: 1 }),
    );
    expect(await books(0, 3)).toMatchObject({ accepted: 1, duplicate: 2, stored: 1, balanced: true });
    expect(await books(0, 1)).toMatchObject({ accepted: 1, duplicate: 0, stored: 1, balanced: true });
    expect(await books(1, 2)).toMatchObject({ accepted: 0, duplicate: 1, stored: 0, balanced: true });
    expect(await books(2, 3)).toMatchObject({ accepted: 0, duplicate: 1, stored: 0, balanced: true });
  });

  it("stays even when such copies come in one batch", async () => {
    const { store, count, books } = await aggregator();
    await store({ id: A, request: "r1" }, { id: A, request: "r2" }, { id: A, request: "r2" });
    await count(counts("acc_1", { received: 2, accepted: 2 }));
    expect(await books()).toMatchObject({ accepted: 1, duplicate: 1, stored: 1, in_flight: 0, balanced: true });
  });

  it("stays even in every window when the copy called a duplicate is stored before the accepted one", async () => {
    const { store, count, books } = await aggregator();
    await count(counts("acc_1", { received: 1, accepted: 1 }, { received: 1, duplicate: 1 }));
    await store({ minute: 1, id: A, request: "r2", repeated: true });
    expect(await books(1, 2)).toMatchObject({ accepted: 1, duplicate: 0, stored: 1, balanced: true });
    expect(await books(0, 1)).toMatchObject({ accepted: 1, stored: 0, in_flight: 1 });
    await store({ minute: 0, id: A, request: "r1" });
    expect(await books(0, 1)).toMatchObject({ accepted: 0, duplicate: 1, stored: 0, in_flight: 0, balanced: true });
    expect(await books(0, 2)).toMatchObject({ accepted: 1, duplicate: 1, stored: 1, balanced: true });
  });

  it("stays even when the accepted copy is lost and the repeated one is stored", async () => {
    const { store, count, books } = await aggregator();
    await count(counts("acc_1", { received: 1, rejected: { unavailable: 1 } }, { received: 1, duplicate: 1 }));
    await store({ minute: 1, id: A, request: "r2", repeated: true });
    expect(await books()).toMatchObject({ accepted: 1, duplicate: 0, rejected: 1, stored: 1, balanced: true });
  });

  it("counts a failure until it is replayed, and then the row", async () => {
    const { bury, count, books, failedIds, replay } = await aggregator();
    await bury({ id: A, request: "r1" });
    await count(counts("acc_1", { received: 1, accepted: 1 }));
    expect(await books()).toMatchObject({ accepted: 1, stored: 0, failed: 1, balanced: true });
    const [failure = ""] = await failedIds();
    expect((await replay(failure)).body).toEqual({ id: failure, status: "stored" });
    expect(await books()).toMatchObject({ accepted: 1, duplicate: 0, stored: 1, failed: 0, balanced: true });
  });

  it.each([
    { because: "the edge knew the retry", repeated: true, counted: { received: 1, duplicate: 1 } },
    { because: "the edge did not know the retry", repeated: false, counted: { received: 1, accepted: 1 } },
  ])(
    "takes a failure as resolved in every window once a retry of the sender is stored: $because",
    async ({ repeated, counted }) => {
      const { bury, store, count, books, failedIds, replay } = await aggregator();
      await bury({ id: A, request: "r1" });
      await store({ minute: 1, id: A, request: "r2", repeated });
      await count(counts("acc_1", { received: 1, accepted: 1 }, counted));
      const even = async () => {
        expect(await books(0, 1)).toMatchObject({ accepted: 0, duplicate: 1, stored: 0, failed: 0, balanced: true });
        expect(await books(1, 2)).toMatchObject({ accepted: 1, duplicate: 0, stored: 1, failed: 0, balanced: true });
      };
      await even();
      const [failure = ""] = await failedIds();
      expect((await replay(failure)).body).toEqual({ id: failure, status: "already_stored" });
      await even();
    },
  );

  it("stays even when both the accepted copy and the repeated one fail", async () => {
    const { bury, count, books } = await aggregator();
    await bury({ id: A, request: "r1" }, { minute: 1, id: A, request: "r2", repeated: true });
    await count(counts("acc_1", { received: 1, accepted: 1 }, { received: 1, duplicate: 1 }));
    expect(await books()).toMatchObject({ accepted: 1, duplicate: 1, stored: 0, failed: 1, balanced: true });
  });

  it("stays even when a copy fails whose event is stored, which makes it a duplicate", async () => {
    const { bury, store, count, books, failedIds } = await aggregator();
    await store({ id: A, request: "r1" });
    await bury({ id: A, request: "r1" }, { minute: 1, id: A, request: "r2" });
    await count(counts("acc_1", { received: 1, accepted: 1 }, { received: 1, accepted: 1 }));
    expect(await failedIds()).toEqual([]);
    expect(await books()).toMatchObject({ accepted: 1, duplicate: 1, stored: 1, failed: 0, balanced: true });
  });

  it("counts every event of a message that could not be taken apart as failed", async () => {
    const { services, count, books } = await aggregator();
    const received = (id: string) => ({ event: { id }, received_at: minuteOf(0) });
    const body = { v: 9, request_id: "r1", key_id: "key_1", events: [received(A), received(B)] };
    await consumeAssessments(
      { queue: "test", messages: [{ id: "m1", body, attempts: 1 }], ackAll() {}, retryAll() {} },
      services,
    );
    await count(counts("acc_1", { received: 2, accepted: 2 }));
    expect(await books()).toMatchObject({ accepted: 2, failed: 2, balanced: true });
  });

  it("takes the first moment of a window and leaves the last to the next", async () => {
    const { store, count, books } = await aggregator();
    await store({ minute: 1, id: A, request: "r1" }, { minute: 2, id: B, request: "r2", broken: true });
    await count(counts("acc_1", {}, { received: 1, accepted: 1 }, { received: 1, accepted: 1 }));
    expect(await books(0, 1)).toMatchObject({ received: 0, stored: 0, failed: 0, balanced: true });
    expect(await books(1, 2)).toMatchObject({ received: 1, stored: 1, failed: 0, balanced: true });
    expect(await books(2, 3)).toMatchObject({ received: 1, stored: 0, failed: 1, balanced: true });
  });

  it("stays even when stored events are deleted, and says how many", async () => {
    const { store, count, books } = await aggregator();
    await store({ id: A, request: "r1" }, { id: B, request: "r2" }, { minute: 1, id: A, request: "r3" });
    await count(counts("acc_1", { received: 2, accepted: 2 }, { received: 1, accepted: 1 }));
    await database.client.query("DELETE FROM events WHERE id = $1", [A]);
    expect(await books()).toMatchObject({ accepted: 2, duplicate: 1, stored: 2, removed: 1, balanced: true });
  });

  it("keeps as many stored as there are rows, whichever way they came", async () => {
    const { store, books } = await aggregator();
    await store({ id: A, request: "r1" }, { id: B, request: "r2" });
    await database.client.query(`
      INSERT INTO events SELECT (jsonb_populate_record(events, jsonb_build_object('id', 'evt_copy_' || n, 'received_at', received_at + n * interval '20 seconds'))).*
      FROM events, generate_series(1, 10) AS n WHERE id = '${A}'`);
    await store({ id: A, request: "r1" });
    const perMinute = await Promise.all(
      [0, 1, 2, 3, 4].map(async (minute) => (await books(minute, minute + 1))["stored"]),
    );
    expect(perMinute).toEqual([4, 3, 3, 2, 0]);
  });
});
