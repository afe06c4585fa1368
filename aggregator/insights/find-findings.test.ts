import { describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/random.ts";
import type { Facts } from "./facts.ts";
import { causesIn, findFindings } from "./find-findings.ts";
import type { Draft } from "./finding.ts";
import { NO_SUMS, type Scope } from "./sums.ts";
import { factsOf, incidentOf, NO_DETAILS, NOW_MS, sampleOf, waveOf } from "./test-facts.ts";
import { expectProse } from "./test-prose.ts";
import { baselineAfter, drawScopes, type Planted } from "./test-windows.ts";

const DAY_MS = 24 * 60 * 60_000;
const SHOP = { orders: 600, wander: 0.05, valueSpread: 0.7 };

/** A quiet day of the shop but for what is planted. */
function day(
  planted: Record<string, Planted> = {},
  { seed = 1, days = 180, shop = SHOP } = {},
): Pick<Facts, "baseline" | "seen"> {
  const baseline = baselineAfter(days);
  return {
    baseline,
    seen: {
      currency: "EUR",
      others: [],
      scopes: drawScopes(seededRandom(seed), baseline.occasions.length + 1, shop, planted),
    },
  };
}

/** What is told, each held to what all prose keeps to. */
function told(over: Partial<Facts>, details = NO_DETAILS): Draft[] {
  const facts = factsOf(over);
  const drafts = findFindings(causesIn(facts), facts, details);
  for (const draft of drafts) expectProse(draft);
  return drafts;
}
const ids = (drafts: readonly Draft[]) => drafts.map(({ id }) => id);
const text = (draft: Draft | undefined) =>
  [draft?.title, ...(draft?.sentences ?? [])].map((own) => own?.text).join(" | ");

describe("findFindings", () => {
  it("says nothing of a quiet day", () => {
    expect(told(day())).toEqual([]);
  });

  it("says nothing where nothing is known", () => {
    expect(told({ baseline: { kind: "none", occasions: [] } })).toEqual([]);
  });

  it("tells an outage of a country once: whose, how much, that visitors came, and what it costs", () => {
    const [outage, ...more] = told(day({ DE: { conversion: 0.1 } }));
    expect(ids(more)).toEqual([]);
    expect(outage).toMatchObject({
      id: "less.sales",
      kind: "metric_change",
      severity: "critical",
      cost: { currency: "EUR" },
    });
    expect(outage?.segments[0]).toMatchObject({ dimension: "country", member: "DE" });
    expect(outage?.consequences).toEqual(expect.arrayContaining(["orders", "conversion"]));
    // 300 orders of 80 EUR are usual from Germany.
    expect(outage?.cost?.amount).toBeGreaterThan(16_000);
    expect(outage?.cost?.amount).toBeLessThan(28_000);
    expect(text(outage)).toMatch(/visitors came as usual/i);
    expect(text(outage)).toMatch(/Germany makes \d+ % of the difference/);
  });

  it("names the member where everything together is hardly less", () => {
    const [outage, ...more] = told(day({ LI: { conversion: 0.02 } }, { seed: 2 }));
    expect(ids(more)).toEqual([]);
    expect(outage).toMatchObject({ id: "less.sales.country.LI", kind: "segment_change", severity: "notice" });
    expect(text(outage)).toContain("from Liechtenstein");
  });

  it("says that it is spread over everything when it is", () => {
    const all = { DE: { conversion: 0.5 }, FR: { conversion: 0.5 }, AT: { conversion: 0.5 }, LI: { conversion: 0.5 } };
    const cheaper = { shoes: { conversion: 0.5 }, hats: { conversion: 0.5 }, socks: { conversion: 0.5 } };
    const [outage] = told(day({ ...all, ...cheaper }));
    expect(outage).toMatchObject({ id: "less.sales", severity: "critical" });
    expect(text(outage)).toContain("spread over countries, devices and categories");
  });

  it("tells of visitors who do not buy as one finding", () => {
    const [visits, ...more] = told(
      day({ DE: { sessions: 3, conversion: 1 / 3 }, FR: { sessions: 3, conversion: 1 / 3 } }, { seed: 3 }),
    );
    expect(ids(more)).toEqual([]);
    expect(visits).toMatchObject({ id: "more.visits", consequences: ["conversion"], cost: null });
    expect(text(visits)).toMatch(/orders were about as usual/i);
  });

  it("tells a dropped price with what it costs, and a rise in sales as good news", () => {
    const [price] = told(day({ hats: { price: 0.2 } }));
    expect(price).toMatchObject({ id: "price.category.hats", kind: "price_change", segments: [{ member: "hats" }] });
    expect(price?.cost?.amount).toBeGreaterThan(1_000);
    const rise = told(day({ DE: { sessions: 2 }, FR: { sessions: 2 } }, { seed: 4 })).find(
      ({ id }) => id === "more.sales",
    );
    expect(rise?.severity).toBe("info");
    expect(rise?.cost?.amount).toBeLessThan(0);
  });

  it("makes declined payments the likely cause of the orders that are missing with them", () => {
    const [outage, ...more] = told(day({ FR: { conversion: 0.2, declines: 17 } }, { seed: 5 }));
    expect(ids(more)).toEqual([]);
    expect(text(outage)).toMatch(/of the payments from France were declined, usually .*likely cause/);
    expect(outage?.consequences).toContain("decline_rate");
  });

  it("tells declined payments without missing orders by what they would have brought", () => {
    const [declines] = told(day({ AT: { declines: 10 } }, { seed: 6 }));
    expect(declines?.id).toMatch(/^declines/);
    expect(declines?.cost?.amount).toBeGreaterThan(0);
  });

  it("tells card testing with what was declined and went through, and its declines not apart", () => {
    const quiet = day();
    const attacked = quiet.seen.scopes.map((scope) =>
      scope.dimension === "all" || scope.member === "AT"
        ? {
            ...scope,
            now: {
              ...scope.now,
              declines: scope.now.declines + 201,
              anomalies: 212,
              events: scope.now.events + 212,
              sessions: scope.now.sessions + 212,
            },
          }
        : scope,
    );
    const part = { anomalies: 212, declines: 201, orders: 11, sessions: 212, refunds: 0 };
    const parts = [
      { dimension: "all" as const, member: "", ...part },
      { dimension: "country" as const, member: "AT", ...part },
    ];
    const waves = [waveOf({ parts })];
    const [attack, ...more] = told({
      ...quiet,
      seen: { ...quiet.seen, scopes: attacked },
      anomalies: { anomalies: 212, entity: "ip:n1", entity_anomalies: 150, waves, top: [], isCut: false },
    });
    expect(ids(more)).toEqual([]);
    expect(attack).toMatchObject({
      id: "attack.card_testing",
      severity: "critical",
      cost: { amount: 320 },
      segments: [{ member: "AT" }],
      consequences: expect.arrayContaining(["decline_rate", "anomaly_rate"]),
      related: { anomalies: { count: 212, ids: ["ano_1"] } },
    });
    expect(text(attack)).toContain("Card testing through 4 networks");
    expect(text(attack)).toMatch(
      /201 were declined, worth 9,413 EUR.*11 orders among them went through, worth 320 EUR/,
    );
    expect(text(attack)).toMatch(/They are why \d+ % of all payments were declined/);
  });

  it.each([
    { because: "there were as many before", wave: waveOf({ anomalies: 12, before: 10, entity_anomalies: 2 }) },
    { because: "they are few", wave: waveOf({ anomalies: 4, before: 0, entity_anomalies: 1 }) },
    { because: "no named rule found them", wave: waveOf({ code: "price_drop", entity_anomalies: 2 }) },
  ])("makes no attack of anomalies when $because", ({ wave }) => {
    const anomalies = {
      anomalies: wave.anomalies,
      entity: null,
      entity_anomalies: 0,
      waves: [wave],
      top: [],
      isCut: false,
    };
    expect(told({ anomalies })).toEqual([]);
  });

  it("tells every kind of wave, be anything of it known or nothing", () => {
    for (const code of [
      "account_takeover",
      "velocity",
      "geo_anomaly",
      "bulk_reseller",
      "inventory_hoarding",
      "coupon_abuse",
      "refund_abuse",
      "price_glitch",
      "bot_traffic",
      "unusual_cart",
    ]) {
      const bare = {
        networks: 0,
        cards: 0,
        customers: 0,
        declines: 0,
        declined: {},
        orders: 0,
        ordered: {},
        before: 0,
        entity: null,
      };
      const full = {
        customers: 3,
        refunded: { EUR: 900 },
        entity: "customer:u1",
        entity_anomalies: 200,
        alerts: 2,
        alert_ids: ["alt_1", "alt_2"],
      };
      for (const over of [bare, full, { ...full, anomalies: 5_000, customers: 1, networks: 1 }]) {
        const waves = [waveOf({ code, ...over })];
        const [wave] = told({
          anomalies: { anomalies: 5_000, entity: null, entity_anomalies: 0, waves, top: [], isCut: true },
        });
        expect(wave?.id).toBe(`attack.${code}`);
      }
    }
  });

  it("makes incidents part of the change they show in, and tells others apart", () => {
    const during = (...incidents: ReturnType<typeof incidentOf>[]) => ({
      around: { ...factsOf().around, incidents },
    });
    const [outage, ...more] = told({
      ...day({ FR: { conversion: 0.1 } }),
      ...during(incidentOf({ alert_id: "alt_1" })),
    });
    expect(ids(more)).toEqual([]);
    expect(outage?.related).toMatchObject({ incidents: { count: 1, ids: ["inc_1"] }, alerts: { ids: ["alt_1"] } });
    expect(text(outage)).toContain("An incident that began Sat 21 Nov 07:30 UTC is part of it and still open.");

    const alone = told({
      ...day(),
      ...during(
        incidentOf(),
        incidentOf({
          id: "inc_2",
          status: "closed",
          metric: "payment_decline_rate",
          dimension: "country",
          member: "FR",
          side: "up",
          change: 3.1,
          impact: null,
          anomalies: 0,
        }),
        incidentOf({ id: "inc_3", metric: "no_orders", change: -1 }),
        incidentOf({ id: "inc_4", side: "up", change: 1.5, impact: 900 }),
      ),
    });
    expect(ids(alone)).toEqual(["incident.inc_1", "incident.inc_3", "incident.inc_2", "incident.inc_4"]);
    expect(text(alone[0])).toContain(
      "An incident is open: orders 50 % below what is expected, since Sat 21 Nov 07:30 UTC.",
    );
  });

  it("tells a new country and category by what came, and how long there was nothing", () => {
    const scope = (dimension: Scope["dimension"], member: string, now: Partial<Scope["now"]>): Scope => ({
      dimension,
      member,
      now: { ...NO_SUMS, ...now },
      before: [],
    });
    const fresh = [
      scope("country", "BR", { orders: 34, priced: 34, revenue: 2_100, events: 400, anomalies: 90 }),
      scope("country", "AQ", { events: 140 }),
      scope("category", "model trains", { orders: 9, priced: 9, revenue: 812.5 }),
      scope("name", "quiz_done", { events: 3_000 }),
    ];
    const drafts = told({}, { ...NO_DETAILS, fresh });
    expect(ids(drafts)).toEqual([
      "new.country.BR",
      "new.category.model%20trains",
      "new.country.AQ",
      "new.name.quiz_done",
    ]);
    expect(text(drafts[0])).toContain(
      "34 orders, 2,100 EUR in all, came from Brazil in the 24 hours to Sat 21 Nov 10:00 UTC; in the 90 days before there was nothing.",
    );
  });

  it("tells that one network makes most of the anomalies, where no attack says so", () => {
    const anomalies = { anomalies: 40, entity: "ip:n1", entity_anomalies: 33, waves: [], top: [], isCut: false };
    const [one] = told({ anomalies });
    expect(one?.title.text).toBe("One network makes 83 % of the anomalies");
    expect(JSON.stringify(one)).not.toContain("n1");
  });

  it("tells what is wrong with the data: not stored, missing in the books, late, scored with parts missing", () => {
    const books = { accepted: 10_000, duplicate: 0, rejected: 0, inFlight: 37, uncounted: 0, isEven: true };
    const drafts = told({
      around: { ...factsOf().around, failed: { failures: 2, events: 12 } },
      books,
      samples: {
        now: sampleOf({ degraded: 240, late: 90, no_session: 500, no_visitor: 510 }),
        before: sampleOf({ late: 2, no_session: 480, no_visitor: 20 }),
      },
    });
    expect(ids(drafts).toSorted()).toEqual([
      "books",
      "failed_events",
      "lacking.degraded",
      "lacking.late",
      "lacking.no_visitor",
    ]);
    expect(
      told({
        books: { ...books, inFlight: 9 },
        samples: { now: sampleOf({ late: 90 }), before: sampleOf({ late: 80 }) },
      }),
    ).toEqual([]);
  });

  it("tells an event that is no longer sent, while the others are", () => {
    const quiet = day();
    const [whole] = quiet.seen.scopes;
    const silent: Scope = {
      dimension: "name",
      member: "begin_checkout",
      now: NO_SUMS,
      before: quiet.baseline.occasions.map(() => ({ ...NO_SUMS, events: 2_300 })),
    };
    const [lost] = told({ ...quiet, seen: { ...quiet.seen, scopes: [...(whole ? quiet.seen.scopes : []), silent] } });
    expect(lost).toMatchObject({ id: "tracking.begin_checkout", kind: "data_quality" });
    expect(lost?.title.text).toBe("No begin_checkout events any more");
  });

  it("tells the best day there was, by how much, and none that is the best by a hair", () => {
    const lastDay = Math.floor(NOW_MS / DAY_MS) * DAY_MS - DAY_MS;
    const days = Array.from({ length: 100 }, (_, ago) => ({
      at: lastDay - (99 - ago) * DAY_MS,
      orders: 500,
      currency: "EUR",
      revenue: 40_000 + ago,
    }));
    const best = (revenue: number) => ({
      around: {
        ...factsOf().around,
        days: days.with(days.length - 1, { at: lastDay, orders: 910, currency: "EUR", revenue }),
      },
    });
    const [record] = told(best(61_250));
    expect(record).toMatchObject({
      kind: "record",
      severity: "info",
      title: { text: "Fri 20 Nov was the best day so far" },
    });
    expect(text(record)).toContain(
      "910 orders brought in 61,250 EUR on Fri 20 Nov (UTC), more than on any of the 99 days with sales before.",
    );
    expect(told(best(41_000))).toEqual([]);
  });

  it("on the first day says what came, and where payments are declined far more often than elsewhere", () => {
    const { seen } = day({ FR: { declines: 12 } });
    const window = factsOf().window;
    const drafts = told({
      seen: { ...seen, scopes: seen.scopes.map((scope) => ({ ...scope, before: [] })) },
      baseline: { kind: "none", occasions: [] },
      around: { ...factsOf().around, first_at: window.fromMs - DAY_MS / 24 },
    });
    expect(ids(drafts)).toEqual(["stands_out.declines.country.FR", "first_day"]);
  });

  it("says where amounts are not of all orders", () => {
    const { baseline, seen } = day({ FR: { conversion: 0.1 } });
    const [outage] = told({ baseline, seen: { ...seen, others: [{ currency: "CHF", orders: 60 }] } });
    expect(text(outage)).toMatch(/Amounts are those in EUR; \d+ % of the orders were in CHF\./);
  });

  it("says nothing of changes on a day that is to be ignored", () => {
    expect(
      told({ ...day({ FR: { conversion: 0.1 } }), expectation: { isIgnored: true, factor: 1, held: [] } }),
    ).toEqual([]);
  });

  it("writes only numbers that are figures, whatever happens, and gives no two findings one id", () => {
    const random = seededRandom(7);
    const maybe = () => (random() < 0.35 ? 0.02 + 3 * random() ** 2 : 1);
    let count = 0;
    for (let round = 0; round < 60; round++) {
      const planted = Object.fromEntries(
        ["DE", "FR", "AT", "LI", "mobile", "hats", "shoes"].map((member) => [
          member,
          { sessions: maybe(), conversion: maybe(), value: maybe(), price: maybe(), declines: 8 * maybe() },
        ]),
      );
      const drafts = told(
        day(planted, { seed: round, days: [180, 24, 6, 2.5][round % 4] ?? 180, shop: { ...SHOP, orders: 150 } }),
      );
      expect(new Set(ids(drafts)).size).toBe(drafts.length);
      count += drafts.length;
    }
    expect(count).toBeGreaterThan(60);
  });
});
