import { describe, expect, it } from "vitest";
import { averagePathLengths, type Forest, forestFault, scoreForest } from "./forest.ts";
import { type ForestRecipe, trainIsolationForest } from "./forest-train.ts";
import { normal, seededRandom } from "./random.ts";
import { LEAF } from "./trees.ts";

const FEATURES = 6;

function normalRows(rowCount: number, seed: number, centre = 0): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: rowCount * FEATURES }, () => centre + normal(random));
}

function train(change: Partial<ForestRecipe> = {}): Forest {
  return trainIsolationForest({
    rows: normalRows(1_000, 1),
    rowCount: 1_000,
    featureCount: FEATURES,
    random: seededRandom(2),
    ...change,
  });
}

/** The chance that a random positive scores above a random negative; ties count half. */
function auroc(negatives: Float32Array, positives: Float32Array): number {
  let above = 0;
  for (const positive of positives) {
    for (const negative of negatives) {
      above += positive > negative ? 1 : positive === negative ? 0.5 : 0;
    }
  }
  return above / (negatives.length * positives.length);
}

/** Walks each row down each tree and counts the rows at every node, and each node's depth. */
function census(forest: Forest, rows: Float32Array, rowCount: number) {
  const counts = new Int32Array(forest.features.length);
  const depths = new Int32Array(forest.features.length);
  for (const root of forest.roots) {
    for (let row = 0; row < rowCount; row++) {
      let node = root;
      for (let depth = 0; ; depth++) {
        counts[node] = (counts[node] ?? 0) + 1;
        depths[node] = depth;
        const feature = forest.features[node] ?? LEAF;
        if (feature === LEAF) break;
        const value = rows[row * forest.featureCount + feature] ?? NaN;
        node = (value <= (forest.thresholds[node] ?? NaN) ? forest.left : forest.right)[node] ?? -1;
      }
    }
  }
  return { counts, depths };
}

