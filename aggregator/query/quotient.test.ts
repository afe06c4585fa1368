import { describe, expect, it } from "vitest";
import { amountPer, quotient } from "./quotient.ts";

describe("quotient", () => {
  it.each([
    { value: "1", per: "3", currency: null, expected: 1 / 3, because: "a share is not rounded" },
    { value: "149.7000", per: "4", currency: "EUR", expected: 37.43, because: "euros have two decimals" },
    { value: "100", per: "3", currency: "JPY", expected: 33, because: "yen have none" },
    { value: "0", per: "0", currency: null, expected: null, because: "0 would say that something was measured" },
  ])("of $value by $per is $expected, as $because", ({ value, per, currency, expected }) => {
    expect(quotient(value, per, currency)).toEqual({
      value: expected,
      numerator: Number(value),
      denominator: Number(per),
    });
  });
});

describe("amountPer", () => {
  it.each([
    {
      amount: "10.0500",
      count: "2",
      decimals: 2,
      value: 5.03,
      because: "a half goes up, though the fraction lies below it",
    },
    { amount: "1.0049", count: "1", decimals: 2, value: 1, because: "less than a half goes down" },
    { amount: "100", count: "3", decimals: 0, value: 33, because: "yen have no decimals" },
    { amount: "10", count: "3", decimals: 3, value: 3.333, because: "dinars have three" },
    { amount: "0.0000", count: "5", decimals: 2, value: 0, because: "orders may be free" },
    { amount: "9007199254740.9900", count: "1", decimals: 2, value: 9007199254740.99, because: "sums grow large" },
  ])("of $amount by $count is $value, as $because", ({ amount, count, decimals, value }) => {
    expect(amountPer(amount, count, decimals)).toBe(value);
  });
});
