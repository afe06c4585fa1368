import { describe, expect, it } from "vitest";
import type { EntityKind } from "../profile/links.ts";
import type { Act } from "../profile/observation.ts";
import type { Snapshot } from "../profile/snapshot.ts";
import type { Signals } from "../signals.ts";
import { facts, observation, snapshot } from "../test-facts.ts";
import { botTraffic } from "./bot-traffic.ts";
import { RuleSettings } from "./settings.ts";

const SETTINGS = RuleSettings.parse({ botViewsPerMinute: 45, botGapVariation: 0.2, botSignUpsPerDay: 12 });

const PERSON: Signals = { browser: "Firefox", os: "Windows", device_class: "desktop", bot: false };
const CRAWLER: Signals = { browser: "Examplebot", device_class: "bot", bot: true };
const DRIVEN = { properties: { _signals: { webdriver: true } } };

interface Visit {
  kind?: EntityKind;
  act?: Act;
  before?: Partial<Snapshot>;
  signals?: Signals;
  event?: { properties?: Record<string, unknown> };
}

function find({ kind = "client", act = "view", before = {}, signals = PERSON, event = {} }: Visit) {
  const counters = [{ kind, before: snapshot(before) }];
  return botTraffic.find(facts({ event, signals, seen: observation({ act }), subject: null, counters }), SETTINGS);
}

/** Pages turned as by a clock. */
const EVEN = { views1m: 20, viewGaps: 12, viewGapVariation: 0.06 };

describe("botTraffic, of pages", () => {
  it.each([
    { visit: { before: { views1m: 44 } }, because: "faster than anybody reads" },
    { visit: { kind: "customer" as const, before: { views1m: 200 } }, because: "with an account" },
    { visit: { before: EVEN }, because: "as evenly as by a clock" },
    { visit: { kind: "ip" as const, before: EVEN }, because: "evenly through one network, each with fresh cookies" },
    { visit: { before: { views1m: 200 }, signals: CRAWLER }, because: "as a crawler that takes no care" },
  ])("finds pages turned $because", ({ visit }) => {
    expect(find(visit)?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { visit: { before: { views1m: 30 } }, because: "somebody opens thirty results at once" },
    { visit: { before: { ...EVEN, viewGapVariation: 0.6 } }, because: "people's gaps vary" },
    { visit: { before: { ...EVEN, viewGaps: 6 } }, because: "a few gaps are even by chance" },
    { visit: { before: { ...EVEN, views1m: 2 } }, because: "a page left open reloads itself" },
    {
      visit: { kind: "ip" as const, before: { views1m: 900, viewGapVariation: 1 } },
      because: "a network is many people",
    },
  ])("leaves it alone when $because", ({ visit }) => {
    expect(find(visit)).toBeNull();
  });

  it("tells a crawler that says who it is as such, below the usual threshold", () => {
    expect(find({ signals: CRAWLER })).toEqual({ score: 0.5, detail: "a crawler that says so: Examplebot" });
  });

  it("is surer the faster, and with each trait of a program", () => {
    const pace = [45, 90, 900].map((views1m) => find({ before: { views1m } })?.score ?? 0);
    expect(pace).toEqual([...new Set(pace)].toSorted((a, b) => a - b));
    expect(find({ before: EVEN, event: DRIVEN })?.score).toBeGreaterThan(find({ before: EVEN })?.score ?? 1);
    expect(find({ before: { views1m: 1e6 }, signals: CRAWLER, event: DRIVEN })?.score).toBe(1);
  });

  it("tells the pace and what else speaks for a program", () => {
    expect(find({ before: { views1m: 59.6 } })?.detail).toBe("61 pages looked at by this device within 1 min");
    expect(find({ kind: "ip", before: EVEN, event: DRIVEN })?.detail).toBe(
      "13 pages looked at through this network at gaps that vary by 6 %, a browser driven by a program",
    );
  });
});

describe("botTraffic, of accounts", () => {
  it.each([
    { visit: { kind: "ip" as const, before: { signUps1d: 11 } }, because: "a dozen through one network" },
    { visit: { before: { signUps1d: 5 } }, because: "half a dozen on one device" },
    { visit: { kind: "ip" as const, before: { signUps1d: 40, orders1d: 2 } }, because: "and two orders" },
  ])("finds accounts opened for later: $because", ({ visit }) => {
    expect(find({ act: "sign_up", ...visit })?.score).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    { visit: { kind: "ip" as const, before: { signUps1d: 6 } }, because: "some neighbours sign up" },
    { visit: { kind: "ip" as const, before: { signUps1d: 60, orders1d: 40 } }, because: "a campus signs up to buy" },
    {
      visit: { kind: "ip" as const, before: { signUps1d: 30, cartAdds1h: 30 } },
      because: "at a sale they are still choosing",
    },
    { visit: { before: { signUps1d: 2 } }, because: "a family signs up" },
  ])("leaves it alone when $because", ({ visit }) => {
    expect(find({ act: "sign_up", ...visit })).toBeNull();
  });

  it("tells how many, and how little was bought", () => {
    expect(find({ act: "sign_up", kind: "ip", before: { signUps1d: 29, orders1d: 1 } })?.detail).toBe(
      "30 accounts opened through this network in 1 d, and 1 order",
    );
  });
});

describe("botTraffic, of orders", () => {
  it.each([
    { visit: { signals: CRAWLER }, because: "the shop's server may have sent its own user agent" },
    { visit: { event: DRIVEN }, because: "the shop may be testing itself" },
  ])("tells of a program below the usual threshold, since $because", ({ visit }) => {
    const score = find({ act: "order", ...visit })?.score ?? 0;
    expect(score).toBeGreaterThanOrEqual(0.6);
    expect(score).toBeLessThan(0.7);
  });

  it("says nothing of a person's, whatever the snippet says otherwise", () => {
    expect(find({ act: "order" })).toBeNull();
    expect(find({ act: "order", event: { properties: { _signals: { webdriver: false } } } })).toBeNull();
    expect(find({ act: "order", event: { properties: { _signals: "webdriver" } } })).toBeNull();
  });
});