describe("trainIsolationForest", () => {
  it("ranks a planted cluster of 2 % above ordinary rows: AUROC at least 0.99 without labels", () => {
    const ordinary = normalRows(980, 3);
    const planted = normalRows(20, 4, 3);
    const forest = train({ rows: Float32Array.of(...ordinary, ...planted) });
    const area = auroc(scoreForest(forest, ordinary, 980), scoreForest(forest, planted, 20));
    expect(area).toBeGreaterThan(0.99);
  });

  it("finds nothing where nothing is: AUROC near one half between two draws of the same", () => {
    const forest = train();
    const one = scoreForest(forest, normalRows(500, 5), 500);
    const other = scoreForest(forest, normalRows(500, 6), 500);
    expect(Math.abs(auroc(one, other) - 0.5)).toBeLessThan(0.05);
  });

  it("gives ordinary rows about one half and a far row much more", () => {
    const forest = train();
    const scores = scoreForest(forest, normalRows(500, 7), 500);
    const mean = scores.reduce((sum, score) => sum + score, 0) / 500;
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.5);
    expect(scoreForest(forest, new Float32Array(FEATURES).fill(9), 1)[0]).toBeGreaterThan(0.7);
  });

  it.each([
    { treeCount: 1, sampleSize: 2, depthMax: 1 },
    { treeCount: 7, sampleSize: 3, depthMax: 8 },
    { treeCount: 3, sampleSize: 5_000, depthMax: 24 },
    { treeCount: 100, sampleSize: 256, depthMax: 8 },
  ])("keeps every promise of a forest with $treeCount trees of depth $depthMax", (sizes) => {
    const forest = train(sizes);
    expect(forestFault(forest)).toBeNull();
    expect(forest.roots).toHaveLength(sizes.treeCount);
  });

  it("parts the rows it was grown on as scoring does: each leaf has depth + c(its rows)", () => {
    const rows = normalRows(200, 8);
    const forest = train({ rows, rowCount: 200, sampleSize: 200, treeCount: 20 });
    const { counts, depths } = census(forest, rows, 200);
    const pathLengths = averagePathLengths(200);
    for (const [node, feature] of forest.features.entries()) {
      const count = counts[node] ?? 0;
      const depth = depths[node] ?? 0;
      expect(count).toBeGreaterThan(0);
      expect(depth).toBeLessThanOrEqual(8);
      if (feature !== LEAF) continue;
      expect(forest.leafValues[node]).toBe(Math.fround(depth + (pathLengths[count] ?? NaN)));
      expect(count === 1 || depth === 8).toBe(true);
    }
  });

  it("parts even neighbouring float32 values, where a threshold rounds onto the larger", () => {
    const next = Math.fround(1 + 2 ** -23);
    const rows = Float32Array.of(1, next);
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed);
      const forest = trainIsolationForest({ rows, rowCount: 2, featureCount: 1, random });
      expect(new Set(forest.thresholds)).toEqual(new Set([1, 0]));
      expect(scoreForest(forest, rows, 2)[0]).toBeCloseTo(0.5, 5);
    }
  });

  it("never splits by a feature that is constant, so a feature nobody sends costs nothing", () => {
    const rows = normalRows(1_000, 9).map((value, index) => (index % FEATURES === 2 ? -1 : value));
    const forest = train({ rows });
    const used = new Set(forest.features);
    expect(used.has(2)).toBe(false);
    expect(used.size).toBe(FEATURES);
  });

  it("makes one leaf of rows that are all the same, which scores one half", () => {
    const rows = new Float32Array(50 * FEATURES).fill(7);
    const forest = train({ rows, rowCount: 50, treeCount: 3 });
    expect([...forest.features]).toEqual([LEAF, LEAF, LEAF]);
    expect(scoreForest(forest, rows.subarray(0, FEATURES), 1)[0]).toBeCloseTo(0.5, 6);
  });

  it("grows the same forest from the same seed and another from another", () => {
    expect(train()).toEqual(train());
    expect(train({ random: seededRandom(3) }).thresholds).not.toEqual(train().thresholds);
  });

  it("pins a forest of two rows, because models must be rebuilt bit by bit elsewhere", () => {
    const rows = Float32Array.of(0, 10, 1, 20);
    const forest = trainIsolationForest({
      rows,
      rowCount: 2,
      featureCount: 2,
      treeCount: 2,
      random: seededRandom(1),
    });
    expect(forest).toEqual({
      featureCount: 2,
      normaliser: 1,
      roots: Int32Array.of(0, 3),
      features: Int32Array.of(0, LEAF, LEAF, 1, LEAF, LEAF),
      thresholds: Float32Array.of(0.506274402141571, 0, 0, 11.976557731628418, 0, 0),
      left: Int32Array.of(1, 0, 0, 4, 0, 0),
      right: Int32Array.of(2, 0, 0, 5, 0, 0),
      leafValues: Float32Array.of(0, 1, 1, 0, 1, 1),
    });
  });

  it("leaves the rows as they were", () => {
    const rows = normalRows(1_000, 1);
    train({ rows });
    expect(rows).toEqual(normalRows(1_000, 1));
  });

  it.each<{ because: string; change: Partial<ForestRecipe> }>([
    { because: "a value is not finite", change: { rows: normalRows(1_000, 1).fill(NaN, 5, 6) } },
    { because: "rows are missing", change: { rows: normalRows(999, 1) } },
    { because: "one row isolates nothing", change: { rows: normalRows(1, 1), rowCount: 1 } },
    { because: "there are no features", change: { featureCount: 0 } },
    { because: "there are no trees", change: { treeCount: 0 } },
    { because: "a sample of one row splits nothing", change: { sampleSize: 1 } },
    { because: "a tree without depth splits nothing", change: { depthMax: 0 } },
    { because: "depth is a whole number", change: { depthMax: 2.5 } },
  ])("refuses when $because", ({ change }) => {
    expect(() => train(change)).toThrow(RangeError);
  });
});
