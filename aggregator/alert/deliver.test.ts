import { eq, sql } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import type { Db } from "../store/db.ts";
import { webhooks } from "../store/schema.ts";
import { claimDelivery, settleAttempt } from "./deliveries.ts";
import { consumeDeliveries, deliverDue, deliverNow, LEASE_MS, type AlertServices } from "./deliver.ts";
import { ATTEMPT_WAITS_MS } from "./schedule.ts";
import {
  alerting,
  attemptRows,
  deliveryStates,
  insertAlerts,
  insertHook,
  queueBatch,
  SECRET,
} from "./test-alerting.ts";
import { answering, silence, startEndpoint, type Answer } from "./test-endpoint.ts";
import { db, endpoint, setUpEach } from "./test-set-up.ts";
import { changeWebhook, deleteWebhook, findWebhook, rotateSecret } from "./webhooks.ts";

const DEADLINE_MS = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

setUpEach();

/** One enabled webhook at the endpoint, and one alert for it. */
async function oneAlert(over: Parameters<typeof alerting>[1] = {}) {
  const world = alerting(db, over);
  await insertHook(db, { id: "wh_1", url: endpoint.url });
  const [id = ""] = await insertAlerts(db, "wh_1", world.clock.nowMs);
  return { ...world, id };
}

async function only<T>(rows: Promise<T[]>): Promise<T> {
  const [row, ...more] = await rows;
  if (row === undefined || more.length > 0) throw new Error("expected exactly one row");
  return row;
}

/** A batch of the delivery queue, with what goes on after it. @returns how each message ended */
async function consume(bodies: readonly unknown[], services: AlertServices): Promise<string[]> {
  const { batch, ends } = queueBatch(bodies);
  const work: Promise<unknown>[] = [];
  await consumeDeliveries(batch, { ...services, waitUntil: (more) => work.push(more) });
  await Promise.all(work);
  return ends;
}

describe("deliverNow", () => {
  it("delivers a fresh alert without waiting for its lease, signed as Standard Webhooks are", async () => {
    const { services, clock, id, queued } = await oneAlert();
    await deliverNow(services, [id]);

    const [{ headers, body } = { headers: {}, body: "" }] = endpoint.received;
    expect(new Webhook(SECRET).verify(body, headers)).toEqual({
      type: "anomaly.detected",
      timestamp: new Date(clock.nowMs).toISOString(),
      data: { alert: { id: id.replace("msg", "alt") } },
    });
    expect(headers["webhook-id"]).toBe(id);
    expect(await only(deliveryStates(db))).toMatchObject({
      status: "delivered",
      attempts: 1,
      finishedAt: new Date(clock.nowMs),
    });
    expect(await only(attemptRows(db))).toMatchObject({ attempt: 1, status: 204, error: null, answer: "" });
    expect(queued).toEqual([]);
  });

  it("leaves alone what was attempted before, though it is named again", async () => {
    const { services, id } = await oneAlert();
    endpoint.answer = answering(500);
    await deliverNow(services, [id]);
    await deliverNow(services, [id]);
    expect(endpoint.received).toHaveLength(1);
  });

  it("delivers once when two workers are told of the same delivery at once", async () => {
    const { services, id } = await oneAlert();
    await Promise.all([deliverNow(services, [id, id]), deliverNow(services, [id])]);
    expect(endpoint.received).toHaveLength(1);
    expect(await attemptRows(db)).toHaveLength(1);
  });

  it("sends nothing to a webhook that was disabled while the alert was being made", async () => {
    const { services, id } = await oneAlert();
    await db.update(webhooks).set({ enabled: false });
    await deliverNow(services, [id]);
    expect(endpoint.received).toEqual([]);
    expect(await attemptRows(db)).toEqual([]);
  });

  it("does not throw when the database is away, because the cron finds the delivery", async () => {
    const { services, logged, id } = await oneAlert();
    await deliverNow({ ...services, db: awayAfter(0) }, [id]);
    expect(logged).toEqual([{ task: "deliver-now", deliveries: 1, cause: "Error: away" }]);
    expect(endpoint.received).toEqual([]);
  });
});

