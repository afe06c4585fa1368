import type { Facts, KnownEntity } from "../facts.ts";
import { ENTITY_KINDS } from "../observe.ts";
import { GAPS_FOR_PACE, VIEWS_1M } from "./conduct.ts";

/**
 * Features of every event that say nothing but 0 of quiet entities, and of which kinds of entities there are: by far the most events
 * are by people who look around.
 */
export const ZERO_IF_QUIET: ReadonlySet<string> = new Set([
  "sign_ups_1d",
  "logins_1h",
  "coupons_refused_1h",
  "refund_share_30d",
  "view_pace",
  "even_pace",
  "fraud_share_30d",
  "counter_fraud_share_30d",
  "counter_fraud_share_7d",
  "frauds_7d",
]);

/** Whether no entity of an event shows anything that those features measure. */
export function isQuiet({ subject, counters }: Facts): boolean {
  if (subject !== null && !isQuietEntity(subject)) return false;
  for (let index = 0; index < counters.length; index++) {
    if (!isQuietEntity(counters[index] as KnownEntity)) return false; // within the list
  }
  return true;
}

/** False of what is not known, NaN. Pages turned in turn through a card or a network are many people's. */
function isQuietEntity({ kind, before }: KnownEntity): boolean {
  return (
    before.signUps1d === 0 &&
    before.logins1h === 0 &&
    before.couponsRefused1h === 0 &&
    before.refunded30d === 0 &&
    before.frauds7d === 0 &&
    before.frauds30d === 0 &&
    (kind === "ip" || kind === "card" || (before.views1m <= VIEWS_1M && before.viewGaps < GAPS_FOR_PACE))
  );
}

/** A number for which kinds of entities an event has, and which of them is the subject. */
export function kindsCode({ subject, counters }: Facts): number {
  let code = subject === null ? 0 : ENTITY_KINDS.indexOf(subject.kind) + 1;
  for (let index = 0; index < counters.length; index++) {
    code |= 8 << ENTITY_KINDS.indexOf((counters[index] as KnownEntity).kind); // within the list
  }
  return code;
}
