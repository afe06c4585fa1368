import { describe, expect, it } from "vitest";
import { jsonBytes, portions } from "./portions.ts";

const size = (item: number) => item;

describe("portions", () => {
  it.each([
    { items: [], bounds: { sizeMost: 10 }, expected: [], because: "nothing needs no portion" },
    { items: [4, 6, 1], bounds: { sizeMost: 10 }, expected: [[4, 6], [1]], because: "a portion may be exactly full" },
    { items: [4, 7], bounds: { sizeMost: 10 }, expected: [[4], [7]], because: "one over is too much" },
    {
      items: [1, 99, 1, 1],
      bounds: { sizeMost: 10 },
      expected: [[1], [99], [1, 1]],
      because: "a larger one stands alone",
    },
    {
      items: [1, 1, 1],
      bounds: { sizeMost: 10, itemsMost: 2 },
      expected: [[1, 1], [1]],
      because: "the number is bounded too",
    },
  ])("gives $expected of $items, as $because", ({ items, bounds, expected }) => {
    expect(portions(items, size, bounds)).toEqual(expected);
  });

  it("does not measure a lone item, as that would cost each single event its size", () => {
    const unmeasured = () => {
      throw new Error("measured");
    };
    expect(portions(["only"], unmeasured, { sizeMost: 1 })).toEqual([["only"]]);
  });
});

describe("jsonBytes", () => {
  it("counts bytes, not characters", () => {
    expect(jsonBytes({ a: "é€" })).toBe('{"a":""}'.length + 2 + 3);
  });
});
