import { describe, expect, it } from "vitest";
import { falseAlarms, recallOf, thresholdFor, type ScoredAttempt } from "./scoreboard.ts";

let visits = 0;
const clean = (score: number, changes: Partial<ScoredAttempt> = {}): ScoredAttempt => ({
  attack: null,
  incident: null,
  visit: `visit ${visits++}`,
  isAftermath: false,
  isPayment: true,
  score,
  reasons: [],
  ...changes,
});
const tested = (incident: string, score: number): ScoredAttempt => ({
  ...clean(score),
  attack: "card_testing",
  incident,
});

describe("recallOf", () => {
  it("counts an attack as found when one of its attempts is at the threshold, and how many it took", () => {
    const scored = [
      ...[0.1, 0.7, 0.9].map((score) => tested("a", score)),
      ...[0.1, 0.2, 0.3].map((score) => tested("b", score)),
      ...[0.1, 0.1, 0.1, 0.8].map((score) => tested("c", score)),
      clean(0.9),
    ];
    expect(recallOf(scored, "card_testing", 0.7)).toEqual({
      attempts: 10,
      attemptShare: 0.3,
      incidents: 3,
      incidentShare: 2 / 3,
      attemptsUntilFound: 4,
    });
  });

  it("is 0 for an attack that was not made", () => {
    expect(recallOf([clean(1)], "velocity", 0.7)).toMatchObject({ attempts: 0, attemptShare: 0, incidentShare: 0 });
  });
});

describe("falseAlarms", () => {
  it("counts clean attempts alone, in 10,000 of them", () => {
    const scored = [clean(0.7), clean(0.6999), clean(0), clean(0.9), tested("a", 0.9)];
    expect(falseAlarms(scored, 0.7)).toBe(5_000);
  });

  it("counts a visit once, whatever it does, and for the payments alone, so that pages do not thin alarms out", () => {
    const page = { visit: "one", isPayment: false };
    const scored = [clean(0.9, page), clean(0.8, page), clean(0.9, { visit: "one" }), clean(0.1), clean(0, page)];
    expect(falseAlarms(scored, 0.7)).toBe(5_000);
  });
});

describe("thresholdFor", () => {
  const scored = Array.from({ length: 10_000 }, (_, index) => clean(index / 10_000)).concat(tested("a", 1));

  it("is the lowest with so many false alarms at most", () => {
    const threshold = thresholdFor(scored, 10);
    expect(falseAlarms(scored, threshold)).toBe(10);
    expect(falseAlarms(scored, threshold - 0.0001)).toBe(11);
  });

  it("goes above a score that too many clean attempts share, instead of letting them all through", () => {
    expect(thresholdFor([...scored, ...Array.from({ length: 50 }, () => clean(0.98))], 10)).toBeGreaterThan(0.98);
  });
});
