import type { Facts } from "../facts.ts";
import { isFirst } from "../features/places.ts";
import { isHosted } from "../hosting-networks.ts";
import { money, times } from "../number-words.ts";
import { ENTITY_WORDS } from "../observe.ts";
import type { LinkSnapshot } from "../profile/links.ts";
import { graded, type Finding, type Rule } from "./rule.ts";
import type { RuleSettings } from "./settings.ts";
import { mostThrough } from "./through.ts";

/** Orders for each country and device a customer is known by, without which a new one says little. */
const KEEPS_TO = 2;

/** Orders for each device from which a new one says more than that cookies were cleared. */
const LOYAL_TO = 8;

/** How many times the usual amount is more than a customer treats himself to. */
const LARGE_RATIO = 2;

/** Taken off when the software is as always: whoever clears cookies has a new device of the same kind, a thief seldom does. */
const SAME_SOFTWARE_SCORE = 0.06;

/** What is told of a traveller who clears cookies: below the usual threshold. */
const TRAVELLER_SCORE = 0.66;

/** What is told of a stranger's login among many, from a country the customer is known in: people in an office get new phones. */
const COLLEAGUE_SCORE = 0.62;

/**
 * Account takeover. An established customer's order comes from or goes to a country never seen with them, on a device never seen with
 * them; or, from where they always are, on a new device with a new card to a new address, which moving house does not change all at
 * once, or for more than usual to a new address on a device of another kind; or on such a device through rented servers, as those go who
 * want to seem nearby. A customer away from home does the first too, but sends the goods home, pays with a card of theirs and spends the usual: that
 * stays below an alert, unless they always kept to the same device. Stronger the more of it is unlike them. And before any order:
 * passwords that leaked elsewhere are tried here, so that one customer after another logs in through one device or network on which
 * they were never seen.
 */
export const accountTakeover: Rule = {
  code: "account_takeover",
  explains: ["new_country", "new_device", "new_card", "new_address", "logins_1h", "amount_over_mean", "amount_z"],
  on: ["order", "decline", "login"],
  find(facts, settings) {
    return facts.seen.act === "login" ? strangeLogin(facts, settings) : strangeOrder(facts, settings);
  },
};

function strangeOrder({ event, signals, seen, subject }: Facts, settings: RuleSettings): Finding | null {
  if (subject === null || subject.kind === "client") return null;
  const { before } = subject;
  if (before.orders < settings.takeoverOrdersBefore) return null;
  const { country, destination, device, card, address, software } = before.links;
  const isNew = (link: LinkSnapshot | undefined): link is LinkSnapshot =>
    isFirst(link) && before.orders + 1 >= KEEPS_TO * link.known;
  if (!isNew(device)) return null;
  const isElsewhere = isNew(country) || isNew(destination);
  const takesAll = isNew(card) && isNew(address);
  const usual = Math.max(Math.expm1(before.amountMean), 0.01);
  const ratio = seen.amountLog === null ? 1 : Math.expm1(seen.amountLog) / usual;
  const isLoyal = before.orders + 1 >= LOYAL_TO * device.known;
  const isRented = isHosted(signals);
  const isForMore = ratio >= LARGE_RATIO;
  const takesMore =
    isFirst(software) &&
    (isRented ? isNew(address ?? card) || isForMore : isLoyal && isNew(address ?? card) && isForMore);
  if (!isElsewhere && !takesAll && !takesMore) return null;
  const places = [
    isNew(country) && ` from ${signals.country ?? "a new country"}`,
    isNew(destination) && ` to ${event.shipping_address?.country ?? "a new country"}`,
    !isElsewhere && (takesAll ? " to a new address with a new card" : takingWords(address)),
    isRented && " through a network of rented servers",
  ].filter((place) => place !== false);
  const unlike = [isFirst(destination), isNew(country) && isNew(destination), isForMore, isFirst(card), isRented];
  const count = unlike.filter(Boolean).length;
  const isTraveller = count === 0 && (destination ?? card) !== undefined && !isLoyal;
  const sameSoftware = software === undefined || software.isNew ? 0 : SAME_SOFTWARE_SCORE;
  return {
    score: isTraveller ? TRAVELLER_SCORE : Math.min(1, (isElsewhere ? 0.74 : 0.67) + 0.05 * count - sameSoftware),
    detail: `first orders${places.join(" and")}, on a new device, after ${before.orders} orders; ${money(event)} is ${times(ratio)} this customer's usual`,
  };
}

/** What is new where neither country is, nor card and address together. */
function takingWords(address: LinkSnapshot | undefined): string {
  return address === undefined ? " with a new card and other software" : " to a new address with other software";
}

function strangeLogin(facts: Facts, { takeoverLoginsPerHour }: RuleSettings): Finding | null {
  const { subject } = facts;
  if (subject === null || subject.kind === "client" || !isFirst(subject.before.links.device)) return null;
  const found = mostThrough(facts, ["client", "ip"], ({ before }) =>
    before.logins1h + 1 < takeoverLoginsPerHour ? 0 : Math.min(before.logins1h + 1, before.links.customer?.recent ?? 0),
  );
  if (found === null || found.value < takeoverLoginsPerHour) return null;
  const score = graded(0.74, 0.06, found.value / takeoverLoginsPerHour);
  return {
    score: isFirst(subject.before.links.country) ? score : Math.min(COLLEAGUE_SCORE, score),
    detail: `first seen on this device, after ${subject.before.orders} orders; ${found.before.logins1h + 1} logins through this ${ENTITY_WORDS[found.kind]} in 1 h`,
  };
}
