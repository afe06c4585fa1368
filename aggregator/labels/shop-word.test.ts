import { describe, expect, it } from "vitest";
import { shopWordOf } from "./shop-word.ts";

describe("shopWordOf", () => {
  it.each([
    { name: "chargeback", reason: "fraudulent", label: "fraud", because: "that is what it is for" },
    { name: "chargeback", reason: undefined, label: "fraud", because: "most are" },
    { name: "chargeback", reason: " Debit Not-Authorized ", label: "fraud", because: "spelling does not matter" },
    { name: "chargeback", reason: "product_not_received", label: null, because: "that is no fraud" },
    { name: "chargeback", reason: 7, label: "fraud", because: "a number is no reason" },
    { name: "chargeback_reversed", reason: "won", label: null, because: "it only takes back" },
    { name: "refund", reason: "fraud", label: "fraud", because: "the shop says so" },
  ])("makes a $name for $reason say $label: $because", ({ name, reason, label }) => {
    expect(shopWordOf(name, reason, 1)).toMatchObject({ source: name, label, atMs: 1 });
  });

  it.each([
    { name: "refund", reason: "changed my mind" },
    { name: "refund", reason: undefined },
    { name: "purchase", reason: "fraud" },
  ])("takes a $name for $reason to say nothing", ({ name, reason }) => {
    expect(shopWordOf(name, reason, 1)).toBeNull();
  });

  it("keeps the reason as it was sent, and no more of it than is read", () => {
    expect(shopWordOf("chargeback", "Product Not Received", 1)?.reason).toBe("Product Not Received");
    expect(shopWordOf("chargeback", "x".repeat(10_000), 1)?.reason).toHaveLength(200);
  });
});
