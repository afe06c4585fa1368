import {
  againstUsual,
  anomaliesOf,
  BARE,
  basisWords,
  changeAnswer,
  changeFigures,
  count,
  findingId,
  money,
  offUsual,
  share,
  severityOfLoss,
  windowFigures,
  windowWords,
} from "../draft.ts";
import { segmentsOf } from "../explain.ts";
import { scopeOf, type Details, type Facts } from "../facts.ts";
import type { Change } from "../find-changes.ts";
import type { Draft, Figures, Sentence, Severity } from "../finding.ts";
import type { Group } from "../group-changes.ts";
import { links } from "../links.ts";
import { usualSums, wholeOf } from "../sums.ts";
import { memberName, memberWords, sentence, teller } from "../words.ts";
import { whenSentence } from "./when.ts";

interface RateWords {
  kind: Draft["kind"];
  /** What is more often than usual, as it stands behind its figure. @param whose ` from France` */
  of(whose: string): string;
  title: string;
  /** Counts beyond the usual. */
  excess: string;
  /** Whether each of them stands for an order of the usual value. */
  costs: boolean;
  basis: string;
  next(facts: Facts): Draft["next"];
}

const WORDS = {
  decline_rate: {
    kind: "declines",
    of: (whose) => `of the payments${whose} were declined`,
    title: "declined payments",
    excess: "declined payments more than usual",
    costs: true,
    basis: "declined payments beyond the usual, at the usual value of an order",
    next: ({ window }) => [
      links.events("Read why they were declined", "payment_failed", window),
      links.metric("See it over time, by country", "payment_decline_rate", "country", window),
    ],
  },
  refunds: {
    kind: "refunds",
    of: (whose) => `orders${whose} were refunded`,
    title: "refunds",
    excess: "refunded orders more than usual",
    costs: true,
    basis: "refunded orders beyond the usual, at the usual value of an order",
    next: ({ window }) => [
      links.events("Look at the refunds", "refund", window),
      links.metric("See it over time, by country", "refund_rate", "country", window),
    ],
  },
  anomaly_rate: {
    kind: "anomaly_rate",
    of: (whose) => `of the events${whose} were anomalies`,
    title: "anomalies",
    excess: "anomalies more than usual",
    costs: false,
    basis: "",
    next: ({ window }) => [links.anomalies("Look at the anomalies", window), links.triage("Judge them")],
  },
} as const satisfies Record<string, RateWords>;

/** Something that should be rare is more often than usual: declined payments, refunds, anomalies. */
export function rateStory({ lead, others }: Group, facts: Facts, details: Details): Draft | null {
  const { metric, dimension, member } = lead;
  if (metric !== "decline_rate" && metric !== "refunds" && metric !== "anomaly_rate") return null;
  const words: RateWords = WORDS[metric];
  const whole = wholeOf(facts.seen);
  const scope = scopeOf(facts, dimension, member);
  if (whole === undefined || scope === undefined) return null;
  const usual = usualSums(scope, facts.baseline.occasions);
  const value = usual.priced > 0 ? usual.revenue / usual.priced : 0;
  const { currency } = facts.seen;
  const lost = words.costs && currency !== null && value > 0 ? lead.difference * value : null;
  const figures: Figures = { ...windowFigures(facts), ...changeFigures(lead, null), excess: count(lead.difference) };
  const tell = teller(figures);
  const whose = memberWords(dimension, member);
  const explained = dimension === "all" ? segmentsOf(lead, facts) : null;
  const usualRevenue = facts.expectation.factor * usualSums(whole, facts.baseline.occasions).revenue;
  const sentences: Sentence[] = [
    sentence`${tell(metric)} ${words.of(whose)} ${windowWords(figures)}, ${againstUsual(lead, figures)} (${basisWords(facts, figures)}).`,
    sentence`these are ${tell("excess")} ${words.excess}.`,
  ];
  if (explained?.main) {
    figures["part"] = share(explained.main.contribution ?? 0);
    const name = memberName(explained.main.dimension, explained.main.member);
    sentences.push(sentence`${name} makes ${tell("part")} of the difference.`);
  }
  if (metric === "decline_rate") {
    sentences.push(...whenSentence("declines", "up", explained?.main ?? lead, { facts, details, figures }));
  }
  if (lost !== null) {
    figures["cost"] = money(lost, currency);
    sentences.push(sentence`at the usual value of an order that is about ${tell("cost")}.`);
  }
  return {
    ...BARE,
    id: findingId(words.kind, dimension === "all" ? "" : dimension, member),
    kind: words.kind,
    severity: severityOf(lead, lost, usualRevenue),
    title: sentence`${words.title}${whose} are ${offUsual(lead, figures)}`,
    sentences,
    figures,
    change: changeAnswer(lead),
    evidence: { test: "against_history", p: lead.p, occasions: facts.baseline.occasions.length },
    segments:
      explained?.segments ??
      (dimension === "country" || dimension === "device"
        ? [{ dimension, member, value: lead.value, usual: lead.usual, contribution: null }]
        : []),
    cost:
      lost === null || currency === null
        ? null
        : { amount: Math.round(lost * 100) / 100, currency, basis: words.basis },
    consequences: [...new Set(others.map((other) => other.metric))].filter((other) => other !== metric),
    related: { ...BARE.related, anomalies: anomaliesOf(facts, dimension, member) },
    next: words.next(facts),
  };
}

function severityOf({ metric }: Change, lost: number | null, usualRevenue: number): Severity {
  if (metric === "anomaly_rate" || lost === null) return "warning";
  return severityOfLoss(lost, usualRevenue);
}
