import {
  BARE,
  basisWords,
  changeAnswer,
  changeFigures,
  count,
  findingId,
  money,
  offUsual,
  severityOfLoss,
  windowFigures,
  windowWords,
} from "../draft.ts";
import { scopeOf, type Facts } from "../facts.ts";
import type { Draft, Figures } from "../finding.ts";
import type { Group } from "../group-changes.ts";
import { links } from "../links.ts";
import { usualSums, wholeOf } from "../sums.ts";
import { memberWords, sentence, teller } from "../words.ts";

/** The pieces of a category sell for less, or more, than they do: a slipped price, or another mix. */
export function priceStory({ lead, others }: Group, facts: Facts): Draft | null {
  const { seen, baseline, expectation } = facts;
  const scope = scopeOf(facts, lead.dimension, lead.member);
  const whole = wholeOf(seen);
  if (scope === undefined || whole === undefined || seen.currency === null) return null;
  const usual = usualSums(scope, baseline.occasions);
  const isLess = lead.side === "down";
  const figures: Figures = {
    ...windowFigures(facts),
    ...changeFigures(lead, seen.currency),
    pieces: count(scope.now.quantity),
    pieces_usual: count(expectation.factor * usual.quantity),
    cost: money(lead.difference, seen.currency),
  };
  const tell = teller(figures);
  const whose = memberWords(lead.dimension, lead.member);
  const lost = -lead.difference;
  return {
    ...BARE,
    id: findingId("price", lead.dimension, lead.member),
    kind: "price_change",
    severity: isLess
      ? severityOfLoss(lost, expectation.factor * usualSums(whole, baseline.occasions).revenue)
      : "notice",
    title: sentence`prices${whose} are ${offUsual(lead, figures)}`,
    sentences: [
      sentence`a piece${whose} sold for ${tell("piece_price")} on average ${windowWords(figures)}, usually for ${tell("piece_price_usual")} (${basisWords(facts, figures)}).`,
      sentence`${tell("pieces")} pieces went at that, usually ${tell("pieces_usual")}.`,
      isLess
        ? sentence`at the usual price they would have brought ${tell("cost")} more.`
        : sentence`they brought ${tell("cost")} more than at the usual price.`,
    ],
    figures,
    change: changeAnswer(lead),
    evidence: { test: "against_history", p: lead.p, occasions: baseline.occasions.length },
    segments: [
      { dimension: "category", member: lead.member, value: lead.value, usual: lead.usual, contribution: null },
    ],
    cost: {
      amount: Math.round(lost * 100) / 100,
      currency: seen.currency,
      basis: "the pieces sold, at the usual price of a piece in this category",
    },
    consequences: [...new Set(others.map(({ metric }) => metric))],
    next: [
      links.metric("See the category's revenue over time", "revenue", "category", facts.window),
      links.events("Look at orders of that time, and their prices", "purchase", facts.window),
    ],
  };
}
