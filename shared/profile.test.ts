import { describe, expect, it } from "vitest";
import { amountZ, look, newProfile, recall, type Observation, type Profile } from "./profile.ts";

const AT_MS = Date.parse("2026-03-10T12:30:00Z");
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

let made = 0;

function order(changes: Partial<Observation> = {}): Observation {
  return { id: `evt_${++made}`, atMs: AT_MS, kind: "order", amountLog: Math.log1p(50), links: {}, ...changes };
}

/** A profile that has learned from these, in turn. */
function after(...seen: Partial<Observation>[]): Profile {
  const profile = newProfile();
  for (const one of seen) recall(profile, order(one));
  return profile;
}

describe("recall", () => {
  it("answers what was known before the event, so that no event sees itself", () => {
    const profile = newProfile();
    expect(recall(profile, order())).toMatchObject({ orders: 0, orders1h: 0, amountMax: 0 });
    expect(recall(profile, order())).toMatchObject({ orders: 1, orders1h: 1, amountMax: Math.log1p(50) });
  });

  it.each([
    { agoMs: MINUTE_MS - 1, orders1m: 1, orders1h: 1, because: "just within a minute" },
    { agoMs: MINUTE_MS, orders1m: 0, orders1h: 1, because: "a minute ago is over" },
    { agoMs: HOUR_MS - 1, orders1m: 0, orders1h: 1, because: "just within an hour" },
    { agoMs: HOUR_MS, orders1m: 0, orders1h: 0, because: "an hour ago is over" },
  ])("counts an order of $agoMs ms before in the minute $orders1m and in the hour $orders1h, $because", (edge) => {
    const { orders1m, orders1h } = edge;
    expect(recall(after({ atMs: AT_MS - edge.agoMs }), order())).toMatchObject({ orders1m, orders1h });
  });

  it.each([
    { at: "2026-03-09T13:00:00Z", orders1d: 1, because: "the hour 23 before this one" },
    { at: "2026-03-09T12:59:59Z", orders1d: 0, because: "the hour 24 before this one" },
  ])("counts an order of $at in the day $orders1d, $because", ({ at, orders1d }) => {
    const known = recall(after({ atMs: Date.parse(at) }), order());
    expect(known.orders1d).toBe(orders1d);
    expect(known.amount1d).toBeCloseTo(50 * orders1d, 9);
  });

  it.each([
    { at: "2026-02-09T00:00:00Z", orders30d: 1, because: "the day 29 before this one" },
    { at: "2026-02-08T23:59:59Z", orders30d: 0, because: "the day 30 before this one" },
  ])("counts an order of $at in 30 days $orders30d, $because", ({ at, orders30d }) => {
    expect(recall(after({ atMs: Date.parse(at) }), order()).orders30d).toBe(orders30d);
  });

  it.each([
    { at: "2026-03-04T00:00:00Z", z: 6, because: "the day 6 before this one" },
    { at: "2026-03-03T23:59:59Z", z: 0, because: "the day 7 before this one" },
  ])("keeps a clipped z-score of $at as $z, $because", ({ at, z }) => {
    const longAgo = { atMs: AT_MS - 25 * DAY_MS };
    const profile = after(longAgo, longAgo, longAgo, { atMs: Date.parse(at), amountLog: Math.log1p(1e6) });
    expect(recall(profile, order()).amountZ7d).toBe(z);
  });

  it("counts declines as attempts and never as orders", () => {
    const known = recall(after({ kind: "decline" }, { kind: "decline" }, {}), order());
    expect(known).toMatchObject({ attempts1h: 3, declines1h: 2, orders1h: 1, orders: 1 });
  });

  it("learns no spending from an order without an amount", () => {
    expect(recall(after({}, { amountLog: null }), order())).toMatchObject({ orders: 2, amountMax: Math.log1p(50) });
  });

  it("has the mean and the squared deviations of all amounts, as computed from them at once", () => {
    const amounts = [20, 35, 50, 400].map((amount) => Math.log1p(amount));
    const known = recall(after(...amounts.map((amountLog) => ({ amountLog }))), order());
    const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
    expect(known.amountMean).toBeCloseTo(mean, 12);
    expect(known.amountM2).toBeCloseTo(
      amounts.reduce((sum, amount) => sum + (amount - mean) ** 2, 0),
      12,
    );
  });

  it("does not count what lies after an event that comes late", () => {
    const later = [SECOND_MS, HOUR_MS, 2 * DAY_MS].map((ms) => ({ atMs: AT_MS + ms }));
    expect(recall(after(...later), order())).toMatchObject({ orders1m: 0, orders1h: 0 });
    expect(recall(after(...later.slice(1)), order()).orders1d).toBe(0);
    expect(recall(after(...later.slice(2)), order()).orders30d).toBe(0);
  });

  it("counts an event that came late for those after it", () => {
    const known = recall(after({ atMs: AT_MS - SECOND_MS }, { atMs: AT_MS - 2 * SECOND_MS }), order());
    expect(known).toMatchObject({ orders1m: 2, orders1h: 2, orders1d: 2, orders30d: 2 });
  });

  it("drops an order older than all windows from the counts, but not from the history of amounts", () => {
    const known = recall(after({}, { atMs: AT_MS - 90 * DAY_MS, amountLog: Math.log1p(900) }), order());
    expect(known).toMatchObject({ orders: 2, orders30d: 1, amountMax: Math.log1p(900) });
  });

  it("stays within 50 KB under 100,000 events of ever new cards, devices and countries", () => {
    const profile = newProfile();
    for (let event = 0; event < 100_000; event++) {
      const key = `key-${event}`;
      const links = { customer: key, card: key, device: key, country: key, destination: key };
      recall(profile, order({ atMs: AT_MS + event * 13 * MINUTE_MS, links }));
    }
    expect(JSON.stringify(profile).length).toBeLessThan(50_000);
    expect(profile.orders).toBe(100_000);
  });

  it("counts at most 256 attempts an hour, however many there were", () => {
    const profile = after(...Array.from({ length: 1_000 }, () => ({ atMs: AT_MS - SECOND_MS })));
    expect(recall(profile, order()).attempts1h).toBe(256);
  });
});