describe("a failing endpoint", () => {
  const faults: { fault: string; answer: Answer }[] = [
    { fault: "answers 500", answer: answering(500) },
    { fault: "is silent", answer: silence },
    { fault: "redirects", answer: answering(302, { location: "http://127.0.0.1:1/" }) },
    { fault: "hangs up", answer: (response) => response.destroy() },
    { fault: "answers 503 with far too much", answer: answering(503, {}, "x".repeat(5_000_000)) },
    { fault: "answers 500 and hangs", answer: (response) => response.writeHead(500).write("o") },
  ];
  it.each(faults)(
    "that $fault is tried again after 5 s with the same id, and then has its alert",
    async ({ answer }) => {
      const { services, clock, id, queued } = await oneAlert();
      endpoint.answer = answer;
      await deliverNow(services, [id], DEADLINE_MS);
      expect(await only(deliveryStates(db))).toMatchObject({
        status: "pending",
        nextAttemptAt: new Date(clock.nowMs + 5_000),
      });
      expect(queued).toEqual([{ deliveryId: id, delaySeconds: 5 }]);

      endpoint.answer = answering(200);
      clock.nowMs += 5_000;
      await consume([{ delivery_id: id }], services);
      expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered", attempts: 2 });
      expect(endpoint.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
      expect(endpoint.received[1]?.body).toBe(endpoint.received[0]?.body);
      expect((await attemptRows(db)).map(({ error }) => error === null)).toEqual([false, true]);
    },
  );

  it("that is not there has its alert once it is", async () => {
    const { services, clock, id } = await oneAlert();
    await endpoint.close();
    await deliverNow(services, [id], DEADLINE_MS);
    expect(await only(attemptRows(db))).toMatchObject({
      status: null,
      error: "the request failed (ECONNREFUSED)",
      answer: null,
    });

    const back = await startEndpoint(endpoint.port);
    clock.nowMs += 5_000;
    await deliverDue(services);
    await back.close();
    expect(back.received).toHaveLength(1);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered", attempts: 2 });
  });

  it("is tried ten times by the schedule, then its alert is exhausted and never tried again", async () => {
    const { services, clock, id, queued } = await oneAlert();
    endpoint.answer = answering(500);
    await deliverNow(services, [id]);
    for (const waitMs of ATTEMPT_WAITS_MS.slice(1)) {
      clock.nowMs += waitMs - 1;
      await deliverDue(services);
      clock.nowMs += 1;
      await deliverDue(services);
    }
    const attempts = await attemptRows(db);
    const waits = attempts
      .slice(1)
      .map(({ startedAt }, i) => startedAt.getTime() - (attempts[i]?.startedAt.getTime() ?? 0));
    expect(waits).toEqual(ATTEMPT_WAITS_MS.slice(1));
    expect(await only(deliveryStates(db))).toMatchObject({
      status: "exhausted",
      attempts: 10,
      finishedAt: new Date(clock.nowMs),
    });
    expect(queued).toEqual([{ deliveryId: id, delaySeconds: 5 }]);

    clock.nowMs += 30 * DAY_MS;
    await deliverDue(services);
    expect(endpoint.received).toHaveLength(10);
  });

  it("may ask for a longer wait", async () => {
    const { services, clock, id, queued } = await oneAlert();
    endpoint.answer = answering(429, { "retry-after": "9" });
    await deliverNow(services, [id]);
    expect(await only(deliveryStates(db))).toMatchObject({ nextAttemptAt: new Date(clock.nowMs + 9_000) });
    expect(queued).toEqual([{ deliveryId: id, delaySeconds: 9 }]);
  });

  it("that answers 410 is disabled, says why, and what waits for it is cancelled", async () => {
    const { services, clock, logged, id } = await oneAlert();
    await insertAlerts(db, "wh_1", clock.nowMs + 1);
    await insertHook(db, { id: "wh_2", url: endpoint.url, types: ["anomaly.detected"] });
    await insertAlerts(db, "wh_2", clock.nowMs);
    endpoint.answer = answering(410);
    await deliverNow(services, [id]);

    expect(await findWebhook(db, "wh_1")).toMatchObject({
      enabled: false,
      disabledReason: "its endpoint answered 410 Gone",
    });
    expect(await findWebhook(db, "wh_2")).toMatchObject({ enabled: true, disabledReason: null });
    const states = await deliveryStates(db);
    expect(states.map(({ webhookId, status }) => `${webhookId} ${status}`)).toEqual([
      "wh_1 cancelled",
      "wh_1 cancelled",
      "wh_2 pending",
    ]);
    expect(logged).toMatchObject([{ outcome: "disabled", disabledReason: "its endpoint answered 410 Gone" }]);
  });

  it("does not disable the URL that took its place meanwhile", async () => {
    const { services, clock, id } = await oneAlert();
    const successor = await startEndpoint();
    endpoint.answer = (response) => {
      void changeWebhook(db, "wh_1", { url: successor.url }, clock.nowMs).then(() => response.writeHead(410).end());
    };
    await deliverNow(services, [id]);
    expect(await findWebhook(db, "wh_1")).toMatchObject({ enabled: true, url: successor.url });

    clock.nowMs += LEASE_MS;
    await deliverDue(services);
    expect(successor.received).toHaveLength(1);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered" });
    await successor.close();
  });

  it("that only failed for 5 days is disabled, says so, and what waits for it is cancelled", async () => {
    const { services, clock, id } = await oneAlert();
    endpoint.answer = answering(500);
    await deliverNow(services, [id]);
    const failingSince = new Date(clock.nowMs);
    expect(await findWebhook(db, "wh_1")).toMatchObject({ enabled: true, failingSince });

    clock.nowMs += 5 * DAY_MS - 6 * 60_000;
    const [second = ""] = await insertAlerts(db, "wh_1", clock.nowMs);
    await deliverNow(services, [second]);
    clock.nowMs += 60_000;
    await deliverDue(services);
    expect(await findWebhook(db, "wh_1")).toMatchObject({ enabled: true, failingSince });

    clock.nowMs += 5 * 60_000;
    await insertAlerts(db, "wh_1", clock.nowMs);
    await deliverDue(services);
    expect(await findWebhook(db, "wh_1")).toMatchObject({
      enabled: false,
      disabledReason: "its endpoint only failed for 5 days",
    });
    expect((await deliveryStates(db)).map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled"]);
  });

  it("is not disabled by the first failure after a quiet month, for the alert would be lost to a blip", async () => {
    const { services, clock, id } = await oneAlert();
    await db.update(webhooks).set({ failingSince: new Date(clock.nowMs - 30 * DAY_MS) });
    endpoint.answer = answering(500);
    await deliverNow(services, [id]);
    expect(await findWebhook(db, "wh_1")).toMatchObject({ enabled: true });

    endpoint.answer = answering(200);
    clock.nowMs += 5_000;
    await deliverDue(services);
    expect(await findWebhook(db, "wh_1")).toMatchObject({ enabled: true, failingSince: null });
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered" });
  });
});

describe("deliverDue", () => {
  it("delivers once when workers race for the same rows", async () => {
    const { services, clock } = await oneAlert();
    const ids = await insertAlerts(db, "wh_1", clock.nowMs + 1, 10);
    clock.nowMs += LEASE_MS + 1;
    const bodies = ids.map((id) => ({ delivery_id: id }));
    await Promise.all([deliverDue(services), deliverDue(services), consume(bodies, services)]);
    const received = endpoint.received.map(({ headers }) => headers["webhook-id"]);
    expect(received).toHaveLength(11);
    expect(new Set(received).size).toBe(11);
    expect((await attemptRows(db)).map(({ attempt }) => attempt)).toEqual(Array(11).fill(1));
  });

  it("attempts again after the lease what a worker that died had claimed", async () => {
    const { services, clock, id } = await oneAlert();
    expect(await claimDelivery(db, id, "fresh", clock.nowMs, LEASE_MS)).not.toBeNull();

    clock.nowMs += LEASE_MS - 1;
    await deliverDue(services);
    expect(endpoint.received).toEqual([]);
    clock.nowMs += 1;
    await deliverDue(services);
    expect(endpoint.received.map(({ headers }) => headers["webhook-id"])).toEqual([id]);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered", attempts: 2 });
    expect(await only(attemptRows(db))).toMatchObject({ attempt: 2 });
  });

  it("lets a worker that comes back after its lease neither shift nor end what another has begun, unless it delivered", async () => {
    const { clock, id } = await oneAlert();
    const claimed = async () => {
      const claim = await claimDelivery(db, id, "due", clock.nowMs, LEASE_MS);
      if (claim === null) throw new Error("not to be had");
      return claim;
    };
    const record = {
      startedAtMs: clock.nowMs,
      durationMs: 1,
      status: 500,
      error: "answered 500",
      answer: "",
      timedOut: false,
    };
    clock.nowMs += LEASE_MS;
    const stalled = await claimed();
    clock.nowMs += LEASE_MS;
    const second = await claimed();
    const leased = await only(deliveryStates(db));

    for (const late of [{ kind: "retry", afterMs: 1 }, { kind: "exhausted" }] as const) {
      await settleAttempt(db, stalled, late, record, clock.nowMs);
      expect(await only(deliveryStates(db))).toEqual(leased);
    }
    await settleAttempt(db, stalled, { kind: "delivered" }, { ...record, status: 200, error: null }, clock.nowMs);
    await settleAttempt(db, second, { kind: "retry", afterMs: 300_000 }, record, clock.nowMs);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered", attempts: 2 });
  });

  it("attempts again what was sent and could not be written down, with the same id for the receiver to know it by", async () => {
    const { services, clock, logged, id } = await oneAlert();
    await deliverNow({ ...services, db: awayAfter(2) }, [id]); // looked up, claimed, and then away
    expect(logged).toMatchObject([{ task: "attempt", deliveryId: id, cause: "Error: away" }]);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "pending", attempts: 1 });

    clock.nowMs += LEASE_MS;
    await deliverDue(services);
    expect(endpoint.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered", attempts: 2 });
  });

  it("delivers to a live endpoint in the same run though a dead one has hundreds of older alerts", async () => {
    const { services, clock } = alerting(db);
    const dead = await startEndpoint();
    dead.answer = silence;
    await insertHook(db, { id: "wh_dead", url: dead.url });
    await insertHook(db, { id: "wh_live", url: endpoint.url });
    await insertAlerts(db, "wh_dead", clock.nowMs - 60_000, 1_000);
    await insertAlerts(db, "wh_live", clock.nowMs, 20);
    clock.nowMs += LEASE_MS;
    await deliverDue(services, 5 * DEADLINE_MS); // the live one has time to answer on a busy machine

    expect(endpoint.received).toHaveLength(20);
    expect(dead.received).toHaveLength(2);
    const states = (await deliveryStates(db)).filter(({ webhookId }) => webhookId === "wh_dead");
    expect(states.every((state) => state.status === "pending")).toBe(true);
    await dead.close();
  });

  it("sends a webhook what waits for it in the order it was alerted, one after the other", async () => {
    const { services, clock } = alerting(db);
    await insertHook(db, { id: "wh_1", url: endpoint.url });
    const recent = await insertAlerts(db, "wh_1", clock.nowMs, 8);
    const old = await insertAlerts(db, "wh_1", clock.nowMs - 1_000, 8);
    let open = 0;
    endpoint.answer = (response) => {
      expect(++open).toBe(1);
      setImmediate(() => {
        open--;
        response.writeHead(204).end();
      });
    };
    clock.nowMs += LEASE_MS;
    await deliverDue(services);
    expect(endpoint.received.map(({ headers }) => headers["webhook-id"])).toEqual([...old, ...recent]);
  });

  it("finds a short wait that the queue would not take", async () => {
    const { services, clock, logged, id } = await oneAlert({ retryLater: () => Promise.reject(new Error("full")) });
    endpoint.answer = answering(500);
    await deliverNow(services, [id]);
    expect(logged).toContainEqual({ task: "retry-later", deliveryId: id, cause: "Error: full" });

    endpoint.answer = answering(200);
    clock.nowMs += 5_000;
    await deliverDue(services);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered" });
  });

  it("cancels what came in while its webhook was being disabled or deleted", async () => {
    const { services, clock } = await oneAlert();
    await insertHook(db, { id: "wh_2", url: endpoint.url });
    await insertAlerts(db, "wh_2", clock.nowMs);
    await db.update(webhooks).set({ enabled: false }).where(eq(webhooks.id, "wh_1"));
    await db
      .update(webhooks)
      .set({ deletedAt: new Date(clock.nowMs) })
      .where(eq(webhooks.id, "wh_2"));
    clock.nowMs += LEASE_MS;
    await deliverDue(services);
    expect((await deliveryStates(db)).map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
    expect(endpoint.received).toEqual([]);
  });

  it("ends as exhausted what died in its tenth attempt, so that no delivery waits for ever", async () => {
    const { services, clock } = await oneAlert();
    await db.execute(sql`UPDATE deliveries SET attempts = 10`);
    clock.nowMs += LEASE_MS;
    await deliverDue(services);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "exhausted", finishedAt: new Date(clock.nowMs) });
    expect(endpoint.received).toEqual([]);
  });

  it("never requests a stored URL that is not allowed, and disables its webhook with the reason", async () => {
    const { services, id } = await oneAlert({
      config: { allowLocalWebhooks: false, publicUrl: "https://pulse.shop.com" },
    });
    await deliverNow(services, [id]);
    expect(endpoint.received).toEqual([]);
    expect(await findWebhook(db, "wh_1")).toMatchObject({ enabled: false, disabledReason: "its URL must be https" });
    expect(await only(deliveryStates(db))).toMatchObject({ status: "cancelled" });
    expect(await only(attemptRows(db))).toMatchObject({ status: null, error: "the URL must be https" });
  });

  it("logs no secret and nothing of what was sent or answered", async () => {
    const { services, logged, id } = await oneAlert();
    endpoint.answer = answering(500, {}, "answered text");
    await deliverNow(services, [id]);
    expect(logged).toHaveLength(1);
    const line = JSON.stringify(logged);
    for (const confidential of [SECRET, "alt_", "answered text", endpoint.url])
      expect(line).not.toContain(confidential);
  });
});

