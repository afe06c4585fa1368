import { describe, expect, it } from "vitest";
import { assess, type ClientSaid, type DecisionSettings } from "./assess.ts";
import { Assessment } from "./assessment.ts";
import type { Calibration } from "./calibration.ts";
import { FEATURE_NAMES, FEATURES, MISSING } from "./features/features.ts";
import { seededRandom } from "./random.ts";
import { RuleSettings } from "./rules/settings.ts";
import { facts, observation, regular, snapshot } from "./test-facts.ts";

const SETTINGS: DecisionSettings = { threshold: 0.7, rules: RuleSettings.parse({}) };
const MODEL = "global@v0";

/** 0.9 is 1 in 10, 0.99 is 1 in 100, and so on. */
const NINES = {
  values: [0, 0.9, 0.99, 0.999, 0.9999, 0.99999],
  pots: [0, 1, 2, 3, 4, 5],
  perUnit: 1,
};
/** Of sums of pots: exponential with a tenth for each unit. */
const DECADE = { values: [0], pots: [0], perUnit: 1 };

const CALIBRATION: Calibration = {
  version: "test",
  model: MODEL,
  feature_set: "test",
  feature_tails: FEATURES.map(() => NINES),
  evidence_tails: null,
  feature_known: FEATURES.map(() => 1),
  rule_tails: {},
  model_tail: NINES,
  rules_tail: DECADE,
  combined_tail: DECADE,
  others: null,
  client: null,
};

function vector(values: Record<string, number> = {}): Float32Array {
  return Float32Array.from(FEATURE_NAMES, (name) => values[name] ?? 0);
}

function judge(values: Record<string, number>, raw: number | null = 0.2, about = richFacts(), settings = SETTINGS) {
  const model = raw === null ? null : { raw, version: MODEL };
  return assess(about, vector(values), model, CALIBRATION, settings, []);
}

const TEN_ORDERS_IN_AN_HOUR = richFacts({ subject: { kind: "customer", before: regular({ orders1h: 9 }) } });

