import { describe, expect, it } from "vitest";
import { Event } from "../../shared/event.ts";
import { Deadlines } from "../../shared/deadline.ts";
import type { LabelMessage } from "../../shared/label.ts";
import { labelAll, recallAll, newMemory } from "../../shared/memory.ts";
import { entitiesOf, type Knowledge } from "../../shared/observe.ts";
import { nameOf } from "../../shared/profile/names.ts";
import type { Signals } from "../../shared/signals.ts";
import { plainKnowledge } from "../../shared/test-facts.ts";
import type { Enriched } from "../enrich.ts";
import { consumeLabels } from "../labels.ts";
import { memoryStores, purchase } from "../test-edge.ts";
import { know as knowBy, takeBack, type Known, type Stores } from "./know.ts";
import type { RecallRequest } from "./wire.ts";

const TIMESTAMP = "2026-11-21T10:00:00.000Z";
const DEADLINE_MS = 30;

async function know(events: readonly Enriched[], stores: Stores, deadlineMs: number): Promise<Known[]> {
  const deadlines = new Deadlines();
  return knowBy(events, stores, deadlines, deadlineMs).finally(() => deadlines.end());
}

function enriched(changes: Record<string, unknown> = {}, signals: Signals = { ip_hash: "ip-1" }): Enriched {
  const { email: _email, sent_at: _sentAt, context: _context, ...event } = Event.parse(purchase(changes));
  return { event: { ...event, timestamp: TIMESTAMP }, signals, address: undefined };
}

const nobody: Enriched = {
  event: { id: "evt_nobody01", name: "page_view", timestamp: TIMESTAMP },
  signals: {},
  address: undefined,
};

/** Stores over memory that keep what they were asked. */
function watched(changes: Partial<Stores> = {}) {
  const calls: { shard: number; requests: RecallRequest[] }[] = [];
  const taken: { shard: number; ids: string[] }[] = [];
  const later: Promise<unknown>[] = [];
  const inner = memoryStores();
  const stores: Stores = {
    ...inner,
    recall(shard, requests) {
      calls.push({ shard, requests });
      return inner.recall(shard, requests);
    },
    async takeBack(shard, ids) {
      taken.push({ shard, ids });
      await inner.takeBack(shard, ids);
    },
    waitUntil: (promise) => void later.push(promise),
    ...changes,
  };
  return { stores, calls, taken, later };
}

/** The label of an event as the aggregator sends it. */
function fraudOf({ event, signals }: Enriched, knownMs: number): LabelMessage {
  const entities = entitiesOf(event, signals).map(({ kind, key }) => nameOf(kind, key));
  return { v: 1, id: "lab_1", entities, by: 1, known_at: new Date(knownMs).toISOString() };
}

function batchOf(body: LabelMessage) {
  return { queue: "pulseecom-labels", messages: [{ id: "m-1", body, ack: () => undefined, retry: () => undefined }] };
}

