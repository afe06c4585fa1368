import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { deliveries } from "../store/schema.ts";
import { claimDelivery, dueDeliveries, settleAttempt, waitingOf } from "./deliveries.ts";
import { deliverDue, deliverNow, LEASE_MS } from "./deliver.ts";
import { alerting, attemptRows, insertAlerts, insertHook } from "./test-alerting.ts";
import { answering, silence, startEndpoint } from "./test-endpoint.ts";
import { db, endpoint, setUpEach } from "./test-set-up.ts";
import { changeWebhook, findWebhook } from "./webhooks.ts";

const DEADLINE_MS = 100;
/** What one that lives answers within on a busy machine. */
const BUSY_DEADLINE_MS = 1_500;
const MINUTE_MS = 60_000;

setUpEach();

const RECORD = { durationMs: 1, status: 500, error: "answered 500", answer: "", timedOut: false };

/** A webhook with alerts that are due, and the outcome of an attempt at one of them written as if it had been made. */
async function webhookWith(alerts: number) {
  const world = alerting(db);
  const { clock } = world;
  await insertHook(db, { id: "wh_1", url: endpoint.url });
  const ids = await insertAlerts(db, "wh_1", clock.nowMs - LEASE_MS, alerts);
  let next = 0;
  const attempt = async (outcome: { status: number } | "silence", id = ids[next++] ?? "") => {
    const claim = await claimDelivery(db, id, "due", clock.nowMs, LEASE_MS);
    if (claim === null) return null;
    const silent = outcome === "silence";
    const status = silent ? null : outcome.status;
    const delivered = status === 200;
    const record = { ...RECORD, startedAtMs: clock.nowMs, status, timedOut: silent };
    const delivery = delivered ? { kind: "delivered" as const } : { kind: "retry" as const, afterMs: 5_000 };
    return settleAttempt(db, claim, delivery, record, clock.nowMs);
  };
  const openForMs = async () => {
    const until = (await findWebhook(db, "wh_1"))?.openUntil?.getTime();
    return until === undefined ? null : until - clock.nowMs;
  };
  return { ...world, ids, attempt, openForMs };
}

/** Opens the circuit by two attempts that time out. */
async function opened(alerts: number) {
  const world = await webhookWith(alerts);
  await world.attempt("silence");
  await world.attempt("silence");
  expect(await world.openForMs()).toBe(MINUTE_MS);
  return world;
}

