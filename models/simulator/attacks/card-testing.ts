import { chance, exponential, pick } from "../../../shared/random.ts";
import { lineOf } from "../browsing.ts";
import { MINUTE_MS } from "../calendar.ts";
import { addressIn, decline, purchase } from "../orders.ts";
import { chargedAs, type Actor, type Simulated, type World } from "../world.ts";
import {
  accountOf,
  anyCountry,
  between,
  itemByPrice,
  markedAs,
  requestOf,
  stranger,
  type Attack,
  type Range,
} from "./attack.ts";

/** How stolen cards are tried. Gaps are means of exponential waits. */
interface Style {
  sources: Range;
  triesPerSource: Range;
  gapMs: Range;
}

const STYLES: readonly Style[] = [
  // A script at one address, as fast as the shop answers.
  { sources: [1, 1], triesPerSource: [25, 120], gapMs: [4_000, 40_000] },
  // Patient: one address, all day long.
  { sources: [1, 1], triesPerSource: [40, 120], gapMs: [3 * MINUTE_MS, 12 * MINUTE_MS] },
  // Spread over a few addresses at once.
  { sources: [4, 10], triesPerSource: [10, 30], gapMs: [20_000, 120_000] },
];

/** Tries a list of stolen cards on small amounts, to learn which still pay. Most are declined. */
export const cardTesting: Attack = (world, atMs, incident) => {
  const { random } = world;
  const style = pick(random, STYLES);
  const declineShare = 0.7 + 0.28 * random();
  const gapMs = between(world, style.gapMs);
  const events = Array.from({ length: between(world, style.sources) }, () =>
    tryCards(world, stranger(world, anyCountry(world)), {
      atMs,
      gapMs,
      tries: between(world, style.triesPerSource),
      declineShare,
    }),
  );
  return markedAs("card_testing", incident, events.flat());
};

function tryCards(
  world: World,
  actor: Actor,
  { atMs, gapMs, tries, declineShare }: { atMs: number; gapMs: number; tries: number; declineShare: number },
): Simulated[] {
  const { random, shop, customers } = world;
  actor.email = customers.throwawayEmail(random);
  if (chance(random, 0.3)) actor.userId = accountOf(world, actor.email);
  const changesEmail = chance(random, 0.6);
  const charged = chargedAs(shop, customers.anyMarket(random));
  const item = itemByPrice(world, "cheap");
  let card = customers.newCard(random, anyCountry(world).country);
  let whenMs = atMs + exponential(random, gapMs);
  return Array.from({ length: tries }, () => {
    // Now and then another security code for the same card, else the next card.
    if (!chance(random, 0.1)) card = customers.newCard(random, anyCountry(world).country);
    if (changesEmail) actor.email = customers.throwawayEmail(random);
    const request = requestOf(
      charged,
      [lineOf(world, item, 1, whenMs, charged)],
      addressIn(world, charged.country),
      addressIn(world, card.country),
    );
    const tryMs = Math.round(whenMs);
    whenMs += exponential(random, gapMs);
    return (chance(random, declineShare) ? decline : purchase)(world, actor, request, card, tryMs);
  });
}