describe("know", () => {
  it("asks each store once for all events, however many entities they name", async () => {
    const { stores, calls } = watched({ shards: 4 });
    await know([enriched(), enriched({ user_id: "u-2" }), nobody], stores, DEADLINE_MS);
    const shards = calls.map(({ shard }) => shard);
    expect(shards.length).toBe(new Set(shards).size);
    const names = calls.flatMap(({ requests }) => requests.flatMap(({ entities }) => entities));
    expect(names.toSorted()).toEqual(
      ["customer:u-1", "client:c-1", "ip:ip-1", "customer:u-2", "client:c-1", "ip:ip-1"].toSorted(),
    );
  });

  it.each([1, 3, 16])(
    "knows over %i shards exactly what one memory of all would, of whatever happened",
    async (shards) => {
      const names = ["purchase", "page_view", "login", "add_to_cart", "refund", "coupon_rejected", "payment_failed"];
      const events = Array.from({ length: 120 }, (_, index): Enriched => {
        const { event } = enriched({
          name: names[index % names.length],
          user_id: `u-${index % 4}`,
          client_id: `c-${index % 3}`,
          session_id: `s-${index % 5}`,
          coupon: index % 8 === 0 ? "SALE" : undefined,
          value: 10 + index,
          payment: { card_fingerprint: `k-${index % 5}` },
          shipping_address: { country: "DE", postal_code: `1011${index % 9}` },
        });
        const timestamp = new Date(Date.parse(TIMESTAMP) + index * 1_900_000).toISOString();
        const place = { latitude: 48 + (index % 7), longitude: 11 };
        const signals = { ip_hash: "ip-1", country: "DE", ...place };
        return { event: { ...event, timestamp }, signals, address: undefined };
      });
      const [fraud = nobody] = events;
      const knownMs = Date.parse(TIMESTAMP) + 3_600_000;

      const memory = newMemory();
      const { stores } = watched({ shards });
      const expected: Knowledge[] = [];
      const known: Known[] = [];
      for (let at = 0; at < events.length; at += 40) {
        const some = events.slice(at, at + 40);
        expected.push(...some.map(({ event, signals }) => recallAll(memory, event, signals)));
        known.push(...(await know(some, stores, 1_000)));
        // Known as fraud after the first forty, and after the second it never was.
        const by = at === 0 ? 1 : -1;
        labelAll(memory, fraud.event, fraud.signals, knownMs, by);
        await consumeLabels(batchOf({ ...fraudOf(fraud, knownMs), id: `lab_${at}`, by }), {
          stores,
          log: () => undefined,
        });
      }
      expect(known.map(({ knowledge }) => plainKnowledge(knowledge))).toEqual(expected.map(plainKnowledge));
      expect(known.flatMap(({ degraded }) => degraded)).toEqual([]);
      expect(known[50]?.knowledge.profiles.ip?.frauds30d).toBe(1);
    },
  );

  it("lets each event of a batch see those before it, and none after", async () => {
    const known = await know([enriched(), enriched(), enriched()], watched().stores, DEADLINE_MS);
    expect(known.map(({ knowledge }) => knowledge.profiles.customer?.orders)).toEqual([0, 1, 2]);
  });

  it("counts an id once, and says that it came before, within a batch and after it", async () => {
    const { stores } = watched();
    const event = enriched();
    const first = await know([event, event], stores, DEADLINE_MS);
    const [again] = await know([event], stores, DEADLINE_MS);
    expect([...first, again].map((known) => known?.repeated)).toEqual([false, true, true]);
    expect([again].map((known) => known && plainKnowledge(known.knowledge))).toEqual(
      first.slice(0, 1).map(({ knowledge }) => plainKnowledge(knowledge)),
    );
    const [next] = await know([enriched()], stores, DEADLINE_MS);
    expect(next?.knowledge.profiles.customer?.orders).toBe(1);
  });

  it.each([1, 16])(
    "holds exactly one of 100 requests with an id at the same time for new, over %i shards",
    async (shards) => {
      const { stores } = watched({ shards });
      const event = enriched();
      const known = await Promise.all(Array.from({ length: 100 }, () => know([event], stores, DEADLINE_MS)));
      expect(known.flat().filter(({ repeated }) => !repeated).length).toBe(1);
      const [next] = await know([enriched()], stores, DEADLINE_MS);
      expect(next?.knowledge.profiles.customer?.orders).toBe(1);
    },
  );

  it("holds one of two requests for new although each store saw another of them first", async () => {
    const inner = memoryStores({ shards: 16 });
    const asked = new Set<number>();
    const later: (() => void)[] = [];
    const firsts: boolean[] = [];
    // Every store but the first that is asked sees the second request first.
    const recall: Stores["recall"] = async (shard, requests) => {
      const isFirst = !asked.has(shard);
      asked.add(shard);
      if (isFirst && asked.size > 1) await new Promise<void>((resolve) => later.push(resolve));
      const answers = await inner.recall(shard, requests);
      firsts.push(answers[0]?.repeated === false);
      for (const goOn of isFirst ? [] : later.splice(0)) goOn();
      return answers;
    };
    const event = enriched();
    const stores = { ...inner, recall };
    const [one, other] = await Promise.all([know([event], stores, DEADLINE_MS), know([event], stores, DEADLINE_MS)]);
    expect(firsts.filter(Boolean).length).toBeGreaterThan(1);
    expect([...one, ...other].map(({ repeated, degraded }) => ({ repeated, degraded }))).toEqual([
      { repeated: false, degraded: [] },
      { repeated: true, degraded: [] },
    ]);
  });

  it("knows a repeat within a request when every store is away", async () => {
    const { stores } = watched({ recall: () => Promise.reject(new Error("down")) });
    const [event, other] = [enriched(), enriched()];
    const known = await know([event, other, event], stores, DEADLINE_MS);
    expect(known.map(({ repeated }) => repeated)).toEqual([false, false, true]);
  });

  it("knows a repeat by any store that is left", async () => {
    const { stores } = watched({ shards: 16 });
    const event = enriched();
    await know([event], stores, DEADLINE_MS);
    const recall: Stores["recall"] = (shard, requests) =>
      requests.some(({ entities }) => entities.includes("ip:ip-1"))
        ? stores.recall(shard, requests)
        : Promise.reject(new Error("down"));
    expect((await know([event], { ...stores, recall }, DEADLINE_MS))[0]?.repeated).toBe(true);
  });

  it("knows an event that names nobody by its id", async () => {
    const { stores, calls } = watched({ shards: 8 });
    const known = await know([nobody], stores, DEADLINE_MS);
    expect(known).toMatchObject([{ knowledge: { profiles: {}, prices: [] }, repeated: false, degraded: [] }]);
    expect(calls.length).toBe(1);
    expect((await know([nobody], stores, DEADLINE_MS))[0]?.repeated).toBe(true);
  });

  it("goes on without a store that fails, and names every kind that is missing", async () => {
    const { stores, later } = watched({ recall: () => Promise.reject(new Error("overloaded")) });
    const [known] = await know([enriched()], stores, DEADLINE_MS);
    expect(known).toMatchObject({
      knowledge: { profiles: {}, prices: [] },
      repeated: false,
      degraded: ["profile:customer", "profile:client", "profile:ip", "profile:prices"],
    });
    await expect(Promise.all(later)).resolves.toBeDefined();
  });

  it("misses only what the failing store keeps", async () => {
    const whole = watched({ shards: 16 });
    const recall: Stores["recall"] = (shard, requests) =>
      requests.some(({ entities }) => entities.includes("ip:ip-1"))
        ? Promise.reject(new Error("down"))
        : whole.stores.recall(shard, requests);
    const [known] = await know([enriched()], { ...whole.stores, recall }, DEADLINE_MS);
    expect(known?.degraded).toEqual(["profile:ip"]);
    expect(Object.keys(known?.knowledge.profiles ?? {})).toEqual(["customer", "client"]);
  });

  it("waits no longer than its deadline, and lets the call finish so that its lesson is not lost", async () => {
    let answer = () => undefined as void;
    const inner = memoryStores();
    const { stores, later } = watched({
      recall: async (shard, requests) => {
        await new Promise<void>((resolve) => (answer = resolve));
        return inner.recall(shard, requests);
      },
    });
    const [late] = await know([enriched()], stores, DEADLINE_MS);
    expect(late?.degraded).toContain("profile:customer");
    expect(later.length).toBe(1);
    answer();
    await Promise.all(later);
    const [next] = await know([enriched()], { ...stores, recall: inner.recall }, DEADLINE_MS);
    expect(next?.knowledge.profiles.customer?.orders).toBe(1);
  });

  it("asks nobody about nothing", async () => {
    const { stores, calls } = watched();
    expect(await know([], stores, DEADLINE_MS)).toEqual([]);
    expect(calls).toEqual([]);
  });
});

