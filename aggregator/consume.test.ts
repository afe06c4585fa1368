import { afterEach, beforeAll, describe, expect, it } from "vitest";
import counts from "../shared/account.v1.json" with { type: "json" };
import { raiseAnomalies } from "./alert/rules/raise-anomalies.ts";
import {
  consumeAccounts,
  consumeAssessments,
  consumeDeadLetters,
  type Batch,
  type ConsumeServices,
} from "./consume.ts";
import { drainSpool } from "./drain.ts";
import intakeV1 from "./intake.v1.json" with { type: "json" };
import intakeV2 from "./intake.v2.json" with { type: "json" };
import intakeV3 from "./intake.v3.json" with { type: "json" };
import entry from "./spool.v1.json" with { type: "json" };
import { spoolKey } from "./spool.ts";
import { createDb, type Db } from "./store/db.ts";
import { testDatabase } from "./store/test-database.ts";
import { ANOMALOUS, intakeMessage, NOW_MS, scoredEvent } from "./test-events.ts";
import { testSpool } from "./test-spool.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

/** A database that cannot be reached. */
const away: Db = createDb({ databaseUrl: "postgres://u:p@db.example/shop", databaseEndpoint: null }, () =>
  Promise.reject(new TypeError("fetch failed")),
);

type Answer = "none" | "acked" | `retried after ${number} s`;

function batch(bodies: readonly unknown[], { attempts = 1 } = {}): Batch & { answer: Answer } {
  return {
    queue: "pulseecom-assessments",
    messages: bodies.map((body, index) => ({ id: `message${index}`, body, attempts })),
    answer: "none",
    ackAll() {
      this.answer = "acked";
    },
    retryAll({ delaySeconds }) {
      this.answer = `retried after ${delaySeconds} s`;
    },
  };
}

interface World extends ConsumeServices {
  spool: ReturnType<typeof testSpool>;
  /** Ids of the deliveries that were made, of each time that anomalies were raised. */
  delivered: string[][];
  /** What goes on after a batch was answered for. */
  goingOn: Promise<unknown>[];
  lines: Record<string, unknown>[];
}

function world(changes: Partial<World> = {}): World {
  const delivered: string[][] = [];
  const lines: Record<string, unknown>[] = [];
  const goingOn: Promise<unknown>[] = [];
  const nowMs = () => NOW_MS;
  let ids = 0;
  const newId = (prefix: string) => `${prefix}_${String(ids++).padStart(4, "0")}`;
  const raising = { db: database.db, nowMs, newId, config: { publicUrl: "https://pulse.example" } };
  return {
    db: database.db,
    spool: testSpool(),
    nowMs,
    newId,
    raiseNow: async () => void delivered.push((await raiseAnomalies(raising)).deliveries),
    waitUntil: (work) => void goingOn.push(work),
    goingOn,
    log: (line) => void lines.push(line),
    delivered,
    lines,
    ...changes,
  };
}

async function rows(sql: string): Promise<unknown[]> {
  return (await database.client.query(sql)).rows;
}

const storedIds = async () =>
  (await rows("SELECT id FROM events ORDER BY id")).map((row) => (row as { id: string }).id);
const failedRows = () => rows("SELECT id, event_id, reason, payload FROM failed_events ORDER BY id");
const countOf = async (table: string) => (await rows(`SELECT FROM ${table}`)).length;

const addWebhook = () =>
  rows(
    "INSERT INTO webhooks (id, url, types, secret) VALUES ('whk_1', 'https://h.example', '{anomaly.detected}', 's')",
  );

