import { expect, it } from "vitest";
import { percentileOf } from "./percentile.ts";

it.each([
  { values: [], share: 0.5, percentile: null, because: "there are no values" },
  { values: [7], share: 0.95, percentile: 7, because: "one value is every percentile" },
  { values: [4, 1, 3, 2], share: 0.5, percentile: 2, because: "half of four are two" },
  { values: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share: 0.95, percentile: 10, because: "nine of ten are not 95 %" },
  {
    values: Array.from({ length: 100 }, (_, index) => index + 1),
    share: 0.95,
    percentile: 95,
    because: "95 of 100 are",
  },
])("gives $percentile for the share $share, because $because", ({ values, share, percentile }) => {
  expect(percentileOf(values, share)).toBe(percentile);
});
