// oxlint-disable-next-line typescript/triple-slash-reference -- it declares globals, which cannot be imported
/// <reference path="../aggregator/modules.d.ts" />
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { balance } from "../aggregator/accounts/balance.ts";
import { readBooks } from "../aggregator/accounts/books.ts";
import { replay } from "../aggregator/replay.ts";
import { listFailedEvents } from "../aggregator/store/failed-events.ts";
import { testDatabase } from "../aggregator/store/test-database.ts";
import { LIMITS } from "../shared/limits.ts";
import { below, chance } from "../shared/random.ts";
import { expectBalanced, expectCountedOnce, expectDrained, expectNothingLost } from "./faults/invariants.ts";
import { createProduct, type Product } from "./faults/product.ts";
import { TROUBLES, type Trouble } from "./faults/troubles.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await database.reset();
  await database.client.exec(
    "INSERT INTO webhooks (id, url, types, secret) VALUES ('whk_1', 'https://h.example', '{anomaly.detected}', 's')",
  );
});

describe("the product, while everything around it fails", () => {
  const STEPS = 3;
  /** How often each trouble is about in a step, and strikes then. */
  const ABOUT = 0.15;
  const STRIKES = 0.6;
  const LIVES = 10;
  const struck = new Set<Trouble>();

  /** Requests, deliveries and the cron in random order, each time with other troubles about. */
  async function liveThrough({ random, troubles, clock, edge, sender, work }: Product): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      troubles.let(...TROUBLES.filter(() => chance(random, ABOUT)));
      if (chance(random, 0.1)) edge.forget();
      await sender.send();
      await clock.pass(11_000 + below(random, 30_000));
      await work();
    }
  }

  /** All troubles end; the sender sends what was not taken, and each queue and the cron have their turn, once. */
  async function recover({ troubles, clock, sender, workOnce }: Product): Promise<void> {
    troubles.let();
    await sender.sendRest();
    await clock.pass(60_000);
    await workOnce();
  }

  /** Replays every failure, as an operator does once its cause is gone, before the next run of the cron. @returns whether there were any */
  async function replayFailures({ clock, aggregator }: Product): Promise<boolean> {
    const services = { db: database.db, nowMs: () => clock.nowMs() };
    const { rows } = await listFailedEvents(database.db, { resolved: false }, { limit: 500, after: null });
    for (const failure of rows) await replay(failure, services);
    await aggregator.drain();
    return rows.length > 0;
  }

  async function live(seed: number): Promise<void> {
    const product = createProduct(database.client, seed, STRIKES);
    await liveThrough(product);
    await recover(product);
    expectDrained(product);
    await expectNothingLost(database.db, product, { givenUp: true });
    await expectBalanced(database.db, product);
    if (await replayFailures(product)) {
      await expectNothingLost(database.db, product, { givenUp: false });
      await expectBalanced(database.db, product);
    }
    for (const trouble of product.troubles.struck) struck.add(trouble);
  }

  it.each(Array.from({ length: 21 }, (_, group) => group * LIVES))(
    "loses nothing, counts nothing twice, keeps even books and drains by itself (lives from seed %i)",
    async (first) => {
      for (let seed = first; seed < first + LIVES; seed++) {
        await live(seed).catch((cause: unknown) => {
          throw new Error(`in the life of seed ${seed}`, { cause });
        });
      }
      await expectCountedOnce(database.db);
    },
  );

  it("met every trouble in these lives, or they would show nothing", () => {
    expect([...struck].toSorted()).toEqual(TROUBLES.toSorted());
  });
});