describe("consumeAssessments", () => {
  it("stores every event of every message, then acknowledges, then raises the anomalies", async () => {
    await addWebhook();
    const services = world();
    const taken = batch([
      intakeMessage(scoredEvent({ id: "evt_00000001" }), scoredEvent({ id: "evt_00000002" }, ANOMALOUS)),
      intakeMessage(scoredEvent({ id: "evt_00000003" })),
    ]);
    await consumeAssessments(taken, services);
    expect(taken.answer).toBe("acked");
    expect(await storedIds()).toEqual(["evt_00000001", "evt_00000002", "evt_00000003"]);
    await Promise.all(services.goingOn);
    expect(services.delivered).toEqual([[expect.stringMatching(/^msg_/)]]);
    expect(services.lines).toEqual([
      expect.objectContaining({ messages: 2, kind: "settled", events: 3, stored: 3, failed: 0, anomalies: 1 }),
    ]);
  });

  it("raises nothing a second time when a message is delivered twice", async () => {
    await addWebhook();
    const services = world();
    const message = intakeMessage(scoredEvent({ id: "evt_00000001" }, ANOMALOUS));
    await consumeAssessments(batch([message]), services);
    await consumeAssessments(batch([message]), services);
    await Promise.all(services.goingOn);
    expect(services.delivered).toHaveLength(1);
    expect(await Promise.all(["events", "anomalies", "alerts", "deliveries"].map(countOf))).toEqual([1, 1, 1, 1]);
  });

  it("stores once when two batches with the same ids are taken at once, each in its own order", async () => {
    await addWebhook();
    const services = world();
    const ids = Array.from({ length: 20 }, (_, index) => `evt_0000${String(index).padStart(4, "0")}`);
    const messages = ids.map((id) => intakeMessage(scoredEvent({ id, user_id: id }, ANOMALOUS)));
    const batches = [batch(messages), batch(messages.toReversed())];
    await Promise.all(batches.map((taken) => consumeAssessments(taken, services)));
    expect(batches.map(({ answer }) => answer)).toEqual(["acked", "acked"]);
    await Promise.all(services.goingOn);
    expect(await Promise.all(["events", "anomalies", "alerts", "deliveries"].map(countOf))).toEqual([20, 20, 20, 20]);
    expect(services.delivered.flat()).toHaveLength(20);
    expect(services.spool.objects.size).toBe(0);
  });

  it("records an event that is none, and stores its neighbours of the same message", async () => {
    const services = world();
    const { user_id: _, ...broken } = scoredEvent({ id: "evt_00000002" }) as Record<string, unknown>;
    const taken = batch([
      intakeMessage(
        scoredEvent({ id: "evt_00000001" }),
        { ...broken, runtime: "java" },
        scoredEvent({ id: "evt_00000003" }),
      ),
    ]);
    await consumeAssessments(taken, services);
    expect(taken.answer).toBe("acked");
    expect(await storedIds()).toEqual(["evt_00000001", "evt_00000003"]);
    expect(await failedRows()).toEqual([
      {
        id: "fail_message0_1",
        event_id: "evt_00000002",
        reason: expect.stringContaining("/runtime"),
        payload: intakeMessage({ ...broken, runtime: "java" }),
      },
    ]);
  });

  it.each([
    { body: null, because: "nothing" },
    { body: "text", because: "text" },
    { body: { v: 4, request_id: "r", key_id: "k", events: [{}] }, because: "a version to come" },
    { body: { v: 1, request_id: "r", key_id: "k", events: [] }, because: "a message of no event" },
  ])("records a message that holds $because once, however often it is delivered", async ({ body }) => {
    const services = world();
    for (const taken of [batch([body]), batch([body])]) {
      await consumeAssessments(taken, services);
      expect(taken.answer).toBe("acked");
    }
    expect(await failedRows()).toEqual([
      { id: "fail_message0", event_id: null, reason: expect.stringContaining("not an intake message"), payload: body },
    ]);
  });

  it.each([
    { at: 0, because: "first" },
    { at: 6, because: "among the others" },
    { at: 12, because: "last" },
  ])("records the row the database refuses, $because, and stores all others", async ({ at }) => {
    const services = world();
    const ids = Array.from({ length: 13 }, (_, index) => `evt_0000${String(index).padStart(4, "0")}`);
    const messages = ids.map((id, index) =>
      intakeMessage(scoredEvent({ id }, {}, index === at ? { features: [1e300] } : {})),
    );
    const taken = batch(messages);
    await consumeAssessments(taken, services);
    expect(taken.answer).toBe("acked");
    expect(await storedIds()).toEqual(ids.filter((_, index) => index !== at));
    expect(await failedRows()).toEqual([
      {
        id: `fail_message${at}_0`,
        event_id: ids[at],
        reason: "refused by the database: SQLSTATE 22003",
        payload: messages[at],
      },
    ]);
  });

  it("records what Postgres cannot even hold as a failure, with U+FFFD in its place", async () => {
    const services = world();
    await consumeAssessments(
      batch([
        intakeMessage(scoredEvent({ id: "evt_00000001", coupon: "a\u0000b\ud83d" })),
        intakeMessage(scoredEvent({ id: "evt_00000002" })),
      ]),
      services,
    );
    expect(await storedIds()).toEqual(["evt_00000002"]);
    expect(await failedRows()).toEqual([
      expect.objectContaining({
        event_id: "evt_00000001",
        payload: intakeMessage(scoredEvent({ id: "evt_00000001", coupon: "a\ufffdb\ufffd" })),
      }),
    ]);
  });

  it("records a message too deep for Postgres, cut off", async () => {
    let deep: unknown = "bottom";
    for (let level = 0; level < 20_000; level++) deep = [deep];
    const services = world();
    const taken = batch([{ v: 9, deep }]);
    await consumeAssessments(taken, services);
    expect(taken.answer).toBe("acked");
    expect(await countOf("failed_events")).toBe(1);
  });

  it("does not call an event failed that is stored, so that the books count it once", async () => {
    const services = world();
    await consumeAssessments(batch([intakeMessage(scoredEvent({ id: "evt_00000001" }))]), services);
    await consumeAssessments(
      batch([intakeMessage({ ...scoredEvent({ id: "evt_00000001" }), runtime: "java" })]),
      services,
    );
    expect(await failedRows()).toEqual([]);
  });
});

