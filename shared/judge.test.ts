import { describe, expect, it } from "vitest";
import { assessExamined, examine, shadowOf, type DecisionSettings, type ModelOutput } from "./assess.ts";
import { fitCalibration } from "./calibration-fit.ts";
import { Calibration, potScore } from "./calibration.ts";
import { FEATURE_NAMES, FEATURE_SET, featureVector, FEATURES, MISSING } from "./features/features.ts";
import { clientInput, judge, rounded, type ClientOutput, type Evidence } from "./judge.ts";
import type { Act } from "./profile/observation.ts";
import { exponential, type Random, seededRandom } from "./random.ts";
import { RuleSettings } from "./rules/settings.ts";
import { facts, regular } from "./test-facts.ts";

const WIDTH = FEATURES.length;
const ROWS = 2_000;
const SETTINGS: DecisionSettings = { threshold: 0.7, rules: RuleSettings.parse({}) };

/** Exponential features, of which some are unknown. */
function randomVector(random: Random): Float32Array {
  return Float32Array.from({ length: WIDTH }, () => (random() < 0.1 ? MISSING : exponential(random, 1)));
}

/** Clean rows, a forest's outputs for them, and a client model's. */
function sample(seed: number) {
  const random = seededRandom(seed);
  const rows = Float32Array.from(Array.from({ length: ROWS }, () => [...randomVector(random)]).flat());
  const outputs = () => Float32Array.from({ length: ROWS }, () => exponential(random, 1) - 2);
  return {
    rows: { rows, rowCount: ROWS, raw: Float32Array.from({ length: ROWS }, () => random()) },
    client: { version: "client@v1", confirmed: 40, logistic: outputs(), boosted: outputs() },
  };
}

const NAMES = { version: "2026-W47", model: "global@v1", featureSet: FEATURE_SET, featureCount: WIDTH };
const { rows, client } = sample(1);
const ALONE = fitCalibration(NAMES, rows, rows);
const WITH_CLIENT = fitCalibration(NAMES, rows, rows, client);

function evidence(changes: Partial<Evidence> = {}): Evidence {
  const vector = new Float32Array(WIDTH);
  return { act: "order", vector, rules: {}, model: 0.5, client: null, ...changes };
}

/** Anything that may be asked to be judged, with a seed. */
function* anything(count: number, seed: number): Generator<Evidence> {
  const random = seededRandom(seed);
  for (let made = 0; made < count; made++) {
    const said: ClientOutput = { logistic: 12 * random() - 6, boosted: 12 * random() - 6 };
    yield {
      act: random() < 0.7 ? "order" : "view",
      vector: randomVector(random).map((value) => value * 3),
      rules: random() < 0.3 ? { velocity: 0.7 + 0.3 * random() } : {},
      model: random() < 0.1 ? null : Math.fround(random()),
      client: random() < 0.3 ? null : said,
    };
  }
}

