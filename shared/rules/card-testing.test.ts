import { describe, expect, it } from "vitest";
import type { EntityKind } from "../profile/links.ts";
import { facts, observation, snapshot } from "../test-facts.ts";
import { cardTesting } from "./card-testing.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ cardTestingCards: 4, cardTestingDeclines: 5 });

interface Trying {
  cards?: number;
  /** Before this attempt. */
  declines: number;
  attempts: number;
  isDeclined?: boolean;
  kind?: EntityKind;
}

function find({ cards, declines, attempts, isDeclined = true, kind = "client" }: Trying) {
  const base = facts();
  const links = cards === undefined ? {} : { card: { known: 0, recent: cards, isNew: true } };
  return cardTesting.find(
    {
      ...base,
      seen: { ...base.seen, act: isDeclined ? "decline" : "order" },
      counters: [{ kind, before: snapshot({ attempts1h: attempts, declines1h: declines, links }) }],
    },
    SETTINGS,
  );
}

describe("cardTesting", () => {
  it.each([
    { cards: 4, declines: 3, attempts: 3, because: "four cards, all declined, is just enough" },
    { cards: 4, declines: 3, attempts: 4, isDeclined: false, because: "the one that pays at last belongs to it" },
    { cards: 40, declines: 30, attempts: 45, because: "a list of cards" },
    { cards: 3, declines: 4, attempts: 4, because: "five declines of three cards" },
    { declines: 9, attempts: 9, because: "ten declines where the shop sends no cards" },
    { kind: "card" as const, declines: 9, attempts: 9, because: "ten declines of one card" },
    { kind: "customer" as const, cards: 4, declines: 3, attempts: 3, because: "four cards of one account" },
    { kind: "ip" as const, cards: 6, declines: 5, attempts: 5, because: "six cards through one network" },
  ])("finds $cards cards with $declines declines before, $because", (trying) => {
    expect(find(trying)?.score).toBeGreaterThanOrEqual(0.75);
  });

  it.each([
    { cards: 3, declines: 2, attempts: 2, because: "three cards are a fumbling shopper" },
    {
      cards: 20,
      declines: 2,
      attempts: 30,
      isDeclined: false,
      because: "an office pays with many cards that are good",
    },
    { cards: 2, declines: 5, attempts: 5, because: "a shopper with two cards that do not work" },
    { declines: 5, attempts: 5, because: "six declines may be one card, unknown" },
    { cards: 1, declines: 0, attempts: 0, isDeclined: false, because: "an ordinary order" },
    { kind: "ip" as const, cards: 4, declines: 5, attempts: 7, because: "two shoppers on one network fumble" },
  ])("leaves $cards cards with $declines declines before alone, since $because", (trying) => {
    expect(find(trying)).toBeNull();
  });

  it("finds it through a client that gives nothing else, as testers without an account do", () => {
    const base = facts();
    const before = snapshot({ attempts1h: 9, declines1h: 9, links: { card: { known: 0, recent: 10, isNew: true } } });
    const guest = {
      ...base,
      seen: { ...base.seen, act: "decline" as const },
      subject: { kind: "client" as const, before },
      counters: [],
    };
    expect(cardTesting.find(guest, SETTINGS)?.detail).toBe(
      "10 payment attempts with 10 cards through this device in 1 h, 10 declined",
    );
  });

  it("is surer the more cards are tried", () => {
    const scores = [4, 8, 16, 32].map((cards) => find({ cards, declines: cards, attempts: cards })?.score ?? 0);
    expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });

  it("tells attempts, cards and declines with this one counted", () => {
    expect(find({ cards: 12, declines: 10, attempts: 13 })?.detail).toBe(
      "14 payment attempts with 12 cards through this device in 1 h, 11 declined",
    );
  });

  it("leaves cards out of its words where the shop sends none", () => {
    expect(find({ declines: 12, attempts: 12 })?.detail).toBe(
      "13 payment attempts through this device in 1 h, 13 declined",
    );
  });

  it("takes the worst of several ways the attempt came through", () => {
    const counter = (kind: "client" | "ip", cards: number) => ({
      kind,
      before: snapshot({ declines1h: cards, links: { card: { known: 0, recent: cards, isNew: true } } }),
    });
    const found = cardTesting.find(facts({ counters: [counter("client", 5), counter("ip", 9)] }), SETTINGS);
    expect(found?.detail).toContain("9 cards through this network");
  });

  describe("of the patient", () => {
    const spaced = (inARow: number, inDay: number, kind: EntityKind = "email") => {
      const before = snapshot({ declinesInARow: inARow, declines1d: inDay, sinceOrderMs: 3 * 86_400_000 });
      const seen = observation({ act: "decline" });
      return cardTesting.find(facts({ seen, subject: null, counters: [{ kind, before }] }), SETTINGS);
    };

    it("finds a day of declines without an order, however far apart", () => {
      expect(spaced(9, 9)?.detail).toBe(
        "10 declined payments in a row through this customer in 1 d, the last order 3 d before",
      );
    });

    it.each([
      { inARow: 40, inDay: 3, because: "a subscription whose card has expired is tried day after day" },
      { inARow: 2, inDay: 30, because: "orders lie between" },
      { inARow: 50, inDay: 50, kind: "ip" as const, because: "a network is many people" },
      { inARow: 50, inDay: 50, kind: "card" as const, because: "a card that does not work is tried by its owner" },
    ])("leaves $inARow in a row, $inDay of them in a day, alone: $because", ({ inARow, inDay, kind }) => {
      expect(spaced(inARow, inDay, kind)).toBeNull();
    });
  });
});
