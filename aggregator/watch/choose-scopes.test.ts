import { describe, expect, it } from "vitest";
import { currencyOf } from "./choose-scopes.ts";

describe("currencyOf", () => {
  it.each([
    { orders: {}, kept: null, is: null, because: "nothing was ordered" },
    { orders: { USD: 3, EUR: 5 }, kept: null, is: "EUR", because: "most orders are in it" },
    {
      orders: { USD: 5, EUR: 5 },
      kept: null,
      is: "EUR",
      because: "of two that are level one is to be chosen, and always the same",
    },
    {
      orders: { USD: 5, EUR: 4 },
      kept: "EUR",
      is: "EUR",
      because: "amounts must not change their currency with every hour",
    },
    { orders: { USD: 9, EUR: 4 }, kept: "EUR", is: "USD", because: "it has more than twice as many" },
    { orders: { USD: 1 }, kept: "EUR", is: "USD", because: "the other is not used any more" },
    { orders: {}, kept: "EUR", is: "EUR", because: "a week without orders says nothing of currencies" },
  ])("is $is for $orders after $kept, as $because", ({ orders, kept, is }) => {
    expect(currencyOf(orders, kept)).toBe(is);
  });
});