describe("a database that is away", () => {
  const messages = [intakeMessage(scoredEvent({ id: "evt_00000001" }, ANOMALOUS)), { v: 2 }];

  it("costs no retry of the queue: the messages are spooled and acknowledged, and drained exactly once when it is back", async () => {
    const outage = world({ db: away });
    const taken = batch(messages);
    await consumeAssessments(taken, outage);
    expect(taken.answer).toBe("acked");
    expect(outage.lines).toEqual([expect.objectContaining({ kind: "spooled", messages: 2 })]);
    expect(await storedIds()).toEqual([]);

    const back = world({ spool: outage.spool });
    expect(await drainSpool(back)).toEqual({ entries: 1, events: 2, stored: 1, failed: 1, anomalies: 1, left: 0 });
    expect(await drainSpool(back)).toEqual({ entries: 0, events: 0, stored: 0, failed: 0, anomalies: 0, left: 0 });
    expect(await storedIds()).toEqual(["evt_00000001"]);
    expect(await Promise.all(["anomalies", "failed_events"].map(countOf))).toEqual([1, 1]);
    expect(outage.spool.objects.size).toBe(0);
  });

  it("leaves the spool as it is while it stays away, and tries one entry only", async () => {
    const services = world({ db: away });
    for (let i = 0; i < 3; i++) await consumeAssessments(batch(messages), services);
    const before = new Map(services.spool.objects);
    expect(await drainSpool(services)).toMatchObject({
      entries: 0,
      left: 1,
      cause: expect.stringContaining("fetch failed"),
    });
    expect(services.spool.objects).toEqual(before);
  });

  it.each([
    { attempts: 1, delaySeconds: 10 },
    { attempts: 3, delaySeconds: 40 },
    { attempts: 60, delaySeconds: 900 },
  ])(
    "leaves the messages to the queue when the spool is away too: attempt $attempts waits $delaySeconds s",
    async (wait) => {
      const spool = testSpool({ put: () => Promise.reject(new Error("R2 is away")) });
      const services = world({ db: away, spool });
      const taken = batch(messages, wait);
      await consumeAssessments(taken, services);
      expect(taken.answer).toBe(`retried after ${wait.delaySeconds} s`);
      expect(services.lines).toEqual([
        expect.objectContaining({ kind: "retried", cause: expect.stringContaining("R2 is away") }),
      ]);
    },
  );
});