describe("assess", () => {
  it("never falls when a feature or the model's output rises", () => {
    const random = seededRandom(4);
    for (let round = 0; round < 300; round++) {
      const values = Object.fromEntries(FEATURE_NAMES.map((name) => [name, random() < 0.7 ? 0 : random()]));
      const raw = random();
      const { score } = judge(values, raw);
      for (const name of FEATURE_NAMES) {
        expect(judge({ ...values, [name]: (values[name] ?? 0) + 0.2 }, raw).score).toBeGreaterThanOrEqual(score);
      }
      expect(judge(values, raw + 0.1).score).toBeGreaterThanOrEqual(score);
    }
  });

  it("makes an anomaly of a score that equals the threshold, and of none below", () => {
    const { score } = judge({ amount_z: 0.99, amount_log: 0.999 }, 0.9);
    const at = (threshold: number) =>
      judge({ amount_z: 0.99, amount_log: 0.999 }, 0.9, richFacts(), { ...SETTINGS, threshold });
    expect(at(score).anomaly).toBe(true);
    expect(at(score + 0.0001).anomaly).toBe(false);
  });

  it("scores 0.6 for what 1 in 1,000 clean events reaches, by the combined tail", () => {
    const calibration = { ...CALIBRATION, combined_tail: { values: [0, 2], pots: [0, 3], perUnit: 1 } };
    const pots = { values: [0], pots: [0], perUnit: 2 };
    const fitted = { ...calibration, feature_tails: FEATURES.map(() => pots), model_tail: pots };
    const told = assess(facts(), vector({ amount_z: 1 }), { raw: 1, version: MODEL }, fitted, SETTINGS, []);
    expect(told.score).toBeCloseTo(0.6, 9);
  });

  it("goes by the feature tails and rules alone where no model could score, and says so", () => {
    const told = judge({ amount_z: 0.9999 }, null);
    expect(told).toMatchObject({ model: null, signals: { model: null } });
    expect(told.score).toBe(told.signals.rules);
    expect(told.score).toBeGreaterThan(0.7);
  });

  it("takes a named rule's score when it is higher than the statistics", () => {
    const told = judge({}, 0.2, TEN_ORDERS_IN_AN_HOUR);
    expect(told).toMatchObject({
      anomaly: true,
      reasons: [{ code: "velocity", detail: "10 orders with this customer in 1 h" }],
    });
    expect(told.signals.rules).toBe(told.score);
  });

  it("tells what is common in this shop, and lets it decide nothing", () => {
    const about = facts({ event: { value: 12_000 } });
    const rule_tails = { unusual_cart: { values: [0, 1], pots: [0, 2], perUnit: 0 } };
    const [anywhere, here] = [{}, rule_tails].map((tails) =>
      assess(about, vector({}), { raw: 0, version: MODEL }, { ...CALIBRATION, rule_tails: tails }, SETTINGS, []),
    );
    expect(anywhere).toMatchObject({ anomaly: true, reasons: [{ code: "unusual_cart" }] });
    expect(here).toMatchObject({ score: 0, anomaly: false, reasons: [{ code: "unusual_cart" }] });
  });

  it("does not repeat as a feature what a rule has said", () => {
    const told = judge({ orders_1h: 0.9999, amount_z: 0.999 }, 0.2, TEN_ORDERS_IN_AN_HOUR);
    expect(told.reasons.map(({ code }) => code)).toEqual(["velocity", "amount_z"]);
  });

  it("gives contributions in falling order that add up to at most 1", () => {
    const random = seededRandom(8);
    for (let round = 0; round < 200; round++) {
      const values = Object.fromEntries(FEATURE_NAMES.map((name) => [name, random() < 0.5 ? 0 : 0.99 + random()]));
      const { reasons } = judge(values, random(), random() < 0.5 ? TEN_ORDERS_IN_AN_HOUR : richFacts());
      const shares = reasons.map(({ contribution }) => contribution);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1);
      expect(reasons.length).toBeLessThanOrEqual(5);
    }
  });

  it("names the real values and how rare they are", () => {
    const about = facts({ event: { value: 700 } });
    expect(judge({ amount_z: 0.9999 }, 0.2, about).reasons).toEqual([
      { code: "amount_z", detail: "700 EUR is 14× this customer's usual order (1 in 10,000)", contribution: 1 },
    ]);
  });

  it("tells how rare a value is here, however much rarer it is as evidence", () => {
    const steep = { values: [0], pots: [0], perUnit: 6 };
    const fitted = { ...CALIBRATION, evidence_tails: FEATURES.map(() => steep) };
    const about = facts({ event: { value: 700 } });
    const told = assess(about, vector({ amount_z: 0.999 }), { raw: 0.2, version: MODEL }, fitted, SETTINGS, []);
    expect(told.reasons).toMatchObject([{ detail: "700 EUR is 14× this customer's usual order (1 in 1,000)" }]);
    expect(told.score).toBeGreaterThan(judge({ amount_z: 0.999 }, 0.2, about).score);
  });

  it("tells nothing that 1 in 100 clean events has", () => {
    expect(judge({ amount_z: 0.98 }).reasons).toEqual([]);
  });

  it("gives a reason for every anomaly, even when no value is unusual alone", () => {
    const told = judge({ amount_z: 0.98 }, 0.99999, richFacts(), { ...SETTINGS, threshold: 0.3 });
    expect(told).toMatchObject({ anomaly: true, reasons: [{ code: "combination", contribution: 1 }] });
  });

  it("scores 0 for an event of which nothing is known, with no confidence and no reasons", () => {
    const missing = Float32Array.from(FEATURES, () => MISSING);
    const about = facts({ subject: null });
    const told = assess(about, missing, { raw: 0, version: MODEL }, CALIBRATION, SETTINGS, ["profile:customer"]);
    expect(told).toMatchObject({
      score: 0,
      anomaly: false,
      confidence: 0,
      reasons: [],
      degraded: ["profile:customer"],
    });
  });

  it("is more confident the longer the customer's history and the more is known", () => {
    const after = (orders: number) => facts({ subject: { kind: "customer", before: snapshot({ orders }) } });
    const rising = [0, 3, 30, 300].map((orders) => judge({}, 0.2, after(orders)).confidence);
    expect(rising).toEqual([...new Set(rising)].toSorted((a, b) => a - b));
    expect(judge({ amount_z: MISSING }).confidence).toBeLessThan(judge({}).confidence);
  });

  it("stays within its schema for any input", () => {
    const random = seededRandom(15);
    for (let round = 0; round < 200; round++) {
      const values = Object.fromEntries(
        FEATURE_NAMES.map((name) => [name, random() < 0.3 ? MISSING : 10 ** (8 * random() - 4)]),
      );
      expect(Assessment.safeParse(judge(values, random() < 0.2 ? null : 2 * random(), richFacts())).success).toBe(true);
    }
  });
});

