import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { alerts, deliveries, incidents, watchProgress, watchScopes } from "../store/schema.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { insertHook } from "../alert/test-alerting.ts";
import { ANOMALOUS, scoredEvent } from "../test-events.ts";
import { readKnown, readProgress } from "./known.ts";
import { NEW_SEASON, usualIn } from "./season.ts";
import { ratesOf, sellThrough, watchServices } from "./test-shop.ts";
import { watchMetrics } from "./watch.ts";
import { writeRound } from "./write-round.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** A Saturday. */
const NOW_MS = Date.parse("2026-11-21T14:00:00Z");
const HISTORY_DAYS = 15;

let database: Awaited<ReturnType<typeof testDatabase>>;
let services: ReturnType<typeof watchServices>;

/** What a watch has seen of a shop of 7 orders a minute until now: put back before each test, as it takes a while to see. */
const KEPT = ["rollups_1m", "rollups_1h", "rollups_1d", "watch_progress", "watch_scopes"];

beforeAll(async () => {
  database = await testDatabase();
  const { db, client } = database;
  const steady = { rates: () => ratesOf(7), seed: 1 };
  await sellThrough(db, { ...steady, fromMs: NOW_MS - HISTORY_DAYS * DAY_MS, untilMs: NOW_MS - DAY_MS, byHour: true });
  await sellThrough(db, { ...steady, fromMs: NOW_MS - DAY_MS, untilMs: NOW_MS });
  const first = watchServices(db);
  first.clock.nowMs = NOW_MS;
  await watchMetrics(first);
  for (const table of KEPT) await client.exec(`CREATE TEMP TABLE kept_${table} AS SELECT * FROM ${table}`);
});

