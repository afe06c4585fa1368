import { describe, expect, it } from "vitest";
import { clientFault, type ClientModel, CLIP, scoreClient } from "./client-model.ts";
import { LEAF } from "./trees.ts";

/** Two inputs; one tree that splits by the first at 0, then on its right by the second at 2; one that is a leaf. */
function model({ logistic = {}, boosted = {}, ...change }: Change = {}): ClientModel {
  return {
    featureCount: 2,
    logistic: {
      means: Float32Array.of(1, 0),
      scales: Float32Array.of(0.5, 2),
      weights: Float32Array.of(0.25, -1),
      intercept: -3,
      ...logistic,
    },
    boosted: {
      featureCount: 2,
      base: -2,
      roots: Int32Array.of(0, 5),
      features: Int32Array.of(0, LEAF, 1, LEAF, LEAF, LEAF),
      thresholds: Float32Array.of(0, 0, 2, 0, 0, 0),
      left: Int32Array.of(1, 0, 3, 0, 0, 0),
      right: Int32Array.of(2, 0, 4, 0, 0, 0),
      leafValues: Float32Array.of(0, -0.5, 0, 0.5, 1.5, 0.25),
      covers: Float32Array.of(10, 6, 4, 3, 1, 10),
      ...boosted,
    },
    ...change,
  };
}

interface Change {
  featureCount?: number;
  logistic?: Partial<ClientModel["logistic"]>;
  boosted?: Partial<ClientModel["boosted"]>;
}

describe("scoreClient", () => {
  it.each([
    { row: [1, 0], logistic: -3, boosted: -1.25, because: "the mean says nothing" },
    { row: [2, 0], logistic: -2.5, boosted: -1.25, because: "two deviations weigh a quarter each" },
    { row: [0, 0], logistic: -3.5, boosted: -2.25, because: "on the threshold is left" },
    { row: [-1, 0], logistic: -3.5, boosted: -2.25, because: "unknown is harmless to the one, and -1 to the other" },
    { row: [100, 0], logistic: -3 + 0.25 * CLIP, boosted: -1.25, because: "deviations beyond six say no more" },
    { row: [1, 2], logistic: -4, boosted: -1.25, because: "on the threshold of the inner split" },
    { row: [1, 1e30], logistic: -3 - CLIP, boosted: -0.25, because: "right twice" },
    { row: [3e38, 0], logistic: -3 + 0.25 * CLIP, boosted: -1.25, because: "no overflow becomes NaN" },
  ])("gives $row log-odds of $logistic and $boosted, because $because", ({ row, logistic, boosted }) => {
    const scores = scoreClient(model(), Float32Array.from(row), 1);
    expect(scores.logistic[0]).toBeCloseTo(logistic, 6);
    expect(scores.boosted[0]).toBeCloseTo(boosted, 6);
  });

  it("scores rows alone as in a batch, and no rows as no scores", () => {
    const rows = [
      [1, 0],
      [-1, 5],
      [2, 2.5],
    ];
    const batch = scoreClient(model(), Float32Array.from(rows.flat()), 3);
    const alone = rows.map((row) => scoreClient(model(), Float32Array.from(row), 1));
    expect([...batch.logistic]).toEqual(alone.map(({ logistic }) => logistic[0]));
    expect([...batch.boosted]).toEqual(alone.map(({ boosted }) => boosted[0]));
    expect(scoreClient(model(), new Float32Array(0), 0)).toEqual({
      logistic: new Float32Array(0),
      boosted: new Float32Array(0),
    });
  });

  it.each([NaN, Infinity, -Infinity])("refuses %s, and says where it is", (value) => {
    expect(() => scoreClient(model(), Float32Array.of(0, 0, value, 0), 2)).toThrow(
      new RangeError("Feature 0 of row 1 is not finite"),
    );
  });

  it("refuses rows of another width", () => {
    expect(() => scoreClient(model(), new Float32Array(3), 1)).toThrow(RangeError);
  });
});

describe("clientFault", () => {
  const { features, thresholds, left, right, leafValues, covers } = model().boosted;
  const at = <T extends Int32Array | Float32Array>(array: T, index: number, value: number) => {
    const copy = array.slice() as T; // a typed array's slice is of its own kind
    copy[index] = value;
    return copy;
  };
  const both = (value: number) => Float32Array.of(1, value);

  it("finds nothing in a model that keeps its promises", () => {
    expect(clientFault(model())).toBeNull();
  });

  it.each<{ fault: string; change: Change }>([
    { fault: "another number of features", change: { featureCount: 3 } },
    { fault: "has 0 features", change: { featureCount: 0, boosted: { featureCount: 0 } } },
    { fault: "has 0 trees", change: { boosted: { roots: new Int32Array(0) } } },
    { fault: "begin with a root", change: { boosted: { roots: Int32Array.of(1, 5) } } },
    { fault: "no nodes for tree 1", change: { boosted: { roots: Int32Array.of(0, 6) } } },
    { fault: "as many thresholds", change: { boosted: { thresholds: thresholds.slice(1) } } },
    { fault: "splits by feature 2 of 2", change: { boosted: { features: at(features, 0, 2) } } },
    { fault: "a leaf that also splits", change: { boosted: { features: at(features, 2, LEAF) } } },
    { fault: "before its parent", change: { boosted: { left: at(left, 2, 0) } } },
    { fault: "outside its tree", change: { boosted: { right: at(right, 2, 5) } } },
    { fault: "reaches node 3 twice", change: { boosted: { right: at(right, 2, 3) } } },
    { fault: "does not reach node 1", change: { boosted: { left: at(left, 0, 3) } } },
    { fault: "not finite", change: { boosted: { thresholds: at(thresholds, 2, NaN) } } },
    { fault: "a leaf's value", change: { boosted: { leafValues: at(leafValues, 0, 1) } } },
    { fault: "a leaf with no log-odds", change: { boosted: { leafValues: at(leafValues, 1, NaN) } } },
    { fault: "a leaf with no log-odds", change: { boosted: { leafValues: at(leafValues, 1, 101) } } },
    { fault: "begin with no log-odds", change: { boosted: { base: Infinity } } },
    { fault: "begin with no log-odds", change: { boosted: { base: 0.1 } } }, // no float32
    { fault: "as many covers", change: { boosted: { covers: covers.slice(1) } } },
    { fault: "no rows went through", change: { boosted: { covers: at(covers, 5, 0) } } },
    { fault: "no rows went through", change: { boosted: { covers: at(covers, 5, NaN) } } },
    { fault: "another cover than its children's", change: { boosted: { covers: at(covers, 0, 11) } } },
    { fault: "as many means", change: { logistic: { weights: Float32Array.of(1) } } },
    { fault: "an intercept", change: { logistic: { intercept: NaN } } },
    { fault: "a mean", change: { logistic: { means: both(-1) } } },
    { fault: "a mean", change: { logistic: { means: both(Infinity) } } },
    { fault: "a scale", change: { logistic: { scales: both(0) } } },
    { fault: "a scale", change: { logistic: { scales: both(NaN) } } },
    { fault: "a weight", change: { logistic: { weights: both(-101) } } },
    { fault: "a weight", change: { logistic: { weights: both(NaN) } } },
  ])("names what would break scoring or explaining: $fault", ({ fault, change }) => {
    expect(clientFault(model(change))).toContain(fault);
  });
});
