import { describe, expect, it } from "vitest";
import { fitFraudProbability, fraudProbability, FraudProbability, type Review } from "./fraud-probability.ts";
import { seededRandom } from "./random.ts";

const GRID = Array.from({ length: 201 }, (_, index) => index / 200);

/** Confirmed with log-odds of 10 · score - 7: about 1 in 20 at 0.4, even at 0.7. */
function truth(score: number): number {
  return 1 / (1 + Math.exp(7 - 10 * score));
}

function reviewed(count: number, seed: number, probability = truth): Review[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const score = Math.round(1e4 * (0.4 + 0.6 * random())) / 1e4;
    return { score, confirmed: random() < probability(score) };
  });
}

function fit(reviews: readonly Review[]): FraudProbability {
  const fitted = fitFraudProbability(reviews);
  if (fitted === null) throw new Error("nothing was fitted");
  return fitted;
}

describe("fitFraudProbability", () => {
  it.each([
    { count: 1, kind: "base_rate" },
    { count: 99, kind: "base_rate" },
    { count: 100, kind: "platt" },
    { count: 1_000, kind: "platt" },
    { count: 1_001, kind: "isotonic" },
  ])("of $count reviews gives no more than they carry: $kind", ({ count, kind }) => {
    expect(fit(reviewed(count, 1))).toMatchObject({ kind, reviews: count });
  });

  it("says nothing before anything was reviewed", () => {
    expect(fitFraudProbability([])).toBeNull();
  });

  it.each([1, 50, 100, 400, 1_000, 1_001, 20_000])(
    "of %s reviews never falls as the score rises, and never claims certainty",
    (count) => {
      for (const [seed, probability] of [truth, () => 0, () => 1, (score: number) => 1 - truth(score)].entries()) {
        const fitted = fit(reviewed(count, seed, probability));
        const curve = GRID.map((score) => fraudProbability(fitted, score));
        expect(curve).toEqual(curve.toSorted((a, b) => a - b));
        expect(Math.min(...curve)).toBeGreaterThan(0);
        expect(Math.max(...curve)).toBeLessThan(1);
      }
    },
  );

  it.each([
    { count: 400, within: 0.15 },
    { count: 1_000, within: 0.1 },
    { count: 20_000, within: 0.05 },
  ])("of $count reviews is within $within of the truth where they were made", ({ count, within }) => {
    for (const seed of [1, 2, 3]) {
      const fitted = fit(reviewed(count, seed));
      for (const score of [0.45, 0.55, 0.65, 0.75, 0.85, 0.95]) {
        expect(Math.abs(fraudProbability(fitted, score) - truth(score))).toBeLessThan(within);
      }
    }
  });

  it("of few reviews gives their share, half a review of each outcome added", () => {
    const reviews = [true, true, true, false].map((confirmed) => ({ score: 0.7, confirmed }));
    expect(fraudProbability(fit(reviews), 0.9)).toBeCloseTo(3.5 / 5, 12);
  });

  it.each([100, 2_000])("of %s reviews of one score gives its share, since there is no slope to see", (count) => {
    const reviews = Array.from({ length: count }, (_, index) => ({ score: 0.7, confirmed: index % 4 === 0 }));
    expect(fraudProbability(fit(reviews), 0.7)).toBeCloseTo(0.25, 1);
  });

  it("finds the slope that one confirmed review among many gives, where a full step would overshoot", () => {
    const dismissed = Array.from({ length: 120 }, () => ({ score: 0.78, confirmed: false }));
    const fitted = fit([...dismissed, { score: 0.97, confirmed: true }]);
    expect(fraudProbability(fitted, 0.78)).toBeCloseTo(1 / 122, 4);
    expect(fraudProbability(fitted, 0.97)).toBeCloseTo(2 / 3, 4);
  });

  it("takes a curve that falls for a level one, so that a higher score is never shown as safer", () => {
    const falling = fit(reviewed(500, 3, (score) => 1 - truth(score)));
    expect(falling).toMatchObject({ kind: "platt", slope: 0 });
  });

  it.each([100, 5_000])("survives being written and read after %s reviews, in at most 201 knots", (count) => {
    const fitted = fit(reviewed(count, 4));
    expect(FraudProbability.parse(JSON.parse(JSON.stringify(fitted)))).toEqual(fitted);
    if (fitted.kind === "isotonic") expect(fitted.knots.length).toBeLessThanOrEqual(201);
  });

  it.each([NaN, -0.1, 1.1])("refuses a score of %s", (score) => {
    expect(() => fitFraudProbability([{ score, confirmed: true }])).toThrow(RangeError);
  });
});

describe("fraudProbability", () => {
  const isotonic: FraudProbability = {
    kind: "isotonic",
    reviews: 2_000,
    knots: [
      { score: 0.4, probability: 0.1 },
      { score: 0.8, probability: 0.5 },
    ],
  };

  it.each([
    { score: 0, probability: 0.1, because: "below the first knot it is level" },
    { score: 0.4, probability: 0.1, because: "on a knot" },
    { score: 0.6, probability: 0.3, because: "half way between knots" },
    { score: 1, probability: 0.5, because: "beyond the last knot it is level" },
  ])("gives $score the probability $probability, $because", ({ score, probability }) => {
    expect(fraudProbability(isotonic, score)).toBeCloseTo(probability, 12);
  });

  it.each([
    { knots: [isotonic.knots[1], isotonic.knots[0]], because: "scores fall" },
    { knots: [isotonic.knots[0], isotonic.knots[0]], because: "a score comes twice" },
    {
      knots: [{ score: 0.9, probability: 0.05 }].flatMap((last) => [isotonic.knots[0], last]),
      because: "probabilities fall",
    },
    { knots: [], because: "there is none" },
  ])("is not read from knots of which $because", ({ knots }) => {
    expect(FraudProbability.safeParse({ ...isotonic, knots }).success).toBe(false);
  });
});
