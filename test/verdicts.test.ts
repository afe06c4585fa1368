// oxlint-disable-next-line typescript/triple-slash-reference -- it declares globals, which cannot be imported
/// <reference path="../aggregator/modules.d.ts" />
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyLabels } from "../aggregator/labels/apply.ts";
import { placeClaims } from "../aggregator/labels/claims.ts";
import { labelOf, type LabelSaid } from "../aggregator/labels/precedence.ts";
import { giveFeedback } from "../aggregator/store/anomalies.ts";
import type { Db } from "../aggregator/store/db.ts";
import { eventRow, storeEvents } from "../aggregator/store/events.ts";
import { ANOMALOUS, NOW_MS, scoredEvent } from "../aggregator/test-events.ts";
import { hasServer } from "../local/server-for-tests.ts";
import { openConnections, type ServerConnections } from "./server-connections.ts";

const CONNECTIONS = 5;
const ROUNDS = 10;

/** Statements that truly run at the same time need a server: the embedded Postgres has one connection. */
describe.runIf(await hasServer())("verdicts given at the same time, on a real server", () => {
  let server: ServerConnections;
  let dbs: Db[];
  beforeAll(async () => {
    server = await openConnections(CONNECTIONS);
    ({ dbs } = server);
  });
  afterAll(() => server.close());

  it("add up to whether the anomaly is confirmed in the end, each label the turn of the one before", async () => {
    const [db] = dbs;
    if (db === undefined) throw new Error("there is no connection");
    for (let round = 0; round < ROUNDS; round++) {
      const id = `evt_verdict_${round}`;
      await storeEvents(db, [
        eventRow(scoredEvent({ id }, ANOMALOUS), { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS }),
      ]);
      await Promise.all(
        dbs.map(async (each, connection) => {
          for (let nth = 0; nth < 3; nth++) {
            const label = (connection + nth + round) % 2 === 0 ? "confirmed" : "dismissed";
            await giveFeedback(each, `ano_${id}`, { label, note: null, keyId: "key_1" });
          }
        }),
      );
      const [row] = await server.query<{ status: string; known: boolean; by: number[]; starts: number }>(
        `SELECT a.status, e.fraud_known_at IS NOT NULL AS known,
           (SELECT array_agg(by::int) FROM fraud_labels WHERE event_id = e.id) AS by,
           (SELECT count(DISTINCT known_at)::int FROM fraud_labels WHERE event_id = e.id) AS starts
         FROM anomalies AS a JOIN events AS e ON e.id = a.event_id WHERE e.id = $1`,
        [id],
      );
      const { status, known, by, starts } = row ?? { status: "", known: null, by: [], starts: 0 };
      const confirmed = status === "confirmed" ? 1 : 0;
      expect({ known, sum: by.reduce((sum, one) => sum + one, 0) }).toEqual({ known: confirmed === 1, sum: confirmed });
      // What is taken back is taken back from when it was known.
      expect(starts).toBe(by.filter((one) => one === 1).length);
    }
  });

  it("hold against chargebacks that come meanwhile, each recorded once, and the label is what comes of the whole history", async () => {
    const [db] = dbs;
    if (db === undefined) throw new Error("there is no connection");
    const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
    const nowMs = () => NOW_MS;
    for (let round = 0; round < ROUNDS; round++) {
      const id = `evt_disputed_${round}`;
      const order = { transaction_id: `order-${id}` };
      const shop = ["chargeback", "chargeback_reversed", "chargeback"].map((name, nth) => ({
        ...order,
        id: `${id}_${nth}`,
        name,
        timestamp: `2026-11-0${nth + 1}T00:00:00.000Z`,
      }));
      await storeEvents(db, [eventRow(scoredEvent({ id, ...order }), provenance)]);
      await Promise.all(
        dbs.map(async (each, connection) => {
          const event = shop[connection];
          if (event !== undefined) await storeEvents(each, [eventRow(scoredEvent(event), provenance)]);
          const label = ([null, "legitimate", null, "fraud", null] as const)[(connection + round) % 5] ?? null;
          const word = new Map([[id, [{ source: "analyst", label, keyId: "key_1" } as const]]]);
          await Promise.all([applyLabels(each, word), placeClaims({ db: each, nowMs })]);
        }),
      );
      await placeClaims({ db, nowMs });
      const [row] = await server.query<{ label: string | null; told: number; said: LabelSaid[]; labels: number }>(
        `SELECT e.label, e.labels, (SELECT coalesce(sum(by), 0)::int FROM fraud_labels WHERE event_id = e.id) AS told,
           (SELECT jsonb_agg(jsonb_build_object('source', source, 'label', label, 'atMs', extract(epoch FROM at) * 1000) ORDER BY id)
            FROM event_labels WHERE event_id = e.id) AS said
         FROM events AS e WHERE e.id = $1`,
        [id],
      );
      expect(row?.said).toHaveLength(CONNECTIONS + shop.length);
      expect(row).toMatchObject({
        labels: CONNECTIONS + shop.length,
        label: labelOf(row?.said ?? []),
        told: row?.label === "fraud" ? 1 : 0,
      });
    }
    expect(await server.query("SELECT FROM label_claims")).toEqual([]);
  });
});
