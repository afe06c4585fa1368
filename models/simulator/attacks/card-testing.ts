import { below, chance, exponential, pick } from "../../../shared/random.ts";
import { MINUTE_MS } from "../calendar.ts";
import { decline, purchase } from "../orders.ts";
import { chargedAs, type Actor, type Simulated, type World } from "../world.ts";
import { anyCountry, itemByPrice, markedAs, stranger, throwawayEmail, type Attack } from "./attack.ts";

/** How stolen cards are tried; between these, each as likely. Gaps are means of exponential waits. */
interface Style {
  sources: [least: number, most: number];
  triesPerSource: [least: number, most: number];
  gapMs: [least: number, most: number];
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
  const { random, shop, catalogue, customers } = world;
  const hasAccount = chance(random, 0.3);
  if (hasAccount) actor.userId = `${world.prefix}-u-${throwawayEmail(world)}`;
  const changesEmail = chance(random, 0.6);
  const charged = chargedAs(shop, customers.anyMarket(random));
  const item = itemByPrice(world, "cheap");
  let card = customers.newCard(random, anyCountry(world).country);
  let whenMs = atMs + exponential(random, gapMs);
  return Array.from({ length: tries }, () => {
    // Now and then another security code for the same card, else the next card.
    if (!chance(random, 0.1)) card = customers.newCard(random, anyCountry(world).country);
    if (changesEmail || actor.email === null) actor.email = throwawayEmail(world);
    const { amount, glitch } = catalogue.price(item, charged, whenMs, random);
    const request = {
      basket: { charged, lines: [{ item, price: amount, quantity: 1, glitch }] },
      value: amount,
      shipTo: shop.ships ? { country: charged.country, postal_code: String(10_000 + below(random, 89_999)) } : null,
    };
    const tryMs = Math.round(whenMs);
    whenMs += exponential(random, gapMs);
    if (chance(random, declineShare)) return decline(world, actor, request, card, tryMs);
    return purchase(world, actor, request, card, tryMs, `${world.prefix}-t${world.nextNumber().toString(36)}`);
  });
}

function between({ random }: World, [least, most]: [least: number, most: number]): number {
  return least + below(random, most - least + 1);
}
