import { describe, expect, it } from "vitest";
import { amountLog, currencyDecimals, fitsDecimals } from "./currency.ts";

describe("currencyDecimals", () => {
  it.each([
    ["EUR", 2],
    ["USD", 2],
    ["JPY", 0],
    ["KRW", 0],
    ["ISK", 0],
    ["KWD", 3],
    ["TND", 3],
    ["CLF", 4],
  ])("gives %s its %d decimals of ISO 4217", (code, decimals) => {
    expect(currencyDecimals(code)).toBe(decimals);
  });

  it.each(["", "eur", "EURO", "XXX", "__proto__", "constructor"])("knows no currency %j", (code) => {
    expect(currencyDecimals(code)).toBeUndefined();
  });

  it("knows no code that nobody else knows, so that none is misspelt", () => {
    const known = new Set(Intl.supportedValuesOf("currency"));
    // Units of account, which runtimes leave out, and codes newer than the tables of some.
    for (const other of ["CLF", "UYI", "UYW", "SLE", "VED", "XCG", "ZWG"]) known.add(other);
    const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    const ours = codes.filter((code) => currencyDecimals(code) !== undefined);
    expect(ours.filter((code) => !known.has(code))).toEqual([]);
    expect(ours.length).toBeGreaterThan(150);
  });
});

describe("fitsDecimals", () => {
  it.each([
    { amount: 0.1 + 0.2, decimals: 2, fits: false, because: "the sum is no cent" },
    { amount: 1.1, decimals: 2, fits: true, because: "the nearest double to 1.1 is meant as 1.1" },
    { amount: 9_999_999_999.99, decimals: 2, fits: true, because: "cents survive at the top" },
    { amount: 1e-7, decimals: 4, fits: false, because: "a tiny amount is no zero" },
    { amount: 0, decimals: 0, fits: true, because: "nothing has no decimals" },
  ])("says $fits to $amount with $decimals decimals: $because", ({ amount, decimals, fits }) => {
    expect(fitsDecimals(amount, decimals)).toBe(fits);
  });
});

describe("amountLog", () => {
  it("puts like sums of different currencies near each other, because they are compared", () => {
    const euros = amountLog(100, "EUR");
    for (const [amount, currency] of [
      [116, "USD"],
      [17_200, "JPY"],
      [36, "KWD"],
      [3_050_000, "VND"],
    ] as const) {
      expect(amountLog(amount, currency)).toBeCloseTo(euros, 1);
    }
  });

  it("is 0 for nothing and grows with the amount, also in a currency without a rate", () => {
    expect(amountLog(0, "EUR")).toBe(0);
    expect(amountLog(20, "AFN")).toBeGreaterThan(amountLog(10, "AFN"));
  });
});
