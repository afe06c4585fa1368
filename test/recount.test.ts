import { PGlite } from "@electric-sql/pglite";
import { sql } from "drizzle-orm";
import { drizzle as drizzleServer } from "drizzle-orm/node-postgres";
import { drizzle } from "drizzle-orm/pglite";
import { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { applyLabels } from "../aggregator/labels/apply.ts";
import { giveFeedback } from "../aggregator/store/anomalies.ts";
import { queryRows, type Db } from "../aggregator/store/db.ts";
import { countEarlierEvents } from "../aggregator/store/earlier-events.ts";
import { storeEvents } from "../aggregator/store/events.ts";
import { recount } from "../aggregator/store/test-recount.ts";
import { randomBatches, randomCopies, storeAsBefore, type Copy } from "../aggregator/store/test-traffic.ts";
import { openDatabase } from "../local/database.ts";
import { migrate } from "../local/migrate.ts";
import { createOwnDatabase, hasServer } from "../local/server-for-tests.ts";
import { pick, seededRandom, shuffle, type Random } from "../shared/random.ts";
import { migratedCluster } from "./embedded-database.ts";

interface Opened {
  db: Db;
  close(): Promise<void>;
}

async function openEmbedded(): Promise<Opened> {
  const client = await PGlite.create({ loadDataDir: await migratedCluster() });
  return { db: drizzle({ client }), close: () => client.close() };
}

async function openServer(): Promise<Opened> {
  const own = await createOwnDatabase();
  const database = await openDatabase({ databaseUrl: own.url });
  await migrate(database);
  await database.close();
  const pool = new Pool({ connectionString: own.url, max: 8 });
  // The server ends connections that are still closing when their database is dropped.
  pool.on("error", () => {});
  const close = async () => {
    await pool.end();
    await own.drop();
  };
  return { db: drizzleServer({ client: pool }), close };
}

/**
 * Statements that truly run at the same time need a server: the embedded Postgres has one connection. There fewer verdicts will do, as
 * what they meet is always the same other one; each is statements of its own, and they cost more than all else.
 */
const ENGINES = [
  { engine: "an embedded Postgres", open: openEmbedded, isThere: true, events: 300, verdicts: 30, atOnce: 2 },
  { engine: "a real server", open: openServer, isThere: await hasServer(), events: 1_500, verdicts: 60, atOnce: 8 },
];

for (const { engine, open, isThere, events, verdicts: verdictsGiven, atOnce } of ENGINES) {
  describe.runIf(isThere)(`the aggregates of ${events} events in ${engine}, ${atOnce} batches at once`, () => {
    let db: Db;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ db, close } = await open());
    });
    afterAll(() => close());
    beforeEach(async () => {
      await db.execute(
        sql`TRUNCATE events, anomalies, alerts, deliveries, feedback, stored_again, transactions, transaction_refunds, sessions, rollups_1m, rollups_1h, rollups_1d CASCADE`,
      );
    });

    const column = async (query: ReturnType<typeof sql>) => {
      const rows = await queryRows(db, z.object({ value: z.string() }), query);
      return rows.map(({ value }) => value);
    };

    /** Runs all work, so many pieces at a time. */
    async function together(work: readonly (() => Promise<unknown>)[]): Promise<void> {
      const left = work.values();
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          for (const piece of left) await piece();
        }),
      );
    }

    const judge = (random: Random) => async () => {
      const ids = await column(
        sql`SELECT coalesce(a.id, e.id) AS value FROM events AS e LEFT JOIN anomalies AS a ON a.event_id = e.id`,
      );
      if (ids.length === 0) return;
      const id = pick(random, ids);
      const verdict = () => ({ label: pick(random, ["confirmed", "dismissed"] as const), note: null, keyId: "key_1" });
      const word = () => {
        const label = pick(random, ["fraud", "legitimate", null] as const);
        return new Map([[id.replace(/^ano_/, ""), [{ source: "analyst", label, keyId: "key_1" } as const]]]);
      };
      // Twice at once: two analysts, or one who clicks twice.
      await Promise.all([
        id.startsWith("ano_") ? giveFeedback(db, id, verdict()) : applyLabels(db, word()),
        applyLabels(db, word()),
      ]);
    };

    const store = (batch: readonly Copy[]) => () =>
      storeEvents(
        db,
        batch.map(({ row }) => row),
      );

    async function expectRecounted(): Promise<void> {
      for (const [aggregate, { kept, recounted }] of Object.entries(await recount(db))) {
        expect({ aggregate, lines: kept }).toEqual({ aggregate, lines: recounted });
        expect(kept.length).toBeGreaterThan(10);
      }
    }

    it.each([1, 2, 3])(
      "equal a recount, however the events come and whatever is judged meanwhile (seed %i)",
      async (seed) => {
        const random = seededRandom(seed);
        const copies = randomCopies(random, events);
        const batches = randomBatches(random, copies, 60);
        const again = randomBatches(random, shuffle(random, copies).slice(0, copies.length / 4), 30);
        const verdicts = Array.from({ length: verdictsGiven }, () => judge(random));
        await together(shuffle(random, [...batches.map(store), ...again.map(store), ...verdicts]));
        expect(await column(sql`SELECT id AS value FROM events ORDER BY id`)).toEqual(
          [...new Set(copies.map(({ id }) => id))].toSorted(),
        );
        await expectRecounted();
        await expectCopiesKept(copies);
      },
    );

    /** Every copy answered as accepted that came of another request than the row. */
    async function expectCopiesKept(copies: readonly Copy[]): Promise<void> {
      const rows = await queryRows(
        db,
        z.object({ id: z.string(), request_id: z.string() }),
        sql`SELECT id, request_id FROM events`,
      );
      const requestOf = new Map(rows.map(({ id, request_id }) => [id, request_id]));
      const others = copies.filter(({ id, requestId, repeated }) => !repeated && requestOf.get(id) !== requestId);
      const kept = await column(
        sql`SELECT again.request_id AS value FROM stored_again AS again JOIN events AS e ON e.id = again.event_id
            WHERE e.request_id <> again.request_id`,
      );
      expect(kept.toSorted()).toEqual([...new Set(others.map(({ requestId }) => requestId))].toSorted());
    }

    it("equal a recount when events from before there were aggregates are brought in beside new ones and verdicts", async () => {
      const random = seededRandom(4);
      const copies = randomCopies(random, events);
      const half = copies.length / 2;
      await storeAsBefore(
        db,
        copies.slice(0, half).map(({ row }) => row),
      );
      const bringIn = () => countEarlierEvents({ db, nowMs: () => 0 });
      const verdicts = Array.from({ length: verdictsGiven }, () => judge(random));
      const batches = randomBatches(random, copies.slice(half), 60).map(store);
      await together(shuffle(random, [...batches, ...verdicts, bringIn, bringIn, bringIn]));
      await bringIn();
      expect(await column(sql`SELECT id AS value FROM events WHERE v = 1`)).toEqual([]);
      await expectRecounted();
    });
  });
}
