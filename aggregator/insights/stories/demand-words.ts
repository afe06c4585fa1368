import {
  againstUsual,
  basisWords,
  changeFigures,
  METRIC_WORDS,
  money,
  offUsual,
  share,
  windowWords,
} from "../draft.ts";
import type { Explained } from "../explain.ts";
import type { Facts } from "../facts.ts";
import type { Change } from "../find-changes.ts";
import type { Figures, Sentence } from "../finding.ts";
import { wholeOf } from "../sums.ts";
import { memberName, memberWords, phrase, sentence, teller } from "../words.ts";

/** What is told in one line. */
export function titleOf(lead: Change, figures: Figures): Sentence {
  const { metric, dimension, member, value } = lead;
  const { name, isMany } = METRIC_WORDS[metric];
  const whose = memberWords(dimension, member);
  if (value === 0) return { ...sentence`no ${name}${whose}`, figures: [metric] };
  return sentence`${name}${whose} ${isMany ? "are" : "is"} ${offUsual(lead, figures)}`;
}

/** What was, and what is usual. */
export function firstSentence(lead: Change, facts: Facts, figures: Figures): Sentence {
  const tell = teller(figures);
  const { metric, dimension, member, value } = lead;
  const whose = memberWords(dimension, member);
  const basis = phrase`(${basisWords(facts, figures)})`;
  if (value === 0) {
    const none = sentence`no ${METRIC_WORDS[metric].name} came${whose} ${windowWords(figures)}; ${tell(`${metric}_usual`)} is usual ${basis}.`;
    return { ...none, figures: [metric, ...none.figures] };
  }
  const against = phrase`${againstUsual(lead, figures)} ${basis}`;
  if (metric === "orders" || metric === "sessions") {
    return sentence`there were ${tell(metric)} ${metric}${whose} ${windowWords(figures)}, ${against}.`;
  }
  if (metric === "conversion")
    return sentence`visitors${whose} placed ${tell(metric)} ${windowWords(figures)}, ${against}.`;
  return sentence`${METRIC_WORDS[metric].name}${whose} was ${tell(metric)} ${windowWords(figures)}, ${against}.`;
}

/** Which member makes the difference, where one does. */
export function whereSentence(
  explained: Explained | null,
  others: readonly Change[],
  figures: Figures,
  currency: string | null,
): Sentence[] {
  if (explained === null) return [];
  const tell = teller(figures);
  const { main } = explained;
  if (main === null) {
    return explained.isEven
      ? [sentence`it is spread over countries, devices and categories much as sales always are.`]
      : [];
  }
  figures["part"] = share(main.contribution ?? 0);
  const own = others.find(
    ({ metric, dimension, member }) =>
      dimension === main.dimension && member === main.member && (metric === "orders" || metric === "revenue"),
  );
  const name = memberName(main.dimension, main.member);
  if (own === undefined) return [sentence`${name} makes ${tell("part")} of the difference.`];
  Object.assign(figures, changeFigures(own, currency, "there_"));
  const what = own.metric === "orders" ? " orders" : "";
  return [
    sentence`${name} makes ${tell("part")} of the difference: ${tell(`there_${own.metric}`)}${what}, usually ${tell(`there_${own.metric}_usual`)}.`,
  ];
}

/** Payments that are declined where orders are missing. */
export function declinedSentence(others: readonly Change[], figures: Figures): Sentence[] {
  const declines = others.filter(({ metric }) => metric === "decline_rate");
  const sharpest = declines.toSorted((a, b) => b.value - a.value)[0];
  if (sharpest === undefined) return [];
  Object.assign(figures, changeFigures(sharpest, null));
  const tell = teller(figures);
  const whose = memberWords(sharpest.dimension, sharpest.member);
  return [
    sentence`${tell("decline_rate")} of the payments${whose} were declined, usually ${tell("decline_rate_usual")}: that is the likely cause.`,
  ];
}

/** What it comes to. */
export function costSentence(
  { side, metric }: Change,
  cost: number | null,
  figures: Figures,
  currency: string | null,
): Sentence[] {
  if (cost === null || currency === null || cost < 0 !== (side === "down")) return [];
  figures["cost"] = money(cost, currency);
  const tell = teller(figures);
  if (metric === "revenue") return [sentence`that is ${tell("cost")} ${side === "down" ? "less" : "more"} than usual.`];
  return [sentence`about ${tell("cost")} ${side === "down" ? "are missing" : "more than usual came in"}.`];
}

/** From then on the reader must know that amounts are not of all orders. */
const OTHERS_LEAST = 0.03;

/** That amounts are not of all orders, where many are in other currencies. */
export function othersSentence({ seen: { others, currency, scopes } }: Facts, figures: Figures): Sentence[] {
  const orders = wholeOf({ scopes })?.now.orders ?? 0;
  const abroad = others.reduce((sum, own) => sum + own.orders, 0);
  if (currency === null || orders === 0 || abroad / orders < OTHERS_LEAST) return [];
  figures["other_currencies"] = share(abroad / orders);
  const names = others.slice(0, 3).map((own) => own.currency);
  const tell = teller(figures);
  return [
    sentence`amounts are those in ${currency}; ${tell("other_currencies")} of the orders were in ${names.join(", ")}.`,
  ];
}
