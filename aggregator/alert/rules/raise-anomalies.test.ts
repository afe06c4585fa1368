import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Assessment } from "../../../shared/assessment.ts";
import type { KeptEvent } from "../../../shared/event.ts";
import { findAnomaly } from "../../store/anomalies.ts";
import type { Db } from "../../store/db.ts";
import { eventRow, storeEvents } from "../../store/events.ts";
import { testDatabase } from "../../store/test-database.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../../test-events.ts";
import { alerting, insertHook } from "../test-alerting.ts";
import { closeDigests } from "./digests.ts";
import { preview } from "./preview.ts";
import { raiseAnomalies, raiseDue, raiseNow } from "./raise-anomalies.ts";
import { NewRule } from "./rule.ts";
import { changeRule, deleteRule, insertRule, silenceRule } from "./rule-rows.ts";
import { ruleOf } from "./test-found.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const BY = { keyId: "key_1", nowMs: NOW_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
let world: ReturnType<typeof alerting>;
beforeEach(async () => {
  world = alerting(database.db);
  world.clock.nowMs = NOW_MS;
  await insertHook(database.db, { id: "wh_1", url: "https://h.example/" });
});
afterEach(() => database.reset());

async function rows(query: string): Promise<Record<string, unknown>[]> {
  return (await database.client.query<Record<string, unknown>>(query)).rows;
}

type Told = Partial<KeptEvent> & { id: string; score?: number; reason?: string };

/** Stores anomalies that are found now; a test names what matters to it. */
async function find(...found: Told[]): Promise<void> {
  const { nowMs } = world.clock;
  await storeEvents(
    database.db,
    found.map(({ score = 0.9, reason = "velocity", ...event }) => {
      const reasons: Assessment["reasons"] = [{ code: reason, detail: `${reason} of ${event.id}`, contribution: 1 }];
      const scored = scoredEvent(event, { ...ANOMALOUS, score, reasons });
      return eventRow(scored, { requestId: "req_1", keyId: "key_1", nowMs });
    }),
  );
}

const id = (number: number) => `evt_${String(number).padStart(8, "0")}`;
const alertRows = () =>
  rows("SELECT rule_id, group_key, anomalies, silenced, digest, event_id FROM alerts ORDER BY opened_at, digest, id");
const waiting = async () => (await rows("SELECT FROM anomalies WHERE unraised")).length;

/** Every anomaly is in one alert of the rule, and each alert counts as many as are in it. */
async function expectNothingLost(anomalies: number): Promise<void> {
  expect(await waiting()).toBe(0);
  expect(await rows("SELECT count(*)::int AS n, count(DISTINCT anomaly_id)::int AS of FROM alert_anomalies")).toEqual([
    { n: anomalies, of: anomalies },
  ]);
  expect(
    await rows(`SELECT id FROM alerts WHERE rule_id IS NOT NULL
      AND anomalies <> (SELECT count(*) FROM alert_anomalies WHERE alert_id = alerts.id)`),
  ).toEqual([]);
}

