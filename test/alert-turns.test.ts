// oxlint-disable-next-line typescript/triple-slash-reference -- it declares globals, which cannot be imported
/// <reference path="../aggregator/modules.d.ts" />
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { closeDigests } from "../aggregator/alert/rules/digests.ts";
import { raiseAnomalies } from "../aggregator/alert/rules/raise-anomalies.ts";
import { changeRule, listVersions } from "../aggregator/alert/rules/rule-rows.ts";
import type { RaiseServices } from "../aggregator/alert/rules/turns.ts";
import type { Db } from "../aggregator/store/db.ts";
import { eventRow, storeEvents } from "../aggregator/store/events.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../aggregator/test-events.ts";
import { hasServer } from "../local/server-for-tests.ts";
import { openConnections, type ServerConnections } from "./server-connections.ts";

const CONNECTIONS = 6;
const HOUR_MS = 60 * 60_000;

/** Statements that truly run at the same time need a server: the embedded Postgres has one connection. */
describe.runIf(await hasServer())("alerts raised at the same time, on a real server", () => {
  let server: ServerConnections;
  let dbs: Db[];
  beforeAll(async () => {
    server = await openConnections(CONNECTIONS);
    ({ dbs } = server);
    await query(
      "INSERT INTO webhooks (id, url, types, secret) VALUES ('wh_1', 'https://h.example/', '{anomaly.detected}', 's')",
    );
  });
  afterAll(() => server.close());
  beforeEach(() => query("TRUNCATE events, anomalies, alerts, deliveries, alert_anomalies, alert_turns CASCADE"));

  const query = (text: string) => server.query(text);

  const idOf = (n: number) => `evt_${String(n).padStart(8, "0")}`;
  let made = 0;
  const raising = (db: Db, nowMs = NOW_MS): RaiseServices => ({
    db,
    nowMs: () => nowMs,
    newId: (prefix) => `${prefix}_${made++}`,
    config: { publicUrl: "https://pulse.example" },
  });
  const find = async (db: Db, numbers: readonly number[]) => {
    const row = (n: number) =>
      eventRow(scoredEvent({ id: idOf(n), user_id: `user-${n % 8}` }, ANOMALOUS), {
        requestId: "req_1",
        keyId: "key_1",
        nowMs: NOW_MS,
      });
    await storeEvents(db, numbers.map(row));
  };

  it("opens each group once and counts each anomaly once, while what is stored and raised goes on side by side", async () => {
    const PER_ROUND = 10;
    const ROUNDS = 5;
    await Promise.all(
      dbs.map(async (db, connection) => {
        for (let round = 0; round < ROUNDS; round++) {
          const first = (connection * ROUNDS + round) * PER_ROUND;
          const own = Array.from({ length: PER_ROUND }, (_, n) => first + n);
          await find(db, own);
          await raiseAnomalies(raising(db));
          // Whoever comes back from raising finds his own raised, by himself or by another.
          const left = await db.execute(sql`SELECT FROM anomalies WHERE unraised AND event_id IN ${own.map(idOf)}`);
          expect(left).toMatchObject({ rows: [] });
        }
      }),
    );
    const all = CONNECTIONS * ROUNDS * PER_ROUND;
    expect(await query("SELECT count(*)::int AS alerts, sum(anomalies)::int AS anomalies FROM alerts")).toEqual([
      { alerts: 8, anomalies: all },
    ]);
    expect(await query("SELECT count(*)::int AS n FROM alert_anomalies")).toEqual([{ n: all }]);
    expect(await query("SELECT count(*)::int AS n FROM deliveries")).toEqual([{ n: 8 }]);
  });

  it("keeps to the cap of an hour, and sends its digest once, when many do so at once", async () => {
    const [db] = dbs;
    if (db === undefined) throw new Error("there is no connection");
    await changeRule(db, "rule_default", { alerts_per_hour: 3 }, { keyId: "key_1", nowMs: NOW_MS });
    await Promise.all(
      dbs.map(async (each, connection) => {
        await find(each, [connection * 2, connection * 2 + 1]);
        await raiseAnomalies(raising(each));
      }),
    );
    expect(await query("SELECT digest, count(*)::int AS alerts FROM alerts GROUP BY 1 ORDER BY 1")).toEqual([
      { digest: false, alerts: 3 },
      { digest: true, alerts: 1 },
    ]);
    const closed = await Promise.all(dbs.map((each) => closeDigests(raising(each, NOW_MS + 2 * HOUR_MS))));
    expect(closed.map(({ digests }) => digests).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(await query("SELECT count(*)::int AS n FROM deliveries")).toEqual([{ n: 4 }]);
  });

  it("makes each of several changes of a rule at once a version of its own, with what was before it", async () => {
    const [db] = dbs;
    if (db === undefined) throw new Error("there is no connection");
    const [before] = await query("SELECT version FROM alert_rules WHERE id = 'rule_default'");
    await Promise.all(
      dbs.map((each, n) =>
        changeRule(each, "rule_default", { alerts_per_hour: 100 + n }, { keyId: `key_${n}`, nowMs: NOW_MS }),
      ),
    );
    const { rows } = await listVersions(db, "rule_default", { limit: CONNECTIONS, after: null });
    const first = Number(before?.["version"]);
    expect(rows.map(({ rule }) => rule?.version)).toEqual(dbs.map((_, n) => first + CONNECTIONS - n));
    const links = await query(
      "SELECT (before->>'version')::int + 1 = (after->>'version')::int AS linked FROM audit_log WHERE before IS NOT NULL",
    );
    expect(links.every(({ linked }) => linked === true)).toBe(true);
  });
});
