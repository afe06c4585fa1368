import { describe, expect, it } from "vitest";
import { averagePathLengths, type Forest, forestFault, normaliserOf, scoreForest } from "./forest.ts";
import { LEAF } from "./trees.ts";

/** Two trees over two features: x0 <= 0.5, then x1 <= -1 on its right; and x1 <= 3. */
function forest(change: Partial<Forest> = {}): Forest {
  return {
    featureCount: 2,
    normaliser: normaliserOf(4),
    roots: Int32Array.of(0, 5),
    features: Int32Array.of(0, LEAF, 1, LEAF, LEAF, 1, LEAF, LEAF),
    thresholds: Float32Array.of(0.5, 0, -1, 0, 0, 3, 0, 0),
    left: Int32Array.of(1, 0, 3, 0, 0, 6, 0, 0),
    right: Int32Array.of(2, 0, 4, 0, 0, 7, 0, 0),
    leafValues: Float32Array.of(0, 1, 0, 2, 3, 0, 2, 1),
    ...change,
  };
}

const scoreOf = (...row: number[]) => scoreForest(forest(), Float32Array.from(row), 1)[0];
const scoreAtMeanPath = (mean: number) => expect.closeTo(2 ** (-mean / normaliserOf(4)), 6);

describe("averagePathLengths", () => {
  it("is the c(n) of the paper: the mean depth of an unsuccessful search", () => {
    const lengths = averagePathLengths(256);
    expect(lengths[1]).toBe(0);
    expect(lengths[2]).toBe(1);
    expect(lengths[3]).toBeCloseTo(5 / 3, 12);
    expect(lengths[4]).toBeCloseTo(13 / 6, 12);
    expect(lengths[256]).toBeCloseTo(2 * (Math.log(255) + 0.5772156649 + 1 / 510) - 510 / 256, 5);
  });
});

describe("normaliserOf", () => {
  it.each([2, 3, 100, 256, 4_096])("of %s rows is c(n), and a float32 reciprocal gives it", (n) => {
    const normaliser = normaliserOf(n);
    expect(normaliser / (averagePathLengths(n)[n] ?? NaN)).toBeCloseTo(1, 7);
    expect(1 / Math.fround(1 / normaliser)).toBe(normaliser);
  });
});

describe("scoreForest", () => {
  it.each([
    { row: [0.5, 3], mean: 1.5, because: "exactly on a threshold goes left" },
    { row: [0.5, 4], mean: 1, because: "left in the first tree, right in the second" },
    { row: [0.6, -1], mean: 2, because: "on the threshold of the inner split" },
    { row: [0.6, 0], mean: 2.5, because: "right twice" },
    { row: [-1, -1], mean: 1.5, because: "missing is -1 and a value like any other" },
    { row: [0.5 + 2 ** -26, 4], mean: 1, because: "this rounds to the threshold in float32" },
    { row: [0.5 + 2 ** -24, 4], mean: 2, because: "this is the next float32 above the threshold" },
  ])("gives $row the mean path length $mean, because $because", ({ row, mean }) => {
    expect(scoreOf(...row)).toEqual(scoreAtMeanPath(mean));
  });

  it("scores one half where the path length is the normaliser", () => {
    const leaf = forest({
      roots: Int32Array.of(0),
      features: Int32Array.of(LEAF),
      thresholds: Float32Array.of(0),
      left: Int32Array.of(0),
      right: Int32Array.of(0),
      leafValues: Float32Array.of(normaliserOf(4)),
    });
    expect(scoreForest(leaf, Float32Array.of(1, 2), 1)[0]).toBeCloseTo(0.5, 6);
  });

  it("scores a row the same alone and in a batch, in the order of the rows", () => {
    const rows = [
      [0, 0],
      [1, -5],
      [1, 5],
      [0, 9],
    ];
    const batch = scoreForest(forest(), Float32Array.from(rows.flat()), 4);
    expect([...batch]).toEqual(rows.map((row) => scoreOf(...row)));
    expect(new Set(batch).size).toBeGreaterThan(2);
  });

  it("scores no rows as no scores", () => {
    expect(scoreForest(forest(), new Float32Array(0), 0)).toHaveLength(0);
  });

  it.each([NaN, Infinity, -Infinity])("refuses %s, and says where it is", (value) => {
    expect(() => scoreForest(forest(), Float32Array.of(0, 0, 0, value), 2)).toThrow(
      new RangeError("Feature 1 of row 1 is not finite"),
    );
  });

  it.each([
    { values: 3, rowCount: 1, because: "a row is too long" },
    { values: 1, rowCount: 1, because: "a row is too short" },
    { values: 4, rowCount: 1, because: "there are more rows than said" },
    { values: 3, rowCount: 1.5, because: "there is no half row" },
    { values: 0, rowCount: -0.5, because: "there are no fewer than no rows" },
  ])("refuses $values values for $rowCount rows of 2: $because", ({ values, rowCount }) => {
    expect(() => scoreForest(forest(), new Float32Array(values), rowCount)).toThrow(RangeError);
  });
});

