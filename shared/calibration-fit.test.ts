import { describe, expect, it } from "vitest";
import { fitCalibration } from "./calibration-fit.ts";
import { Calibration, evidencePots, featurePot, largestPots, mixPots, potScore, scoreHere } from "./calibration.ts";
import { EVIDENCE, FEATURE_NAMES } from "./features/features.ts";
import { exponential, seededRandom } from "./random.ts";
import { tailPot } from "./tail.ts";

const NAMES = { version: "2026-W47", model: "global@v0", featureSet: "test", featureCount: 4 };
const ROWS = 20_000;

/** Four exponential features, the third 0 for nine of ten rows, the fourth unknown for half; and a model that adds them up. */
function sample(seed: number) {
  const random = seededRandom(seed);
  const rows = Float32Array.from({ length: ROWS * 4 }, (_, index) => {
    if (index % 4 === 2 && random() < 0.9) return 0;
    if (index % 4 === 3 && random() < 0.5) return -1;
    return exponential(random, 1);
  });
  const raw = Float32Array.from({ length: ROWS }, (_, row) =>
    rows.subarray(row * 4, row * 4 + 4).reduce((sum, value) => sum + Math.max(0, value), 0),
  );
  return { rows, rowCount: ROWS, raw };
}

/** The score of each row, as `assess` has it without named rules. */
function scores(calibration: Calibration, { rows, raw }: ReturnType<typeof sample>): number[] {
  return Array.from(raw, (output, row) => {
    const evidence = largestPots(evidencePots(rows.subarray(row * 4, row * 4 + 4), calibration));
    const mixed = mixPots(tailPot(calibration.model_tail, output), tailPot(calibration.rules_tail, evidence));
    return potScore(tailPot(calibration.combined_tail, mixed));
  });
}

describe("largestPots", () => {
  const of = (pots: Record<string, number>) => largestPots(FEATURE_NAMES.map((name) => pots[name] ?? 0));

  it("adds up the three largest of what was found", () => {
    expect(of({ amount_log: 1, amount_z: 2, odd_hour: 3, new_device: 4 })).toBe(9);
  });

  it("counts what is measured on two yardsticks once, by the strangest, so that one oddity is not three", () => {
    expect(of({ amount_z: 2, amount_ew_z: 3, amount_over_max: 1 })).toBe(4);
  });

  it("gives what sorting gives, to the bit", () => {
    const random = seededRandom(6);
    for (let round = 0; round < 4_000; round++) {
      const pots = FEATURE_NAMES.map(() => (random() < 0.6 ? 0 : random() < 0.2 ? 2 : 8 * random()));
      const byEvidence = Map.groupBy(pots.keys(), (index) => EVIDENCE[index]);
      const strangest = [...byEvidence.values()].map((indices) =>
        Math.max(...indices.map((index) => pots[index] ?? 0)),
      );
      const [first = 0, second = 0, third = 0] = strangest.toSorted((a, b) => b - a);
      expect(largestPots(pots)).toBe(first + second + third);
    }
  });
});