describe("drainSpool", () => {
  /** A spool with one entry per list of events. */
  async function spooled(...entries: unknown[][]): Promise<World> {
    let nowMs = NOW_MS;
    const services = world({ db: away, nowMs: () => nowMs++ });
    for (const events of entries) await consumeAssessments(batch([intakeMessage(...events)]), services);
    return { ...services, db: database.db };
  }

  it("stores nothing twice when it died between storing and deleting", async () => {
    const services = await spooled([scoredEvent({ id: "evt_00000001" }, ANOMALOUS)]);
    const dying = { ...services.spool, delete: () => Promise.reject(new Error("died")) };
    expect(await drainSpool({ ...services, spool: dying })).toMatchObject({ entries: 0, left: 1 });
    expect(await storedIds()).toEqual(["evt_00000001"]);
    expect(await drainSpool(services)).toMatchObject({ entries: 1, stored: 0 });
    expect(await Promise.all(["events", "anomalies"].map(countOf))).toEqual([1, 1]);
    expect(services.spool.objects.size).toBe(0);
  });

  it("stores nothing twice when two run at once", async () => {
    const services = await spooled(
      ...Array.from({ length: 5 }, (_, i) => [scoredEvent({ id: `evt_0000000${i}` }, ANOMALOUS)]),
    );
    const [one, other] = await Promise.all([drainSpool(services), drainSpool(services)]);
    expect(one.stored + other.stored).toBe(5);
    expect(await Promise.all(["events", "anomalies"].map(countOf))).toEqual([5, 5]);
    expect(services.spool.objects.size).toBe(0);
  });

  it("goes on past the first page of the listing", async () => {
    const services = await spooled(
      ...Array.from({ length: 120 }, (_, i) => [scoredEvent({ id: `evt_00000${100 + i}` })]),
    );
    expect(await drainSpool(services)).toMatchObject({ entries: 120, stored: 120 });
  });

  it("buries an entry that cannot be read, and stores those behind it", async () => {
    const services = await spooled([scoredEvent({ id: "evt_00000001" })]);
    const key = spoolKey(0, "x");
    services.spool.objects.set(key, "{ broken\u0000");
    expect(await drainSpool(services)).toMatchObject({ entries: 2, stored: 1, failed: 1 });
    expect(await failedRows()).toEqual([
      expect.objectContaining({ id: `fail_${key}`, event_id: null, payload: "{ broken\ufffd" }),
    ]);
  });

  it("goes on behind an entry that cannot be read from the bucket, and keeps it", async () => {
    const services = await spooled([scoredEvent({ id: "evt_00000001" })], [scoredEvent({ id: "evt_00000002" })]);
    const [first] = services.spool.objects.keys();
    const spool = {
      ...services.spool,
      get: (key: string) => (key === first ? Promise.reject(new Error("R2 500")) : services.spool.get(key)),
    };
    expect(await drainSpool({ ...services, spool })).toMatchObject({ entries: 1, left: 1, cause: "Error: R2 500" });
    expect(await storedIds()).toEqual(["evt_00000002"]);
    expect([...services.spool.objects.keys()]).toEqual([first]);
  });

  it("ends before the next minute's run, and leaves the rest to it", async () => {
    const services = await spooled(...Array.from({ length: 10 }, (_, i) => [scoredEvent({ id: `evt_0000000${i}` })]));
    let nowMs = NOW_MS;
    expect(await drainSpool({ ...services, nowMs: () => (nowMs += 10_000) })).toMatchObject({ stored: 2 });
    expect(await drainSpool(services)).toMatchObject({ stored: 8 });
  });
});

describe("consumeDeadLetters", () => {
  const message = intakeMessage(scoredEvent({ id: "evt_00000001" }), { event: "broken" });
  const recorded = [
    { id: "fail_message0_0", event_id: "evt_00000001", payload: intakeMessage(scoredEvent({ id: "evt_00000001" })) },
    { id: "fail_message0_1", event_id: null, payload: intakeMessage({ event: "broken" }) },
    { id: "fail_message1", event_id: null, payload: "noise" },
  ].map((row) => expect.objectContaining({ ...row, reason: expect.any(String) }));

  it("records what the queue gave up on, event by event, and stores none of it", async () => {
    const taken = batch([message, "noise"]);
    await consumeDeadLetters(taken, world());
    expect(taken.answer).toBe("acked");
    expect(await failedRows()).toEqual(recorded);
    expect(await storedIds()).toEqual([]);
  });

  it("records it once the database is back when it is away", async () => {
    const outage = world({ db: away });
    const taken = batch([message, "noise"]);
    await consumeDeadLetters(taken, outage);
    expect(taken.answer).toBe("acked");
    await drainSpool({ ...outage, db: database.db });
    expect(await failedRows()).toEqual(recorded);
    expect(await storedIds()).toEqual([]);
  });

  it("leaves out what is stored already, so that no event is both", async () => {
    await consumeAssessments(batch([intakeMessage(scoredEvent({ id: "evt_00000001" }))]), world());
    await consumeDeadLetters(batch([message]), world());
    expect(await failedRows()).toEqual([recorded[1]]);
  });
});

