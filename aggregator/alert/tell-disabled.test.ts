import { eq } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Db } from "../store/db.ts";
import { alerts, webhooks } from "../store/schema.ts";
import { testDatabase } from "../store/test-database.ts";
import { deliverDue, deliverNow } from "./deliver.ts";
import { tellDisabled } from "./tell-disabled.ts";
import { alerting, deliveryStates, insertAlerts, insertHook } from "./test-alerting.ts";
import { answering, startEndpoint, type Endpoint } from "./test-endpoint.ts";
import { changeWebhook, findWebhook } from "./webhooks.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
let gone: Endpoint;
let other: Endpoint;
beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
});
beforeEach(async () => {
  await database.reset();
  [gone, other] = await Promise.all([startEndpoint(), startEndpoint()]);
  gone.answer = answering(410);
});
afterEach(() => Promise.all([gone.close(), other.close()]));

/** A webhook whose endpoint is gone, another that is well, and an alert that finds out. */
async function oneGone() {
  const world = alerting(db);
  await insertHook(db, { id: "wh_gone", url: gone.url, description: "till" });
  await insertHook(db, { id: "wh_other", url: other.url });
  const ids = await insertAlerts(db, "wh_gone", world.clock.nowMs);
  return { ...world, ids };
}

describe("a webhook that is disabled", () => {
  it("is told of to the others that want such, at once, and not to itself", async () => {
    const { services, clock, ids } = await oneGone();
    await insertHook(db, { id: "wh_choosy", url: other.url, types: ["anomaly.detected"] });
    await deliverNow(services, ids);

    expect(gone.received).toHaveLength(1);
    expect(other.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      {
        type: "webhook.disabled",
        timestamp: new Date(clock.nowMs).toISOString(),
        data: {
          alert: {
            id: expect.stringMatching(/^alt_/),
            type: "webhook.disabled",
            created_at: new Date(clock.nowMs).toISOString(),
            title: "The webhook till was disabled: its endpoint answered 410 Gone",
          },
          event: null,
          assessment: null,
          webhook: {
            id: "wh_gone",
            kind: "webhook",
            description: "till",
            disabled_at: new Date(clock.nowMs).toISOString(),
            disabled_reason: "its endpoint answered 410 Gone",
          },
          links: { self: "https://pulse.shop.com/v1/webhooks/wh_gone" },
        },
      },
    ]);
    expect(await findWebhook(db, "wh_gone")).toMatchObject({ enabled: false, disabledAt: new Date(clock.nowMs) });
  });

  it("is told of by the cron when the worker died between disabling and telling", async () => {
    const { services, clock } = await oneGone();
    await db
      .update(webhooks)
      .set({ enabled: false, disabledAt: new Date(clock.nowMs), disabledReason: "it failed", untold: true })
      .where(eq(webhooks.id, "wh_gone"));
    await deliverDue(services);
    expect(other.received).toHaveLength(1);
    await deliverDue(services);
    expect(other.received).toHaveLength(1);
  });

  it("is told of once by two workers at once, and again when it is disabled again", async () => {
    const { services, clock, ids } = await oneGone();
    await deliverNow(services, ids);
    await db.update(webhooks).set({ untold: true }).where(eq(webhooks.id, "wh_gone"));
    await Promise.all([tellDisabled(services), tellDisabled(services)]);
    expect(await db.select().from(alerts)).toHaveLength(2); // what found out, and what tells

    clock.nowMs += 1;
    await changeWebhook(db, "wh_gone", { enabled: true }, clock.nowMs);
    await deliverNow(services, await insertAlerts(db, "wh_gone", clock.nowMs));
    expect(other.received).toHaveLength(2);
  });

  it("is not told of when its owner switched it off", async () => {
    const { services, clock } = await oneGone();
    await changeWebhook(db, "wh_gone", { enabled: false }, clock.nowMs);
    await deliverDue(services);
    expect(other.received).toEqual([]);
  });

  it("has its telling on record though no other webhook is there to take it", async () => {
    const { services, clock, ids } = await oneGone();
    await changeWebhook(db, "wh_other", { enabled: false }, clock.nowMs);
    await deliverNow(services, ids);
    expect((await db.select().from(alerts)).map(({ type }) => type)).toContain("webhook.disabled");
    expect(await deliveryStates(db)).toHaveLength(1);
  });
});