describe("takeBack", () => {
  it("makes an event new again in every store that saw it, without teaching it twice", async () => {
    const { stores, taken } = watched({ shards: 16 });
    const event = enriched();
    const [first] = await know([event], stores, DEADLINE_MS);
    await takeBack([{ id: event.event.id, stores: first?.stores ?? [] }], stores);
    expect(taken.length).toBeGreaterThan(1);
    const [again] = await know([event], stores, DEADLINE_MS);
    expect(again).toEqual(first);
    expect((await know([event], stores, DEADLINE_MS))[0]?.repeated).toBe(true);
  });

  it("tells a store of all its events at once", async () => {
    const { stores, taken } = watched();
    await takeBack(
      [
        { id: "evt_00000001", stores: [0] },
        { id: "evt_00000002", stores: [1, 0] },
      ],
      stores,
    );
    expect(taken).toEqual([
      { shard: 0, ids: ["evt_00000001", "evt_00000002"] },
      { shard: 1, ids: ["evt_00000002"] },
    ]);
  });

  it("never throws, because nobody waits for it", async () => {
    const broken: Stores["takeBack"] = () => {
      throw new Error("no such object");
    };
    await expect(
      takeBack([{ id: "evt_00000001", stores: [0] }], watched({ takeBack: broken }).stores),
    ).resolves.toBeUndefined();
  });
});