describe("raiseAnomalies", () => {
  it("alerts by the built-in rule on every anomaly, once for a customer within 5 minutes, to each webhook that wants it", async () => {
    await insertHook(database.db, { id: "wh_2", url: "https://h.example/" });
    await insertHook(database.db, { id: "wh_disabled", url: "https://h.example/", enabled: false });
    await insertHook(database.db, { id: "wh_other", url: "https://h.example/", types: ["model.promoted"] });
    await find({ id: id(1), user_id: "a" }, { id: id(2), user_id: "b" }, { id: id(3), user_id: "a", score: 0.95 });
    const raised = await raiseAnomalies(world.services);
    expect(raised).toMatchObject({ anomalies: 3, alerts: 2 });
    expect(raised.deliveries).toHaveLength(4);
    expect(await alertRows()).toMatchObject([
      { rule_id: "rule_default", group_key: "customer:a", anomalies: 2, event_id: id(3) },
      { rule_id: "rule_default", group_key: "customer:b", anomalies: 1, event_id: id(2) },
    ]);
    const sent = await rows("SELECT DISTINCT webhook_id FROM deliveries WHERE webhook_id <> 'wh_disabled' ORDER BY 1");
    expect(sent.map(({ webhook_id }) => webhook_id)).toEqual(["wh_1", "wh_2"]);
    await expectNothingLost(3);
  });

  it("tells the webhook of the rule, the group and the count, beside the event and its assessment", async () => {
    await find({ id: id(1), user_id: "a" }, { id: id(2), user_id: "a", score: 0.8 });
    await raiseAnomalies(world.services);
    const [alert] = await rows("SELECT id, data, created_at FROM alerts");
    expect(alert).toMatchObject({
      created_at: new Date(NOW_MS),
      data: {
        alert: {
          id: alert?.["id"],
          type: "anomaly.detected",
          created_at: "2026-11-21T10:00:00.000Z",
          title: `Unusual purchase: velocity of ${id(1)}`,
          rule: { id: "rule_default", name: "Every anomaly" },
          group: "customer a",
          count: 2,
        },
        event: { id: id(1), user_id: "a" },
        assessment: { score: 0.9, anomaly: true },
        links: { self: `https://pulse.shop.com/v1/anomalies/ano_${id(1)}` },
      },
    });
  });

  it("leases a new delivery for the attempt made at once, so that the cron does not send it a second time", async () => {
    await find({ id: id(1) });
    await raiseAnomalies(world.services);
    expect(
      await rows("SELECT extract(epoch FROM next_attempt_at - created_at)::int AS seconds, attempts FROM deliveries"),
    ).toEqual([{ seconds: 30, attempts: 0 }]);
  });

  it("joins what comes later to its alert and delivers nothing more, and leaves the body as it was sent", async () => {
    await find({ id: id(1) });
    await raiseAnomalies(world.services);
    const before = await rows("SELECT data FROM alerts");
    world.clock.nowMs += 4 * MINUTE_MS;
    await find({ id: id(2), score: 0.99 });
    expect(await raiseAnomalies(world.services)).toEqual({ anomalies: 1, alerts: 0, deliveries: [] });
    expect(await rows("SELECT anomalies, top_score, last_at, examples->0->>'event_id' AS best FROM alerts")).toEqual([
      { anomalies: 2, top_score: 0.99, last_at: new Date(world.clock.nowMs), best: id(2) },
    ]);
    expect(await rows("SELECT data FROM alerts")).toEqual(before);
    world.clock.nowMs += MINUTE_MS;
    await find({ id: id(3) });
    expect(await raiseAnomalies(world.services)).toMatchObject({ alerts: 1 });
    await expectNothingLost(3);
  });

  it("changes nothing when it runs again", async () => {
    await find({ id: id(1) }, { id: id(2), user_id: "b" });
    await raiseAnomalies(world.services);
    const before = await Promise.all(
      ["alerts", "deliveries", "alert_anomalies", "alert_turns"].map((t) => rows(`SELECT * FROM ${t} ORDER BY 1`)),
    );
    expect(await raiseAnomalies(world.services)).toEqual({ anomalies: 0, alerts: 0, deliveries: [] });
    expect(
      await Promise.all(
        ["alerts", "deliveries", "alert_anomalies", "alert_turns"].map((t) => rows(`SELECT * FROM ${t} ORDER BY 1`)),
      ),
    ).toEqual(before);
  });

  it("raises once when several run at once, each of whom may have read what the others write", async () => {
    await find(...Array.from({ length: 30 }, (_, n) => ({ id: id(n), user_id: `user-${n % 10}` })));
    const all = await Promise.all(Array.from({ length: 5 }, () => raiseAnomalies(world.services)));
    expect(all.map(({ alerts }) => alerts).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 10]);
    expect(await alertRows()).toHaveLength(10);
    expect(await rows("SELECT FROM deliveries")).toHaveLength(10);
    await expectNothingLost(30);
  });

  it("is made up for by the cron when it died before it wrote, or after, and nobody heard of it", async () => {
    await find({ id: id(1) });
    for (const dying of [diesBefore, diesAfter]) {
      await raiseNow({ ...world.services, db: dying(database.db, 2) });
    }
    expect(world.logged).toMatchObject([
      { task: "raise", cause: "Error: died" },
      { task: "raise", cause: "Error: died" },
    ]);
    await expectNothingLost(1);
    world.clock.nowMs += 31_000;
    await raiseDue(world.services);
    expect(await alertRows()).toHaveLength(1);
    expect(await rows("SELECT FROM deliveries")).toHaveLength(1);
  });

  it("leaves nobody waiting for an anomaly that was deleted while it was planned", async () => {
    await find({ id: id(1) }, { id: id(2), user_id: "b" });
    let statements = 0;
    const db = beforeStatement(database.db, async () => {
      if (++statements === 2)
        await database.client.exec(
          `DELETE FROM anomalies WHERE event_id = '${id(1)}'; DELETE FROM events WHERE id = '${id(1)}'`,
        );
    });
    await raiseNow({ ...world.services, db });
    expect(await waiting()).toBe(1);
    await raiseDue(world.services);
    expect(await alertRows()).toMatchObject([{ group_key: "customer:b" }]);
  });

  it("obeys a rule from the moment it is saved, changed or deleted", async () => {
    const rule = NewRule.parse({ name: "Large", conditions: { min_value: { EUR: 100 } }, webhook_ids: ["wh_1"] });
    await deleteRule(database.db, "rule_default", BY);
    await find({ id: id(1), value: 150 });
    expect(await raiseAnomalies(world.services)).toEqual({ anomalies: 1, alerts: 0, deliveries: [] });
    expect(await findAnomaly(database.db, `ano_${id(1)}`)).toMatchObject({ unraised: false, alerts: [] });
    await insertRule(database.db, "rule_1", rule, BY);
    await insertHook(database.db, { id: "wh_2", url: "https://h.example/" });
    await find({ id: id(2), value: 150, user_id: "b" }, { id: id(3), value: 50, user_id: "c" });
    expect(await raiseAnomalies(world.services)).toMatchObject({ anomalies: 2, alerts: 1 });
    expect(await rows("SELECT webhook_id FROM deliveries")).toEqual([{ webhook_id: "wh_1" }]);
    await changeRule(database.db, "rule_1", { conditions: {}, webhook_ids: null }, BY);
    await find({ id: id(4), value: 50, user_id: "d" });
    expect((await raiseAnomalies(world.services)).deliveries).toHaveLength(2);
    await changeRule(database.db, "rule_1", { enabled: false }, BY);
    await find({ id: id(5), user_id: "e" });
    expect(await raiseAnomalies(world.services)).toEqual({ anomalies: 1, alerts: 0, deliveries: [] });
  });

  it("records what a silenced rule would have sent, and sends again from the end of the silence on", async () => {
    const endMs = NOW_MS + 2 * MINUTE_MS;
    await silenceRule(database.db, "rule_default", endMs, BY);
    await find({ id: id(1) });
    expect(await raiseAnomalies(world.services)).toEqual({ anomalies: 1, alerts: 1, deliveries: [] });
    world.clock.nowMs = endMs - 1;
    await find({ id: id(2) });
    expect((await raiseAnomalies(world.services)).deliveries).toEqual([]);
    world.clock.nowMs = endMs;
    await find({ id: id(3) });
    expect((await raiseAnomalies(world.services)).deliveries).toHaveLength(1);
    expect(await alertRows()).toMatchObject([
      { anomalies: 2, silenced: true },
      { anomalies: 1, silenced: false },
    ]);
    await silenceRule(database.db, "rule_default", endMs + HOUR_MS, BY);
    await silenceRule(database.db, "rule_default", null, BY);
    await find({ id: id(4), user_id: "b" });
    expect((await raiseAnomalies(world.services)).deliveries).toHaveLength(1);
    await expectNothingLost(4);
  });
});

