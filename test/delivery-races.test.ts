import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimDelivery, settleAttempt, type Claim } from "../aggregator/alert/deliveries.ts";
import { askForMissed, reviveDelivery, reviveMissed } from "../aggregator/alert/replays.ts";
import { insertAlerts, insertHook } from "../aggregator/alert/test-alerting.ts";
import { changeWebhook } from "../aggregator/alert/webhooks.ts";
import type { Db } from "../aggregator/store/db.ts";
import { hasServer } from "../local/server-for-tests.ts";
import { openConnections, type ServerConnections } from "./server-connections.ts";

const NOW_MS = Date.parse("2026-11-21T10:00:00Z");
const LEASE_MS = 30_000;
const CONNECTIONS = 6;
const ROUNDS = 10;

/** Statements that truly run at the same time need a server: the embedded Postgres has one connection. */
describe.runIf(await hasServer())("isolates that deliver at the same time, on a real server", () => {
  let server: ServerConnections;
  let dbs: Db[];
  beforeAll(async () => {
    server = await openConnections(CONNECTIONS);
    ({ dbs } = server);
  });
  afterAll(() => server.close());
  beforeEach(async () => void (await query("TRUNCATE webhooks, alerts, deliveries, delivery_attempts CASCADE")));

  const query = (text: string) => server.query(text);
  /** The same on every connection at once. */
  const everywhere = <T>(what: (db: Db, connection: number) => Promise<T>) => Promise.all(dbs.map(what));
  const first = () => {
    const [db] = dbs;
    if (db === undefined) throw new Error("there is no connection");
    return db;
  };
  const claim = (id: string) => (db: Db) => claimDelivery(db, id, "due", NOW_MS, LEASE_MS);
  const claimAll = async (ids: readonly string[]) => {
    const claims: (Claim | null)[] = [];
    for (const id of ids) claims.push(await claim(id)(first()));
    return claims;
  };
  const settle = (claimed: Claim, ends: "delivered" | "fails") => (db: Db) => {
    const delivered = ends === "delivered";
    const record = { startedAtMs: NOW_MS, durationMs: 1, answer: "", timedOut: false };
    return settleAttempt(
      db,
      claimed,
      delivered ? { kind: "delivered" } : { kind: "retry", afterMs: 5_000 },
      { ...record, status: delivered ? 200 : 500, error: delivered ? null : "answered 500" },
      NOW_MS,
    );
  };

  it("claim a delivery once", async () => {
    await insertHook(first(), { id: "wh_1", url: "https://hooks.example.com/" });
    for (const id of await insertAlerts(first(), "wh_1", NOW_MS - LEASE_MS, ROUNDS)) {
      expect((await everywhere(claim(id))).filter((claimed) => claimed !== null)).toHaveLength(1);
    }
  });

  it("probe an open circuit once, be it by one delivery or by another", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = `wh_${round}`;
      const openUntil = new Date(NOW_MS - 1);
      await insertHook(first(), { id, url: "https://hooks.example.com/", strikes: 20, openUntil });
      const ids = await insertAlerts(first(), id, NOW_MS - LEASE_MS, CONNECTIONS);
      const claims = await everywhere((db, connection) => claim(ids[connection] ?? "")(db));
      expect(claims.filter((claimed) => claimed !== null)).toMatchObject([{ isProbe: true }]);
    }
  });

  it("count every strike, and open the circuit by the twentieth", async () => {
    await insertHook(first(), { id: "wh_1", url: "https://hooks.example.com/" });
    const ids = await insertAlerts(first(), "wh_1", NOW_MS - LEASE_MS, 20);
    const claims = await claimAll(ids);
    for (let at = 0; at < claims.length; at += CONNECTIONS) {
      await everywhere(async (db, connection) => {
        const claimed = claims[at + connection];
        if (claimed) await settle(claimed, "fails")(db);
      });
    }
    expect(await query("SELECT strikes, openings FROM webhooks")).toEqual([{ strikes: 20, openings: 1 }]);
  });

  it("revive a delivery once", async () => {
    await insertHook(first(), { id: "wh_1", url: "https://hooks.example.com/" });
    const ids = await insertAlerts(first(), "wh_1", NOW_MS, ROUNDS);
    await query("UPDATE deliveries SET status = 'exhausted', attempts = 10");
    for (const id of ids) {
      const revived = await everywhere((db) => reviveDelivery(db, id, NOW_MS, LEASE_MS));
      expect(revived.filter(Boolean)).toHaveLength(1);
    }
  });

  it("neither deadlock nor leave anything waiting for a webhook that is switched off, whatever else goes on", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = `wh_${round}`;
      await insertHook(first(), { id, url: "https://hooks.example.com/" });
      const [lost = "", ...ids] = await insertAlerts(first(), id, NOW_MS - LEASE_MS, CONNECTIONS);
      await query(`UPDATE deliveries SET status = 'exhausted', finished_at = created_at WHERE id = '${lost}'`);
      const claims = await claimAll(ids);
      await askForMissed(first(), id, new Date(0).toISOString(), NOW_MS);
      await everywhere(async (db, connection) => {
        const claimed = claims[connection];
        if (connection === CONNECTIONS - 1) await changeWebhook(db, id, { enabled: false }, NOW_MS);
        else if (claimed && connection % 2 === 0) await settle(claimed, "fails")(db);
        else if (claimed) await settle(claimed, "delivered")(db);
        if (connection === 0) await reviveMissed(db, NOW_MS);
      });
      const waiting = await query(`SELECT id FROM deliveries WHERE webhook_id = '${id}' AND status = 'pending'`);
      // What was revived in the very moment is cancelled by the cron, as is what comes in then.
      expect(waiting.filter((delivery) => delivery["id"] !== lost)).toEqual([]);
    }
  });
});
