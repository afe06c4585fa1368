import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AccountMessage } from "../../shared/account.ts";
import { AccountMessage as Message } from "../../shared/account.ts";
import golden from "../../shared/account.v1.json" with { type: "json" };
import { testDatabase } from "../store/test-database.ts";
import { countOnce, forgetCounted } from "./count-once.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => database.reset());

function message(id: string, counts: Partial<AccountMessage["minutes"][number]> = {}): AccountMessage {
  const none = { received: 0, accepted: 0, duplicate: 0, limited: 0, rejected: {} };
  return { v: 1, id, minutes: [{ minute: "2026-11-21T10:00:00.000Z", ...none, ...counts }] };
}

const rows = async (sql: string) => (await database.client.query(sql)).rows;
const counts = () =>
  rows(
    "SELECT to_char(minute AT TIME ZONE 'UTC', 'HH24:MI') AS at, outcome, events FROM edge_counts ORDER BY minute, outcome",
  );

describe("countOnce", () => {
  it("counts version 1 by minute and outcome, and writes no row for nothing", async () => {
    expect(await countOnce(database.db, [Message.parse(golden)])).toBe(1);
    expect(await counts()).toEqual([
      { at: "10:00", outcome: "accepted", events: 4 },
      { at: "10:00", outcome: "duplicate", events: 1 },
      { at: "10:00", outcome: "limited", events: 2 },
      { at: "10:00", outcome: "received", events: 9 },
      { at: "10:00", outcome: "rejected:invalid", events: 1 },
      { at: "10:00", outcome: "rejected:too-large", events: 1 },
      { at: "10:01", outcome: "accepted", events: 1 },
      { at: "10:01", outcome: "received", events: 1 },
    ]);
  });

  it("counts a message once, alone, among others and twice in a batch, because queues deliver at least once", async () => {
    const [one, two] = [message("acc_1", { received: 1 }), message("acc_2", { received: 10 })];
    expect(await countOnce(database.db, [one, one])).toBe(1);
    expect(await countOnce(database.db, [two, one])).toBe(1);
    expect(await countOnce(database.db, [one])).toBe(0);
    expect(await counts()).toEqual([{ at: "10:00", outcome: "received", events: 11 }]);
  });

  it("counts a message once when two batches bring it at the same time", async () => {
    const messages = Array.from({ length: 20 }, (_, index) => message(`acc_${index}`, { received: 1, accepted: 1 }));
    const fresh = await Promise.all([countOnce(database.db, messages), countOnce(database.db, messages.toReversed())]);
    expect(fresh[0] + fresh[1]).toBe(20);
    expect(await counts()).toEqual([
      { at: "10:00", outcome: "accepted", events: 20 },
      { at: "10:00", outcome: "received", events: 20 },
    ]);
  });

  it("takes nothing for nothing", async () => {
    expect(await countOnce(database.db, [])).toBe(0);
  });
});

describe("forgetCounted", () => {
  it("forgets messages that no queue can hold any longer, and no other, so that none counts twice", async () => {
    await countOnce(database.db, [message("acc_old", { received: 1 }), message("acc_new", { received: 1 })]);
    await rows("UPDATE counted_messages SET counted_at = now() - interval '15 days' WHERE id = 'acc_new'");
    await rows("UPDATE counted_messages SET counted_at = now() - interval '21 days' WHERE id = 'acc_old'");
    await forgetCounted(database.db);
    expect(await rows("SELECT id FROM counted_messages")).toEqual([{ id: "acc_new" }]);
    expect(await counts()).toEqual([{ at: "10:00", outcome: "received", events: 2 }]);
  });
});
