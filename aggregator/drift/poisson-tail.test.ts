import { expect, it } from "vitest";
import { poissonTail } from "./poisson-tail.ts";

it.each([
  { count: 0, mean: 3, tail: 1 },
  { count: 1, mean: 0.15, tail: 0.1393 },
  { count: 3, mean: 3, tail: 0.5768 },
  { count: 10, mean: 3, tail: 0.0011025 },
  { count: 100, mean: 100, tail: 0.5133 },
  { count: 150, mean: 100, tail: 0.0000022 },
])("gives $tail for $count or more of $mean, as tables do", ({ count, mean, tail }) => {
  expect(poissonTail(count, mean)).toBeCloseTo(tail, tail < 0.001 ? 6 : 4);
});
