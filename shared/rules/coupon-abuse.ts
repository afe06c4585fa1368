import type { Facts } from "../facts.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { EntityKind } from "../profile/links.ts";
import { graded, type Finding, type Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { mostThrough } from "./through.ts";

/** A network is many people: so many times as many codes, or as many accounts. */
const NETWORK_TIMES = 3;

/** Share of the orders through a card or device that had a coupon; a till in the shop, or a family's card, orders without as well. */
const COUPON_SHARE = 0.75;

/** What a network alone says of its customers' coupons: below the usual threshold, since a campus may all use the one for students. */
const NETWORK_MOST = 0.68;

/**
 * Coupon abuse: codes are guessed one after another, or one person takes a coupon again and again under several names, on one device or
 * card, or through a network that is used for nothing else. People mistype a code or two, and browser extensions try the ten they have
 * heard of; a household has two or three accounts.
 */
export const couponAbuse: Rule = {
  code: "coupon_abuse",
  explains: ["coupons_refused_1h", "coupons_7d", "sign_ups_1d", "counter_customers_7d", "counter_customers_known"],
  on: ["coupon_refused", "order"],
  find(facts, settings) {
    if (facts.seen.act === "coupon_refused") return guessing(facts, settings);
    if (facts.event.coupon === undefined) return null;
    return guessing(facts, settings) ?? manyNames(facts, settings);
  },
};

const GUESSERS: readonly EntityKind[] = ["customer", "email", "client", "card", "ip"];

function guessing(facts: Facts, { couponCodes }: RuleSettings): Finding | null {
  const isRefused = facts.seen.act === "coupon_refused";
  const found = mostThrough(facts, GUESSERS, ({ kind, before }) => {
    const refused = before.couponsRefused1h + (isRefused ? 1 : 0);
    if (refused < couponCodes) return 0;
    const codes = Math.min(refused, before.links.coupon?.recent ?? refused);
    return codes / (kind === "ip" ? NETWORK_TIMES : 1);
  });
  if (found === null || found.value < couponCodes) return null;
  const refused = found.before.couponsRefused1h + (isRefused ? 1 : 0);
  return {
    score: graded(0.71, 0.1, found.value / couponCodes),
    detail: `${refused} coupon codes refused to this ${ENTITY_WORDS[found.kind]} in 1 h${isRefused ? "" : " before one was taken"}`,
  };
}

const SHARED: readonly EntityKind[] = ["client", "card", "ip"];

function manyNames(facts: Facts, { couponAccounts }: RuleSettings): Finding | null {
  const found = mostThrough(facts, SHARED, ({ kind, before }) => {
    const coupons = before.coupons7d + 1;
    if (coupons < COUPON_SHARE * (before.orders7d + 1)) return 0;
    const names = before.links.customer?.recent ?? 0;
    if (kind !== "ip") return Math.min(names, coupons);
    return coupons < COUPON_SHARE * names ? 0 : Math.min(names, coupons) / NETWORK_TIMES;
  });
  if (found === null || found.value < couponAccounts) return null;
  const { kind, before, value } = found;
  const score = graded(0.73, 0.1, value / couponAccounts);
  return {
    score: kind === "ip" ? Math.min(NETWORK_MOST, score) : score,
    detail: `${before.links.customer?.recent ?? 1} customers and ${before.coupons7d + 1} orders with a coupon through this ${ENTITY_WORDS[kind]} in 7 d`,
  };
}
