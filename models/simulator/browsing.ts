import { below, chance } from "../../shared/random.ts";
import type { Line } from "./basket.ts";
import type { Item } from "./catalogue.ts";
import type { Device } from "./customers.ts";
import { marketOf, type Market } from "./markets.ts";
import { arrive } from "./orders.ts";
import { personalPace, Session } from "./session.ts";
import { chargedAs, newSession, type Actor, type Simulated, type World } from "./world.ts";

const LOOKED_AT_MOST = 6;
const KNOWN_SHARE = 0.4;
const TAKES_SHARE = 0.12;
/** Share of those who take something who fill a cart for later: a wish list, a budget, a quote for the office. */
const COLLECTOR_SHARE = 0.1;

/** Someone looks around and leaves, with or without a basket. */
export function lookAround(world: World, atMs: number): Simulated[] {
  const { random, catalogue, customers, shop } = world;
  const known = chance(random, KNOWN_SHARE) ? customers.returning(random, atMs) : null;
  const actor = known === null ? passerBy(world) : arrive(world, known, atMs);
  if (known !== null && !chance(random, 0.5)) actor.userId = null;
  const charged = chargedAs(shop, known?.market ?? actor.place);
  const session = new Session(world, actor, atMs, personalPace(random));
  const look = (name: string, item: Item, quantity = 1) =>
    session.stepWith(name, charged, [lineOf(world, item, quantity, session.atMs, charged)]);
  session.step("page_view");
  for (let looked = below(random, LOOKED_AT_MOST); looked > 0; looked--) look("view_item", catalogue.popular(random));
  if (!chance(random, TAKES_SHARE)) return session.events;
  const takes = chance(random, COLLECTOR_SHARE) ? 4 + below(random, 16) : 1;
  for (let taken = 0; taken < takes; taken++) {
    look("add_to_cart", catalogue.popular(random), chance(random, 0.15) ? 2 + below(random, 5) : 1);
  }
  if (chance(random, 0.7)) session.step("view_cart");
  if (chance(random, 0.5)) session.step("begin_checkout");
  return session.events;
}

/** So much of an item, at what it costs now. */
export function lineOf(world: World, item: Item, quantity: number, atMs: number, charged: Market): Line {
  const { amount, glitch } = world.catalogue.price(item, charged, atMs, world.random);
  return { item, price: amount, quantity, glitch };
}

/** Someone who never ordered. */
function passerBy(world: World): Actor {
  const { random, customers, networks } = world;
  const place = customers.anyMarket(random);
  return {
    userId: null,
    email: null,
    device: customers.newDevice(random),
    place,
    network: chance(random, 0.5) ? networks.shared(random, place.country) : networks.home(),
    locale: place.locale,
    sessionId: newSession(world),
    hands: "person",
  };
}

/** Search engines say who they are, come from where they always come from, and take their time. */
const CRAWLERS = [
  { name: "Examplebot", network: "172.31.254.0/24" },
  { name: "Searchbot", network: "172.31.255.0/24" },
] as const;
const CRAWL_PAGES = { least: 5, most: 25 } as const;
const CRAWL_PACE_MS = 9_000;

/** A search engine reads some pages. */
export function crawl(world: World, atMs: number): Simulated[] {
  const { random, catalogue } = world;
  const { name, network } = CRAWLERS[below(random, CRAWLERS.length)] ?? CRAWLERS[0];
  const device: Device = {
    clientId: `${world.prefix}-${name.toLowerCase()}-${world.nextNumber().toString(36)}`,
    userAgent: `Mozilla/5.0 (compatible; ${name}/2.1; +https://search.example/bot.html)`,
    browser: name,
    os: "Linux",
    kind: "bot",
    tlsClass: `${name}-1`.toLowerCase(),
    screen: { width: 1024, height: 768 },
  };
  const place = marketOf("US");
  const base = { userId: null, email: null, device, place, network, locale: "en-US" };
  const session = new Session(
    world,
    { ...base, sessionId: newSession(world), hands: "hidden script" },
    atMs,
    CRAWL_PACE_MS,
  );
  const charged = chargedAs(world.shop, place);
  for (let page = CRAWL_PAGES.least + below(random, CRAWL_PAGES.most - CRAWL_PAGES.least); page > 0; page--) {
    const item = catalogue.popular(random);
    if (chance(random, 0.5)) session.step("page_view");
    else session.stepWith("view_item", charged, [lineOf(world, item, 1, session.atMs, charged)]);
  }
  return session.events;
}
