import { describe, expect, it } from "vitest";
import type { Act } from "../shared/profile/observation.ts";
import { pick, seededRandom } from "../shared/random.ts";
import { DistinctRows } from "./distinct-rows.ts";

const WIDTH = 5;

describe("DistinctRows", () => {
  it("holds each different vector of an act once, in the order they came, and says which row each one has", () => {
    const random = seededRandom(9);
    const added = Array.from({ length: 500 }, () => ({
      act: pick<Act>(random, ["view", "order"]),
      vector: Array.from({ length: WIDTH }, () => pick(random, [-1, 0, 0.1])),
    }));
    const distinct = new DistinctRows(WIDTH, added.length);
    const rows = added.map(({ act, vector }) => distinct.add(act, (row) => row.set(vector)));
    const texts = added.map((one) => JSON.stringify(one));
    expect(new Set(rows).size).toBe(new Set(texts).size);
    expect(distinct.acts.length).toBe(new Set(texts).size);
    expect(distinct.rows.length).toBe(distinct.acts.length * WIDTH);
    for (const [index, row] of rows.entries()) {
      expect(distinct.acts[row]).toBe(added[index]?.act);
      expect([...distinct.vectorAt(row)]).toEqual([...Float32Array.from(added[index]?.vector ?? [])]);
      expect([...distinct.rows.subarray(row * WIDTH, (row + 1) * WIDTH)]).toEqual([...distinct.vectorAt(row)]);
      expect(rows.indexOf(row)).toBe(texts.indexOf(texts[index] ?? ""));
    }
  });

  it("leaves what a vector was when one like an earlier was written in between", () => {
    const distinct = new DistinctRows(WIDTH, 3);
    const rows = [1, 1, 2].map((value) => distinct.add("view", (row) => row.fill(value)));
    expect(rows).toEqual([0, 0, 1]);
    expect([...distinct.rows]).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  });

  it("finds as many as there may be, all different", () => {
    const distinct = new DistinctRows(WIDTH, 1_000);
    for (let index = 0; index < 1_000; index++) distinct.add("step", (row) => row.fill(index));
    expect(distinct.acts.length).toBe(1_000);
  });
});
