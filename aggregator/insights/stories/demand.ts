import { anomaliesOf, BARE, changeAnswer, changeFigures, findingId, severityOfLoss, windowFigures } from "../draft.ts";
import { segmentsOf } from "../explain.ts";
import { scopeOf, type Details, type Facts } from "../facts.ts";
import type { Change } from "../find-changes.ts";
import type { Draft, Figures, Severity } from "../finding.ts";
import type { Group } from "../group-changes.ts";
import { links } from "../links.ts";
import { usualSums, wholeOf, type Scope, type Sums } from "../sums.ts";
import {
  costSentence,
  declinedSentence,
  firstSentence,
  othersSentence,
  titleOf,
  whereSentence,
} from "./demand-words.ts";
import { whenSentence } from "./when.ts";
import { whySentence } from "./why.ts";

/** More or less is sold than is usual: by how much, why, where, when, and what it comes to. */
export function demandStory({ lead, others }: Group, facts: Facts, details: Details): Draft | null {
  const scope = scopeOf(facts, lead.dimension, lead.member);
  const whole = wholeOf(facts.seen);
  if (scope === undefined || whole === undefined) return null;
  const { currency } = facts.seen;
  const { factor } = facts.expectation;
  const usual = timesAll(usualSums(scope, facts.baseline.occasions), factor);
  const usualRevenue = factor * usualSums(whole, facts.baseline.occasions).revenue;
  const figures: Figures = { ...windowFigures(facts), ...changeFigures(lead, currency) };
  const explained = lead.dimension === "all" ? segmentsOf(lead, facts) : null;
  const gained = costOf(lead, others, scope, usual);
  const sentences = [
    firstSentence(lead, facts, figures),
    ...whySentence(lead, { now: scope.now, usual, figures, currency }),
    ...whereSentence(explained, others, figures, currency),
    ...(lead.metric === "order_value" || lead.metric === "sessions"
      ? []
      : whenSentence("orders", lead.side, explained?.main ?? lead, { facts, details, figures })),
    ...declinedSentence(others, figures),
    ...costSentence(lead, gained, figures, currency),
    ...othersSentence(facts, figures),
  ];
  const { dimension, member } = lead;
  const ownSegment = dimension === "all" ? [] : [memberSegment(lead, facts, whole)];
  return {
    ...BARE,
    id: findingId(lead.side === "down" ? "less" : "more", familyOf(lead), dimension === "all" ? "" : dimension, member),
    kind: dimension === "all" ? "metric_change" : "segment_change",
    severity: severityOf(lead, gained, usualRevenue),
    title: titleOf(lead, figures),
    sentences,
    figures,
    change: changeAnswer(lead),
    evidence: { test: "against_history", p: lead.p, occasions: facts.baseline.occasions.length },
    segments: explained?.segments ?? ownSegment,
    cost:
      gained === null || currency === null
        ? null
        : {
            amount: rounded(-gained),
            currency,
            basis:
              lead.side === "down"
                ? "revenue below what is usual for these hours"
                : "revenue above what is usual for these hours, as a gain",
          },
    consequences: [
      ...new Set(
        others.filter((own) => own.dimension === dimension || dimension === "all").map(({ metric }) => metric),
      ),
    ].filter((metric) => metric !== lead.metric),
    related: { ...BARE.related, anomalies: anomaliesOf(facts, dimension, member) },
    next: nextOf(lead, others, facts),
  };
}

/** Of visits alone the rest is another matter. */
function familyOf({ metric }: Change): string {
  return metric === "sessions" ? "visits" : metric === "order_value" ? "value" : "sales";
}

/** What came in beyond the usual; negative for less. Null where that is not what has changed. */
function costOf(lead: Change, others: readonly Change[], { now }: Scope, usual: Sums): number | null {
  const here = [lead, ...others].filter(
    ({ dimension, member }) => dimension === lead.dimension && member === lead.member,
  );
  if (here.some(({ metric }) => metric === "revenue")) return now.revenue - usual.revenue;
  const orders = here.find(({ metric }) => metric === "orders" || metric === "conversion");
  const value = usual.priced > 0 ? usual.revenue / usual.priced : 0;
  if (orders !== undefined && lead.metric !== "sessions") return value === 0 ? null : orders.difference * value;
  return lead.metric === "order_value" ? lead.difference : null;
}

function severityOf({ side, metric }: Change, cost: number | null, usualRevenue: number): Severity {
  if (side === "up") return metric === "sessions" ? "notice" : "info";
  return cost === null ? "notice" : severityOfLoss(-cost, usualRevenue);
}

function memberSegment(
  { dimension, member, metric, value, usual, difference }: Change,
  facts: Facts,
  whole: Scope,
): Draft["segments"][number] {
  const before = usualSums(whole, facts.baseline.occasions);
  const measure =
    metric === "revenue" || metric === "order_value" ? "revenue" : metric === "sessions" ? "sessions" : "orders";
  const total = whole.now[measure] - facts.expectation.factor * before[measure];
  const contribution =
    dimension === "category" || total === 0 || total < 0 !== difference < 0 ? null : difference / total;
  return { dimension: dimension === "all" ? "country" : dimension, member, value, usual, contribution };
}

function nextOf({ metric, dimension, side }: Change, others: readonly Change[], { window }: Facts): Draft["next"] {
  const by = dimension === "all" ? "country" : dimension;
  const isDeclined = others.some((own) => own.metric === "decline_rate");
  const shown = metric === "conversion" ? "conversion_rate" : metric === "order_value" ? "average_order_value" : metric;
  return [
    ...(isDeclined ? [links.events("Read why the payments were declined", "payment_failed", window)] : []),
    links.metric(`See it over time, by ${by}`, by === "category" ? "orders" : shown, by, window),
    ...(side === "down" && metric !== "sessions" && !isDeclined
      ? [links.events("Go through the checkouts of that time", "begin_checkout", window)]
      : []),
    ...(side === "up" ? [links.calendar("Mark the day if it was planned")] : []),
  ];
}

function timesAll(sums: Sums, factor: number): Sums {
  if (factor === 1) return sums;
  return Object.fromEntries(Object.entries(sums).map(([measure, value]) => [measure, value * factor])) as Sums; // its own keys
}

function rounded(amount: number): number {
  return Math.round(amount * 100) / 100;
}
