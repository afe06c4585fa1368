import { describe, expect, it } from "vitest";
import { binEdges, BINS_MAX, binRows } from "./boosted-bins.ts";
import { normal, seededRandom } from "./random.ts";

const sorted = (...values: number[]) => Float32Array.from(values).sort();

describe("binEdges", () => {
  it("gives each of few values a bin, with the edge half way", () => {
    expect([...binEdges(sorted(3, 0, 1, 1, 0, 0))]).toEqual([0.5, 2]);
  });

  it("gives one value no edges", () => {
    expect(binEdges(sorted(4, 4, 4))).toHaveLength(0);
  });

  it("keeps apart even neighbouring float32 values", () => {
    const next = Math.fround(1 + 2 ** -23);
    expect([...binEdges(sorted(1, next))]).toEqual([1]);
  });

  it("keeps what is unknown apart, however few rows it is of", () => {
    const random = seededRandom(1);
    const values = Array.from({ length: 5_000 }, () => random());
    const [first] = binEdges(sorted(-1, ...values));
    expect(first).toBeGreaterThanOrEqual(-1);
    expect(first).toBeLessThan(Math.min(...values));
  });

  it("makes bins of many values that hold about equally many rows", () => {
    const random = seededRandom(2);
    const values = sorted(...Array.from({ length: 6_300 }, () => normal(random)));
    const edges = binEdges(values);
    expect(edges).toHaveLength(BINS_MAX - 1);
    const upTo = [...edges, Infinity].map((edge) => values.filter((value) => value <= edge).length);
    upTo.forEach((rows, bin) => {
      expect(Math.abs(rows - (upTo[bin - 1] ?? 0) - 100)).toBeLessThan(3);
    });
  });

  it("leaves the rest as many bins where most rows have one value", () => {
    const values = sorted(...new Float32Array(90_000), ...Array.from({ length: 10_000 }, (_, index) => 1 + index));
    const edges = binEdges(values);
    expect(edges[0]).toBe(0.5);
    expect(edges).toHaveLength(BINS_MAX - 1);
  });

  it("goes through the values in order, whatever they are", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seededRandom(seed);
      const distinct = 1 + Math.floor(200 * random());
      const values = sorted(...Array.from({ length: 500 }, () => Math.floor(distinct * random()) / 7 - 1));
      const edges = binEdges(values);
      expect(edges.length).toBeLessThan(BINS_MAX);
      for (const [index, edge] of edges.entries()) {
        expect(edge).toBeGreaterThan(edges[index - 1] ?? -Infinity);
        expect(edge).toBeLessThan(values.at(-1) ?? NaN);
      }
    }
  });
});

describe("binRows", () => {
  it("puts each value at most at the edge of its bin, and above the one before", () => {
    const random = seededRandom(3);
    const rows = Float32Array.from({ length: 300 * 2 }, (_, index) => (index % 2 === 0 ? normal(random) : -1));
    const { bins, edges } = binRows({ rows, rowCount: 300, featureCount: 2 });
    expect(bins).toHaveLength(600);
    for (const [index, value] of rows.entries()) {
      const [row, input] = [Math.floor(index / 2), index % 2];
      const bin = bins[input * 300 + row] ?? NaN;
      expect(value).toBeLessThanOrEqual(edges[input]?.[bin] ?? Infinity);
      expect(value).toBeGreaterThan(edges[input]?.[bin - 1] ?? -Infinity);
    }
  });
});
