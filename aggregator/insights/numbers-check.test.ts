import { describe, expect, it } from "vitest";
import { below, seededRandom } from "../../shared/random.ts";
import type { Figures } from "./finding.ts";
import { unfoundedNumbers } from "./numbers-check.ts";
import { figureWords } from "./words.ts";

const figures: Figures = {
  orders: { value: 812, unit: "count" },
  usual: { value: 1_309.6, unit: "count" },
  few: { value: 3.43, unit: "count" },
  change: { value: -0.38, unit: "share" },
  rate: { value: 0.0614, unit: "share" },
  lost: { value: -12_437.5, unit: "money", currency: "EUR" },
  times: { value: 2.43, unit: "times" },
  conversion: { value: 1.42, unit: "per_100" },
  window: { value: 86_400_000, unit: "ms" },
  from: { value: "2026-11-20T13:05:00.000Z", unit: "time" },
};
const unfounded = (text: string, names: string[] = []) => unfoundedNumbers(text, { figures, names });

describe("unfoundedNumbers", () => {
  it.each([
    "812 orders, 38 % below the usual 1,310.",
    "Some 810 orders, about 38% less than the usual 1300.",
    "Down by 38 percent, or -38 %.",
    "About 12,438 EUR, or 12,400 EUR, or 12 000 EUR are missing.",
    "2.4 times the usual; 2.4× of it.",
    "1.4 orders per 100 sessions.",
    "Of the payments 6.1 % were declined.",
    "In the 24 hours since Fri 20 Nov 13:05 UTC.",
    "On Friday, 20 November at 13:05.",
    "3.4 an hour.",
    "No number at all, in one country.",
  ])("finds none in: %s", (text) => {
    expect(unfounded(text)).toEqual([]);
  });

  it.each([
    { text: "813 orders", wrong: "813" },
    { text: "800 orders", wrong: "800", because: "of 812 one digit is left" },
    { text: "1,400 orders are usual", wrong: "1,400" },
    { text: "1,309 orders are usual", wrong: "1,309", because: "it is cut and not rounded" },
    { text: "39 % below", wrong: "39 %" },
    { text: "38 orders", wrong: "38", because: "a share is no count" },
    { text: "812 %", wrong: "812 %", because: "a count is no share" },
    { text: "2.4 % of them", wrong: "2.4 %", because: "a factor is no share" },
    { text: "in 7 days", wrong: "7 days" },
    { text: "since 13:06 UTC", wrong: "13:06" },
    { text: "on 21 Nov", wrong: "21 Nov" },
    { text: "on Monday", wrong: "Monday" },
    { text: "sales have halved", wrong: "halved" },
    { text: "it has tripled", wrong: "tripled" },
    { text: "a dozen orders", wrong: "dozen" },
    { text: "nearly twice as many", wrong: "twice" },
    { text: "three countries", wrong: "three" },
    { text: "zero orders", wrong: "zero" },
    { text: "thousands of orders", wrong: "thousands" },
    { text: "12,438,000 EUR", wrong: "12,438,000" },
  ])("refuses “$text” ($because)", ({ text, wrong }) => {
    expect(unfounded(text)).toEqual([wrong]);
  });

  it("takes words for numbers that the figures are", () => {
    const told: Figures = {
      change: { value: -0.51, unit: "share" },
      times: { value: 2, unit: "times" },
      networks: { value: 4, unit: "count" },
      none: { value: 0, unit: "count" },
    };
    expect(
      unfoundedNumbers("Halved, that is half, twice as many through four networks, and none of it.", {
        figures: told,
        names: [],
      }),
    ).toEqual([]);
  });

  it("does not look into names, which may be numbers themselves", () => {
    expect(unfounded("812 orders in iPhone 15 cases", ["iPhone 15 cases"])).toEqual([]);
    expect(unfounded("812 orders in iPhone 15 cases")).toEqual(["15"]);
  });

  it("finds every figure founded as we write it, whatever its size", () => {
    const random = seededRandom(4);
    for (let round = 0; round < 2_000; round++) {
      const size = 10 ** (below(random, 9) - 2);
      const value = random() * size;
      for (const own of [
        { value: Math.round(value), unit: "count" },
        { value: Math.max(0.1, value), unit: "count" },
        { value, unit: "money", currency: ["EUR", "JPY", "KWD"][below(random, 3)] ?? "EUR" },
        { value: value / size, unit: "share" },
        { value: 2 + value, unit: "times" },
        { value: Math.max(0.1, value), unit: "per_100" },
        { value: 60_000 * (1 + Math.round(value)), unit: "ms" },
        { value: new Date(1.7e12 + 1e6 * value).toISOString(), unit: "time" },
      ] as const) {
        const text = figureWords(own);
        expect({ text, unfounded: unfoundedNumbers(text, { figures: { own }, names: [] }) }).toEqual({
          text,
          unfounded: [],
        });
      }
    }
  });

  it("refuses nearly every other number of the same form", () => {
    const random = seededRandom(5);
    let passed = 0;
    for (let round = 0; round < 1_000; round++) {
      const own = { value: 100 + below(random, 900), unit: "count" } as const;
      const lie = 100 + below(random, 900);
      if (lie !== own.value && unfoundedNumbers(`${lie} orders`, { figures: { own }, names: [] }).length === 0)
        passed++;
    }
    expect(passed).toBeLessThan(10);
  });
});
