import { who, type Facts } from "../facts.ts";
import { inWords, money, times } from "../number-words.ts";
import { amountZ } from "../profile/profile.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { MISSING, mostOf, ofSubject, type Feature } from "./feature.ts";

/** How large an amount is, held against the customer's own orders and those of what it came through. */
export const AMOUNTS: readonly Feature[] = [
  {
    name: "amount_log",
    unit: "ln(1 + EUR)",
    on: "payments",
    value: ({ seen }) => seen.amountLog ?? MISSING,
    words: ({ event }) => `an order of ${money(event)}`,
  },
  ofSubject({
    name: "amount_z",
    evidence: "amount against the own mean",
    unit: "standard deviations above the customer's own mean",
    measure: (before, { seen }) => (seen.amountLog === null ? NaN : amountZ(before, seen.amountLog)),
    words: (before, facts) => `${money(facts.event)} is ${ratioTo(before, facts)} this ${who(facts)}'s usual order`,
  }),
  ofSubject({
    name: "amount_ew_z",
    evidence: "amount against the own mean",
    unit: "standard deviations above the customer's recent mean",
    measure: (before, { seen }) =>
      overOwn(before, amountOf(seen), before.amountEwMean) / Math.sqrt(before.amountEwVariance + 0.05),
    words: (before, facts) => `${money(facts.event)} is ${ratioTo(before, facts)} this ${who(facts)}'s recent orders`,
  }),
  ofSubject({
    name: "amount_over_max",
    evidence: "amount as a multiple",
    unit: "ln of the ratio to the customer's largest order",
    measure: (before, { seen }) => overOwn(before, amountOf(seen), before.amountMax),
    words: (_before, facts) => `${money(facts.event)} is more than this ${who(facts)} ever spent in one order`,
  }),
  ofSubject({
    name: "amount_over_mean",
    evidence: "amount as a multiple",
    unit: "ln of the ratio to the customer's mean order",
    measure: (before, { seen }) => overOwn(before, amountOf(seen), before.amountMean),
    words: (before, facts) => `${money(facts.event)} is ${ratioTo(before, facts)} this ${who(facts)}'s mean order`,
  }),
  ofSubject({
    name: "amount_z_7d",
    unit: "mean z-score of the customer's orders of 7 d",
    measure: (before) => before.amountZ7d,
    words: (_before, facts) => `this ${who(facts)}'s orders have been above their usual for 7 d`,
  }),
  mostOf({
    name: "counter_amount_z",
    unit: "standard deviations above the own mean, most of e-mail, card, client and network",
    measure: (before, { seen }) => (seen.amountLog === null ? NaN : amountZ(before, seen.amountLog)),
    words: (_before, through, { event }) => `${money(event)} is far above what this ${through} usually pays`,
  }),
  ofSubject({
    name: "amount_1d",
    unit: "ln(1 + EUR the customer spent in 1 d)",
    measure: (before) => Math.log1p(before.amount1d),
    words: (before, facts) =>
      `about ${inWords(Math.round(before.amount1d))} EUR spent by this ${who(facts)} in 1 d before this`,
  }),
];

/** NaN makes whatever is measured of it unknown. */
function amountOf({ amountLog }: Facts["seen"]): number {
  return amountLog ?? NaN;
}

/** Nothing is above what is usual before a customer's third order: what two say of a third is not worth telling. */
function overOwn(before: Snapshot, amountLog: number, ownLog: number): number {
  return before.orders < 2 && !Number.isNaN(amountLog) ? 0 : amountLog - ownLog;
}

function ratioTo(before: Snapshot, { seen }: Facts): string {
  return times(Math.expm1(amountOf(seen)) / Math.max(Math.expm1(before.amountMean), 0.01));
}
