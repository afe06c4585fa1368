import { describe, expect, it } from "vitest";
import { below, pick, seededRandom } from "../random.ts";
import { observation } from "../test-facts.ts";
import { learnLink, linkKey, linkKeys, LINKS_OF, lookLink, type EntityKind, type Seen } from "./links.ts";
import { LINKS, type Act, type Link, type Observation } from "./observation.ts";

const AT_MS = Date.parse("2026-03-10T12:30:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is remembered after these: by default orders with a device a day ago. */
function after(...seen: { key: string; agoMs?: number; act?: Act }[]): Seen[] {
  const known: Seen[] = [];
  for (const { key, agoMs = DAY_MS, act = "order" } of seen) learnLink(known, key, { atMs: AT_MS - agoMs, act });
  return known;
}

const look = (known: Seen[] | undefined, key: string, link: Link = "device") => lookLink(known, link, key, AT_MS);

describe("lookLink", () => {
  it.each([
    { agoMs: DAY_MS, isNew: false, because: "a day passed since its first order" },
    { agoMs: DAY_MS - 1, isNew: true, because: "that order may be a thief's of just now" },
    { agoMs: -1, isNew: true, because: "that order came later" },
  ])("says isNew $isNew of a device ordered with $agoMs ms ago: $because", ({ agoMs, isNew }) => {
    expect(look(after({ key: "phone", agoMs }), "phone")).toEqual({ known: isNew ? 0 : 1, recent: 1, isNew });
  });

  it("is known from its first order on, however often it was ordered with since", () => {
    expect(look(after({ key: "phone" }, { key: "phone", agoMs: 0 }), "phone").isNew).toBe(false);
    // Also when the first one came late.
    expect(look(after({ key: "phone", agoMs: 0 }, { key: "phone" }), "phone").isNew).toBe(false);
  });

  it.each(["step", "view", "login", "decline", "cart_add"] as const)(
    "does not know a device from a %s on it, which a thief can do",
    (act) => {
      expect(look(after({ key: "phone" }, { key: "other", act }), "other")).toEqual({
        known: 1,
        recent: 2,
        isNew: true,
      });
    },
  );

  it.each([
    { link: "card", recentMs: HOUR_MS },
    { link: "coupon", recentMs: HOUR_MS },
    { link: "customer", recentMs: 7 * DAY_MS },
    { link: "device", recentMs: 7 * DAY_MS },
    { link: "country", recentMs: 30 * DAY_MS },
    { link: "destination", recentMs: 30 * DAY_MS },
    { link: "address", recentMs: 30 * DAY_MS },
    { link: "category", recentMs: 30 * DAY_MS },
  ] as const)("counts a $link as recent until $recentMs ms after it was seen last", ({ link, recentMs }) => {
    expect(look(after({ key: "a", agoMs: recentMs - 1 }), "b", link).recent).toBe(2);
    expect(look(after({ key: "a", agoMs: recentMs }), "b", link).recent).toBe(1);
    expect(look(after({ key: "a", agoMs: -1 }), "b", link).recent).toBe(1);
  });

  it("counts each once, and the one that is here", () => {
    const known = after({ key: "a", agoMs: 3 }, { key: "b", agoMs: 2 }, { key: "a", agoMs: 1 });
    expect(look(known, "a").recent).toBe(2);
    expect(look(known, "c").recent).toBe(3);
    expect(look(undefined, "c")).toEqual({ known: 0, recent: 1, isNew: true });
  });

  it("remembers the 48 that were seen last, and among them the one that is seen again and again", () => {
    const others = Array.from({ length: 200 }, (_each, index) => [{ key: `d-${index}` }, { key: "home" }]);
    const known = after({ key: "first" }, ...others.flat());
    expect(known).toHaveLength(48);
    expect(look(known, "home").isNew).toBe(false);
    expect(look(known, "first").isNew).toBe(true);
  });
});

describe("learnLink", () => {
  it("remembers what a list would that is made anew each time", () => {
    const random = seededRandom(5);
    for (let run = 0; run < 40; run++) {
      const known: Seen[] = [];
      let plain: Seen[] = [];
      for (let step = 0; step < 150; step++) {
        const key = `k-${below(random, 1 + below(random, 80))}`;
        const atMs = AT_MS + below(random, 1_000);
        const act = pick(random, ["order", "view"] as const);
        learnLink(known, key, { atMs, act });
        const before = plain.find((other) => other.key === key);
        const ordered = [before?.orderedMs ?? null, act === "order" ? atMs : null].filter((time) => time !== null);
        const link = {
          key,
          lastMs: Math.max(before?.lastMs ?? atMs, atMs),
          orderedMs: ordered.length === 0 ? null : Math.min(...ordered),
        };
        plain = [...plain.filter((other) => other !== before), link].slice(-48);
        expect(known).toEqual(plain);
      }
    }
  });
});

describe("linkKey", () => {
  const keyOf = (kind: EntityKind, link: Link, seen: Observation) => linkKey(kind, LINKS.indexOf(link), linkKeys(seen));
  const everything = observation({ links: Object.fromEntries(LINKS.map((link) => [link, `a ${link}`])) });

  it.each(Object.keys(LINKS_OF) as EntityKind[])("gives a %s the links it remembers, no other", (kind) => {
    const seen = LINKS.filter((link) => keyOf(kind, link, everything) === `a ${link}`);
    expect(seen.toSorted()).toEqual([...LINKS_OF[kind]].toSorted());
    expect(LINKS.filter((link) => keyOf(kind, link, everything) === null).length + seen.length).toBe(LINKS.length);
    expect(LINKS.filter((link) => keyOf(kind, link, observation()) !== null)).toEqual([]);
  });

  it("tells apart long keys that begin alike, and remembers no more than 32 characters of any", () => {
    const cardKey = (card: string) => keyOf("customer", "card", observation({ links: { card } })) ?? "";
    const long = "x".repeat(400);
    expect(cardKey(`${long}1`)).not.toBe(cardKey(`${long}2`));
    expect(cardKey(`${long}1`)).toBe(cardKey(`${long}1`));
    expect(cardKey(`${long}1`).length).toBeLessThanOrEqual(32);
    expect(cardKey("y".repeat(32))).toBe("y".repeat(32));
  });
});
