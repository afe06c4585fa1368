import { who } from "../facts.ts";
import { counted, duration } from "../number-words.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { botEvidence } from "./bot-evidence.ts";
import { isThrowawayDomain } from "./throwaway-domains.ts";
import { MISSING, mostOf, ofSubject, type Feature } from "./feature.ts";

/** How someone behaves, and what is known of them from before. */
export const CONDUCT: readonly Feature[] = [
  ofSubject({
    name: "odd_hour",
    unit: "ln of the share of this time of day in all hours over its share in the customer's own orders",
    measure: ({ habitNear, habitAll }) =>
      habitAll < HABIT_ORDERS ? 0 : Math.log((NEAR_SHARE * (habitAll + 1)) / (habitNear + NEAR_SHARE)),
    words: ({ habitNear, habitAll }, facts) =>
      `${Math.round(habitNear)} of about ${Math.round(habitAll)} orders by this ${who(facts)} were at about this time of day`,
  }),
  mostOf({
    name: "new_account",
    unit: "ln of 1 d over the time since the sign-up, when that is shorter; most of customer, e-mail and client",
    kinds: ["customer", "email", "client"],
    withSubject: true,
    measure: ({ sinceSignUpMs }) => Math.log(DAY_MS / Math.max(sinceSignUpMs, 1_000)),
    words: ({ sinceSignUpMs }) => `signed up ${duration(sinceSignUpMs)} before`,
  }),
  mostOf({
    name: "sign_ups_1d",
    unit: "ln(1 + accounts opened in 1 d), most of e-mail, card, client and network",
    on: "all",
    measure: ({ signUps1d }) => signUps1d,
    scale: Math.log1p,
    words: ({ signUps1d }, through) => `${counted(signUps1d, "account")} opened through this ${through} in 1 d`,
  }),
  mostOf({
    name: "logins_1h",
    unit: "ln(1 + logins in 1 h), most of client and network",
    kinds: ["client", "ip"],
    on: "all",
    measure: ({ logins1h }) => logins1h,
    scale: Math.log1p,
    words: ({ logins1h }, through) => `${counted(logins1h, "login")} through this ${through} in 1 h`,
  }),
  mostOf({
    name: "coupons_refused_1h",
    unit: "ln(1 + refused coupons in 1 h), most of all",
    on: "all",
    withSubject: true,
    measure: ({ couponsRefused1h }) => couponsRefused1h,
    scale: Math.log1p,
    words: ({ couponsRefused1h }, through) =>
      `${counted(couponsRefused1h, "coupon")} of this ${through} refused in 1 h`,
  }),
  mostOf({
    name: "coupons_7d",
    unit: "ln(1 + orders with a coupon in 7 d), most of e-mail, card and client",
    kinds: ["email", "card", "client"],
    measure: ({ coupons7d }) => coupons7d,
    scale: Math.log1p,
    words: ({ coupons7d }, through) => `${coupons7d} orders with a coupon through this ${through} in 7 d`,
  }),
  ofSubject({
    name: "refund_share_30d",
    unit: "refunded share of what the customer ordered in 30 d, shrunk to none while that is little",
    on: "all",
    measure: ({ refunded30d, amount30d }) => refunded30d / (amount30d + REFUND_PRIOR_EUR),
    words: ({ refunds30d, orders30d }, facts) =>
      `${counted(refunds30d, "refund")} to this ${who(facts)} in 30 d, on ${counted(orders30d, "order")}`,
  }),
  mostOf({
    name: "view_pace",
    unit: "ln of the pages looked at in 1 min over 30, most of customer and client",
    kinds: ["customer", "email", "client"],
    on: "all",
    withSubject: true,
    measure: ({ views1m }) => Math.log(Math.max(views1m, 1) / VIEWS_1M),
    words: ({ views1m }, through) => `${Math.round(views1m)} pages looked at by this ${through} within 1 min`,
  }),
  mostOf({
    name: "even_pace",
    unit: "ln of 0.25 over the variation of the gaps between pages, from 10 gaps on; most of customer and client",
    kinds: ["customer", "email", "client"],
    on: "all",
    withSubject: true,
    measure: evenPace,
    words: ({ viewGaps, viewGapVariation }, through) =>
      `${viewGaps + 1} pages looked at by this ${through} at gaps that vary by ${Math.round(100 * viewGapVariation)} %`,
  }),
  {
    name: "bot_evidence",
    unit: "points: 2 for a user agent of a program, 1 for each trait of one",
    on: "all",
    value: ({ event, signals }) => {
      const sum = botEvidence(event, signals).reduce((points, trait) => points + trait.points, 0);
      const isTold = signals.bot !== undefined || signals.tls_class !== undefined || event.context !== undefined;
      return sum > 0 || isTold ? sum : MISSING;
    },
    words: ({ event, signals }) =>
      botEvidence(event, signals)
        .map(({ words }) => words)
        .join(", "),
  },
  {
    name: "throwaway_email",
    unit: "1 for a domain of throw-away mailboxes, else the share of digits in the mailbox's name beyond a third",
    on: "all",
    value: ({ event, signals }) => {
      if (event.email_domain === undefined) return MISSING;
      if (isThrowawayDomain(event.email_domain)) return 1;
      return Math.max(0, (signals.email_digits ?? 0) - 1 / 3);
    },
    words: ({ event, signals }) =>
      event.email_domain !== undefined && isThrowawayDomain(event.email_domain)
        ? `an e-mail address at ${event.email_domain}, which gives out throw-away mailboxes`
        : `${Math.round(100 * (signals.email_digits ?? 0))} % of the mailbox's name are digits`,
  },
  ofSubject({
    name: "fraud_share_30d",
    unseenPots: 8,
    unit: "share of confirmed fraud in the customer's orders of 30 d, shrunk to none while these are few",
    on: "all",
    measure: fraudShare,
    words: ({ frauds30d }, facts) => `${counted(frauds30d, "confirmed fraud")} by this ${who(facts)} within 30 d`,
  }),
  mostOf({
    name: "counter_fraud_share_30d",
    evidence: "fraud through others",
    unseenPots: 8,
    unit: "share of confirmed fraud in the orders of 30 d, most of e-mail, card, client and network",
    on: "all",
    measure: fraudShare,
    words: ({ frauds30d }, through) => `${counted(frauds30d, "confirmed fraud")} through this ${through} within 30 d`,
  }),
  mostOf({
    name: "counter_fraud_share_7d",
    evidence: "fraud through others",
    unseenPots: 8,
    unit: "share of confirmed fraud in the orders of 7 d, most of e-mail, card, client and network",
    on: "all",
    measure: ({ frauds7d, orders7d }) => shareOf(frauds7d, orders7d),
    words: ({ frauds7d }, through) => `${counted(frauds7d, "confirmed fraud")} through this ${through} within 7 d`,
  }),
  mostOf({
    name: "frauds_7d",
    unseenPots: 3,
    unit: "ln(1 + cases of fraud confirmed in 7 d), most of all but the network, which is many people's",
    kinds: ["customer", "email", "client", "card"],
    on: "all",
    withSubject: true,
    measure: ({ frauds7d }) => frauds7d,
    scale: Math.log1p,
    words: ({ frauds7d }, through) => `${counted(frauds7d, "fraud")} with this ${through} confirmed within 7 d`,
  }),
];

const DAY_MS = 86_400_000;

/** From so many orders on there is a habit. */
const HABIT_ORDERS = 5;
/** Of the hours of a day, those that count as about the same time. */
const NEAR_SHARE = 5 / 24;

/** So much is refunded to anybody. */
const REFUND_PRIOR_EUR = 100;

/** Whoever opens everything that was found in a window of its own looks at as many pages in a minute. */
export const VIEWS_1M = 30;

/** Fewer gaps say nothing of a pace. */
export const GAPS_FOR_PACE = 10;
/** People's gaps vary by more. */
const VARIATION = 0.25;

function evenPace({ viewGaps, viewGapVariation }: Snapshot): number {
  return viewGaps < GAPS_FOR_PACE ? 0 : Math.log(VARIATION / Math.max(viewGapVariation, 0.005));
}

/** Weighs like so many orders without fraud. */
const FRAUD_PRIOR_ORDERS = 5;

function fraudShare({ frauds30d, orders30d }: Snapshot): number {
  return shareOf(frauds30d, orders30d);
}

function shareOf(frauds: number, orders: number): number {
  return frauds / (Math.max(orders, frauds) + FRAUD_PRIOR_ORDERS);
}