describe("assess with a client model", () => {
  const CLIENT_TAIL = { values: [0], pots: [0], perUnit: 1 };
  const blended: Calibration = {
    ...CALIBRATION,
    client: {
      version: "client@v1",
      confirmed: 1_000,
      logistic_tail: CLIENT_TAIL,
      boosted_tail: CLIENT_TAIL,
      tail: CLIENT_TAIL,
    },
  };

  /** A client model whose trees put these log-odds down to these inputs. */
  function said(logOdds: number, added: Record<string, number> = {}): ClientSaid {
    const explain = (input: ArrayLike<number>) => {
      expect(input.length).toBe(FEATURES.length + 2);
      return [...FEATURE_NAMES.map((name) => added[name] ?? 0), 9, 9];
    };
    return { version: "client@v1", logistic: logOdds, boosted: logOdds, explain };
  }

  function told(values: Record<string, number>, client: ClientSaid | null, about = richFacts(), settings = SETTINGS) {
    return assess(about, vector(values), { raw: 0.2, version: MODEL, client }, blended, settings, []);
  }

  it("scores a payment by the blend, and names who scored", () => {
    expect(told({}, said(4))).toMatchObject({
      score: 0.8,
      anomaly: true,
      signals: { model: expect.any(Number), client_model: 0.8, rules: 0 },
      model: MODEL,
      client_model: "client@v1",
    });
  });

  it("is as ever where the client model did not score", () => {
    const without = assess(
      richFacts(),
      vector({ amount_z: 0.9999 }),
      { raw: 0.2, version: MODEL },
      CALIBRATION,
      SETTINGS,
      [],
    );
    expect(told({ amount_z: 0.9999 }, null)).toEqual(without);
    expect(without).toMatchObject({ client_model: null, signals: { client_model: null } });
  });

  it("does not ask it of what is no payment", () => {
    const view = facts({ seen: observation({ act: "view" }) });
    expect(told({}, said(4), view)).toMatchObject({ client_model: null, signals: { client_model: null } });
  });

  it("ends an anomaly's reasons with the one value that its trees hold against it most", () => {
    const { reasons } = told(
      { amount_z: 0.9999, amount_log: 0.5, orders_1h: 0.5 },
      said(4, { amount_z: 9, amount_log: 1, orders_1h: 2 }),
    );
    expect(reasons.map(({ code }) => code)).toEqual(["amount_z", "orders_1h"]);
    expect(reasons[1]?.detail).toMatch(/\(as in cases confirmed here\)$/);
    const shares = reasons.map(({ contribution }) => contribution);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1);
  });

  it("gives it as the only reason where no value is unusual alone", () => {
    expect(told({ orders_1h: 0.5 }, said(4, { orders_1h: 2 })).reasons).toMatchObject([
      { code: "orders_1h", contribution: 1 },
    ]);
  });

  it.each<{
    because: string;
    values: Record<string, number>;
    added: Record<string, number>;
    about?: typeof TEN_ORDERS_IN_AN_HOUR;
  }>([
    { because: "it speaks for the event", values: { orders_1h: 0.5 }, added: { orders_1h: -2 } },
    { because: "there is nothing to tell of it", values: {}, added: { orders_1h: 2 } },
    { because: "it is unknown", values: { orders_1h: MISSING }, added: { orders_1h: 2 } },
    {
      because: "a rule has said it",
      values: { orders_1h: 0.5 },
      added: { orders_1h: 2 },
      about: TEN_ORDERS_IN_AN_HOUR,
    },
  ])("does not name a value when $because", ({ values, added, about }) => {
    expect(told(values, said(4, added), about).reasons.map(({ code }) => code)).not.toContain("orders_1h");
  });

  it("asks the trees of anomalies alone, because it takes a walk through all of them", () => {
    const explain = () => {
      throw new Error("asked of an event that is none");
    };
    expect(told({}, { ...said(1), explain }).reasons).toEqual([]);
    expect(() => told({}, { ...said(4), explain })).toThrow("asked");
  });

  it("is less confident where the blend's tail was not counted as far as the threshold", () => {
    const counted = { values: [0, 5], pots: [0, 5], perUnit: 1 };
    const confidenceWith = (tail: typeof counted) => {
      const calibration = { ...blended, combined_tail: counted, client: blended.client && { ...blended.client, tail } };
      const model = { raw: 0.2, version: MODEL, client: said(2) };
      return assess(richFacts(), vector(), model, calibration, SETTINGS, []).confidence;
    };
    expect(confidenceWith(CLIENT_TAIL)).toBeLessThan(confidenceWith(counted));
  });
});

/** Facts with something behind every feature, so that each can be put into words. */
function richFacts(changes: Parameters<typeof facts>[0] = {}) {
  return facts({
    counters: [
      { kind: "card", before: regular({ orders1h: 1, attempts1h: 2 }) },
      { kind: "ip", before: regular({ orders1h: 2, declines1h: 1 }) },
    ],
    ...changes,
  });
}