beforeEach(async () => {
  await database.reset();
  for (const table of KEPT) await database.client.exec(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
  services = watchServices(database.db);
});

/** The shop goes on at so many orders a minute. */
async function sell(orders: number, fromMinute: number, untilMinute: number): Promise<void> {
  const [fromMs, untilMs] = [NOW_MS + fromMinute * MINUTE_MS, NOW_MS + untilMinute * MINUTE_MS];
  await sellThrough(database.db, { fromMs, untilMs, rates: () => ratesOf(orders), seed: fromMinute });
}

/** The cron runs at these minutes from now. @returns the minute at which an incident was opened, and when one was closed */
async function watch(
  fromMinute: number,
  untilMinute: number,
): Promise<{ openedAt: number | null; closedAt: number | null }> {
  const at: { openedAt: number | null; closedAt: number | null } = { openedAt: null, closedAt: null };
  for (let minute = fromMinute; minute <= untilMinute; minute++) {
    services.clock.nowMs = NOW_MS + minute * MINUTE_MS;
    const { opened, closed } = await watchMetrics(services);
    if (opened > 0) at.openedAt ??= minute;
    if (closed > 0) at.closedAt ??= minute;
  }
  return at;
}

const incidentRows = () => database.db.select().from(incidents);

/** What alarms, of every scope, and how far it has learned. */
async function alarms(): Promise<unknown[]> {
  const rows = await database.db.select().from(watchScopes).orderBy(watchScopes.dimension, watchScopes.member);
  return rows.map(({ dimension, member, state }) => ({
    scope: `${dimension} ${member}`,
    learnedUntil: state.learnedUntil,
    alarms: Object.entries(state.series).flatMap(([metric, { alarm }]) =>
      alarm === null ? [] : [{ metric, side: alarm.side, startedMs: alarm.startedMs }],
    ),
  }));
}

/** How many hours each scope has learned, and how many orders it takes for usual at noon. */
async function learned() {
  const rows = await database.db.select().from(watchScopes).orderBy(watchScopes.dimension, watchScopes.member);
  return rows.map(({ dimension, state, profile }) => {
    return { dimension, hours: state.hours, usual: usualIn(profile.orders, 12, "value") };
  });
}

describe("watchMetrics", () => {
  it("is silent while a shop is as usual", async () => {
    await sell(7, 0, 40);
    expect(await watch(1, 40)).toEqual({ openedAt: null, closedAt: null });
    expect(await incidentRows()).toEqual([]);
  });

  it("finds that a shop halves, as one incident with its cost and segments, tells it once, and closes it", async () => {
    await insertHook(database.db, { id: "whk_1", url: "https://hooks.example.com/a" });
    await sell(3.5, 0, 20);
    await sell(7, 20, 60);
    const bad = scoredEvent(
      { id: "evt_bad", timestamp: new Date(NOW_MS + 4 * MINUTE_MS).toISOString() },
      { ...ANOMALOUS, score: 0.99 },
    );
    const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS, publicUrl: "https://pulse.example" };
    await storeEvents(database.db, [eventRow(bad, provenance)]);
    const { openedAt } = await watch(1, 21);
    expect(openedAt).toBeLessThanOrEqual(10);
    const [open, ...more] = await incidentRows();
    expect(more).toEqual([]);
    expect(open).toMatchObject({ status: "open", dimension: "all", anomalies: 1, anomalyIds: ["ano_evt_bad"] });
    expect(open?.startedAt.getTime()).toBeGreaterThanOrEqual(NOW_MS - 2 * MINUTE_MS);
    expect(open?.change).toBeCloseTo(-0.5, 1);
    // Half of 7 orders of 80 EUR for some 19 minutes.
    expect(open?.impact).toBeLessThan(-3_500);
    expect(open?.impact).toBeGreaterThan(-7_500);
    expect(open?.segments.slice(0, 2).map(({ member }) => member)).toEqual(["DE", "mobile"]);

    const { closedAt } = await watch(22, 60);
    expect(closedAt).toBeLessThanOrEqual(45);
    expect(await incidentRows()).toMatchObject([{ id: open?.id, status: "closed", closedBy: null }]);
    expect(await database.db.select().from(alerts)).toMatchObject([
      {
        type: "metric.anomaly",
        dedupKey: `incident:${open?.id}`,
        data: { incident: { id: open?.id, status: "open" } },
      },
    ]);
    expect(await database.db.select().from(deliveries)).toHaveLength(1);
  });

  it("finds an outage within three minutes of its being over for the lag, and names it for what it is", async () => {
    const { openedAt } = await watch(1, 6);
    expect(openedAt).toBeLessThanOrEqual(5);
    expect(await incidentRows()).toMatchObject([{ metric: "no_data", observed: 0 }]);
  });

  it("comes to the same when runs are missed", async () => {
    await sell(3.5, 0, 30);
    await watch(1, 30);
    const regular = await alarms();
    await database.client.exec("TRUNCATE watch_progress, watch_scopes, incidents");
    for (const table of ["watch_progress", "watch_scopes"])
      await database.client.exec(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
    await watch(30, 30);
    expect(await alarms()).toEqual(regular);
    expect(await incidentRows()).toHaveLength(1);
  });

  it("takes a minute in once when two run at the same time or one runs again", async () => {
    services.clock.nowMs = NOW_MS + 8 * MINUTE_MS;
    const [before] = await database.db.select().from(watchProgress);
    const both = await Promise.all([watchMetrics(services), watchMetrics(services)]);
    expect(both.map(({ minutes }) => minutes).toSorted((a, b) => a - b)).toEqual([0, 8]);
    expect(await watchMetrics(services)).toEqual({ minutes: 0, opened: 0, closed: 0, unreadable: 0 });
    const [after] = await database.db.select().from(watchProgress);
    expect(after?.revision).toBe((before?.revision ?? 0) + 1);
    expect(await incidentRows()).toHaveLength(1);
    expect(await database.db.select().from(alerts)).toHaveLength(1);
  });

  it("alerts of an incident when the run that opened it ended before it could", async () => {
    await watch(1, 6);
    await database.client.exec("DELETE FROM alerts; UPDATE incidents SET alerted_at = NULL");
    await watchMetrics(services);
    await watchMetrics(services);
    expect(await database.db.select().from(alerts)).toHaveLength(1);
  });

  it("takes what comes late into account: the figures of an incident become what they should have been", async () => {
    await watch(1, 12);
    const [before] = await incidentRows();
    expect(before?.impact).toBeLessThan(-3_000);
    await sell(7, 0, 40);
    const { closedAt } = await watch(13, 40);
    expect(closedAt).not.toBeNull();
    const [after] = await incidentRows();
    expect(Math.abs(after?.impact ?? Infinity)).toBeLessThan(2_000);
  });

  it("is silent of a shop that is new, whatever happens, until a week is learned", async () => {
    await database.reset();
    const fromMs = NOW_MS - 3 * DAY_MS;
    await sellThrough(database.db, { fromMs, untilMs: NOW_MS, rates: () => ratesOf(7), seed: 5, byHour: true });
    expect(await watch(1, 20)).toEqual({ openedAt: null, closedAt: null });
    const [all] = await database.db.select().from(watchScopes);
    expect(all?.state).toMatchObject({ series: {} });
    expect(z.number().parse(all?.state.hours)).toBeGreaterThan(60);
  });

  it("says nothing of days that the calendar says to ignore", async () => {
    await database.client.exec(`
      INSERT INTO calendar_days VALUES ('cal_1', '2026-11-21', '2026-11-21', 'moving', 'ignore', NULL, now(), 'key_1')`);
    expect(await watch(1, 12)).toEqual({ openedAt: null, closedAt: null });
  });

  it("leaves an incident closed that somebody closed, while it goes on", async () => {
    await watch(1, 6);
    await database.client.exec("UPDATE incidents SET status = 'closed', closed_at = now(), closed_by = 'key_1'");
    await watch(7, 12);
    expect(await incidentRows()).toMatchObject([{ status: "closed", closedBy: "key_1" }]);
  });

  it("does not open again what somebody closed between a run's reading and its writing", async () => {
    await watch(1, 6);
    const before = await readProgress(database.db);
    const at = before?.watchedUntil ?? 0;
    const known = await readKnown(database.db, at, Math.floor(at / 60));
    await database.client.exec("UPDATE incidents SET status = 'closed', closed_at = now(), closed_by = 'key_1'");
    const after = { watchedUntil: at + 1, chosenAt: at };
    const { incidents: read } = known;
    expect(await writeRound(database.db, { before, after, scopes: [], dropped: [], incidents: read })).toBe(true);
    expect(await incidentRows()).toMatchObject([{ status: "closed", closedBy: "key_1" }]);
  });

  it("keeps an outage open for as long as it lasts, and learns nothing of it", async () => {
    await watch(1, 6);
    const [before] = await learned();
    await watch(9 * DAY_MINUTES, 9 * DAY_MINUTES);
    expect(await incidentRows()).toMatchObject([{ metric: "no_data", status: "open" }]);
    // The hour before it was one like others.
    expect(await learned()).toMatchObject([{ dimension: "all", hours: (before?.hours ?? 0) + 1 }]);
  });

  it.each([
    { set: "state = jsonb_set(state, '{version}', '0')", of: "all", anew: 6, because: "another version kept them" },
    {
      set: "state = jsonb_set(state, '{present,hour}', '\"noon\"')",
      of: "DE",
      anew: 1,
      because: "its state is damaged",
    },
    { set: "profile = profile - 'orders'", of: "DE", anew: 1, because: "its profile is damaged" },
  ])(
    "begins anew with $anew of 6 scopes, as $because, learns the same, and finds the same",
    async ({ set, of, anew }) => {
      const before = await learned();
      await database.client.exec(`UPDATE watch_scopes SET ${set} WHERE '${of}' IN ('all', member)`);
      services.clock.nowMs = NOW_MS + 3 * MINUTE_MS;
      expect(await watchMetrics(services)).toMatchObject({ unreadable: anew });
      await watch(4, 8);
      expect(await watchMetrics(services)).toMatchObject({ unreadable: 0 });
      expect(await incidentRows()).toMatchObject([{ dimension: "all", metric: "no_data", status: "open" }]);
      const after = await learned();
      expect(after.map(({ hours }) => hours)).toEqual(before.map(({ hours }) => hours + 1));
      for (const [index, { usual }] of after.entries()) expect(usual / (before[index]?.usual ?? 0)).toBeCloseTo(1, 1);
    },
  );

  it("begins anew with what is usual when orders come in another currency", async () => {
    const [before] = await learned();
    await database.client.exec(`
      UPDATE rollups_1d SET currency = 'USD';
      UPDATE rollups_1h SET currency = 'USD', revenue = 2 * revenue`);
    await sell(7, 0, 61);
    await watch(61, 61);
    const [all] = await database.db.select().from(watchScopes);
    expect(all?.state).toMatchObject({ currency: "USD", hours: (before?.hours ?? 0) + 1 });
    expect(usualIn(all?.profile.order_value ?? NEW_SEASON, 12, "units")).toBeCloseTo(160, -1);
  });

  it("drops a scope that cannot be read and is not among the largest any more", async () => {
    await database.client.exec("INSERT INTO watch_scopes VALUES ('country', 'XX', '{}', '{}')");
    expect(await database.db.select().from(watchScopes)).toHaveLength(7);
    await watch(1, 1);
    expect(await database.db.select().from(watchScopes)).toHaveLength(6);
  });

  it("goes on with an incident that was open when its scope began anew, and tells it once", async () => {
    await watch(1, 6);
    const [before] = await incidentRows();
    await database.client.exec("UPDATE watch_scopes SET state = jsonb_set(state, '{version}', '0')");
    expect((await watch(7, 14)).closedAt).toBeNull();
    expect(await incidentRows()).toMatchObject([{ id: before?.id, status: "open" }]);
    expect(await database.db.select().from(alerts)).toHaveLength(1);
  });

  it("begins with an empty database", async () => {
    await database.reset();
    expect(await watch(1, 1)).toEqual({ openedAt: null, closedAt: null });
  });
});