describe("judge", () => {
  it("gives what was scored live the same score again from what is stored of it, to the bit", () => {
    const random = seededRandom(3);
    for (const calibration of [ALONE, WITH_CLIENT]) {
      for (let round = 0; round < 200; round++) {
        const about = facts({
          event: { value: 20 + 5_000 * random() ** 8 },
          subject: { kind: "customer", before: regular({ orders1h: Math.floor(12 * random() ** 4) }) },
        });
        const examined = examine(about, featureVector(about), SETTINGS.rules);
        const output: ModelOutput = {
          raw: Math.fround(random()),
          version: "global@v1",
          client: { version: "client@v1", logistic: random(), boosted: 4 * random(), explain: () => [] },
        };
        const live = assessExamined(examined, output, calibration, SETTINGS, []);
        // Postgres keeps features as `real`, and answers the fewest digits that tell them apart.
        const stored = JSON.parse(JSON.stringify({ vector: [...examined.vector].map(asReal), rules: examined.rules }));
        const { raw, client: said = null } = output;
        const act: Act = about.seen.act;
        const again = judge({ act, vector: stored.vector, rules: stored.rules, model: raw, client: said }, calibration);
        const straight = judge(
          { act, vector: examined.vector, rules: examined.rules, model: raw, client: said },
          calibration,
        );
        expect(again).toEqual(straight);
        expect(rounded(again.score)).toBe(live.score);
        expect(shadowOf(examined, output, calibration, SETTINGS).score).toBe(live.score);
      }
    }
  });

  it("takes a payment's statistics from the client model's blend where one scored, and tells it apart", () => {
    const quiet = judge(evidence({ client: { logistic: -2, boosted: -2 } }), WITH_CLIENT);
    const loud = judge(evidence({ client: { logistic: 9, boosted: 9 } }), WITH_CLIENT);
    expect(loud.score).toBe(potScore(loud.clientPot ?? NaN));
    expect(loud.score).toBeGreaterThan(quiet.score);
    expect(loud).toMatchObject({ combinedPot: quiet.combinedPot, modelPot: quiet.modelPot });
  });

  it.each<{ because: string; changes: Partial<Evidence>; calibration: Calibration }>([
    { because: "none scored", changes: { client: null }, calibration: WITH_CLIENT },
    { because: "the calibration knows none", changes: {}, calibration: ALONE },
    { because: "no money moves", changes: { act: "login" }, calibration: WITH_CLIENT },
  ])("is as without a client model when $because", ({ changes, calibration }) => {
    const given = evidence({ client: { logistic: 9, boosted: 9 }, model: 0.99, ...changes });
    expect(judge(given, calibration)).toEqual({ ...judge({ ...given, client: null }, ALONE), clientPot: null });
  });

  it("never falls as any evidence against an event grows", () => {
    for (const given of anything(300, 5)) {
      const { score } = judge(given, WITH_CLIENT);
      const more: Partial<Evidence>[] = [
        { rules: { ...given.rules, card_testing: 0.9 } },
        { client: given.client && { ...given.client, logistic: given.client.logistic + 1 } },
        { client: given.client && { ...given.client, boosted: given.client.boosted + 1 } },
        { model: given.model === null ? null : given.model + 0.1 },
        { vector: Float32Array.from(given.vector, (value) => (value < 0 ? value : value + 0.5)) },
      ];
      for (const changes of more)
        expect(judge({ ...given, ...changes }, WITH_CLIENT).score).toBeGreaterThanOrEqual(score);
    }
  });

  it("stays within 0 and 1 whatever it is given", () => {
    for (const given of anything(500, 6)) {
      const { score } = judge(given, WITH_CLIENT);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }
  });
});

describe("a calibration with a client model", () => {
  it.each([
    { score: 0.3, share: 10 ** -1.5 },
    { score: 0.4, share: 1 / 100 },
  ])("gives $score or more to $share of clean payments it was not fitted on, as scores promise", ({ score, share }) => {
    const fresh = sample(2);
    let reached = 0;
    for (let row = 0; row < ROWS; row++) {
      const vector = fresh.rows.rows.subarray(row * WIDTH, (row + 1) * WIDTH);
      const said = { logistic: fresh.client.logistic[row] ?? NaN, boosted: fresh.client.boosted[row] ?? NaN };
      const judged = judge(evidence({ vector, model: fresh.rows.raw[row] ?? NaN, client: said }), WITH_CLIENT);
      if (judged.score >= score) reached++;
    }
    expect(reached / ROWS).toBeGreaterThan(share * 0.5);
    expect(reached / ROWS).toBeLessThan(share * 1.6);
  });

  it("has the tails of one without, so that a client model's inputs are the same before and after", () => {
    expect({ ...WITH_CLIENT, client: null }).toEqual(ALONE);
  });

  it("survives being written and read", () => {
    expect(Calibration.parse(JSON.parse(JSON.stringify(WITH_CLIENT)))).toEqual(WITH_CLIENT);
  });

  it("is read of a file from before there were client models as one without", () => {
    const { client: _, ...earlier } = ALONE;
    expect(Calibration.parse(earlier)).toEqual(ALONE);
  });

  it("is not fitted when an output is missing", () => {
    const short = { ...client, boosted: client.boosted.slice(1) };
    expect(() => fitCalibration(NAMES, rows, null, short)).toThrow(RangeError);
  });
});

describe("clientInput", () => {
  it("puts the two pots behind the features", () => {
    const vector = Float32Array.from(FEATURE_NAMES, (_name, index) => index);
    const input = clientInput(vector, 1.5, 2.5);
    expect(input).toEqual([...vector, 1.5, 2.5]);
  });
});

/** The fewest digits that are this float32 and no other. */
function asReal(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
