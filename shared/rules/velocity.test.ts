import { describe, expect, it } from "vitest";
import { facts, regular, snapshot } from "../test-facts.ts";
import { RuleSettings } from "./settings.ts";
import { velocity } from "./velocity.ts";

const SETTINGS = RuleSettings.parse({ velocityOrders: 6 });

function find({ customer = 0, card = 0, ip = 0 }: { customer?: number; card?: number; ip?: number }) {
  return velocity.find(
    facts({
      subject: { kind: "customer", before: regular({ orders1h: customer }) },
      counters: [
        { kind: "card", before: snapshot({ orders1h: card }) },
        { kind: "ip", before: snapshot({ orders1h: ip }) },
      ],
    }),
    SETTINGS,
  );
}

describe("velocity", () => {
  it.each([
    { before: { customer: 5 }, detail: "6 orders with this customer in 1 h" },
    { before: { card: 5 }, detail: "6 orders with this card in 1 h" },
    { before: { customer: 7, card: 20 }, detail: "21 orders with this card in 1 h" },
  ])("finds $detail, this one counted", ({ before, detail }) => {
    expect(find(before)).toMatchObject({ detail });
  });

  it.each([
    { before: { customer: 4, card: 4 }, because: "five orders an hour are too few" },
    { before: { ip: 500 }, because: "a network is many people" },
  ])("leaves it alone: $because", ({ before }) => {
    expect(find(before)).toBeNull();
  });

  it("is surer the more orders there are, from 0.7 on", () => {
    const scores = [5, 11, 23, 95].map((customer) => find({ customer })?.score ?? 0);
    expect(scores[0]).toBe(0.7);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
    expect(find({ customer: 1e6 })?.score).toBe(1);
  });

  it("counts the e-mail of a customer with many accounts", () => {
    const counters = [{ kind: "email" as const, before: snapshot({ orders1h: 5 }) }];
    expect(velocity.find(facts({ counters }), SETTINGS)?.detail).toBe("6 orders with this customer in 1 h");
  });

  it("counts a device only where nobody else is known, for a till in the shop orders all day", () => {
    const before = regular({ orders1h: 9 });
    expect(velocity.find(facts({ counters: [{ kind: "client", before }] }), SETTINGS)).toBeNull();
    const guest = facts({ subject: { kind: "client", before } });
    expect(velocity.find(guest, SETTINGS)?.detail).toBe("10 orders with this device in 1 h");
  });
});
