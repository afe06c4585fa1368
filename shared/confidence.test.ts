import { describe, expect, it } from "vitest";
import type { Tails } from "./calibration.ts";
import { confidence, type Grounds } from "./confidence.ts";
import { MISSING } from "./features/feature.ts";
import { seededRandom } from "./random.ts";

/** Tails that were counted down to 1 in so many, of features known in these shares of the rows. */
function counted(oneIn: number, known = [1, 1, 1, 0.5]): Tails {
  const tail = { values: [0, 1], pots: [0, Math.log10(oneIn)], perUnit: 1 };
  return {
    feature_tails: known.map(() => tail),
    evidence_tails: null,
    feature_known: known,
    rule_tails: {},
    model_tail: tail,
    rules_tail: tail,
    combined_tail: tail,
  };
}

/** Everything was there, and the customer has ordered for ever. */
function grounds(changes: Partial<Grounds> = {}): Grounds {
  const { tails = counted(10_000) } = changes;
  return {
    vector: [0, 0, 0, 0],
    ordersBefore: 1e12,
    profilesKnown: 3,
    degraded: [],
    modelScored: true,
    tails,
    scoreTail: tails?.combined_tail ?? null,
    threshold: 0.6,
    byRule: false,
    ...changes,
  };
}

describe("confidence", () => {
  it.each([
    { changes: {}, expected: 1, because: "all that is ever known was known" },
    { changes: { ordersBefore: 0 }, expected: 0.5, because: "nothing is known of the customer" },
    { changes: { ordersBefore: 5 }, expected: 0.75, because: "five orders are half of a history" },
    { changes: { vector: [0, 0, 0, MISSING] }, expected: 3 / 3.5, because: "what half of the events lack costs half" },
    {
      changes: { tails: counted(10_000, [1, 1, 1, 0]), vector: [0, 0, 0, MISSING] },
      expected: 1,
      because: "this shop never sends it",
    },
    { changes: { vector: [MISSING, MISSING, MISSING, MISSING] }, expected: 0, because: "nothing was known" },
    { changes: { tails: null }, expected: 0, because: "its kind was calibrated on nothing" },
    { changes: { modelScored: false }, expected: 0.75, because: "the model has a quarter of the say" },
    { changes: { tails: counted(1_000) }, expected: 1, because: "1 in 1,000 was counted, as the threshold asks" },
    { changes: { tails: counted(10) }, expected: 0.5 + 0.5 / 3, because: "a third of the way was counted" },
    { changes: { degraded: ["profile:ip"] }, expected: 0.75, because: "one of four profiles did not answer" },
    { changes: { degraded: ["model:global@v1", "lists"] }, expected: 1, because: "neither is part of the score" },
    { changes: { degraded: ["profile:ip", "profile:card"], profilesKnown: 0 }, expected: 0, because: "none answered" },
    {
      changes: { byRule: true, ordersBefore: 0, modelScored: false },
      expected: 1,
      because: "a rule counted what it found",
    },
    { changes: { byRule: true, degraded: ["profile:ip"] }, expected: 0.75, because: "a rule counts profiles too" },
  ])("is $expected when $because", ({ changes, expected }) => {
    expect(confidence(grounds(changes))).toBeCloseTo(expected, 9);
  });

  it("stays within 0..1 and never rises when something more is missing", () => {
    const random = seededRandom(6);
    for (let round = 0; round < 500; round++) {
      const before = grounds({
        vector: Array.from({ length: 4 }, () => (random() < 0.3 ? MISSING : random())),
        ordersBefore: Math.floor(20 * random()),
        degraded: random() < 0.5 ? [] : ["profile:ip"],
        modelScored: random() < 0.8,
        tails: counted(
          10 ** (4 * random()),
          Array.from({ length: 4 }, () => random()),
        ),
        threshold: random(),
        byRule: random() < 0.2,
      });
      const value = confidence(before);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
      for (const less of [
        { vector: Array.from(before.vector).with(1, MISSING) },
        { ordersBefore: before.ordersBefore / 2 },
        { degraded: [...before.degraded, "profile:card"] },
        { modelScored: false },
        { tails: counted(1, before.tails?.feature_known) },
        { tails: null },
      ]) {
        expect(confidence({ ...before, ...less })).toBeLessThanOrEqual(value);
      }
    }
  });
});
