import { DrizzleQueryError } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { SETTLE } from "./settle.ts";
import type { Db } from "./store/db.ts";
import { testDatabase } from "./store/test-database.ts";
import { intakeMessage, NOW_MS, scoredEvent } from "./test-events.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

/** A database that refuses the first statements with this state. */
function refusing(code: string, times: number): { db: Db; refused(): number } {
  let refused = 0;
  const execute = (...given: Parameters<Db["execute"]>) => {
    if (refused === times) return database.db.execute(...given);
    refused += 1;
    return Promise.reject(new DrizzleQueryError("INSERT", [], Object.assign(new Error("no"), { code })));
  };
  return { db: Object.create(database.db, { execute: { value: execute } }), refused: () => refused };
}

const settle = (db: Db) =>
  SETTLE.assessments([{ id: "message", body: intakeMessage(scoredEvent({ id: "evt_00000001" })) }], {
    db,
    nowMs: () => NOW_MS,
  });

describe("SETTLE.assessments", () => {
  it.each(["40P01", "40001"])(
    "tries again when another statement was in the way (%s), and blames no event",
    async (code) => {
      const { db, refused } = refusing(code, 2);
      expect(await settle(db)).toMatchObject({ events: 1, stored: 1, failed: 0 });
      expect(refused()).toBe(2);
    },
  );

  it("gives up for now after three tries, so that what cannot be stored is set aside and not lost", async () => {
    const { db, refused } = refusing("40P01", 9);
    await expect(settle(db)).rejects.toThrow(DrizzleQueryError);
    expect(refused()).toBe(3);
    expect((await database.client.query("SELECT FROM failed_events")).rows).toEqual([]);
  });

  it("does not try again what fails for another reason", async () => {
    const { db, refused } = refusing("57P01", 9);
    await expect(settle(db)).rejects.toThrow(DrizzleQueryError);
    expect(refused()).toBe(1);
  });
});