describe("a restart", () => {
  it("in the middle of the retries costs none of them, though the queue forgot what it was to bring again", async () => {
    const { services, clock, id } = await oneAlert();
    endpoint.answer = answering(500);
    await deliverNow(services, [id]);
    const { nextAttemptAt: due } = await only(deliveryStates(db));

    const again = alerting(db);
    again.clock.nowMs = clock.nowMs + 4_000;
    await deliverDue(again.services);
    expect(endpoint.received).toHaveLength(1);
    again.clock.nowMs = clock.nowMs + 5_000;
    await deliverDue(again.services);
    expect(endpoint.received).toHaveLength(2);
    expect(await only(deliveryStates(db))).toMatchObject({
      attempts: 2,
      nextAttemptAt: new Date(due.getTime() + 300_000),
    });

    endpoint.answer = answering(204);
    const third = alerting(db);
    third.clock.nowMs = due.getTime() + 300_000;
    await deliverDue(third.services);
    expect(new Set(endpoint.received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([id]));
    expect((await attemptRows(db)).map(({ status }) => status)).toEqual([500, 500, 204]);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered", attempts: 3 });
  });
});

describe("consumeDeliveries", () => {
  it("leaves what is not due yet to the cron, and acknowledges it", async () => {
    const { services, id } = await oneAlert();
    const ends = await consume([{ delivery_id: id }], services);
    expect(endpoint.received).toEqual([]);
    expect(ends).toEqual(["acked"]);
  });

  it("acknowledges what it cannot read or does not know, beside what it delivers", async () => {
    const { services, clock, logged, id } = await oneAlert();
    clock.nowMs += LEASE_MS;
    const ends = await consume(["nonsense", { delivery_id: "msg_unknown" }, { delivery_id: id }, null], services);
    expect(endpoint.received).toHaveLength(1);
    expect(ends).toEqual(["acked", "acked", "acked", "acked"]);
    expect(logged[0]).toEqual({ task: "consume-deliveries", unreadable: 2 });
  });

  it("answers for its batch before an endpoint has answered, so that one that hangs holds up no other batch", async () => {
    const { services, clock, id } = await oneAlert();
    clock.nowMs += LEASE_MS;
    endpoint.answer = silence;
    const { batch, ends } = queueBatch([{ delivery_id: id }]);
    const work: Promise<unknown>[] = [];
    await consumeDeliveries(batch, { ...services, waitUntil: (more) => work.push(more) }, DEADLINE_MS);
    expect(ends).toEqual(["acked"]);
    expect(await attemptRows(db)).toEqual([]);
    await Promise.all(work);
    expect(await only(attemptRows(db))).toMatchObject({ status: null });
  });

  it("has the batch brought again when the database is away", async () => {
    const { services, logged, id } = await oneAlert();
    const ends = await consume([{ delivery_id: id }], { ...services, db: awayAfter(0) });
    expect(ends).toEqual(["again in 10 s"]);
    expect(logged).toEqual([{ task: "consume-deliveries", messages: 1, cause: "Error: away" }]);
  });
});

describe("a webhook that changes while alerts wait", () => {
  it("gets both signatures for 24 h after a rotation, and then the new one alone", async () => {
    const { services, clock } = await oneAlert();
    const secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    await rotateSecret(db, "wh_1", secret, clock.nowMs);

    clock.nowMs += DAY_MS - 1;
    await deliverDue(services);
    clock.nowMs += 1;
    await deliverNow(services, await insertAlerts(db, "wh_1", clock.nowMs));
    const signedBy = endpoint.received.map(({ headers, body }) => {
      const [id = "", seconds, signatures = ""] = ["id", "timestamp", "signature"].map(
        (name) => headers[`webhook-${name}`],
      );
      const by = (key: string) => new Webhook(key).sign(id, new Date(Number(seconds) * 1000), body);
      return signatures
        .split(" ")
        .map((signature) => (signature === by(secret) ? "new" : signature === by(SECRET) ? "old" : "?"));
    });
    expect(signedBy).toEqual([["new", "old"], ["new"]]);
  });

  it("gets nothing more once it is switched off, and nothing of the past when it is switched on again", async () => {
    const { services, clock } = await oneAlert();
    await changeWebhook(db, "wh_1", { enabled: false }, clock.nowMs);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "cancelled", finishedAt: new Date(clock.nowMs) });
    await changeWebhook(db, "wh_1", { enabled: true }, clock.nowMs);
    clock.nowMs += LEASE_MS;
    await deliverDue(services);
    expect(endpoint.received).toEqual([]);
  });

  it("gets nothing more once it is deleted", async () => {
    const { services, clock, id } = await oneAlert();
    await deleteWebhook(db, "wh_1", clock.nowMs);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "cancelled" });
    await deliverNow(services, [id]);
    expect(endpoint.received).toEqual([]);
  });

  it("leaves an attempt that was under way recorded as what it was: delivered when it succeeded", async () => {
    const { services, clock, id } = await oneAlert();
    endpoint.answer = (response) => {
      void deleteWebhook(db, "wh_1", clock.nowMs).then(() => response.writeHead(200).end());
    };
    await deliverNow(services, [id]);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "delivered" });
    expect(await only(attemptRows(db))).toMatchObject({ status: 200 });
  });

  it("leaves an attempt that was under way cancelled when it failed", async () => {
    const { services, clock, queued, id } = await oneAlert();
    endpoint.answer = (response) => {
      void deleteWebhook(db, "wh_1", clock.nowMs).then(() => response.writeHead(500).end());
    };
    await deliverNow(services, [id]);
    expect(await only(deliveryStates(db))).toMatchObject({ status: "cancelled" });
    expect(await only(attemptRows(db))).toMatchObject({ status: 500 });
    expect(queued).toEqual([]);
  });
});

/** The database, gone after some statements. */
function awayAfter(statements: number): Db {
  let left = statements;
  return new Proxy(db, {
    get(target, name, receiver) {
      if (name === "execute" && left-- <= 0) return () => Promise.reject(new Error("away"));
      const value: unknown = Reflect.get(target, name, receiver);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
