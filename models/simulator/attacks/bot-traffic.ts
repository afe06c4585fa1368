import { below, pick } from "../../../shared/random.ts";
import { lineOf } from "../browsing.ts";
import type { Device } from "../customers.ts";
import { Session } from "../session.ts";
import { act, chargedAs, newSession, type Actor, type Simulated, type World } from "../world.ts";
import { accountOf, anyCountry, between, markedAs, stranger, type Attack, type Range } from "./attack.ts";

/** Scripts that read the shop or break into it. Search engines, which say who they are and take their time, are none of these. */
export const botTraffic: Attack = (world, atMs, incident) =>
  markedAs(
    "bot_traffic",
    incident,
    pick(world.random, [openScraper, hiddenScraper, passwordStuffing, fakeSignUps])(world, atMs),
  );

const OPEN_AGENTS = [
  "python-requests/2.32.3",
  "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
  "curl/8.11.0",
] as const;

/** Reads page after page as fast as it may, and does not hide it. */
function openScraper(world: World, atMs: number): Simulated[] {
  const { random } = world;
  const reader = stranger(world, anyCountry(world));
  const device: Device = {
    ...reader.device,
    userAgent: pick(random, OPEN_AGENTS),
    browser: "Chrome",
    os: "Linux",
    kind: "bot",
    screen: { width: 800, height: 600 },
  };
  return scrape(
    world,
    { ...reader, device, hands: "script" },
    { atMs, pages: [150, 400], gapMs: 250 + below(random, 1_500) },
  );
}

/** Reads as an ordinary browser that forgets its cookies every few pages, through one or two networks, at an even pace. */
function hiddenScraper(world: World, atMs: number): Simulated[] {
  const { random, customers } = world;
  const gapMs = 900 + below(random, 2_600);
  const lanes = Array.from({ length: 1 + below(random, 2) }, () => {
    const reader: Actor = { ...stranger(world, anyCountry(world)), hands: "hidden script" };
    let fromMs = atMs;
    return Array.from({ length: 8 + below(random, 12) }, () => {
      const device = customers.cleared(reader.device);
      const events = scrape(
        world,
        { ...reader, device, sessionId: newSession(world) },
        { atMs: fromMs, pages: [10, 20], gapMs },
      );
      fromMs += events.length * gapMs;
      return events;
    }).flat();
  });
  return lanes.flat();
}

function scrape(
  world: World,
  actor: Actor,
  { atMs, pages, gapMs }: { atMs: number; pages: Range; gapMs: number },
): Simulated[] {
  const { random, catalogue, shop } = world;
  const charged = chargedAs(shop, actor.place);
  const session = new Session(world, actor, atMs, 0);
  for (let page = between(world, pages); page > 0; page--) {
    const item = catalogue.popular(random);
    session.atMs += Math.round(gapMs * (0.9 + 0.2 * random()));
    if (page % 3 === 0) session.step("page_view");
    else session.stepWith("view_item", charged, [lineOf(world, item, 1, session.atMs, charged)]);
  }
  return session.events;
}

/** Passwords that leaked elsewhere are tried here: the ones that fit log in, one customer after another, from one network. */
function passwordStuffing(world: World, atMs: number): Simulated[] {
  const { random, customers } = world;
  const thief: Actor = { ...stranger(world, anyCountry(world)), hands: "hidden script" };
  let whenMs = atMs;
  return Array.from({ length: 20 + below(random, 50) }, () => {
    const victim = customers.returning(random, atMs);
    whenMs += Math.round(1_500 + 6_000 * random());
    if (victim === null || victim.userId === null) return [];
    const device = customers.cleared(thief.device);
    const actor = { ...thief, device, sessionId: newSession(world), userId: victim.userId, email: victim.email };
    return [act(world, "login", whenMs, actor)];
  }).flat();
}

/** Accounts by the dozen, for later. */
function fakeSignUps(world: World, atMs: number): Simulated[] {
  const { random, customers } = world;
  const maker: Actor = { ...stranger(world, anyCountry(world)), hands: "hidden script" };
  let whenMs = atMs;
  return Array.from({ length: 20 + below(random, 60) }, () => {
    whenMs += Math.round(3_000 + 15_000 * random());
    const email = customers.throwawayEmail(random);
    const device = customers.cleared(maker.device);
    return act(world, "sign_up", whenMs, {
      ...maker,
      device,
      email,
      userId: accountOf(world, email),
      sessionId: newSession(world),
    });
  });
}
