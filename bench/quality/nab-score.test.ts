import { describe, expect, it } from "vitest";
import { nabScore, probationRows, type LabelledSeries } from "./nab-score.ts";

const ROWS = 1_000;
const WINDOWS: [number, number][] = [
  [300, 399],
  [700, 799],
];
const SERIES: LabelledSeries = {
  name: "one",
  timesMs: Array.from({ length: ROWS }, (_, row) => row),
  values: Array.from({ length: ROWS }, () => 0),
  windows: WINDOWS,
};

const at = (...rows: number[]) => Array.from({ length: ROWS }, (_, row) => Number(rows.includes(row)));
const score = (scores: number[], profile: Parameters<typeof nabScore>[2] = "standard") =>
  nabScore([SERIES], [scores], profile);

describe("nabScore", () => {
  it.each([
    { scores: at(), is: 0, because: "it says nothing" },
    { scores: at(300, 700), is: 100, because: "it finds every window at its first row" },
    { scores: at(300), is: 50, because: "it finds one of two windows" },
    { scores: at(300, 700, 10), is: 100, because: "what it says in probation does not count" },
    { scores: at(300, 301, 302, 700), is: 100, because: "a window is found once" },
    { scores: at(300, 700, 200), is: 97.25, because: "a false alarm before any window costs all of its weight" },
    { scores: at(300, 700, 600), is: 97.25, because: "and so does one three widths behind a window" },
  ])("gives $is where $because", ({ scores, is }) => {
    expect(score(scores)).toBeCloseTo(is, 1);
  });

  it("gives less the later in its window an anomaly is found, and takes little for what comes just after it", () => {
    expect(score(at(350, 700))).toBeLessThan(score(at(310, 700)));
    expect(score(at(390, 700))).toBeLessThan(score(at(350, 700)));
    expect(score(at(300, 700, 402))).toBeGreaterThan(score(at(300, 700, 450)));
  });

  it("weighs false alarms and misses by the profile", () => {
    const noisy = at(300, 700, 200, 250);
    expect(score(noisy, "reward low FP")).toBeLessThan(score(noisy));
    expect(score(noisy, "reward low FN")).toBeGreaterThan(score(noisy));
  });

  it("chooses one threshold for all rows, the best", () => {
    const scores = at(300, 700).map((value) => value * 0.9);
    scores[200] = 0.5;
    expect(score(scores)).toBe(100);
  });
});

describe("probationRows", () => {
  it("is a seventh of a series, and at most 750 rows", () => {
    expect(probationRows(1_000)).toBe(150);
    expect(probationRows(22_695)).toBe(750);
  });
});
