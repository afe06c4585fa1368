// oxlint-disable-next-line typescript/triple-slash-reference -- it declares globals, which cannot be imported
/// <reference path="../aggregator/modules.d.ts" />
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { insertHook } from "../aggregator/alert/test-alerting.ts";
import type { Db } from "../aggregator/store/db.ts";
import { ratesOf, sellThrough, watchServices } from "../aggregator/watch/test-shop.ts";
import { watchMetrics } from "../aggregator/watch/watch.ts";
import { hasServer } from "../local/server-for-tests.ts";
import { openConnections, type ServerConnections } from "./server-connections.ts";

const RUNS = 6;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A Saturday. */
const NOW_MS = Date.parse("2026-11-21T14:00:00Z");
const HISTORY_DAYS = 9;
/** Orders halve for so long. */
const MINUTES = 14;
/** In this one nobody runs. */
const MISSED = 6;

/** What a watch has seen of the shop until now: put back before each test. */
const KEPT = ["watch_progress", "watch_scopes"];

/** Statements that truly run at the same time need a server: the embedded Postgres has one connection. */
describe.runIf(await hasServer())("watches over the metrics at the same time, on a real server", () => {
  let server: ServerConnections;
  /** One for each run, so that they run at the same time. */
  let dbs: Db[];
  beforeAll(async () => {
    server = await openConnections(RUNS + 1);
    // The first holds the others back, and looks at what they did.
    const [db, ...others] = server.dbs;
    if (db === undefined) throw new Error("there is no connection");
    dbs = others;
    const steady = { rates: () => ratesOf(7), seed: 1 };
    const dayBeforeMs = NOW_MS - DAY_MS;
    await sellThrough(db, { ...steady, fromMs: NOW_MS - HISTORY_DAYS * DAY_MS, untilMs: dayBeforeMs, byHour: true });
    await sellThrough(db, { ...steady, fromMs: dayBeforeMs, untilMs: NOW_MS });
    const halved = { rates: () => ratesOf(3.5), seed: 2 };
    await sellThrough(db, { ...halved, fromMs: NOW_MS, untilMs: NOW_MS + MINUTES * MINUTE_MS });
    await insertHook(db, { id: "whk_1", url: "https://hooks.example.com/a" });
    await runAt(db, 0);
    for (const table of KEPT) await query(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    await query("TRUNCATE watch_progress, watch_scopes, incidents, alerts, deliveries CASCADE");
    for (const table of KEPT) await query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
  });

  const query = (text: string) => server.query(text);
  const scopes = () => query("SELECT dimension, member, state, profile FROM watch_scopes ORDER BY 1, 2");
  const progress = async () => (await query("SELECT revision::int, watched_until FROM watch_progress"))[0];

  let made = 0;
  /** The watch as it is at so many minutes from now. */
  function runAt(db: Db, minute: number): ReturnType<typeof watchMetrics> {
    const services = { ...watchServices(db), newId: (prefix: string) => `${prefix}_${made++}` };
    services.clock.nowMs = NOW_MS + minute * MINUTE_MS;
    return watchMetrics(services);
  }

  /** All run, and have read before any of them may write. @returns how many minutes each took in, the fewest first */
  async function runAllAt(minute: number): Promise<number[]> {
    await query("BEGIN; LOCK TABLE watch_progress IN EXCLUSIVE MODE");
    const runs = Promise.all(dbs.map((db) => runAt(db, minute)));
    const waiting = `
      SELECT count(*)::int AS runs FROM pg_locks
      WHERE relation = 'watch_progress'::regclass AND NOT granted`;
    await expect.poll(() => query(waiting), { timeout: 10_000, interval: 5 }).toEqual([{ runs: RUNS }]);
    await query("COMMIT");
    return (await runs).map(({ minutes }) => minutes).toSorted((a, b) => a - b);
  }

  it("takes each minute in once, and finds and tells what it would alone, when six run at once and one minute is missed", async () => {
    const before = await progress();
    const together: number[][] = [];
    const minutes = Array.from({ length: MINUTES }, (_, index) => index + 1).filter((minute) => minute !== MISSED);
    for (const minute of minutes) together.push(await runAllAt(minute));
    expect(together).toEqual(minutes.map((minute) => [0, 0, 0, 0, 0, minute === MISSED + 1 ? 2 : 1]));
    expect(await progress()).toEqual({
      revision: Number(before?.["revision"]) + minutes.length,
      watched_until: new Date(NOW_MS + (MINUTES - 2) * MINUTE_MS),
    });
    const incidents =
      "SELECT status, metric, dimension, started_at, opened_at, impact, alerted_at IS NOT NULL AS alerted FROM incidents";
    const found = await query(incidents);
    expect(found).toMatchObject([{ status: "open", dimension: "all", alerted: true }]);
    expect(await query("SELECT type FROM alerts")).toEqual([{ type: "metric.anomaly" }]);
    expect(await query("SELECT webhook_id FROM deliveries")).toEqual([{ webhook_id: "whk_1" }]);
    const learned = await scopes();

    await query("TRUNCATE watch_progress, watch_scopes, incidents");
    for (const table of KEPT) await query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
    const [alone] = dbs;
    if (alone === undefined) throw new Error("there is no connection");
    for (const minute of minutes) await runAt(alone, minute);
    expect(await scopes()).toEqual(learned);
    expect(await query(incidents)).toEqual(found);
  });
});
