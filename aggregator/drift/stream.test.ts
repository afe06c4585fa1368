import { sql } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { FEATURE_SET } from "../../shared/features/features.ts";
import { alerting } from "../alert/test-alerting.ts";
import { testDatabase } from "../store/test-database.ts";
import { followScores, readStream } from "./stream.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.parse("2026-11-21T08:00:00.000Z");
const A_MINUTE = 12;

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

/** Payments of some minutes with one score, evenly spread. */
async function scored(fromMinute: number, minutes: number, score: number): Promise<void> {
  await database.db.execute(sql`
    INSERT INTO events (id, name, occurred_at, received_at, timestamp_source, source, request_id, key_id, score, anomaly, event, signals,
      feature_set, features, assessment, runtime)
    SELECT format('evt_%s_%s', minute, nth), 'purchase', at, at, 'sender', 'secret', 'req_1', 'key_1', ${score}::real, false, '{}', '{}',
      ${FEATURE_SET}, '{}', '{}', 'ort'
    FROM generate_series(${fromMinute}::integer, ${fromMinute + minutes - 1}::integer) AS minutes (minute),
      generate_series(1, ${A_MINUTE}::integer) AS payments (nth),
      LATERAL (SELECT ${new Date(START_MS).toISOString()}::timestamptz + make_interval(mins => minute, secs => nth) AS at) AS times`);
}

/** The run of a minute after the start. */
function runAt(minute: number) {
  const { services, clock } = alerting(database.db);
  clock.nowMs = START_MS + minute * MINUTE_MS;
  return followScores(services);
}

const alerts = async () =>
  (await database.client.query<{ title: string }>("SELECT data #>> '{alert,title}' AS title FROM alerts")).rows;

describe("followScores", () => {
  it("takes each minute in once, two minutes late, however often it runs", async () => {
    await scored(0, 60, 0.1);
    expect(await runAt(0)).toBe(180);
    expect(await runAt(32)).toBe(32);
    expect(await runAt(32)).toBe(0);
    expect(await runAt(62)).toBe(30);
    const stream = await readStream(database.db);
    expect(stream).toMatchObject({ untilMs: START_MS + 60 * MINUTE_MS, state: { test: { known: 600 } } });
    expect(stream?.state.test.mean).toBeCloseTo(0.1, 6);
  });

  it("comes to the same in many runs as in one", async () => {
    await scored(0, 60, 0.1);
    await scored(60, 3, 0.3);
    await runAt(-180);
    for (let minute = 2; minute <= 65; minute += 9) await runAt(minute);
    await runAt(65);
    const many = (await readStream(database.db))?.state;
    await database.client.exec("TRUNCATE score_stream");
    await runAt(-180);
    await runAt(2);
    await runAt(65);
    expect((await readStream(database.db))?.state).toEqual(many);
  });

  it("alerts once when the scores rise for good, and knows the new ones from then on", async () => {
    await scored(0, 60, 0.1);
    await scored(60, 60, 0.3);
    await runAt(62);
    for (let minute = 64; minute <= 122; minute += 2) await runAt(minute);
    expect(await alerts()).toEqual([
      {
        title: expect.stringMatching(
          /^The scores of payments rose: 0\.300 on average at 09:\d\d UTC, 0\.1\d\d before\.$/,
        ),
      },
    ]);
    const stream = await readStream(database.db);
    expect(stream?.state.changes).toHaveLength(1);
    expect(stream?.state.test.mean).toBeCloseTo(0.3, 6);
  });

  it("begins anew with a state it cannot read, where the last one ended", async () => {
    await scored(0, 10, 0.1);
    await runAt(2);
    await database.client.exec(`UPDATE score_stream SET state = '{"v": 9}'`);
    expect(await runAt(12)).toBe(10);
    expect((await readStream(database.db))?.state.test.known).toBe(100);
  });

  it("writes nothing when another run has come first", async () => {
    await scored(0, 30, 0.1);
    await runAt(2);
    await Promise.all([runAt(32), runAt(32), runAt(32)]);
    expect((await readStream(database.db))?.state.test.known).toBe(300);
  });
});
