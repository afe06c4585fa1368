import { ENTITY_WORDS, type EntityKind } from "../observe.ts";
import type { Snapshot } from "../profile.ts";
import type { Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";

/** Share of the cards that must have been declined: shoppers behind one office or carrier pay with many, and few are declined. */
const DECLINED_SHARE = 2 / 3;

interface Trying {
  kind: EntityKind;
  /** 0 when the shop does not send cards. */
  cards: number;
  declines: number;
  attempts: number;
}

/**
 * Card testing: someone tries stolen cards to learn which still pay. Many different cards through one client or network within an
 * hour, most of them declined. Where cards are unknown or few, only a streak of declines longer than honest shoppers go through.
 */
export const cardTesting: Rule = {
  code: "card_testing",
  explains: [
    "counter_cards_1h",
    "counter_declines_1h",
    "counter_attempts_1h",
    "counter_order_burst",
    "counter_customers_7d",
  ],
  find({ seen, subject, counters }, settings) {
    if (seen.kind === "other") return null;
    // Whoever gives neither account nor e-mail is known by the client alone, which is then no counter.
    const through = subject?.kind === "client" ? [...counters, subject] : counters;
    const tries = through.map(({ kind, before }) => tryingThrough(kind, before, seen.kind === "decline"));
    const [worst] = tries
      .map((trying) => ({ ...trying, excess: excessOf(trying, settings) }))
      .toSorted((a, b) => b.excess - a.excess);
    if (worst === undefined || worst.excess < 1) return null;
    const { kind, cards, declines, attempts, excess } = worst;
    const withCards = cards === 0 ? "" : ` with ${cards} ${cards === 1 ? "card" : "cards"}`;
    return {
      score: Math.min(1, 0.75 + 0.1 * Math.log2(excess)),
      detail: `${attempts} payment attempts${withCards} through this ${ENTITY_WORDS[kind]} in 1 h, ${declines} declined`,
    };
  },
};

function tryingThrough(kind: EntityKind, before: Snapshot, isDeclined: boolean): Trying {
  const cards = kind === "card" ? 1 : (before.links.card?.recent ?? 0);
  return { kind, cards, declines: before.declines1h + (isDeclined ? 1 : 0), attempts: before.attempts1h + 1 };
}

/** How many times over a threshold this is; below 1 is nothing. */
function excessOf({ cards, declines }: Trying, { cardTestingCards, cardTestingDeclines }: RuleSettings): number {
  const byCards = declines >= DECLINED_SHARE * cards ? cards / cardTestingCards : 0;
  const fewCards = cards * 2 <= declines;
  return Math.max(byCards, declines / (fewCards ? 2 * cardTestingDeclines : cardTestingDeclines));
}
