import { describe, expect, it } from "vitest";
import { amountLog } from "../currency.ts";
import { below, pick, seededRandom } from "../random.ts";
import { observation } from "../test-facts.ts";
import { LINKS_OF, type EntityKind } from "./links.ts";
import { ACTS, LINKS, type Observation } from "./observation.ts";
import { amountZ, learnFraud, look, newProfile, recall, type Profile } from "./profile.ts";
import { plainSnapshot, type Snapshot } from "./snapshot.ts";

const AT_MS = Date.parse("2026-03-10T12:30:00Z");
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const KINDS = Object.keys(LINKS_OF) as EntityKind[]; // its own keys

/** An order of 50 EUR now. */
function order(changes: Partial<Observation> = {}): Observation {
  return observation({ atMs: AT_MS, ...changes });
}

/** A profile that has learned from these, in turn. */
function after(...seen: Partial<Observation>[]): Profile {
  const profile = newProfile();
  for (const one of seen) recall(profile, "customer", order(one));
  return profile;
}

const known = (profile: Profile, changes: Partial<Observation> = {}) => look(profile, "customer", order(changes));

describe("recall", () => {
  it("answers what was known before the event, so that no event sees itself", () => {
    const profile = newProfile();
    expect(recall(profile, "customer", order())).toMatchObject({ orders: 0, orders1h: 0, amountMax: 0 });
    expect(recall(profile, "customer", order())).toMatchObject({ orders: 1, orders1h: 1, amountMax: Math.log1p(50) });
  });

  it.each([
    { agoMs: MINUTE_MS - 1, orders1m: 1, orders1h: 1, because: "just within a minute" },
    { agoMs: MINUTE_MS, orders1m: 0, orders1h: 1, because: "a minute ago is over" },
    { agoMs: HOUR_MS - 1, orders1m: 0, orders1h: 1, because: "just within an hour" },
    { agoMs: HOUR_MS, orders1m: 0, orders1h: 0, because: "an hour ago is over" },
    { agoMs: -1, orders1m: 0, orders1h: 0, because: "what comes later is not known yet" },
  ])("counts an order of $agoMs ms before in the minute $orders1m and in the hour $orders1h, $because", (edge) => {
    const { orders1m, orders1h } = edge;
    expect(known(after({ atMs: AT_MS - edge.agoMs }))).toMatchObject({ orders1m, orders1h });
  });

  it.each<{ because: string; seen: Partial<Observation>; counted: Partial<Snapshot> }>([
    {
      because: "an order is an attempt, and spending",
      seen: { act: "order" },
      counted: { orders: 1, orders1d: 1, orders7d: 1, orders30d: 1, attempts1h: 1, declines1h: 0 },
    },
    {
      because: "an order with a coupon counts as one",
      seen: { act: "order", links: { coupon: "SALE" } },
      counted: { orders: 1, coupons7d: 1, couponsRefused1h: 0 },
    },
    {
      because: "a decline is an attempt and no order",
      seen: { act: "decline" },
      counted: {
        orders: 0,
        orders30d: 0,
        amount30d: 0,
        attempts1h: 1,
        declines1h: 1,
        declines1d: 1,
        declinesInARow: 1,
      },
    },
    {
      because: "a refund gives back",
      seen: { act: "refund", amountLog: amountLog(20, "EUR") },
      counted: { refunds30d: 1, refunded30d: expect.closeTo(20, 9), orders: 0, amount30d: 0 },
    },
    {
      because: "a refund of an unknown amount is one all the same",
      seen: { act: "refund", amountLog: null },
      counted: { refunds30d: 1, refunded30d: 0 },
    },
    { because: "a login is counted", seen: { act: "login" }, counted: { logins1h: 1, orders: 0, attempts1h: 0 } },
    { because: "a sign-up has its time", seen: { act: "sign_up" }, counted: { signUps1d: 1, sinceSignUpMs: 0 } },
    {
      because: "a refused coupon is none",
      seen: { act: "coupon_refused" },
      counted: { couponsRefused1h: 1, coupons7d: 0 },
    },
    {
      because: "the pieces put into a cart count beside the times",
      seen: { act: "cart_add", units: 12 },
      counted: { cartAdds1m: 1, cartUnits1h: 12, views1m: 0 },
    },
    { because: "a page is a view", seen: { act: "view" }, counted: { views1m: 1, views1h: 1, attempts1h: 0 } },
    {
      because: "a checkout only shows presence",
      seen: { act: "checkout" },
      counted: { sinceLastMs: 0, attempts1h: 0, views1h: 0 },
    },
    {
      because: "so does any other step",
      seen: { act: "step" },
      counted: { sinceLastMs: 0, attempts1h: 0, sinceOrderMs: NaN },
    },
  ])("counts each act as what it is: $because", ({ seen, counted }) => {
    expect(known(after(seen))).toMatchObject(counted);
  });

  it("counts declines in a row until an order, and forgets them with it", () => {
    const declined = { act: "decline" } as const;
    expect(known(after({}, declined, declined)).declinesInARow).toBe(2);
    expect(known(after(declined, declined, {})).declinesInARow).toBe(0);
  });

  it("knows how long ago it all began, went on, and was ordered last; nothing before the first event", () => {
    const profile = after(
      { act: "sign_up", atMs: AT_MS - 9 * DAY_MS },
      { atMs: AT_MS - 3 * DAY_MS },
      { act: "view", atMs: AT_MS - HOUR_MS },
    );
    expect(known(profile)).toMatchObject({
      sinceFirstMs: 9 * DAY_MS,
      sinceSignUpMs: 9 * DAY_MS,
      sinceOrderMs: 3 * DAY_MS,
      sinceLastMs: HOUR_MS,
    });
    expect(known(profile, { atMs: AT_MS - 30 * DAY_MS })).toMatchObject({ sinceFirstMs: 0, sinceLastMs: 0 });
    expect(known(newProfile())).toMatchObject({
      sinceFirstMs: NaN,
      sinceLastMs: NaN,
      sinceOrderMs: NaN,
      sinceSignUpMs: NaN,
    });
  });

  it.each([
    { at: "2026-03-04T00:00:00Z", z: 6, because: "the day 6 before this one" },
    { at: "2026-03-03T23:59:59Z", z: 0, because: "the day 7 before this one" },
  ])("keeps a clipped z-score of $at as $z, $because", ({ at, z }) => {
    const longAgo = { atMs: AT_MS - 25 * DAY_MS };
    const profile = after(longAgo, longAgo, longAgo, { atMs: Date.parse(at), amountLog: Math.log1p(1e6) });
    expect(known(profile).amountZ7d).toBe(z);
  });

  it("has the mean and the squared deviations of all amounts, as computed from them at once", () => {
    const amounts = [20, 35, 50, 400].map((amount) => Math.log1p(amount));
    const { amountMean, amountM2, amountMax } = known(after(...amounts.map((one) => ({ amountLog: one }))));
    const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
    expect(amountMean).toBeCloseTo(mean, 12);
    expect(amountM2).toBeCloseTo(
      amounts.reduce((sum, amount) => sum + (amount - mean) ** 2, 0),
      12,
    );
    expect(amountMax).toBe(Math.log1p(400));
  });

  it("learns no spending from an order without an amount", () => {
    expect(known(after({}, { amountLog: null }))).toMatchObject({ orders: 2, amountMax: Math.log1p(50) });
  });

  it("counts an event that came late for those after it, and only what was before it at itself", () => {
    const profile = after({ atMs: AT_MS - SECOND_MS }, { atMs: AT_MS - 2 * SECOND_MS });
    expect(known(profile, { atMs: AT_MS - 1_500 })).toMatchObject({ orders1m: 1, orders1h: 1 });
    expect(known(profile)).toMatchObject({ orders1m: 2, orders1h: 2, orders1d: 2, orders30d: 2 });
  });

  it("drops an order older than all windows from the counts, but not from the history of amounts", () => {
    const profile = after({}, { atMs: AT_MS - 90 * DAY_MS, amountLog: Math.log1p(900) });
    expect(known(profile)).toMatchObject({ orders: 2, orders30d: 1, amountMax: Math.log1p(900) });
  });

  it("counts at most 200 attempts an hour, however many there were", () => {
    const profile = after(...Array.from({ length: 1_000 }, () => ({ atMs: AT_MS - SECOND_MS })));
    expect(known(profile).attempts1h).toBe(200);
  });

  it.each(KINDS)("remembers of a %s only the links that matter for it", (kind) => {
    const links = Object.fromEntries(LINKS.map((link) => [link, `a ${link}`]));
    const profile = newProfile();
    recall(profile, kind, order({ links }));
    expect(Object.keys(profile.links).toSorted()).toEqual([...LINKS_OF[kind]].toSorted());
    expect(Object.keys(look(profile, kind, order({ links })).links).toSorted()).toEqual([...LINKS_OF[kind]].toSorted());
    expect(look(profile, kind, order()).links).toEqual({});
  });

  it("stays within 60 KB under 100,000 events of anything, with keys longer than are remembered", () => {
    const random = seededRandom(7);
    const profile = newProfile();
    const links: Observation["links"] = {};
    for (let event = 0; event < 100_000; event++) {
      const key = `${"k".repeat(40)}${event}`;
      for (const link of LINKS) links[link] = key;
      recall(profile, "email", {
        id: "evt_00000000",
        // Ever new minutes, hours and days, each of them with all that is counted.
        atMs: AT_MS + event * (event < 50_000 ? 7_000 : 900_000),
        act: pick(random, ACTS),
        amountLog: 25 * random(),
        units: below(random, 1_000_000),
        links,
        place: { latitude: 180 * random() - 90, longitude: 360 * random() - 180 },
        visit: key,
      });
      if (event % 20_000 === 19_999) expect(JSON.stringify(profile).length).toBeLessThan(60_000);
    }
    expect(profile.links.card?.length).toBeGreaterThan(10);
  });

  it("answers numbers that are finite and at least 0, or unknown, whatever comes in whatever order", () => {
    const random = seededRandom(11);
    const profiles = KINDS.map((kind) => ({ kind, profile: newProfile() }));
    const wrong: unknown[] = [];
    for (let event = 0; event < 4_000; event++) {
      const seen = anything();
      if (event % 50 === 0) for (const { profile } of profiles) learnFraud(profile, seen.atMs, random() < 0.4 ? 1 : -1);
      for (const { kind, profile } of profiles) {
        const { links, ...figures } = plainSnapshot(recall(profile, kind, seen));
        for (const [name, value] of Object.entries(figures)) {
          if (Number.isNaN(value) || (value >= (name === "amountZ7d" ? -3 : 0) && value < Infinity)) continue;
          wrong.push({ name, value });
        }
        for (const link of Object.values(links)) if (link.known < 0 || link.recent < 1) wrong.push(link);
      }
    }
    expect(wrong).toEqual([]);

    function anything(): Observation {
      return {
        id: "evt_00000000",
        atMs: AT_MS + Math.floor((random() - 0.3) * 10 ** (2 + below(random, 9))),
        act: pick(random, ACTS),
        amountLog: random() < 0.1 ? null : 25 * random(),
        units: below(random, 1_000_000),
        links: Object.fromEntries(LINKS.filter(() => random() < 0.5).map((link) => [link, `k-${below(random, 100)}`])),
        place: random() < 0.5 ? null : { latitude: 180 * random() - 90, longitude: 360 * random() - 180 },
        visit: random() < 0.3 ? null : `s-${below(random, 5)}`,
      };
    }
  });
});

