import { describe, expect, it } from "vitest";
import { amountLog } from "../currency.ts";
import type { EntityKind } from "../profile/links.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { facts, observation, snapshot } from "../test-facts.ts";
import { refundAbuse } from "./refund-abuse.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ refundCount: 4, refundShare: 0.75 });
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Returned {
  kind?: EntityKind;
  act?: "refund" | "order";
  /** Orders of 50 EUR, all of the last 30 d. */
  orders?: number;
  /** Of these before this. */
  refunds?: number;
  refunded?: number;
  /** Of this refund. */
  euros?: number;
  before?: Partial<Snapshot>;
}

function find({
  kind = "customer",
  act = "refund",
  orders = 4,
  refunds = 3,
  refunded = 50 * refunds,
  euros = 50,
  before,
}: Returned) {
  const known = {
    orders,
    orders30d: orders,
    amount30d: 50 * orders,
    amountMean: amountLog(50, "EUR"),
    refunds30d: refunds,
    refunded30d: refunded,
    sinceOrderMs: 5 * DAY_MS,
    ...before,
  };
  const seen = observation({ act, amountLog: amountLog(euros, "EUR") });
  return refundAbuse.find(facts({ seen, subject: { kind, before: snapshot(known) } }), SETTINGS);
}

describe("refundAbuse", () => {
  it.each([
    { returned: {}, because: "all of four orders" },
    { returned: { orders: 6, refunds: 5, refunded: 220 }, because: "nearly all of six" },
    { returned: { kind: "card" as const, orders: 6, refunds: 5 }, because: "of one card" },
  ])("finds everything coming back, $because", ({ returned }) => {
    expect(find(returned)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { returned: { orders: 1, refunds: 1, euros: 45 }, because: "the same order twice" },
    {
      returned: { orders: 1, refunds: 2, refunded: 30, euros: 40 },
      because: "piece by piece, and more than there was",
    },
  ])("finds more going back than was paid, $because", ({ returned }) => {
    expect(find(returned)?.score).toBeGreaterThanOrEqual(0.75);
  });

  it.each([
    { returned: { orders: 1, refunds: 0 }, because: "an order came back" },
    { returned: { orders: 3, refunds: 2 }, because: "three orders came back" },
    { returned: { orders: 12, refunds: 6 }, because: "half of the orders came back" },
    { returned: { orders: 5, refunds: 4, refunded: 60, euros: 10 }, because: "a piece of each order came back" },
    { returned: { orders: 1, refunds: 1, refunded: 25, euros: 25 }, because: "an order came back in two parts" },
    { returned: { orders: 1, refunds: 1, refunded: 25, euros: 30 }, because: "shipping was given back on top" },
    { returned: { orders: 1, refunds: 0, euros: 90 }, because: "one refund is of an order before all that is known" },
    { returned: { orders: 0, refunds: 5 }, because: "they ordered before anything was known" },
    {
      returned: { orders: 20, refunds: 3, before: { orders30d: 0, amount30d: 0 } },
      because: "they give back what they ordered before these 30 days",
    },
  ])("leaves it alone when $because", ({ returned }) => {
    expect(find(returned)).toBeNull();
  });

  it("is surer the more comes back, sooner than goods can, and under many names", () => {
    const more = [4, 6, 12].map((orders) => find({ orders, refunds: orders - 1 })?.score ?? 0);
    expect(more).toEqual([...new Set(more)].toSorted((a, b) => a - b));
    const [plain = 1] = more;
    expect(find({ before: { sinceOrderMs: 20 * HOUR_MS } })?.score).toBeGreaterThan(plain);
    const customer = { known: 4, recent: 4, isNew: true };
    expect(find({ kind: "card", before: { links: { customer } } })?.score).toBeGreaterThan(plain);
  });

  it("tells of the next order below the usual threshold, since it may be one that is kept", () => {
    const found = find({ act: "order", refunds: 4 });
    expect(found?.detail).toBe("4 refunds on 4 orders with this customer in 30 d");
    expect(found?.score).toBeLessThan(0.7);
    expect(find({ act: "order", orders: 30, refunds: 30 })?.score).toBeLessThan(0.7);
  });

  it("tells refunds against orders, or money against money", () => {
    expect(find({ before: { sinceOrderMs: 20 * HOUR_MS } })?.detail).toBe(
      "4 refunds on 4 orders with this customer in 30 d, this one 20 h after an order",
    );
    expect(find({ orders: 1, refunds: 2 })?.detail).toBe(
      "about 150 EUR refunded to this customer in 30 d, of about 50 EUR ever paid",
    );
  });
});