describe("one trouble that stays", () => {
  /** A product whose troubles strike each time. */
  const product = (...troubles: Trouble[]) => {
    const made = createProduct(database.client, 0, 1);
    made.troubles.let(...troubles);
    return made;
  };
  const view = { id: "evt_0_0001", name: "page_view", client_id: "client-1" };

  /** The books after all that waits has come to its end. */
  async function settledBooks({ startMs, clock, workOnce }: Product) {
    await clock.pass(10_000);
    await workOnce();
    const books = await readBooks(database.db, { from: new Date(startMs), to: new Date(clock.nowMs() + 60_000) });
    const { stored, failed } = books;
    const { accepted, duplicate, inFlight, isEven } = balance(books);
    return { accepted, duplicate, stored, failed, inFlight, isEven };
  }
  const EVEN = { failed: 0, inFlight: 0, isEven: true };

  it.each<{ stores: string; troubles: Trouble[] }>([
    { stores: "there", troubles: [] },
    { stores: "away", troubles: ["a profile store is away"] },
  ])("makes one row of a hundred copies at once, with the profile stores $stores", async ({ troubles }) => {
    const made = product(...troubles);
    const answers = await Promise.all(Array.from({ length: 100 }, () => made.edge.post("/v1/events", view)));
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(await settledBooks(made)).toEqual({ ...EVEN, accepted: 1, duplicate: 99, stored: 1 });
  });

  it("counts an id once that comes again after the profile stores forgot it", async () => {
    const made = product();
    await made.edge.post("/v1/events", view);
    expect(await settledBooks(made)).toEqual({ ...EVEN, accepted: 1, duplicate: 0, stored: 1 });
    made.edge.forget();
    await made.edge.post("/v1/events", view);
    expect(await settledBooks(made)).toEqual({ ...EVEN, accepted: 1, duplicate: 1, stored: 1 });
  });

  it.each([
    { how: "one by one", atOnce: 1 },
    { how: "together", atOnce: 2 },
  ])("keeps even books when a request's messages with one id come in the wrong order, $how", async ({ atOnce }) => {
    const made = product();
    const LARGE = 28_000;
    const large = { ...view, properties: { large: "x".repeat(LARGE) } };
    // About as much as a message holds, so that the second copy of the first is in another.
    const others = Array.from({ length: Math.floor(LIMITS.messageBytes / LARGE) - 1 }, (_, n) => ({
      ...large,
      id: `evt_0_000${n + 2}`,
    }));
    await made.edge.post("/v1/events/batch", { events: [large, ...others, large] });
    expect(made.events.taken).toHaveLength(2);
    const messages = made.events.taken.toReversed();
    for (let at = 0; at < messages.length; at += atOnce) {
      await made.aggregator.deliver(made.events, messages.slice(at, at + atOnce));
    }
    const stored = 1 + others.length;
    expect(await settledBooks(made)).toEqual({ ...EVEN, accepted: stored, duplicate: 1, stored });
  });

  it("counts a failure once that is recorded and then, as no acknowledgement came, given up by the queue too", async () => {
    const made = product("an event is garbled on its way");
    await made.edge.post("/v1/events", view);
    for (const { body } of made.events.taken) made.dead.take(body);
    expect(await settledBooks(made)).toEqual({ ...EVEN, accepted: 1, duplicate: 0, stored: 0, failed: 1 });
  });

  it("costs no event of a key that the edge knows when the key store is away, and asks to come again after 30 s", async () => {
    const made = product();
    await made.edge.post("/v1/events", view);
    made.troubles.let("the key store is away");
    const known = await made.edge.post("/v1/events", { ...view, id: "evt_0_0002" });
    expect(known.status).toBe(202);
    await made.clock.pass(31_000);
    const unknown = await made.edge.post("/v1/events", { ...view, id: "evt_0_0003" });
    expect([unknown.status, unknown.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await settledBooks(made)).toEqual({ ...EVEN, accepted: 2, duplicate: 0, stored: 2 });
  });

  it("takes events as if they had no Idempotency-Key while the store of these is away, each once", async () => {
    const made = product("the store of Idempotency-Keys is away");
    for (const status of ["accepted", "duplicate"]) {
      const answer = await made.edge.post("/v1/events", view, { "idempotency-key": "key-1" });
      expect(await answer.json()).toMatchObject({ id: view.id, status });
    }
    expect(await settledBooks(made)).toEqual({ ...EVEN, accepted: 1, duplicate: 1, stored: 1 });
  });

  it("costs no event when the queue of counts is away: it is stored, and its count follows", async () => {
    const made = product("the queue of counts refuses");
    await made.edge.post("/v1/events", view);
    expect(await settledBooks(made)).toMatchObject({ stored: 1, accepted: 0, isEven: false });
    made.troubles.let();
    expect(await settledBooks(made)).toEqual({ ...EVEN, accepted: 1, duplicate: 0, stored: 1 });
  });
});