describe("forestFault", () => {
  const withNode = (array: Int32Array, node: number, value: number) =>
    array.map((old, index) => (index === node ? value : old));
  const { features, thresholds, left, right, leafValues } = forest();

  it("finds nothing in a forest that keeps its promises", () => {
    expect(forestFault(forest())).toBeNull();
  });

  it.each<{ fault: string; change: Partial<Forest> }>([
    { fault: "has 0 features", change: { featureCount: 0 } },
    { fault: "splits by feature 1 of 1", change: { featureCount: 1 } },
    { fault: "has 1.5 features", change: { featureCount: 1.5 } },
    { fault: "the normaliser 0", change: { normaliser: 0 } },
    { fault: "the normaliser NaN", change: { normaliser: NaN } },
    { fault: "the normaliser Infinity", change: { normaliser: Infinity } },
    { fault: "no float32", change: { normaliser: 2.1 } },
    { fault: "has 0 trees", change: { roots: new Int32Array(0) } },
    { fault: "begin with a root", change: { roots: Int32Array.of(1, 5) } },
    { fault: "no nodes for tree 1", change: { roots: Int32Array.of(0, 8) } },
    { fault: "no nodes for tree 2", change: { roots: Int32Array.of(0, 5, 5) } },
    { fault: "no nodes for tree 1", change: { roots: Int32Array.of(0, -5) } },
    { fault: "as many thresholds", change: { thresholds: thresholds.slice(1) } },
    { fault: "as many thresholds", change: { right: right.slice(1) } },
    { fault: "splits by feature 2 of 2", change: { features: withNode(features, 0, 2) } },
    { fault: "splits by feature -2 of 2", change: { features: withNode(features, 0, -2) } },
    { fault: "a leaf that also splits", change: { features: withNode(features, 2, LEAF) } },
    { fault: "before its parent", change: { left: withNode(left, 2, 0) } },
    { fault: "before its parent", change: { left: withNode(left, 0, 0) } },
    { fault: "outside its tree", change: { left: withNode(left, 2, 6) } },
    { fault: "outside its tree", change: { right: withNode(right, 5, 8) } },
    { fault: "outside its tree", change: { right: withNode(right, 5, -7) } },
    { fault: "reaches node 3 twice", change: { right: withNode(right, 2, 3) } },
    { fault: "does not reach node 1", change: { left: withNode(left, 0, 3) } },
    { fault: "not finite", change: { thresholds: thresholds.map((t) => (t === 3 ? NaN : t)) } },
    { fault: "not finite", change: { thresholds: thresholds.map((t) => (t === 3 ? -1e39 : t)) } },
    { fault: "no path length", change: { leafValues: leafValues.map((v) => (v === 3 ? -1 : v)) } },
    { fault: "no path length", change: { leafValues: leafValues.map((v) => (v === 3 ? NaN : v)) } },
    { fault: "no path length", change: { leafValues: leafValues.map((v) => (v === 3 ? 1e9 : v)) } },
    { fault: "splitting node with", change: { leafValues: leafValues.map(() => 1) } },
  ])("names what would break scoring: $fault", ({ fault, change }) => {
    expect(forestFault(forest(change))).toContain(fault);
  });
});