/** What messages of a version said of every event, with what stands for what they did not say. */
const EARLIER = [
  { intake: intakeV1, unsaid: { repeated: false, rules: {}, shadow: null } },
  { intake: intakeV2, unsaid: { rules: {}, shadow: null } },
  { intake: intakeV3, unsaid: {} },
];

describe("what was written before a deployment", () => {
  it.each(EARLIER)("is stored whole of an intake message of version $intake.v", async ({ intake, unsaid }) => {
    const services = world();
    const taken = batch([intake]);
    await consumeAssessments(taken, services);
    expect(taken.answer).toBe("acked");
    expect(await failedRows()).toEqual([]);
    const { events, request_id, key_id } = intake;
    expect(await rows("SELECT * FROM events ORDER BY id")).toMatchObject(
      events.map(({ received_at, ...scored }) => ({
        ...scored,
        ...unsaid,
        id: scored.event.id,
        received_at: new Date(received_at),
        anomaly: scored.assessment.anomaly,
        request_id,
        key_id,
      })),
    );
    expect(await countOf("alerts")).toBe(1);
  });

  it("is drained of an entry of the spool", async () => {
    const services = world();
    services.spool.objects.set(spoolKey(0, "golden"), JSON.stringify(entry));
    expect(await drainSpool(services)).toMatchObject({ entries: 1, events: 2, failed: 2, left: 0 });
    expect(await failedRows()).toMatchObject([
      { id: "fail_0b6c1f7f5d1c4b7e8a9d0e1f2a3b4c5d_0", event_id: "evt_golden_03" },
      { id: "fail_1c7d2a8a6e2d5c8f9bae1f2a3b4c5d6e", event_id: null, payload: null },
    ]);
  });
});

describe("consumeAccounts", () => {
  const received = () => rows("SELECT sum(events)::integer AS events FROM edge_counts WHERE outcome = 'received'");

  it("counts each message once, and says how many were new", async () => {
    const services = world();
    for (const taken of [batch([counts, { ...counts, id: "acc_2" }]), batch([counts])]) {
      await consumeAccounts(taken, services);
      expect(taken.answer).toBe("acked");
    }
    expect(await received()).toEqual([{ events: 20 }]);
    expect(services.lines).toEqual([
      expect.objectContaining({ kind: "settled", messages: 2, counted: 2, failed: 0 }),
      expect.objectContaining({ kind: "settled", messages: 1, counted: 0, failed: 0 }),
    ]);
  });

  it("records what is no message of counts as a failure of no event, and counts its neighbours", async () => {
    const services = world();
    await consumeAccounts(batch([{ ...counts, v: 2 }, counts]), services);
    expect(await received()).toEqual([{ events: 10 }]);
    expect(await rows("SELECT id, kind, events, payload FROM failed_events")).toEqual([
      { id: "fail_message0", kind: "accounts", events: 0, payload: { ...counts, v: 2 } },
    ]);
  });

  it("sets them aside while the database is away, and counts them once when it is back", async () => {
    const outage = world({ db: away });
    const taken = batch([counts]);
    await consumeAccounts(taken, outage);
    expect(taken.answer).toBe("acked");
    const back = world({ spool: outage.spool });
    const dying = { ...outage.spool, delete: () => Promise.reject(new Error("died")) };
    expect(await drainSpool({ ...back, spool: dying })).toMatchObject({ left: 1 });
    expect(await drainSpool(back)).toMatchObject({ entries: 1, events: 0, stored: 0, left: 0 });
    expect(await received()).toEqual([{ events: 10 }]);
  });

  it("leaves them to the queue when nothing else would keep them", async () => {
    const spool = testSpool({ put: () => Promise.reject(new Error("R2 is away")) });
    const taken = batch([counts]);
    await consumeAccounts(taken, world({ db: away, spool }));
    expect(taken.answer).toBe("retried after 10 s");
  });
});