describe("the circuit of a webhook", () => {
  it("opens for a minute after two attempts in a row without an answer", async () => {
    const { attempt, openForMs } = await webhookWith(2);
    await attempt("silence");
    expect(await openForMs()).toBeNull();
    await attempt("silence");
    expect(await openForMs()).toBe(MINUTE_MS);
  });

  it("opens after twenty failures in a row that came at once, which is more than one alert makes", async () => {
    const { attempt, openForMs } = await webhookWith(20);
    for (let i = 0; i < 19; i++) await attempt({ status: 500 });
    expect(await openForMs()).toBeNull();
    await attempt({ status: 503 });
    expect(await openForMs()).toBe(MINUTE_MS);
  });

  it("does not open by failures that a success came between", async () => {
    const { attempt, openForMs } = await webhookWith(3);
    await attempt("silence");
    await attempt({ status: 200 });
    await attempt("silence");
    expect(await openForMs()).toBeNull();
  });

  it("lets nothing through while it is open, be it fresh or due, whichever worker asks", async () => {
    const { clock, services } = await opened(5);
    const fresh = await insertAlerts(db, "wh_1", clock.nowMs);
    clock.nowMs += MINUTE_MS - 1;
    expect(await waitingOf(db, fresh, "fresh", clock.nowMs)).toEqual([]);
    expect(await dueDeliveries(db, clock.nowMs, 100)).toEqual([]);
    expect(await claimDelivery(db, fresh[0] ?? "", "fresh", clock.nowMs, LEASE_MS)).toBeNull();
    await Promise.all([deliverNow(services, fresh), deliverDue(services)]);
    expect(endpoint.received).toEqual([]);
  });

  it("lets one probe through when the time is up, however many workers ask at once", async () => {
    const { clock, ids } = await opened(6);
    clock.nowMs += MINUTE_MS;
    expect(await dueDeliveries(db, clock.nowMs, 100)).toHaveLength(1);
    const claims = await Promise.all(ids.map((id) => claimDelivery(db, id, "due", clock.nowMs, LEASE_MS)));
    expect(claims.filter((claim) => claim !== null)).toMatchObject([{ isProbe: true }]);
  });

  it("lets the next probe through when the worker of the last one died", async () => {
    const { clock, ids } = await opened(6);
    clock.nowMs += MINUTE_MS;
    expect(await claimDelivery(db, ids[3] ?? "", "due", clock.nowMs, LEASE_MS)).toMatchObject({ isProbe: true });
    clock.nowMs += LEASE_MS - 1;
    expect(await dueDeliveries(db, clock.nowMs, 100)).toEqual([]);
    clock.nowMs += 1;
    expect(await dueDeliveries(db, clock.nowMs, 100)).toHaveLength(1);
  });

  it("stays open twice as long after each probe that fails, and 16 minutes in the end", async () => {
    const { clock, attempt, openForMs } = await opened(20);
    const minutes: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      clock.nowMs += (await openForMs()) ?? 0;
      await attempt({ status: 500 });
      minutes.push(((await openForMs()) ?? 0) / MINUTE_MS);
    }
    expect(minutes).toEqual([2, 4, 8, 16, 16, 16]);
  });

  it("is opened no further by attempts that were under way when it opened", async () => {
    const { clock, ids, openForMs } = await webhookWith(4);
    const claims = await Promise.all(ids.map((id) => claimDelivery(db, id, "due", clock.nowMs, LEASE_MS)));
    for (const claim of claims) {
      if (claim === null) throw new Error("not to be had");
      const record = { ...RECORD, startedAtMs: clock.nowMs, timedOut: true };
      await settleAttempt(db, claim, { kind: "retry", afterMs: 5_000 }, record, clock.nowMs);
    }
    expect(await openForMs()).toBe(MINUTE_MS);
  });

  it("closes by a probe that succeeds, and the rest goes out in the same run", async () => {
    const { clock, services, openForMs } = await opened(30);
    clock.nowMs += MINUTE_MS;
    await deliverDue(services);
    expect(await openForMs()).toBeNull();
    expect(endpoint.received).toHaveLength(30);
    expect(await db.select().from(deliveries).where(eq(deliveries.status, "pending"))).toEqual([]);
  });

  it("costs the run of a dead endpoint one attempt, though hundreds wait for it", async () => {
    const { clock, services } = await opened(300);
    endpoint.answer = silence;
    clock.nowMs += MINUTE_MS;
    await deliverDue(services, DEADLINE_MS);
    expect(endpoint.received).toHaveLength(1);
  });

  it("is no matter to an operator's test, whose success closes it", async () => {
    const { clock, services, openForMs } = await opened(2);
    const [asked = ""] = await insertAlerts(db, "wh_1", clock.nowMs);
    endpoint.answer = answering(500);
    await deliverNow(services, [asked], DEADLINE_MS, "asked");
    expect(endpoint.received).toHaveLength(1);
    expect(await openForMs()).toBe(MINUTE_MS);

    const [again = ""] = await insertAlerts(db, "wh_1", clock.nowMs + 1);
    endpoint.answer = answering(200);
    await deliverNow(services, [again], DEADLINE_MS, "asked");
    expect(await openForMs()).toBeNull();
  });

  it("closes for another URL and when the webhook is switched on, and not for the same URL", async () => {
    const { clock, openForMs } = await opened(2);
    await changeWebhook(db, "wh_1", { url: endpoint.url }, clock.nowMs);
    expect(await openForMs()).toBe(MINUTE_MS);
    await changeWebhook(db, "wh_1", { url: `${endpoint.url}/2` }, clock.nowMs);
    expect(await openForMs()).toBeNull();
  });

  it("is not opened for the URL that took the failing one's place", async () => {
    const { clock, ids, openForMs } = await webhookWith(2);
    const claims = await Promise.all(ids.map((id) => claimDelivery(db, id, "due", clock.nowMs, LEASE_MS)));
    await changeWebhook(db, "wh_1", { url: `${endpoint.url}/2` }, clock.nowMs);
    for (const claim of claims) {
      if (claim === null) throw new Error("not to be had");
      const record = { ...RECORD, startedAtMs: clock.nowMs, timedOut: true };
      await settleAttempt(db, claim, { kind: "retry", afterMs: 5_000 }, record, clock.nowMs);
    }
    expect(await openForMs()).toBeNull();
  });
});

describe("a run with half of the endpoints dead", () => {
  it("delivers everything to the living, and is over when the dead had two attempts each", async () => {
    const { services, clock } = alerting(db);
    const dead = await startEndpoint();
    dead.answer = silence;
    for (const webhook of ["1", "2"]) {
      await insertHook(db, { id: `wh_dead_${webhook}`, url: dead.url });
      await insertAlerts(db, `wh_dead_${webhook}`, clock.nowMs - MINUTE_MS, 100);
      await insertHook(db, { id: `wh_live_${webhook}`, url: endpoint.url });
      await insertAlerts(db, `wh_live_${webhook}`, clock.nowMs, 10);
    }
    clock.nowMs += LEASE_MS;
    await deliverDue(services, BUSY_DEADLINE_MS);
    expect(endpoint.received).toHaveLength(20);
    expect(dead.received).toHaveLength(4);
    expect((await attemptRows(db)).filter(({ status }) => status === null)).toHaveLength(4);

    await deliverDue(services, BUSY_DEADLINE_MS);
    expect(dead.received).toHaveLength(4);
    await dead.close();
  });
});
