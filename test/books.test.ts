import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startSystem, type System } from "./system.ts";

let system: System;

beforeAll(async () => {
  system = await startSystem({ edgeVars: { ACCOUNT_INTERVAL_MS: "200" } });
});
afterAll(() => system.stop());

const view = (id: string) => ({ id, name: "page_view", client_id: "client-1" });
const send = (body: unknown, init?: { key: string }) => system.send("/v1/events", body, init);
const books = async () => (await system.ask("GET", "/v1/accounting", system.key("analyst"))).body;

/** The books once they hold this many events that came in and all of those stored. */
const balanced = (received: number) =>
  eventually("books that balance", async () => {
    const now = await books();
    return now.received === received && now.balanced && now.in_flight === 0 ? now : null;
  });

describe("GET /v1/accounting", () => {
  it("balances after good, bad, repeated and strange events, and through an outage of Postgres", async () => {
    await Promise.all(["evt_books_01", "evt_books_02", "evt_books_03"].map((id) => send(view(id))));
    await send(view("evt_books_01"));
    await send("{ not JSON");
    await send({ ...view("evt_books_04"), nam: "misspelt" });
    await send(view("evt_books_05"), { key: "sk_nobody" });
    await system.send("/v1/events/batch", {
      events: [view("evt_books_06"), { id: "evt_books_07" }, view("evt_books_02")],
    });
    const expected = { accepted: 4, duplicate: 2, rejected: 4, limited: 0, stored: 4, failed: 0, uncounted: 0 };
    expect(await balanced(10)).toMatchObject({
      ...expected,
      rejected_by: { unreadable: 1, invalid: 2, unauthenticated: 1 },
      queue: { waiting_messages: 0, set_aside: 0 },
    });

    await system.stopPostgres();
    await Promise.all(["evt_books_08", "evt_books_09"].map((id) => send(view(id))));
    const spool = await system.workers.miniflare.getR2Bucket("SPOOL", "pulseecom-aggregator");
    await eventually("what is set aside, events and counts", async () =>
      (await spool.list()).objects.length >= 2 ? true : null,
    );
    await system.resumePostgres();
    await system.workers.runCron("* * * * *");
    expect(await balanced(12)).toMatchObject({ ...expected, accepted: 6, stored: 6 });
  });
});
