import { describe, expect, it } from "vitest";
import { decimalsOf, exactSum, netTotal, plainAmount, plainCount, withoutDust } from "./amounts.ts";

describe("plainAmount", () => {
  it.each([
    { sent: "18.99", amount: 18.99, because: "a plain decimal" },
    { sent: "-30", amount: -30, because: "a refund counted as a loss" },
    { sent: 18.99, amount: 18.99, because: "a number already" },
    { sent: "$18.99", amount: "$18.99", because: "a sign is no digit" },
    { sent: "1,299.00", amount: "1,299.00", because: "a comma may be a decimal point" },
    { sent: "1e3", amount: "1e3", because: "nobody prices in powers of ten" },
    { sent: "9".repeat(400), amount: "9".repeat(400), because: "it would be infinite" },
    { sent: " 1", amount: " 1", because: "a space is no digit" },
    { sent: null, amount: null, because: "nothing was said" },
  ])("makes $amount of $sent: $because", ({ sent, amount }) => {
    expect(plainAmount(sent)).toBe(amount);
  });
});

describe("plainCount", () => {
  it.each([
    { sent: "2", count: 2, because: "a whole number" },
    { sent: "2.5", count: "2.5", because: "the schema refuses it" },
    { sent: "-2", count: "-2", because: "the schema refuses it" },
  ])("makes $count of $sent: $because", ({ sent, count }) => {
    expect(plainCount(sent)).toBe(count);
  });
});

describe("withoutDust", () => {
  it.each([
    { amount: 0.1 + 0.2, decimals: 2, clean: 0.3, because: "a sum of two prices" },
    { amount: 1.1 * 3, decimals: 2, clean: 3.3, because: "a price times a quantity" },
    { amount: 1.005, decimals: 2, clean: 1.005, because: "half a cent is no dust" },
    { amount: 500.5, decimals: 0, clean: 500.5, because: "half a yen is no dust" },
    { amount: 0.1 + 0.2, decimals: decimalsOf(undefined), clean: 0.3, because: "dust is dust in any currency" },
  ])("makes $clean of $amount: $because", ({ amount, decimals, clean }) => {
    expect(withoutDust(amount, decimals)).toBe(clean);
  });
});

describe("exactSum", () => {
  it("sums like a cash register, where numbers alone would leave 0.30000000000000004", () => {
    expect(
      exactSum(
        [0.1, 0.2].map((amount) => ({ amount, times: 1 })),
        2,
      ),
    ).toBe(0.3);
    expect(exactSum([{ amount: 1.1, times: 3 }], 2)).toBe(3.3);
    expect(exactSum([{ amount: 4.35, times: 100 }], 2)).toBe(435);
    expect(exactSum([{ amount: 0.001, times: 7 }], 3)).toBe(0.007);
  });

  it.each([
    { amount: 1.005, times: 1, because: "it has more decimals than the currency" },
    { amount: "1", times: 1, because: "text is no amount" },
    { amount: Number.POSITIVE_INFINITY, times: 1, because: "nothing is infinite" },
    { amount: 1, times: 0.5, because: "half a piece was not sold" },
    { amount: 1, times: "2", because: "text is no number" },
  ])("does not reckon with $amount times $times: $because", ({ amount, times }) => {
    expect(exactSum([{ amount, times }], 2)).toBeUndefined();
  });
});

describe("netTotal", () => {
  it.each([
    { sent: { total: 27.5, tax: 2, shipping: 3 }, net: 22.5, because: "both are told" },
    { sent: { total: 0.3, tax: 0.1, shipping: null }, net: 0.2, because: "0.3 - 0.1 leaves dust" },
    { sent: { total: "27.50", tax: "2", shipping: "" }, net: 25.5, because: "amounts may be text" },
    { sent: { total: 27.5, tax: undefined, shipping: undefined }, net: 27.5, because: "neither is told" },
    { sent: { total: "a lot", tax: 2, shipping: 3 }, net: "a lot", because: "the schema refuses it" },
    { sent: { total: 27.5, tax: {}, shipping: 3 }, net: 27.5, because: "the schema refuses the tax" },
    { sent: { total: null, tax: 2, shipping: 3 }, net: undefined, because: "there is no total" },
  ])("is $net where $because", ({ sent, net }) => {
    expect(netTotal(sent, 2)).toBe(net);
  });
});
