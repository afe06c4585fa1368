import { NOT_SET, OTHER } from "../../store/rollups.ts";
import { BARE, count, findingId, money, share, windowFigures, windowWords } from "../draft.ts";
import type { Facts } from "../facts.ts";
import type { Draft, Figures } from "../finding.ts";
import { links } from "../links.ts";
import { compare, thresholdFor } from "../significance.ts";
import { wholeOf, type Scope, type Sums } from "../sums.ts";
import { memberWords, sentence, teller } from "../words.ts";
import { isWave } from "./wave.ts";

const RATE = 0.01;
const DECLINES_LEAST = 8;
/** Countries differ by nature: only what is so many times as often is told. */
const TIMES_LEAST = 2;
const ASSUMED = { size: 1, wander: 0.05, worth: 20, dispersionLeast: 1.5 };

/**
 * While nothing is known of the usual: a country or device whose payments are declined far more often than all the others' in the same
 * window. Once there is a baseline, what is always so is no news.
 */
export function standsOutStories(facts: Facts): Draft[] {
  const { seen, baseline } = facts;
  const whole = wholeOf(seen);
  if (whole === undefined || (baseline.kind !== "none" && baseline.kind !== "day_before")) return [];
  const members = seen.scopes.filter(
    ({ dimension, member }) =>
      (dimension === "country" || dimension === "device") && member !== NOT_SET && member !== OTHER,
  );
  const all = withoutAttacks(whole, facts);
  const looked = members.flatMap((given) => {
    const scope = withoutAttacks(given, facts);
    const [own, rest] = [tried(scope.now), tried(all.now) - tried(scope.now)];
    const elsewhere = all.now.declines - scope.now.declines;
    if (own === 0 || rest <= own) return [];
    // One decline is taken for seen, so that a few tries elsewhere prove nothing.
    const compared = compare(
      { value: scope.now.declines, units: own },
      [{ value: elsewhere + 1, units: rest + 1, weight: 1 }],
      ASSUMED,
    );
    return compared === null
      ? []
      : [
          {
            scope,
            p: compared.p,
            own: scope.now.declines / own,
            rest: elsewhere / rest,
            tries: own,
            triesElsewhere: rest,
          },
        ];
  });
  const ps = looked.map(({ p }) => p);
  const most = thresholdFor(ps, RATE);
  const [first] = looked
    .filter(({ p, own, rest, scope }) => p <= most && own >= TIMES_LEAST * rest && scope.now.declines >= DECLINES_LEAST)
    .toSorted((a, b) => a.p - b.p);
  return first === undefined ? [] : [story(first, facts)];
}

/** What attacks try is told with them, and must not hide what else is declined. */
function withoutAttacks(scope: Scope, { anomalies }: Facts): Scope {
  const parts = anomalies.waves
    .filter(isWave)
    .flatMap((wave) =>
      wave.parts.filter(({ dimension, member }) => dimension === scope.dimension && member === scope.member),
    );
  const less = (of: "declines" | "orders") =>
    Math.max(0, scope.now[of] - parts.reduce((sum, part) => sum + part[of], 0));
  return { ...scope, now: { ...scope.now, declines: less("declines"), orders: less("orders") } };
}

function tried({ declines, orders }: Sums): number {
  return declines + orders;
}

interface Found {
  scope: Scope;
  p: number;
  own: number;
  rest: number;
  tries: number;
  triesElsewhere: number;
}

function story({ scope: { dimension, member, now }, p, own, rest, tries, triesElsewhere }: Found, facts: Facts): Draft {
  const { currency } = facts.seen;
  const value = now.priced > 0 ? now.revenue / now.priced : null;
  const lost = (own - rest) * tries * (value ?? 0);
  const figures: Figures = {
    ...windowFigures(facts),
    declined: share(own),
    tries: count(tries),
    declined_elsewhere: share(rest),
    tries_elsewhere: count(triesElsewhere),
    ...(value === null ? {} : { lost: money(lost, currency) }),
  };
  const tell = teller(figures);
  const whose = memberWords(dimension, member);
  return {
    ...BARE,
    id: findingId("stands_out", "declines", dimension, member),
    kind: "stands_out",
    severity: "warning",
    title: sentence`payments${whose} are declined far more often than others`,
    sentences: [
      sentence`${tell("declined")} of ${tell("tries")} payments${whose} were declined ${windowWords(figures)}, and ${tell("declined_elsewhere")} of ${tell("tries_elsewhere")} others.`,
      ...(value === null
        ? []
        : [
            sentence`if they were declined as often as the others, orders of about ${tell("lost")} would have gone through.`,
          ]),
    ],
    figures,
    change: null,
    evidence: { test: "against_others", p, occasions: 0 },
    segments:
      dimension === "country" || dimension === "device"
        ? [{ dimension, member, value: own, usual: rest, contribution: null }]
        : [],
    cost:
      value === null || currency === null
        ? null
        : {
            amount: Math.round(lost * 100) / 100,
            currency,
            basis: "declined payments beyond the share of the others, at the mean value of an order",
          },
    next: [
      links.events("Read why they were declined", "payment_failed", facts.window),
      links.metric(`See it over time, by ${dimension}`, "payment_decline_rate", dimension, facts.window),
    ],
  };
}