describe("a storm", () => {
  const STORM = 10_000;

  it("of 10,000 anomalies in a minute, each of somebody else, is a handful of alerts and one digest, and nothing is lost", async () => {
    await changeRule(database.db, "rule_default", { alerts_per_hour: 5 }, BY);
    for (let from = 0; from < STORM; from += 500) {
      world.clock.nowMs = NOW_MS + (from / STORM) * MINUTE_MS;
      const reasons = ["card_testing", "velocity", "velocity"];
      await find(
        ...Array.from({ length: 500 }, (_, n) => ({
          id: id(from + n),
          user_id: `user-${from + n}`,
          score: from + n === 7_777 ? 1 : 0.9,
          reason: reasons[n % 3] ?? "",
        })),
      );
      if (from % 1_500 === 0) await raiseAnomalies(world.services);
    }
    expect((await raiseAnomalies(world.services)).deliveries).toEqual([]);
    expect(await rows("SELECT FROM deliveries")).toHaveLength(5);

    world.clock.nowMs = NOW_MS + HOUR_MS;
    expect(await closeDigests(world.services)).toEqual({ digests: 0, deliveries: [] });
    world.clock.nowMs += 15_000;
    const sent = await closeDigests(world.services);
    expect(sent).toMatchObject({ digests: 1, deliveries: [expect.stringMatching(/^msg_/)] });
    expect(await closeDigests(world.services)).toEqual({ digests: 0, deliveries: [] });

    expect(await alertRows()).toHaveLength(6);
    await expectNothingLost(STORM);
    const [digest] = await rows("SELECT data, event_id, created_at FROM alerts WHERE digest");
    const told = Digest.parse(digest?.["data"]);
    expect(told.alert).toMatchObject({
      title:
        '9995 more anomalies in 9995 groups within an hour, most often velocity: beyond what "Every anomaly" alerts on one by one',
      count: 9_995,
      digest: {
        from: "2026-11-21T10:00:00.000Z",
        to: "2026-11-21T11:00:00.000Z",
        anomalies: 9_995,
        groups: 9_995,
        by_reason: [{ reason: "velocity" }, { reason: "card_testing" }],
      },
    });
    expect(told.alert.digest.by_reason.reduce((sum, { anomalies }) => sum + anomalies, 0)).toBe(9_995);
    expect(told.alert.digest.by_entity).toHaveLength(10);
    expect(told.alert.digest.examples).toHaveLength(10);
    expect(told.event.id).toBe(id(7_777));
    expect(digest).toMatchObject({ event_id: id(7_777), created_at: new Date(world.clock.nowMs) });
  });

  it("has its digest delivered by the cron, though the rule was deleted meanwhile, and to nobody when it was silenced", async () => {
    await changeRule(database.db, "rule_default", { alerts_per_hour: 0 }, BY);
    await silenceRule(database.db, "rule_default", NOW_MS + MINUTE_MS, BY);
    await find({ id: id(1) });
    await raiseAnomalies(world.services);
    world.clock.nowMs += MINUTE_MS;
    await find({ id: id(2) });
    await raiseAnomalies(world.services);
    await deleteRule(database.db, "rule_default", BY);
    world.clock.nowMs += HOUR_MS + 15_000;
    expect(await raiseDue({ ...world.services, fetch: async () => new Response(null, { status: 204 }) })).toEqual({
      anomalies: 0,
      alerts: 0,
      digests: 2,
    });
    expect(
      await rows("SELECT silenced, status FROM alerts LEFT JOIN deliveries ON alert_id = alerts.id ORDER BY silenced"),
    ).toEqual([
      { silenced: false, status: "delivered" },
      { silenced: true, status: null },
    ]);
  });

  it("takes what is raised after its digest went out into another, so that nothing is lost", async () => {
    await changeRule(database.db, "rule_default", { alerts_per_hour: 0 }, BY);
    await find({ id: id(1) });
    await raiseAnomalies(world.services);
    await find({ id: id(2) });
    world.clock.nowMs += HOUR_MS + 15_000;
    await closeDigests(world.services);
    await raiseAnomalies(world.services);
    expect(await alertRows()).toMatchObject([
      { digest: true, anomalies: 1 },
      { digest: true, anomalies: 1 },
    ]);
    expect(await closeDigests(world.services)).toMatchObject({ digests: 1 });
    await expectNothingLost(2);
  });
});