describe("look", () => {
  it("answers what recall would, and learns nothing, so that a retry changes no count", () => {
    const place = { latitude: 48, longitude: 11 };
    const profile = after(
      { links: { card: "k-1" }, place, visit: "s-1" },
      { act: "decline" },
      { act: "view", visit: "s-1" },
    );
    const before = structuredClone(profile);
    const again = order({ links: { card: "k-2", device: "d-1" }, place, visit: "s-1" });
    const seen = look(profile, "customer", again);
    expect(profile).toEqual(before);
    expect(plainSnapshot(recall(profile, "customer", again))).toEqual(plainSnapshot(seen));
    expect(seen).toMatchObject({
      orders: 1,
      attempts1h: 2,
      declines1h: 1,
      visitMs: 0,
      links: { card: { isNew: true } },
    });
  });
});

describe("learnFraud", () => {
  const frauds = (profile: Profile, atMs = AT_MS) => {
    const { frauds7d, frauds30d } = known(profile, { atMs });
    return [frauds7d, frauds30d];
  };

  it("counts fraud from the day it became known, for 7 and for 30 days", () => {
    const profile = after({ atMs: AT_MS - 20 * DAY_MS });
    learnFraud(profile, AT_MS, 1);
    expect(frauds(profile, AT_MS - DAY_MS)).toEqual([0, 0]);
    expect(frauds(profile)).toEqual([1, 1]);
    expect(frauds(profile, AT_MS + 6 * DAY_MS)).toEqual([1, 1]);
    expect(frauds(profile, AT_MS + 7 * DAY_MS)).toEqual([0, 1]);
    expect(frauds(profile, AT_MS + 30 * DAY_MS)).toEqual([0, 0]);
  });

  it("takes back what was known since a time, in whichever order the two come", () => {
    const [one, other] = [newProfile(), newProfile()];
    for (const by of [1, -1] as const) learnFraud(one, AT_MS, by);
    for (const by of [-1, 1] as const) learnFraud(other, AT_MS, by);
    expect([frauds(one), frauds(other)]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("lets no other fraud pass unseen because one was taken back whose time is over", () => {
    const profile = newProfile();
    learnFraud(profile, AT_MS - 40 * DAY_MS, 1);
    learnFraud(profile, AT_MS, 1);
    learnFraud(profile, AT_MS - 40 * DAY_MS, -1);
    expect(frauds(profile)).toEqual([1, 1]);
  });

  it("is no event: the one who has never come is still new", () => {
    const profile = newProfile();
    learnFraud(profile, AT_MS, 1);
    expect(known(profile)).toMatchObject({ orders: 0, sinceFirstMs: NaN, frauds7d: 1 });
  });
});

describe("amountZ", () => {
  it("is 0 until two orders are known, so that a second order never looks strange", () => {
    expect(amountZ({ orders: 1, amountMean: 4, amountM2: 0 }, 9)).toBe(0);
  });

  it("is finite and shrunk for equal amounts, and grows as more of them are known", () => {
    const z = (orders: number) => amountZ({ orders, amountMean: 4, amountM2: 0 }, 5);
    expect(z(2)).toBeCloseTo(1 / Math.sqrt(0.75 / 4 + 0.01), 12);
    expect(z(50)).toBeGreaterThan(z(2));
    expect(z(1e9)).toBeLessThan(10.1);
  });
});
