import { expect, it } from "vitest";
import { moversOf } from "./movers.ts";
import type { MetricsAnswer } from "./today.ts";

const answer = (sums: Record<string, number>, currency = "EUR") =>
  ({
    series: Object.entries(sums).map(([group, value]) => ({ group, currency, points: [{ at: "", value }] })),
  }) as unknown as MetricsAnswer; // as far as movers are made of it

it("puts first what differs the most, not what multiplied the most", () => {
  const movers = moversOf(answer({ DE: 900, AT: 2, FR: 50 }), answer({ DE: 1000, AT: 1, FR: 50 }), "EUR");
  expect(movers.map(({ member, difference, change }) => [member, difference, change])).toEqual([
    ["DE", -100, -0.09999999999999998],
    ["AT", 1, 1],
  ]);
});

it("tells a part that is new or gone, and adds no currencies", () => {
  expect(moversOf(answer({ DE: 5 }), answer({ AT: 7 }), "EUR")).toMatchObject([
    { member: "AT", change: -1 },
    { member: "DE", change: null },
  ]);
  expect(moversOf(answer({ DE: 5 }, "USD"), answer({}), "EUR")).toEqual([]);
});
