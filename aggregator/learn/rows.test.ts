import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { FEATURE_NAMES } from "../../shared/features/features.ts";
import { actOf } from "../../shared/observe.ts";
import { isPayment } from "../../shared/profile/observation.ts";
import type { ScoredEvent } from "../../shared/message.ts";
import { eventRow, storeEvents } from "../store/events.ts";
import { testDatabase } from "../store/test-database.ts";
import { NOW_MS, scoredEvent } from "../test-events.ts";
import { countRows, PAYMENT_NAMES, readRows, thresholdAt, type Reading } from "./rows.ts";
import { storePayments } from "./test-learning.ts";
import { DAY_MS, type LearningRow } from "./row.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => void (database = await testDatabase()));
afterEach(() => database.reset());

const END_MS = Math.floor(NOW_MS / DAY_MS) * DAY_MS;
const WINDOW = { fromMs: END_MS - 7 * DAY_MS, endMs: END_MS };
const ALL: Reading = { ...WINDOW, asOfMs: NOW_MS, shares: { payments: 1, others: 1, labelled: 1 } };

async function store(...events: ScoredEvent[]): Promise<void> {
  const provenance = { requestId: "req_1", keyId: "key_1", nowMs: NOW_MS };
  await storeEvents(
    database.db,
    events.map((event) => eventRow(event, provenance)),
  );
}

async function read(reading: Partial<Reading> = {}): Promise<LearningRow[]> {
  const rows: LearningRow[] = [];
  for await (const page of readRows(database.db, { ...ALL, ...reading })) rows.push(...page);
  return rows;
}

const label = (id: string, said: string, atMs: number) =>
  database.client.query("UPDATE events SET label = $2, labelled_at = $3 WHERE id = $1", [id, said, new Date(atMs)]);

const at = (hoursBeforeEnd: number) => new Date(END_MS - hoursBeforeEnd * 3_600_000).toISOString();

describe("readRows", () => {
  it("gives what was stored back: the float32 of every feature, the raw rules, what it was worth and was said to be", async () => {
    const features = FEATURE_NAMES.map((_name, index) =>
      index === 0 ? -1 : Math.fround(Math.PI * 10 ** (index - 20)),
    );
    const rules = { card_testing: 0.812_345 };
    await store(
      scoredEvent({ id: "evt_one", timestamp: at(1), value: 49.9, currency: "EUR" }, {}, { features, rules }),
    );
    await label("evt_one", "fraud", NOW_MS - 1);
    const rows = await read();
    expect(rows).toEqual([
      {
        id: "evt_one",
        atMs: END_MS - 3_600_000,
        isPayment: true,
        vector: Float32Array.from(features),
        rules,
        label: "fraud",
        draw: expect.any(Number),
        weight: 1,
        value: 49.9,
        currency: "EUR",
      },
    ]);
  });

  it("knows of no label that was given after the run began", async () => {
    await store(scoredEvent({ id: "evt_one", timestamp: at(1) }));
    await label("evt_one", "fraud", NOW_MS + 1);
    expect(await read()).toMatchObject([{ label: null }]);
  });

  it("holds the window's first instant and not its last, and no vector of another feature table", async () => {
    await store(
      scoredEvent({ id: "evt_before", timestamp: new Date(WINDOW.fromMs - 1).toISOString() }),
      scoredEvent({ id: "evt_first", timestamp: new Date(WINDOW.fromMs).toISOString() }),
      scoredEvent({ id: "evt_after", timestamp: new Date(WINDOW.endMs).toISOString() }),
      scoredEvent({ id: "evt_older", timestamp: at(1) }, {}, { feature_set: "shop-v1" }),
    );
    expect((await read()).map(({ id }) => id)).toEqual(["evt_first"]);
  });

  it("takes the same even sample each time, all that is labelled beside it, and what each row stands for", async () => {
    await storePayments(database.db, { fromMs: WINDOW.fromMs, days: 7, perDay: 350 });
    await database.client.query("UPDATE events SET label = 'legitimate', labelled_at = received_at WHERE id LIKE '%7'");
    const everything = await read();
    expect(everything).toHaveLength(2_450); // over pages, each row once
    expect(new Set(everything.map(({ id }) => id)).size).toBe(2_450);
    const shares = { payments: 0.2, others: 1, labelled: 1 };
    const [sample, again] = [await read({ shares }), await read({ shares })];
    expect(again).toEqual(sample);
    const drawn = sample.filter(({ draw }) => draw !== null);
    expect(drawn.length / 2_450).toBeCloseTo(0.2, 1);
    const of = (rows: LearningRow[]) => rows.filter((row) => row.label === "legitimate").map(({ id }) => id);
    expect(of(sample)).toEqual(of(everything));
    expect(new Set(sample.map(({ label: said, weight }) => `${said} ${weight}`))).toEqual(
      new Set(["legitimate 1", "null 5"]),
    );
    const halves = drawn.filter(({ draw }) => (draw ?? 0) < 0.5).length;
    expect(halves / drawn.length).toBeCloseTo(0.5, 1);
    expect(drawn.every(({ draw }) => draw !== null && draw >= 0 && draw < 1)).toBe(true);
    const smaller = await read({ shares: { ...shares, payments: 0.1 } });
    const ids = new Set(sample.map(({ id }) => id));
    expect(smaller.filter(({ id }) => !ids.has(id))).toEqual([]); // a smaller sample is part of the larger
  });
});

describe("PAYMENT_NAMES", () => {
  it("are the names that profiles see as payment attempts, so that both kinds are told apart as at the edge", () => {
    const names = ["purchase", "payment_failed", "refund", "login", "page_view", "begin_checkout", "my_own"];
    const isAttempt = (name: string) => isPayment(actOf({ id: "e", timestamp: at(1), name }));
    expect(names.filter(isAttempt)).toEqual([...PAYMENT_NAMES]);
  });
});

describe("countRows", () => {
  it("counts payments, all else and what is labelled, of the window alone", async () => {
    await store(
      scoredEvent({ id: "evt_1", timestamp: at(1) }),
      scoredEvent({ id: "evt_2", timestamp: at(2), name: "payment_failed" }),
      scoredEvent({ id: "evt_3", timestamp: at(3), name: "page_view" }),
      scoredEvent({ id: "evt_4", timestamp: at(-1) }),
    );
    await label("evt_3", "fraud", NOW_MS);
    await label("evt_4", "fraud", NOW_MS);
    expect(await countRows(database.db, WINDOW, NOW_MS)).toEqual({ payments: 2, others: 1, labelled: 1 });
  });
});

describe("thresholdAt", () => {
  it("is what the newest event of the window was held against, or null", async () => {
    expect(await thresholdAt(database.db, WINDOW)).toBeNull();
    await store(
      scoredEvent({ id: "evt_1", timestamp: at(2) }, { threshold: 0.7 }),
      scoredEvent({ id: "evt_2", timestamp: at(1) }, { threshold: 0.65 }),
      scoredEvent({ id: "evt_3", timestamp: at(-1) }, { threshold: 0.5 }),
    );
    expect(await thresholdAt(database.db, WINDOW)).toBe(0.65);
  });
});
