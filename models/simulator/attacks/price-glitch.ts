import { chance, exponential, pick, poisson } from "../../../shared/random.ts";
import { HOUR_MS } from "../calendar.ts";
import type { Market } from "../markets.ts";
import { chargedAs, type World } from "../world.ts";
import { sought, type Attack } from "./attack.ts";

/** What went wrong with a price, as the factor from right to wrong. */
const MISTAKES: Record<string, (market: Market) => number> = {
  decimalSlippedLeft: () => 0.1,
  decimalSlippedTwice: () => 0.01,
  zeroMissing: () => 0.1,
  zeroTooMany: () => 10,
  // The figure in euros is charged in the shopper's currency, or the other way round.
  euroFigureInOwnCurrency: ({ unitsPerEur }) => 1 / unitsPerEur,
  ownFigureInEuros: ({ unitsPerEur }) => unitsPerEur,
};

/** Currencies this near the euro have figures that nobody could tell apart. */
const DIFFERENT_FIGURE = 2;

/** An item is on sale for a wrong price until someone notices; when it is too low, word gets round. */
export const priceGlitch: Attack = (world, atMs, incident) => {
  const { random, catalogue } = world;
  // Nobody notices a wrong price on what nobody buys.
  const item = sought(world);
  const mistake = pick(random, mistakesOf(world));
  const untilMs = atMs + (2 + exponential(random, 6)) * HOUR_MS;
  catalogue.mislabel({ item, fromMs: atMs, untilMs, factor: mistake, incident });
  const isBargain = shopMarkets(world).some((market) => mistake(market) < 1);
  const buyers = 1 + poisson(random, isBargain ? 3 + exponential(random, 10) : 1);
  for (let buyer = 0; buyer < buyers; buyer++) {
    const whenMs = Math.round(atMs + random() * (untilMs - atMs));
    const regular = chance(random, 0.5) ? world.customers.returning(random, whenMs) : null;
    world.expect({ customer: regular ?? world.customers.join(random, whenMs), atMs: whenMs, wants: item });
  }
  return [];
};

function mistakesOf(world: World): ((market: Market) => number)[] {
  return Object.values(MISTAKES).filter((factor) =>
    shopMarkets(world).every((market) => Math.abs(Math.log(factor(market))) >= Math.log(DIFFERENT_FIGURE)),
  );
}

/** Those whose currencies the shop charges in. */
function shopMarkets({ shop, customers }: World): Market[] {
  return customers.markets.map((market) => chargedAs(shop, market));
}
