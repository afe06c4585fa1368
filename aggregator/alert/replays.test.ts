import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { alerts, deliveries } from "../store/schema.ts";
import { DeliveryAnswer } from "./answers.ts";
import { deliverDue, deliverNow, LEASE_MS } from "./deliver.ts";
import { deliveryOperations } from "./delivery-routes.ts";
import { raiseAlert } from "./raise.ts";
import { reviveMissed } from "./replays.ts";
import { ATTEMPT_WAITS_MS } from "./schedule.ts";
import { alerting, attemptRows, deliveryStates, insertAlerts, insertHook } from "./test-alerting.ts";
import { answering } from "./test-endpoint.ts";
import { db, endpoint, setUpEach, surfaceOf } from "./test-set-up.ts";
import { changeWebhook, findWebhook } from "./webhooks.ts";

const HOUR_MS = 60 * 60 * 1000;

setUpEach();

/** One enabled webhook at the endpoint, and the surface by which things are sent again. */
async function oneWebhook() {
  const world = alerting(db);
  await insertHook(db, { id: "wh_1", url: endpoint.url });
  const { call } = surfaceOf(deliveryOperations(world.services), world);
  const post = async (path: string, body?: object) => {
    const response = await call("POST", path, body);
    const answer: unknown = await response.json();
    return { status: response.status, body: answer };
  };
  const replay = async (id: string) => {
    const { status, body } = await post(`/v1/deliveries/${id}/replay`);
    expect(status).toBe(202);
    return DeliveryAnswer.parse(body);
  };
  const replayMissed = async (since: number) => {
    const answer = await post("/v1/webhooks/wh_1/replay", { since: new Date(since).toISOString() });
    expect(answer.status).toBe(202);
    return z.object({ deliveries: z.number() }).parse(answer.body).deliveries;
  };
  return { ...world, post, replay, replayMissed };
}

/** Alerts for the webhook of which nothing came. */
async function insertMissed(atMs: number, count: number, status: "exhausted" | "cancelled" = "exhausted") {
  const ids = await insertAlerts(db, "wh_1", atMs, count);
  await db
    .update(deliveries)
    .set({ status, attempts: 10, finishedAt: new Date(atMs + 1) })
    .where(sql`${deliveries.createdAt} = ${new Date(atMs).toISOString()}::timestamptz`);
  return ids;
}

const receivedIds = () => endpoint.received.map(({ headers }) => headers["webhook-id"]);

describe("POST /v1/deliveries/{id}/replay", () => {
  it("sends what was delivered again at once, with the same id and body, and counts the attempts on", async () => {
    const { services, clock, replay } = await oneWebhook();
    const [id = ""] = await insertAlerts(db, "wh_1", clock.nowMs);
    await deliverNow(services, [id]);
    clock.nowMs += HOUR_MS;
    const delivery = await replay(id);

    expect(delivery).toMatchObject({ id, status: "delivered", finished_at: new Date(clock.nowMs).toISOString() });
    expect(delivery.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 204],
      [2, 204],
    ]);
    expect(receivedIds()).toEqual([id, id]);
    expect(endpoint.received[1]?.body).toBe(endpoint.received[0]?.body);
  });

  it("gives what was exhausted all ten attempts anew, by the schedule", async () => {
    const { services, clock, replay } = await oneWebhook();
    const [id = ""] = await insertMissed(clock.nowMs, 1);
    endpoint.answer = answering(500);
    expect(await replay(id)).toMatchObject({ status: "pending", finished_at: null });
    for (const waitMs of ATTEMPT_WAITS_MS.slice(1)) {
      clock.nowMs += waitMs;
      await changeWebhook(db, "wh_1", { enabled: true }, clock.nowMs); // or five days would disable it
      await deliverDue(services);
    }
    expect((await attemptRows(db)).map(({ attempt }) => attempt)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(await deliveryStates(db)).toMatchObject([{ status: "exhausted", attempts: 20 }]);
  });

  it("answers what came of the attempt though the webhook has failed so often that nothing else is sent", async () => {
    const { clock, replay } = await oneWebhook();
    await insertHook(db, { id: "wh_2", url: endpoint.url, strikes: 20, openUntil: new Date(clock.nowMs + HOUR_MS) });
    const [id = ""] = await insertAlerts(db, "wh_2", clock.nowMs);
    await db.update(deliveries).set({ status: "cancelled" });
    expect(await replay(id)).toMatchObject({ status: "delivered" });
    expect(await findWebhook(db, "wh_2")).toMatchObject({ openUntil: null });
  });

  it("is refused while the delivery is under way, two at once included", async () => {
    const { clock, post } = await oneWebhook();
    const [pending = ""] = await insertAlerts(db, "wh_1", clock.nowMs);
    expect((await post(`/v1/deliveries/${pending}/replay`)).status).toBe(409);

    await db.update(deliveries).set({ status: "exhausted" });
    const twice = await Promise.all([1, 2].map(() => post(`/v1/deliveries/${pending}/replay`)));
    expect(new Set(twice.map(({ status }) => status))).toEqual(new Set([202, 409]));
    expect(endpoint.received).toHaveLength(1);
  });

  it("is refused for a webhook that is switched off or deleted, and for an id that never was", async () => {
    const { clock, post } = await oneWebhook();
    const [id = ""] = await insertMissed(clock.nowMs, 1, "cancelled");
    await changeWebhook(db, "wh_1", { enabled: false }, clock.nowMs);
    expect((await post(`/v1/deliveries/${id}/replay`)).status).toBe(409);
    expect((await post("/v1/deliveries/msg_never/replay")).status).toBe(404);
    expect(await deliveryStates(db)).toMatchObject([{ status: "cancelled" }]);
  });
});