describe("links of a profile", () => {
  const on = (device: string, changes: Partial<Observation> = {}) => ({ links: { device }, ...changes });
  const yesterday = { atMs: AT_MS - DAY_MS };

  it("knows a device from a day after the first order on it, not before", () => {
    const seen = order(on("phone"));
    expect(recall(after(on("phone", yesterday)), seen).links.device).toEqual({ known: 1, recent: 1, isNew: false });
    const justShort = { atMs: AT_MS - DAY_MS + 1 };
    expect(recall(after(on("phone", justShort)), seen).links.device).toEqual({ known: 0, recent: 1, isNew: true });
  });

  it("does not know a device from looking around on it, since a thief looks around first", () => {
    const profile = after(on("phone", yesterday), on("other", { ...yesterday, kind: "other" }));
    expect(recall(profile, order(on("other"))).links.device).toMatchObject({ known: 1, isNew: true });
  });

  it("does not know a card from being declined", () => {
    const profile = after({ links: { card: "stolen" }, kind: "decline", ...yesterday });
    expect(recall(profile, order({ links: { card: "stolen" } })).links.card?.isNew).toBe(true);
  });

  it("counts the different ones of the recent time with this one, and forgets them after it", () => {
    const profile = after(
      { links: { card: "a" }, atMs: AT_MS - HOUR_MS },
      { links: { card: "b" }, atMs: AT_MS - HOUR_MS + 1 },
      { links: { card: "c" } },
    );
    expect(recall(profile, order({ links: { card: "d" } })).links.card?.recent).toBe(3);
  });

  it("says nothing of a link the event does not have", () => {
    expect(recall(after(on("phone")), order()).links).toEqual({});
  });
});

describe("look", () => {
  it("answers what recall would, and learns nothing, so that a retry changes no count", () => {
    const profile = after({ links: { card: "k-1" } }, { kind: "decline" });
    const known = structuredClone(profile);
    const again = order({ links: { card: "k-2", device: "d-1" } });
    const seen = look(profile, again);
    expect(profile).toEqual(known);
    expect(recall(profile, again)).toEqual(seen);
    expect(seen).toMatchObject({ orders: 1, attempts1h: 2, declines1h: 1, links: { card: { isNew: true } } });
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