describe("preview", () => {
  it("shows what is then raised: the same alerts, groups, counts and digests, and writes nothing", async () => {
    const settings = {
      name: "Strict",
      conditions: { min_score: 0.5 },
      group_seconds: 120,
      cool_down_seconds: 60,
      alerts_per_hour: 4,
    };
    await deleteRule(database.db, "rule_default", BY);
    await insertRule(database.db, "rule_1", NewRule.parse(settings), BY);
    for (let minute = 0; minute < 150; minute += 1.5) {
      world.clock.nowMs = NOW_MS + minute * MINUTE_MS;
      const n = minute * 10;
      await find(
        { id: id(n), user_id: `user-${(n * n) % 7}`, score: ((n * 13) % 100) / 100 },
        { id: id(n + 1), user_id: `user-${n % 11}`, score: 0.9 },
      );
      await raiseAnomalies(world.services);
    }
    const before = await alertRows();
    const rule = ruleOf({ conditions: { min_score: 0.5 }, groupMs: 120_000, coolDownMs: 60_000, alertsPerHour: 4 });
    const seen = await preview(database.db, rule, { fromMs: NOW_MS, toMs: NOW_MS + 3 * HOUR_MS });
    const [raised] = await rows(`SELECT
        (SELECT count(*)::int FROM anomalies) AS anomalies, (SELECT count(*)::int FROM alert_anomalies) AS matched,
        (SELECT count(*)::int FROM alerts WHERE NOT digest) AS alerts, (SELECT count(*)::int FROM alerts WHERE digest) AS digests,
        (SELECT sum(anomalies)::int FROM alerts WHERE digest) AS in_digests`);
    expect(seen).toMatchObject({ ...raised, cut: false });
    expect(seen.digests).toBeGreaterThan(0);
    const examples = await rows(
      "SELECT opened_at, replace(group_key, 'customer:', 'customer ') AS group, anomalies, cooled, top_score FROM alerts ORDER BY opened_at, id LIMIT 20",
    );
    expect(
      seen.examples.map(({ opened_at, group, anomalies, cooled, top_score }) => ({
        opened_at: new Date(opened_at),
        group,
        anomalies,
        cooled,
        top_score,
      })),
    ).toEqual(examples);
    expect(seen.per_day).toEqual([
      { day: "2026-11-21", anomalies: raised?.["matched"], alerts: raised?.["alerts"], digests: raised?.["digests"] },
    ]);
    expect(await alertRows()).toEqual(before);
  });

  it("looks at the oldest when there are more than it takes, and says until when it looked", async () => {
    for (let n = 0; n < 5; n++) {
      world.clock.nowMs = NOW_MS + n * MINUTE_MS;
      await find({ id: id(n), user_id: `user-${n}` });
    }
    const window = { fromMs: NOW_MS, toMs: NOW_MS + HOUR_MS };
    expect(await preview(database.db, ruleOf(), window, 3)).toMatchObject({
      cut: true,
      to: new Date(NOW_MS + 3 * MINUTE_MS).toISOString(),
      anomalies: 3,
      alerts: 3,
    });
    expect(await preview(database.db, ruleOf(), window, 5)).toMatchObject({ cut: false, anomalies: 5 });
  });
});

const Digest = z.object({
  alert: z.looseObject({
    digest: z.looseObject({
      by_reason: z.array(z.object({ reason: z.string(), anomalies: z.int() })),
      by_entity: z.array(z.object({ entity: z.string(), anomalies: z.int() })),
      examples: z.array(z.unknown()),
    }),
  }),
  event: z.looseObject({ id: z.string() }),
});

/** A database on which something is done before each statement. */
function beforeStatement(db: Db, act: () => Promise<void>): Db {
  const execute = async (...given: Parameters<Db["execute"]>) => {
    await act();
    return db.execute(...given);
  };
  return Object.create(db, { execute: { value: execute } });
}

/** A database that is lost before its nth statement. */
function diesBefore(db: Db, nth: number): Db {
  let statements = 0;
  return beforeStatement(db, async () => {
    if (++statements === nth) throw new Error("died");
  });
}

/** A database that is lost after its nth statement was carried out. */
function diesAfter(db: Db, nth: number): Db {
  let statements = 0;
  const execute = async (...given: Parameters<Db["execute"]>) => {
    const answer = await db.execute(...given);
    if (++statements === nth) throw new Error("died");
    return answer;
  };
  return Object.create(db, { execute: { value: execute } });
}
