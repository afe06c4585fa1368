import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertKey, revokeKey, rotateKey } from "../aggregator/keys/records.ts";
import type { Db } from "../aggregator/store/db.ts";
import { hasServer } from "../local/server-for-tests.ts";
import { openConnections, type ServerConnections } from "./server-connections.ts";

const NOW_MS = Date.parse("2026-11-21T10:00:00Z");
const ROUNDS = 20;
const CONNECTIONS = 5;

/** Statements that truly run at the same time need a server: the embedded Postgres has one connection. */
describe.runIf(await hasServer())("admins at the same time, on a real server", () => {
  let server: ServerConnections;
  let dbs: Db[];
  beforeAll(async () => {
    server = await openConnections(CONNECTIONS);
    ({ dbs } = server);
  });
  afterAll(() => server.close());

  const onConnection = (number: number): Db => {
    const db = dbs[number % CONNECTIONS];
    if (db === undefined) throw new Error("there is no such connection");
    return db;
  };
  const query = (text: string, params: unknown[] = []) => server.query(text, params);

  let made = 0;
  const admins = async (count: number) => {
    await query("TRUNCATE api_keys");
    const ids: string[] = [];
    for (let number = 0; number < count; number++) {
      made += 1;
      const grant = { kind: "secret", role: "admin", description: null, expiresAt: null, createdBy: "x" } as const;
      const key = { ...grant, id: `admin${made}`, origins: [], digest: `digest ${made}` };
      ids.push((await insertKey(onConnection(0), key, NOW_MS)).id);
    }
    return ids;
  };
  const left = async () => (await query("SELECT id FROM api_keys WHERE revoked_at IS NULL")).length;
  const revoke = (id: string, connection: number) =>
    revokeKey(onConnection(connection), { id, by: "x", nowMs: NOW_MS });

  it.each([2, 3, 5])("leaves one of %i who revoke all at once, and never waits for ever", async (count) => {
    for (let round = 0; round < ROUNDS; round++) {
      const ids = await admins(count);
      const outcomes = await Promise.all(ids.toReversed().map(revoke));
      expect(outcomes.filter((outcome) => outcome === "last admin key").length).toBe(1);
      expect(await left()).toBe(1);
    }
  });

  it("revokes a key once when it is revoked several times at once", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [id = ""] = await admins(2);
      const outcomes = await Promise.all([revoke(id, 0), revoke(id, 1), revoke(id, 2)]);
      expect(outcomes).toEqual(["revoked", "revoked", "revoked"]);
      expect(await query("SELECT revision FROM api_keys WHERE id = $1", [id])).toEqual([{ revision: 2 }]);
    }
  });

  it("makes one key of a rotation asked for several times at once", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [id = ""] = await admins(1);
      const rotate = async (number: number) => {
        const successor = { id: `${id}-${number}`, digest: `digest ${id}-${number}`, expiresAt: null, createdBy: "x" };
        return rotateKey(onConnection(number), { id, endsAt: new Date(NOW_MS + 1_000), successor, nowMs: NOW_MS });
      };
      const outcomes = await Promise.all([rotate(1), rotate(2), rotate(3)]);
      expect(outcomes.filter(Boolean).length).toBe(1);
      expect(await left()).toBe(2);
    }
  });
});
