import type { Facts, KnownEntity } from "../facts.ts";
import { duration, inWords } from "../number-words.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import { graded, type Finding, type Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { mostThrough } from "./through.ts";

const REFUNDED: readonly EntityKind[] = ["customer", "email", "card"];

/** More than was paid, beyond what currencies and shipping costs make of it. */
const OVERPAID = 1.2;

/** Goods take longer than this to arrive, be tried and come back. */
const QUICK_MS = 2 * 86_400_000;

/** What is told of the next order: it may be the one that is kept. */
const ORDER_MOST = 0.66;

/** From so many customers on, a card is one person under many names. */
const NAMES = 3;

/**
 * Refund abuse: more money goes back than was paid, or nearly everything that is ordered comes back, time after time; surer when it comes
 * back before goods can. People who order three sizes to keep one return much, but seldom all of order after order. The next order
 * of someone like that is told as such, below the usual threshold.
 */
export const refundAbuse: Rule = {
  code: "refund_abuse",
  explains: ["refund_share_30d"],
  on: ["refund", "order"],
  find(facts, settings) {
    return (facts.seen.act === "refund" ? overpaid(facts) : null) ?? everythingBack(facts, settings);
  },
};

function overpaid(facts: Facts): Finding | null {
  const found = mostThrough(facts, REFUNDED, (entity) =>
    refundsOf(entity, facts) < 2 ? 0 : eurosRefunded(entity, facts) / Math.max(1, eurosOrdered(entity)),
  );
  if (found === null || found.before.orders === 0 || found.value < OVERPAID) return null;
  return {
    score: graded(0.76, 0.1, found.value / OVERPAID),
    detail: `about ${inWords(Math.round(eurosRefunded(found, facts)))} EUR refunded to this ${ENTITY_WORDS[found.kind]} in 30 d, of about ${inWords(Math.round(eurosOrdered(found)))} EUR ever paid`,
  };
}

function everythingBack(facts: Facts, { refundCount, refundShare }: RuleSettings): Finding | null {
  const found = mostThrough(facts, REFUNDED, (entity) => {
    const refunds = refundsOf(entity, facts);
    if (refunds < refundCount) return 0;
    const isMost =
      refunds >= refundShare * entity.before.orders30d &&
      eurosRefunded(entity, facts) >= refundShare * eurosOrdered(entity);
    return isMost && entity.before.orders >= refundCount ? refunds : 0;
  });
  if (found === null) return null;
  const { sinceOrderMs, orders30d, links } = found.before;
  const isRefund = facts.seen.act === "refund";
  const isQuick = isRefund && sinceOrderMs < QUICK_MS;
  const names = links.customer?.recent ?? 1;
  const score = graded(0.71, 0.1, found.value / refundCount) + (isQuick ? 0.03 : 0) + (names >= NAMES ? 0.06 : 0);
  return {
    score: Math.min(isRefund ? 1 : ORDER_MOST, score),
    detail: `${found.value} refunds on ${orders30d} orders with this ${ENTITY_WORDS[found.kind]} in 30 d${isQuick ? `, this one ${duration(sinceOrderMs)} after an order` : ""}`,
  };
}

function refundsOf({ before }: KnownEntity, { seen }: Facts): number {
  return before.refunds30d + (seen.act === "refund" ? 1 : 0);
}

function eurosRefunded({ before }: KnownEntity, { seen }: Facts): number {
  return before.refunded30d + (seen.act === "refund" ? Math.expm1(seen.amountLog ?? 0) : 0);
}

/** Of 30 d, or ever if that is more, going by the mean order: goods come back after months too. */
function eurosOrdered({ before }: KnownEntity): number {
  return Math.max(before.amount30d, before.orders * Math.expm1(before.amountMean));
}