describe("POST /v1/webhooks/{id}/replay", () => {
  it("has the cron send what was exhausted or cancelled since then, oldest first, and nothing else", async () => {
    const { services, clock, replayMissed } = await oneWebhook();
    const startMs = clock.nowMs - 10 * HOUR_MS;
    await insertMissed(startMs - 1, 1);
    const [exhausted = ""] = await insertMissed(startMs + HOUR_MS, 1);
    const [cancelled = ""] = await insertMissed(startMs, 1, "cancelled");
    const [delivered = ""] = await insertAlerts(db, "wh_1", startMs + 2 * HOUR_MS);
    await db.update(deliveries).set({ status: "delivered" }).where(eq(deliveries.id, delivered));
    const [test = ""] = await insertMissed(startMs + 3 * HOUR_MS, 1);
    await db
      .update(alerts)
      .set({ type: "webhook.test" })
      .where(eq(alerts.id, test.replace("msg", "alt")));

    expect(await replayMissed(startMs)).toBe(2);
    expect(endpoint.received).toEqual([]);
    expect((await findWebhook(db, "wh_1"))?.replaySince).toEqual(new Date(startMs));
    await deliverDue(services);
    expect(receivedIds()).toEqual([cancelled, exhausted]);
    await deliverDue(services);
    expect((await findWebhook(db, "wh_1"))?.replaySince).toBeNull();
    expect(endpoint.received).toHaveLength(2);
  });

  it("has it send also what was raised while the webhook was disabled", async () => {
    const { services, clock, replayMissed } = await oneWebhook();
    const startMs = clock.nowMs;
    await changeWebhook(db, "wh_1", { enabled: false }, clock.nowMs);
    const alert = { id: "alt_1", type: "drift.detected", dedupKey: "d", title: "Orders have drifted", data: {} };
    expect(await raiseAlert(db, { ...alert, nowMs: clock.nowMs })).toEqual([]);
    clock.nowMs += LEASE_MS;
    await deliverDue(services);
    await changeWebhook(db, "wh_1", { enabled: true }, clock.nowMs);
    expect(await replayMissed(startMs)).toBe(1);
    await reviveMissed(db, clock.nowMs);
    await deliverDue(services);
    expect(endpoint.received).toHaveLength(1);
  });

  it("brings back at most 300 a minute, and all in the end", async () => {
    const { clock, replayMissed } = await oneWebhook();
    await insertMissed(clock.nowMs - HOUR_MS, 310);
    expect(await replayMissed(clock.nowMs - HOUR_MS)).toBe(310);
    const waiting = () => db.$count(deliveries, eq(deliveries.status, "pending"));
    await reviveMissed(db, clock.nowMs);
    expect(await waiting()).toBe(300);
    await reviveMissed(db, clock.nowMs);
    expect(await waiting()).toBe(310);
  });

  it("does not go on for ever with what fails again, and tries it once more when asked again", async () => {
    const { services, clock, replayMissed } = await oneWebhook();
    const [id = ""] = await insertMissed(clock.nowMs - HOUR_MS, 1);
    await replayMissed(clock.nowMs - HOUR_MS);
    clock.nowMs += 1;
    await deliverDue(services);
    await db.update(deliveries).set({ status: "exhausted", finishedAt: new Date(clock.nowMs) });
    await deliverDue(services);
    expect(receivedIds()).toEqual([id]);
    expect(await replayMissed(clock.nowMs - 2 * HOUR_MS)).toBe(1);
    await deliverDue(services);
    expect(receivedIds()).toEqual([id, id]);
  });

  it("waits while the webhook is switched off, and is refused to begin then", async () => {
    const { services, clock, post, replayMissed } = await oneWebhook();
    await insertMissed(clock.nowMs - HOUR_MS, 1);
    await replayMissed(clock.nowMs - HOUR_MS);
    await changeWebhook(db, "wh_1", { enabled: false }, clock.nowMs);
    await deliverDue(services);
    expect(endpoint.received).toEqual([]);
    const since = new Date(clock.nowMs).toISOString();
    expect((await post("/v1/webhooks/wh_1/replay", { since })).status).toBe(409);
    expect((await post("/v1/webhooks/wh_never/replay", { since })).status).toBe(404);
    await changeWebhook(db, "wh_1", { enabled: true }, clock.nowMs);
    clock.nowMs += LEASE_MS;
    await deliverDue(services);
    expect(endpoint.received).toHaveLength(1);
  });

  it.each([{}, { since: "yesterday" }, { since: "2026-11-21T10:00:00Z", until: "2026-11-22T10:00:00Z" }])(
    "refuses %j",
    async (body) => {
      expect((await (await oneWebhook()).post("/v1/webhooks/wh_1/replay", body)).status).toBe(422);
    },
  );
});
