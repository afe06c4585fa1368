import { money, times } from "../features.ts";
import type { LinkSnapshot } from "../profile.ts";
import type { Rule } from "./rule.ts";

/** Orders for each country and device a customer is known by, without which a new one says little. */
const KEEPS_TO = 2;

/** Orders for each device from which a new one says more than that cookies were cleared. */
const LOYAL_TO = 8;

/** How many times the usual amount is more than a customer treats himself to. */
const LARGE_RATIO = 2;

/**
 * Account takeover: an established customer's order comes from or goes to a country never seen with them, on a device never seen
 * with them. A customer away from home does that too, but sends the goods home, pays with a card of theirs and spends the usual:
 * that stays below an alert, unless they always kept to the same device. Stronger the more of it is unlike them.
 */
export const accountTakeover: Rule = {
  code: "account_takeover",
  explains: ["new_country", "new_device"],
  find({ event, signals, seen, subject }, { takeoverOrdersBefore }) {
    if (subject === null || subject.kind === "client" || seen.kind === "other") return null;
    const { before } = subject;
    if (before.orders < takeoverOrdersBefore) return null;
    const { country, destination, device, card } = before.links;
    const isNew = (link: LinkSnapshot | undefined): link is LinkSnapshot =>
      isFirst(link) && before.orders + 1 >= KEEPS_TO * link.known;
    if (!(isNew(country) || isNew(destination)) || !isNew(device)) return null;
    const usual = Math.max(Math.expm1(before.amountMean), 0.01);
    const ratio = seen.amountLog === null ? 1 : Math.expm1(seen.amountLog) / usual;
    const places = [
      isNew(country) && `from ${signals.country ?? "a new country"}`,
      isNew(destination) && `to ${event.shipping_address?.country ?? "a new country"}`,
    ].filter(Boolean);
    const unlike = [isFirst(destination), isNew(country) && isNew(destination), ratio >= LARGE_RATIO, isFirst(card)];
    const count = unlike.filter(Boolean).length;
    const isLoyal = before.orders + 1 >= LOYAL_TO * device.known;
    const isTraveller = count === 0 && (destination ?? card) !== undefined && !isLoyal;
    return {
      score: isTraveller ? 0.66 : Math.min(1, 0.74 + 0.05 * count),
      detail: `first orders ${places.join(" and ")}, on a new device, after ${before.orders} orders; ${money(event)} is ${times(ratio)} this customer's usual`,
    };
  },
};

/** Never seen with them, though others were. */
function isFirst(link: LinkSnapshot | undefined): link is LinkSnapshot {
  return link !== undefined && link.isNew && link.known > 0;
}
