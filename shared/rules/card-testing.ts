import type { KnownEntity } from "../facts.ts";
import { duration } from "../number-words.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import { graded, type Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { mostThrough } from "./through.ts";

/** Share of the cards that must have been declined: shoppers behind one office or carrier pay with many, and few are declined. */
const DECLINED_SHARE = 2 / 3;

/** A network is many people, of whom one or the other fumbles at the same time: so many times as much. */
const NETWORK_TIMES = 1.5;

/** What a shopper with a card or two that do not work tries is so many times what counts as a streak. */
const FEW_CARDS_TIMES = 2;

/**
 * Card testing: someone tries stolen cards to learn which still pay. Many different cards through one customer, device or network within
 * an hour, most of them declined. Where cards are unknown or few, only a streak of declines longer than honest shoppers go through;
 * the patient, who space them over a day, are told by a streak with no order in it. A subscription whose card has expired is declined
 * day after day, but not many times in one.
 */
export const cardTesting: Rule = {
  code: "card_testing",
  explains: [
    "counter_cards_1h",
    "counter_declines_1h",
    "declines_in_a_row",
    "counter_attempts_1h",
    "orders_1m",
    "counter_orders_1m",
    "counter_order_burst",
    "counter_customers_7d",
    "counter_customers_known",
  ],
  on: ["order", "decline"],
  find(facts, settings) {
    const declined = facts.seen.act === "decline" ? 1 : 0;
    const excess = (entity: KnownEntity) =>
      Math.max(hourExcess(entity, declined, settings), dayExcess(entity, declined, settings));
    const found = mostThrough(facts, THROUGH, excess, 1);
    if (found === null) return null;
    const isDay = dayExcess(found, declined, settings) > hourExcess(found, declined, settings);
    return {
      score: graded(0.75, 0.1, found.value),
      detail: isDay ? dayWords(found, declined) : hourWords(found, declined),
    };
  },
};

const THROUGH: readonly EntityKind[] = ["customer", "email", "client", "card", "ip"];

/** How many times over a threshold the last hour is; below 1 is nothing. */
function hourExcess(
  entity: KnownEntity,
  declined: number,
  { cardTestingCards, cardTestingDeclines }: RuleSettings,
): number {
  const declines = entity.before.declines1h + declined;
  if (declines === 0) return 0;
  const cards = cardsOf(entity);
  const byCards = declines >= DECLINED_SHARE * cards ? cards / cardTestingCards : 0;
  const times = cards * FEW_CARDS_TIMES <= declines ? FEW_CARDS_TIMES : 1;
  const excess = Math.max(byCards, declines / (times * cardTestingDeclines));
  return entity.kind === "ip" ? excess / NETWORK_TIMES : excess;
}

/** The same of the day's declines in a row, through what is not many people's; a card alone may be tried for its owner. */
function dayExcess({ kind, before }: KnownEntity, declined: number, { cardTestingDeclines }: RuleSettings): number {
  if (kind === "ip" || kind === "card") return 0;
  return (Math.min(before.declinesInARow, before.declines1d) + declined) / (FEW_CARDS_TIMES * cardTestingDeclines);
}

/** Cards of the last hour; 0 when the shop does not send them. */
function cardsOf({ kind, before }: KnownEntity): number {
  return kind === "card" ? 1 : (before.links.card?.recent ?? 0);
}

function hourWords(entity: KnownEntity, declined: number): string {
  const { kind, before } = entity;
  const cards = cardsOf(entity);
  const withCards = cards === 0 ? "" : ` with ${cards} ${cards === 1 ? "card" : "cards"}`;
  return `${before.attempts1h + 1} payment attempts${withCards} through this ${ENTITY_WORDS[kind]} in 1 h, ${before.declines1h + declined} declined`;
}

function dayWords({ kind, before }: KnownEntity, declined: number): string {
  const since = Number.isNaN(before.sinceOrderMs) ? "" : `, the last order ${duration(before.sinceOrderMs)} before`;
  return `${Math.min(before.declinesInARow, before.declines1d) + declined} declined payments in a row through this ${ENTITY_WORDS[kind]} in 1 d${since}`;
}
