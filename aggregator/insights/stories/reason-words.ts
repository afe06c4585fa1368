import type { Severity } from "../finding.ts";

/** How anomalies that a named rule found are told of. */
export interface ReasonWords {
  title: string;
  /** After their number: `212 payments look like …` */
  look: string;
  /** When nothing was lost yet, and when something was. */
  severity: { idle: Severity; costly: Severity };
}

export const REASONS: Readonly<Record<string, ReasonWords>> = {
  card_testing: {
    title: "card testing",
    look: "payment attempts look like someone trying stolen cards",
    severity: { idle: "warning", costly: "critical" },
  },
  account_takeover: {
    title: "accounts taken over",
    look: "events look like customers' accounts being taken over",
    severity: { idle: "warning", costly: "critical" },
  },
  velocity: {
    title: "bursts of orders",
    look: "events belong to bursts of orders",
    severity: { idle: "notice", costly: "warning" },
  },
  geo_anomaly: {
    title: "impossible journeys",
    look: "events come from places too far apart to travel between",
    severity: { idle: "notice", costly: "warning" },
  },
  bulk_reseller: {
    title: "buying up",
    look: "orders look like buying up for resale",
    severity: { idle: "notice", costly: "notice" },
  },
  inventory_hoarding: {
    title: "hoarding in carts",
    look: "events put far more into carts than anyone buys",
    severity: { idle: "warning", costly: "warning" },
  },
  coupon_abuse: {
    title: "coupon abuse",
    look: "events look like coupons being guessed, or taken under many names",
    severity: { idle: "notice", costly: "warning" },
  },
  refund_abuse: {
    title: "refund abuse",
    look: "events belong to customers who send back nearly everything, or more than they paid",
    severity: { idle: "notice", costly: "warning" },
  },
  price_glitch: {
    title: "slipped prices",
    look: "orders have items at a price far from their usual one",
    severity: { idle: "warning", costly: "critical" },
  },
  bot_traffic: {
    title: "bots",
    look: "events look like programs going through the shop",
    severity: { idle: "notice", costly: "warning" },
  },
  unusual_cart: {
    title: "odd baskets",
    look: "events have baskets that no one fills",
    severity: { idle: "notice", costly: "notice" },
  },
};
