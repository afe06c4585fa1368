import { who } from "../facts.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import { counted } from "../number-words.ts";
import { mostOf, ofSubject, type Feature } from "./feature.ts";
import { isFirst } from "./places.ts";

/** How much happens, and how fast, through the customer and everything else the event came through. */
export const VELOCITY: readonly Feature[] = [
  ofSubject({
    name: "order_burst",
    evidence: "own pace",
    unit: "ln(1 + orders of 1 d over the daily mean of 30 d)",
    measure: dayBurst,
    words: (before, facts) =>
      `${counted(before.orders1d, "order")} by this ${who(facts)} in 1 d; usual is ${perDay(before)}`,
  }),
  ofSubject({
    name: "orders_1m",
    evidence: "own pace",
    unit: "ln(1 + orders of the customer in 1 min)",
    measure: ({ orders1m }) => Math.log1p(orders1m),
    words: ({ orders1m }, facts) => `${counted(orders1m, "other order")} by this ${who(facts)} within 1 min`,
  }),
  ofSubject({
    name: "orders_1h",
    evidence: "own pace",
    unit: "ln(1 + orders of the customer in 1 h)",
    measure: ({ orders1h }) => Math.log1p(orders1h),
    words: ({ orders1h }, facts) => `${counted(orders1h, "other order")} by this ${who(facts)} within 1 h`,
  }),
  ofSubject({
    name: "week_burst",
    evidence: "own pace",
    unit: "ln of the orders of 7 d over as many days' share of those of the 23 d before",
    measure: ({ orders7d, orders30d, sinceFirstMs }) =>
      sinceFirstMs < WEEK_MS ? 0 : Math.log((orders7d + 1) / (((orders30d - orders7d) * 7) / 23 + 2)),
    words: ({ orders7d, orders30d }, facts) =>
      `${counted(orders7d, "order")} by this ${who(facts)} in 7 d, ${orders30d - orders7d} in the 23 d before`,
  }),
  mostOf({
    name: "counter_order_burst",
    evidence: "pace through others",
    unit: "ln(1 + orders of 1 d over the daily mean of 30 d), most of e-mail, card, client and network",
    measure: dayBurst,
    words: (before, through) =>
      `${counted(before.orders1d, "order")} through this ${through} in 1 d; usual is ${perDay(before)}`,
  }),
  mostOf({
    name: "counter_orders_1m",
    evidence: "pace through others",
    unit: "ln(1 + orders in 1 min), most of e-mail, card, client and network",
    measure: ({ orders1m }) => orders1m,
    scale: Math.log1p,
    words: ({ orders1m }, through) => `${counted(orders1m, "other order")} through this ${through} within 1 min`,
  }),
  mostOf({
    name: "counter_attempts_1h",
    evidence: "pace through others",
    unit: "ln(1 + payment attempts in 1 h), most of e-mail, card, client and network",
    measure: ({ attempts1h }) => attempts1h,
    scale: Math.log1p,
    words: ({ attempts1h }, through) => `${attempts1h + 1} payment attempts through this ${through} in 1 h`,
  }),
  mostOf({
    name: "counter_declines_1h",
    evidence: "declines",
    unit: "ln(1 + declined payments in 1 h), most of e-mail, card, client and network",
    measure: ({ declines1h }) => declines1h,
    scale: Math.log1p,
    words: ({ declines1h }, through) => `${counted(declines1h, "declined payment")} through this ${through} in 1 h`,
  }),
  mostOf({
    name: "declines_in_a_row",
    evidence: "declines",
    unit: "ln(1 + declined payments since the last order), most of customer, e-mail, card and client",
    kinds: ["customer", "email", "card", "client"],
    withSubject: true,
    measure: ({ declinesInARow }) => declinesInARow,
    scale: Math.log1p,
    words: ({ declinesInARow }, through) =>
      `${counted(declinesInARow, "declined payment")} in a row by this ${through}`,
  }),
  mostOf({
    name: "counter_customers_7d",
    evidence: "customers through others",
    unit: "ln of the different customers in 7 d, most of e-mail, card, client and network",
    measure: ({ links }) => links.customer?.recent ?? NaN,
    scale: Math.log,
    words: ({ links }, through) => `${links.customer?.recent ?? 1} customers through this ${through} in 7 d`,
  }),
  mostOf({
    name: "counter_customers_known",
    evidence: "customers through others",
    unit: "ln(1 + customers who ordered at least 1 d before), when this one did not; most of e-mail, card and client",
    kinds: ["email", "client", "card"],
    measure: ({ links: { customer } }) => (customer === undefined ? NaN : isFirst(customer) ? customer.known : 0),
    scale: Math.log1p,
    words: ({ links }, through) =>
      `first orders of this customer through this ${through}, after ${counted(links.customer?.known ?? 0, "other")}`,
  }),
  mostOf({
    name: "counter_cards_1h",
    unit: "ln of the different cards in 1 h, most of e-mail, client and network",
    kinds: ["email", "client", "ip"],
    measure: ({ links }) => links.card?.recent ?? NaN,
    scale: Math.log,
    words: ({ links }, through) => `${links.card?.recent ?? 1} cards through this ${through} in 1 h`,
  }),
  mostOf({
    name: "counter_devices_7d",
    unit: "ln of the different devices in 7 d, most of customer, e-mail and card",
    kinds: ["customer", "email", "card"],
    withSubject: true,
    measure: ({ links }) => links.device?.recent ?? NaN,
    scale: Math.log,
    words: ({ links }, through) => `${links.device?.recent ?? 1} devices with this ${through} in 7 d`,
  }),
];

/** Of someone who came within it, nobody can say what is usual. */
const WEEK_MS = 7 * 86_400_000;

function dayBurst(before: Snapshot): number {
  return Math.log1p(before.orders1d / Math.max(before.orders30d / 30, 0.2));
}

function perDay({ orders30d }: Snapshot): string {
  const daily = orders30d / 30;
  return daily >= 1 ? `${Number(daily.toFixed(1))} a day` : "less than 1 a day";
}