describe("fitCalibration", () => {
  const calibration = fitCalibration(NAMES, sample(1));
  const fresh = [2, 3, 4].flatMap((seed) => scores(calibration, sample(seed)));

  it.each([
    { score: 0.4, share: 1 / 100 },
    { score: 0.5, share: 10 ** -2.5 },
    { score: 0.6, share: 1 / 1_000 },
  ])("gives $score or more to $share of rows it was not fitted on, as scores promise", ({ score, share }) => {
    const realised = fresh.filter((one) => one >= score).length / fresh.length;
    expect(realised).toBeGreaterThan(share * 0.7);
    expect(realised).toBeLessThan(share * 1.4);
  });

  it("measures each feature against the rows where it was known", () => {
    const value = Math.log(1_000);
    const pots = evidencePots([value, 0, 0, value], { ...calibration, evidence_tails: null });
    expect(pots[0]).toBeCloseTo(3, 0);
    expect(pots[3]).toBeCloseTo(3, 0);
  });

  it("holds nothing against a feature that was never known, since nobody can say what is usual", () => {
    const { rows, rowCount, raw } = sample(1);
    const fitted = fitCalibration(NAMES, { rows: rows.map((value, at) => (at % 4 === 3 ? -1 : value)), rowCount, raw });
    expect(evidencePots([0, 0, 0, 1e6], fitted)).toEqual([0, 0, 0, 0]);
  });

  it("goes by the feature's own measure where nobody had any, so that the first who has a little is not the strangest of all", () => {
    const { rows, rowCount, raw } = sample(1);
    const none = { rows: rows.map((value, at) => (at % 4 === 3 ? 0 : value)), rowCount, raw };
    const fitted = fitCalibration({ ...NAMES, unseenPots: [1, 1, 1, 3] }, none);
    expect(evidencePots([0, 0, 0, 0.5], fitted)[3]).toBe(1.5);
    expect(evidencePots([0, 0, 0, 0.5], fitCalibration(NAMES, none))[3]).toBe(0.5);
  });

  /** As `sample`, of which some 0.4 % are attacks, each of them large in the first feature and unheard of in the second. */
  function attacked(seed: number) {
    const random = seededRandom(seed);
    const { rows, rowCount, raw } = sample(seed);
    for (let row = 0; row < rowCount; row += 250) {
      rows[row * 4] = 12 + exponential(random, 1);
      rows[row * 4 + 1] = 12 + exponential(random, 1);
    }
    return { rows, rowCount, raw };
  }

  it("measures evidence on what is not suspect, so that an attack that nobody noticed does not hide the next", () => {
    const fitted = fitCalibration(NAMES, attacked(1));
    const strange = Float32Array.of(12, 0, 0, 0);
    expect(evidencePots(strange, fitted)[0]).toBeGreaterThan(4);
    expect(evidencePots(strange, { ...fitted, evidence_tails: null })[0]).toBeLessThan(2.6);
  });

  it("keeps what scores promise when attacks were among the rows", () => {
    const fitted = fitCalibration(NAMES, attacked(1));
    const realised = [2, 3, 4].flatMap((seed) => scores(fitted, attacked(seed)));
    const share = realised.filter((one) => one >= 0.4).length / realised.length;
    expect(share).toBeGreaterThan(0.7 / 100);
    expect(share).toBeLessThan(1.4 / 100);
  });

  it("tells how rare a value is among all rows, suspect ones too", () => {
    const { feature_tails } = fitCalibration(NAMES, attacked(1));
    const told = featurePot([12, 0, 0, 0], 0, feature_tails[0] ?? { values: [], pots: [], perUnit: 0 });
    expect(10 ** -told).toBeGreaterThan(1 / 300);
    expect(10 ** -told).toBeLessThan(1 / 200);
  });

  it("goes by all rows where hardly any but suspect ones have a feature", () => {
    const { rows, rowCount, raw } = sample(1);
    const rare = { rows: rows.map((value, at) => (at % 4 === 3 ? (at % 4_000 === 3 ? 40 : 0) : value)), rowCount, raw };
    for (let row = 0; row < rowCount; row += 1_000) rare.rows.fill(40, row * 4, row * 4 + 2);
    const fitted = fitCalibration(NAMES, rare);
    expect(fitted.evidence_tails?.[3]).toEqual(fitted.feature_tails[3]);
    expect(fitted.evidence_tails?.[0]).not.toEqual(fitted.feature_tails[0]);
  });

  it("suspects nothing where nobody attacked", () => {
    expect(fitCalibration(NAMES, { ...sample(1), areClean: true }).evidence_tails).toBeNull();
  });

  it("learns how rare a named rule's findings are in a shop, and of one that found nothing, nothing", () => {
    const { rows, rowCount, raw } = sample(1);
    const ruled = Array.from({ length: rowCount }, (_, row) => (row % 50 === 0 ? { unusual_cart: 0.72 } : {}));
    const fitted = fitCalibration(NAMES, { rows, rowCount, raw, ruled });
    expect(scoreHere("unusual_cart", 0.72, fitted)).toBeCloseTo(Math.log10(50) / 5, 3);
    expect(scoreHere("bulk_reseller", 0.72, fitted)).toBe(0.72);
    expect(scoreHere("unusual_cart", 0.72, null)).toBe(0.72);
  });

  it("takes a value that every row has for ordinary, in spite of the digits it is stored in", () => {
    const value = Math.fround(Math.LN2);
    const rows = new Float32Array(8_000).fill(value);
    const fitted = fitCalibration(NAMES, { rows, rowCount: 2_000, raw: new Float32Array(2_000).fill(value) });
    expect(evidencePots(rows.subarray(0, 4), fitted)).toEqual([0, 0, 0, 0]);
    expect(tailPot(fitted.model_tail, value)).toBe(0);
  });

  it("survives being written and read, in few digits and at most 200 knots a tail", () => {
    const text = JSON.stringify(calibration);
    expect(Calibration.parse(JSON.parse(text))).toEqual(calibration);
    const { feature_tails, evidence_tails, combined_tail } = calibration;
    for (const tail of [...feature_tails, ...(evidence_tails ?? []), combined_tail]) {
      expect(tail.values.length).toBeLessThanOrEqual(200);
      expect([...tail.values, ...tail.pots].every((value) => value === Number(value.toPrecision(7)))).toBe(true);
    }
  });

  it.each([
    { rows: new Float32Array(0), rowCount: 0, raw: [], because: "no rows" },
    { rows: new Float32Array(7), rowCount: 2, raw: [0, 0], because: "a row is cut short" },
    { rows: new Float32Array(8), rowCount: 2, raw: [0], because: "an output is missing" },
  ])("refuses to be fitted on $because", ({ rows, rowCount, raw }) => {
    expect(() => fitCalibration(NAMES, { rows, rowCount, raw })).toThrow(RangeError);
  });
});
