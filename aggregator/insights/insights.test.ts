import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/random.ts";
import { anomalies, incidents } from "../store/schema.ts";
import { testDatabase } from "../store/test-database.ts";
import { testApp } from "../test-app.ts";
import { InsightsAnswer, type Finding } from "./finding.ts";
import { createRephrase, type LanguageModel } from "./rephrase.ts";
import { expectProse } from "./test-prose.ts";
import { cardTesting, DAY_MS, HOUR_MS, storeAll, trade } from "./test-trade.ts";

/** A Saturday. */
const NOW_MS = Date.parse("2026-11-21T10:20:00Z");
const END_MS = Date.parse("2026-11-21T10:00:00Z");
const START_MS = END_MS - DAY_MS;
const WEEKS = 4;
const SESSIONS = 700;

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  database = await testDatabase();
  app = await testApp(database.db, { nowMs: () => NOW_MS });
});

async function insights(query = ""): Promise<InsightsAnswerBody> {
  const { status, body } = await app.call(`/v1/insights?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  const answer = InsightsAnswer.parse(body);
  for (const { title, ...finding } of answer.data)
    expectProse({ ...finding, title: { text: title, figures: Object.keys(finding.figures) } });
  return answer;
}
type InsightsAnswerBody = ReturnType<typeof InsightsAnswer.parse>;
const ids = ({ data }: InsightsAnswerBody) => data.map(({ id }) => id);

describe("GET /v1/insights on a day of a broken checkout, an attack and a slipped price", () => {
  beforeAll(async () => {
    const { db } = database;
    const random = seededRandom(3);
    for (let week = WEEKS; week >= 1; week--) {
      const fromMs = START_MS - week * 7 * DAY_MS;
      await storeAll(db, trade({ fromMs, untilMs: fromMs + DAY_MS, sessions: SESSIONS, random }));
    }
    const isBroken = (atMs: number) => atMs >= START_MS + 2 * HOUR_MS && atMs < START_MS + 10 * HOUR_MS;
    const broken = trade({
      fromMs: START_MS,
      untilMs: END_MS,
      sessions: SESSIONS,
      random,
      declined: (atMs, country) => (country === "FR" && isBroken(atMs) ? 1 : 0.04),
      price: (_atMs, category) => (category === "hats" ? 0.2 : 1),
    });
    const attack = {
      fromMs: END_MS - 5 * HOUR_MS,
      untilMs: END_MS - 4 * HOUR_MS,
      attempts: 120,
      networks: 4,
      every: 20,
    };
    await storeAll(db, [...broken, ...cardTesting(attack)]);
  });
  afterAll(() => database.reset());

  const find = (data: readonly Finding[], id: string) => data.find((finding) => finding.id === id);

  it("tells each of them once, with its segment and what it costs, and nothing else", async () => {
    const answer = await insights();
    expect(answer).toMatchObject({
      window: { name: "24h", from: "2026-11-20T10:00:00.000Z", to: "2026-11-21T10:00:00.000Z" },
      baseline: {
        kind: "hour_of_week",
        weeks: WEEKS,
        from: "2026-10-23T10:00:00.000Z",
        to: "2026-11-14T10:00:00.000Z",
      },
      currency: "EUR",
    });
    const [attack, ...others] = answer.data;
    expect(attack).toMatchObject({
      id: "attack.card_testing",
      severity: "critical",
      title: "Card testing through 4 networks",
      segments: [{ dimension: "country", member: "AT" }],
      // Six of 20 EUR went through.
      cost: { amount: 120, currency: "EUR" },
      related: { anomalies: { count: 120 } },
    });
    expect(others.map(({ id }) => id).toSorted()).toEqual([
      expect.stringMatching(/^(less\.sales|declines)\.country\.FR$/),
      "price.category.hats",
    ]);
    const outage = others.find(({ id }) => id.endsWith("FR"));
    expect(outage).toMatchObject({ segments: [{ dimension: "country", member: "FR" }] });
    expect(outage?.text).toMatch(/of the payments from France were declined/);
    expect(outage?.text).toContain("Most of it lies on Fri 20 Nov from 1");
    expect(outage?.cost?.amount).toBeGreaterThan(800);
    const price = find(answer.data, "price.category.hats");
    expect(price).toMatchObject({ kind: "price_change", segments: [{ dimension: "category", member: "hats" }] });
    // Some 100 pieces, each 20 EUR below its price.
    expect(price?.cost?.amount).toBeGreaterThan(1_200);
    expect(price?.cost?.amount).toBeLessThan(3_000);
  });

  it("gives as many as are asked for, what matters most first", async () => {
    expect(ids(await insights("limit=1"))).toEqual(["attack.card_testing"]);
  });

  it("leaves the attack out of trusted traffic, and in it finds the rest all the same", async () => {
    const found = ids(await insights("traffic=trusted"));
    expect(found).not.toContain("attack.card_testing");
    expect(found).toContain("price.category.hats");
  });

  it("answers every window, and finds no change in an hour of the next morning", async () => {
    for (const window of ["6h", "7d", "30d"]) await insights(`window=${window}`);
    expect(ids(await insights("window=1h"))).toEqual([]);
  });

  it("makes an open incident part of what it shows", async () => {
    const { db } = database;
    await db.insert(incidents).values(outageIncident());
    const { data } = await insights();
    const outage = data.find(({ id }) => id.endsWith("FR"));
    expect(outage?.related.incidents).toMatchObject({ count: 1, ids: ["inc_1"] });
    expect(data.filter(({ kind }) => kind === "incident")).toEqual([]);
    await db.delete(incidents);
  });

  it("puts a finding into a language model's words where they are true, and keeps its own beside them", async () => {
    const model: LanguageModel = {
      run: async (_name, { messages }) => {
        const isAttack = JSON.stringify(messages).includes("stolen cards");
        return { response: isAttack ? "Someone tried stolen cards through 4 networks." : "It cost 999,999 EUR." };
      },
    };
    const rephrase = createRephrase({ model, name: "@cf/test", nowMs: () => NOW_MS, log: () => undefined });
    const spoken = await testApp(database.db, { nowMs: () => NOW_MS, rephrase });
    const { body } = await spoken.call("/v1/insights?limit=2");
    const [first, second] = InsightsAnswer.parse(body).data;
    expect(first).toMatchObject({ rephrased: true, text: "Someone tried stolen cards through 4 networks." });
    expect(first?.sentences[0]?.text).toContain("120 payment attempts");
    expect(second).toMatchObject({ rephrased: false });
    expect(second?.text).not.toContain("999");
  });

  it("leaves out anomalies that were dismissed", async () => {
    await database.db.update(anomalies).set({ status: "dismissed" });
    expect(ids(await insights())).not.toContain("attack.card_testing");
  });
});

function outageIncident(): typeof incidents.$inferInsert {
  const startedAt = new Date(START_MS + 2 * HOUR_MS);
  return {
    id: "inc_1",
    status: "open",
    metric: "payment_decline_rate",
    dimension: "country",
    member: "FR",
    title: "Declined payments of country FR are at 100.0 %.",
    startedAt,
    openedAt: startedAt,
    lastAt: new Date(END_MS),
    currency: "EUR",
    observed: 1,
    expected: 0.04,
    low: 0,
    high: 0.1,
    change: 24,
    impact: -900,
    signals: [
      {
        metric: "payment_decline_rate",
        dimension: "country",
        member: "FR",
        side: "up",
        started_at: startedAt.toISOString(),
      },
    ],
    segments: [],
    anomalies: 0,
    anomalyIds: [],
  };
}

describe("GET /v1/insights of a shop that has just begun", () => {
  beforeEach(() => database.reset());

  it("says nothing without data", async () => {
    expect(await insights()).toMatchObject({
      baseline: { kind: "none", from: null, weeks: 0 },
      currency: null,
      data: [],
    });
  });

  it.each(["1h", "6h", "24h", "7d"])(
    "says nothing of %s with two hours of data, as there is nothing to compare with",
    async (window) => {
      await storeAll(
        database.db,
        trade({ fromMs: END_MS - 2 * HOUR_MS, untilMs: END_MS, sessions: 3_000, random: seededRandom(1) }),
      );
      expect(await insights(`window=${window}`)).toMatchObject({ baseline: { kind: "none" }, data: [] });
    },
  );

  it("after a day says what came, where payments are declined more than elsewhere, and what attacks there were", async () => {
    const declined = (_atMs: number, country: string) => (country === "FR" ? 0.5 : 0.04);
    const day = trade({ fromMs: START_MS, untilMs: END_MS, sessions: SESSIONS, random: seededRandom(2), declined });
    const attack = cardTesting({
      fromMs: END_MS - 3 * HOUR_MS,
      untilMs: END_MS - 2 * HOUR_MS,
      attempts: 20,
      networks: 1,
      every: 30,
    });
    await storeAll(database.db, [...day, ...attack]);
    const found = ids(await insights());
    expect(found).toEqual(
      expect.arrayContaining(["attack.card_testing", "stands_out.declines.country.FR", "first_day"]),
    );
    expect(found).toHaveLength(3);
  });
});

describe("GET /v1/insights asked for", () => {
  it("by a key that may not read is refused", async () => {
    expect((await app.call("/v1/insights", { as: "ingest" })).status).toBe(403);
  });

  it.each(["window=2h", "window=24", "limit=0", "limit=51", "traffic=some", "lang=de"])(
    "with %s is refused by name",
    async (query) => {
      const { status, body } = await app.call(`/v1/insights?${query}`);
      expect({ status, body }).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: `/${query.split("=")[0]}` }] },
      });
    },
  );
});
