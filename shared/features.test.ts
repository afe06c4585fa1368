import { describe, expect, it } from "vitest";
import { simulate, SHOPS, type Simulated } from "../models/simulator.ts";
import type { KeptEvent } from "./event.ts";
import { factsOf, FEATURE_NAMES, FEATURES, featureVector, MISSING } from "./features.ts";
import { newMemory, recallAll } from "./memory.ts";
import { pick, seededRandom } from "./random.ts";
import type { Signals } from "./signals.ts";

const NOW_MS = Date.parse("2026-03-10T12:00:00Z");
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface Seen {
  event: KeptEvent;
  signals: Signals;
}

let made = 0;

/** A purchase of a mug for 20 by a known customer from home, so long before now. */
function purchase(changes: Partial<KeptEvent> = {}, signals: Partial<Signals> = {}, agoMs = 0): Seen {
  const event: KeptEvent = {
    id: `evt_${String(++made).padStart(8, "0")}`,
    name: "purchase",
    timestamp: new Date(NOW_MS - agoMs).toISOString(),
    user_id: "u-1",
    client_id: "laptop",
    transaction_id: `t-${made}`,
    value: 20,
    currency: "EUR",
    items: [{ item_id: "mug", item_name: "Mug", price: 20, quantity: 1 }],
    payment: { card_fingerprint: "card-1", outcome: "authorized" },
    shipping_address: { country: "DE" },
    ...changes,
  };
  return { event, signals: { country: "DE", ip_hash: "home", ...signals } };
}

const bare = { user_id: undefined, client_id: undefined, payment: undefined, shipping_address: undefined };

/** Ten ordinary orders, one every five days. */
const history = Array.from({ length: 10 }, (_, index) => purchase({}, {}, (index + 1) * 5 * DAY_MS)).toReversed();

function vectorAfter(before: readonly Seen[], now: Seen): Record<string, number> {
  const memory = newMemory();
  for (const { event, signals } of before) recallAll(memory, event, signals);
  const facts = factsOf(now.event, now.signals, recallAll(memory, now.event, now.signals));
  return Object.fromEntries([...featureVector(facts)].map((value, index) => [FEATURE_NAMES[index] ?? "", value]));
}

const repeated = (count: number, one: (index: number) => Seen) =>
  Array.from({ length: count }, (_, index) => one(index));
const justNow = (changes: Partial<KeptEvent> = {}) => purchase(changes, {}, 30_000);

/** Each feature with an event that is plainly strange in its way, and one of which it can know nothing. */
const CASES: { name: string; before?: Seen[]; strange: Seen; least: number; unknown: Seen }[] = [
  {
    name: "amount_log",
    strange: purchase({ value: 5_000 }),
    least: 8,
    unknown: purchase({ name: "payment_failed", value: undefined }),
  },
  ...["amount_z", "amount_ew_z", "amount_over_max", "amount_over_mean"].map((name) => ({
    name,
    strange: purchase({ value: 400 }),
    least: 2.5,
    unknown: purchase({ ...bare, value: 400 }),
  })),
  {
    name: "order_burst",
    before: repeated(6, () => purchase({}, {}, 5 * MINUTE_MS)),
    strange: purchase(),
    least: 2.5,
    unknown: purchase(bare),
  },
  {
    name: "orders_1h",
    before: repeated(6, () => purchase({}, {}, 5 * MINUTE_MS)),
    strange: purchase(),
    least: Math.log(7) - 1e-6,
    unknown: purchase(bare),
  },
  {
    name: "orders_1m",
    before: repeated(4, () => justNow()),
    strange: purchase(),
    least: Math.log(5) - 1e-6,
    unknown: purchase(bare),
  },
  {
    name: "counter_order_burst",
    before: repeated(6, (index) => purchase({ user_id: `u-other-${index}` }, {}, 5 * MINUTE_MS)),
    strange: purchase(),
    least: 2.5,
    unknown: purchase(bare, { ip_hash: undefined }),
  },
  {
    name: "amount_z_7d",
    before: repeated(2, (index) => purchase({ value: 300 }, {}, (index + 1) * DAY_MS)),
    strange: purchase(),
    least: 2,
    unknown: purchase(bare),
  },
  {
    name: "counter_amount_z",
    strange: purchase({ user_id: "u-other", value: 900 }),
    least: 2.5,
    unknown: purchase(bare, { ip_hash: undefined }),
  },
  {
    name: "amount_1d",
    before: [purchase({ value: 2_000 }, {}, 30 * MINUTE_MS)],
    strange: purchase(),
    least: 7,
    unknown: purchase(bare),
  },
  {
    name: "counter_attempts_1h",
    before: repeated(20, () => purchase({ name: "payment_failed" }, {}, 10 * MINUTE_MS)),
    strange: purchase(),
    least: 3,
    unknown: purchase(bare, { ip_hash: undefined }),
  },
  {
    name: "counter_declines_1h",
    before: repeated(20, () => purchase({ payment: { outcome: "declined" } }, {}, 10 * MINUTE_MS)),
    strange: purchase(),
    least: 3,
    unknown: purchase(bare, { ip_hash: undefined }),
  },
  {
    name: "counter_customers_7d",
    before: repeated(12, (index) => purchase({ user_id: `u-other-${index}` }, {}, DAY_MS)),
    strange: purchase(),
    least: Math.log(13) - 1e-6,
    unknown: purchase(bare, { ip_hash: undefined }),
  },
  {
    name: "counter_cards_1h",
    before: repeated(9, (index) => purchase({ payment: { card_fingerprint: `stolen-${index}` } }, {}, MINUTE_MS)),
    strange: purchase(),
    least: Math.log(10) - 1e-6,
    unknown: purchase(bare, { ip_hash: undefined }),
  },
  {
    name: "new_country",
    strange: purchase({ shipping_address: { country: "NG" } }),
    least: Math.log(11) - 1e-6,
    unknown: purchase({ shipping_address: undefined }, { country: undefined }),
  },
  {
    name: "new_device",
    strange: purchase({ client_id: "someone-elses" }),
    least: Math.log(11) - 1e-6,
    unknown: purchase({ client_id: undefined }),
  },
  {
    name: "price_drop",
    strange: purchase({ items: [{ item_id: "mug", price: 2 }] }),
    least: 1.5,
    unknown: purchase({ items: [{ item_id: "never sold", price: 2 }] }),
  },
  {
    name: "price_rise",
    strange: purchase({ items: [{ item_id: "mug", price: 200 }] }),
    least: 1.5,
    unknown: purchase({ items: [] }),
  },
  {
    name: "quantity_over_usual",
    strange: purchase({ items: [{ item_id: "mug", price: 20, quantity: 50 }] }),
    least: 3,
    unknown: purchase({ items: [] }),
  },
];

describe("FEATURES", () => {
  it("has each feature in the table of cases below, so that none goes untested", () => {
    expect(CASES.map(({ name }) => name)).toEqual(FEATURE_NAMES);
  });

  it.each(CASES)("$name is harmless for one more order like the others", ({ name }) => {
    const value = vectorAfter(history, purchase())[name];
    expect(value).toBe(name === "amount_log" ? Math.fround(Math.log1p(20)) : 0);
  });

  it.each(CASES)("$name is at least $least where it is strange", ({ name, before = [], strange, least }) => {
    expect(vectorAfter([...history, ...before], strange)[name]).toBeGreaterThanOrEqual(least);
  });

  it.each(CASES)("$name is missing, not harmless, where it cannot be known", ({ name, unknown }) => {
    expect(vectorAfter(history, unknown)[name]).toBe(MISSING);
  });

  it.each(CASES)("$name says what it found with the real figures", ({ name, before = [], strange }) => {
    const memory = newMemory();
    for (const { event, signals } of [...history, ...before]) recallAll(memory, event, signals);
    const facts = factsOf(strange.event, strange.signals, recallAll(memory, strange.event, strange.signals));
    const words = FEATURES.find((feature) => feature.name === name)?.words(facts) ?? "";
    expect(words).toMatch(/\d/);
    expect(words).not.toMatch(/NaN|undefined|null|Infinity/);
  });
});

describe("featureVector", () => {
  const traffic = [
    ...simulate({
      shop: { ...SHOPS.digital, ordersPerDay: 60, customers: 60 },
      seed: 5,
      fromMs: Date.parse("2026-03-02T00:00:00Z"),
      days: 12,
      attacksPerDay: { card_testing: 0.3, account_takeover: 0.5, price_glitch: 0.3, velocity: 0.3 },
      sessionsPerOrder: 1,
    }),
  ];
  const vectors = (events: readonly Simulated[]) => {
    const memory = newMemory();
    return events.map(({ event, signals }) =>
      featureVector(factsOf(event, signals, recallAll(memory, event, signals))),
    );
  };

  it("is as long as the table and finite and at least 0 or missing, whatever comes", () => {
    for (const vector of vectors(traffic)) {
      expect(vector.length).toBe(FEATURES.length);
      expect(vector.every((value) => value === MISSING || (Number.isFinite(value) && value >= 0))).toBe(true);
    }
  });

  it("holds a number for every feature somewhere in simulated traffic, and something above 0", () => {
    const all = vectors(traffic);
    for (const index of FEATURES.keys()) expect(all.some((vector) => (vector[index] ?? 0) > 0)).toBe(true);
  });

  it("does not depend on what comes later", () => {
    const half = Math.floor(traffic.length / 2);
    const later = traffic.slice(half).toReversed();
    expect(vectors([...traffic.slice(0, half), ...later]).slice(0, half)).toEqual(vectors(traffic).slice(0, half));
  });

  it("does not depend on events that were sent twice", () => {
    const random = seededRandom(3);
    const doubled = traffic.flatMap((one) => (random() < 0.2 ? [one, one] : [one]));
    const isFirst = doubled.map((one, index) => doubled[index - 1] !== one);
    expect(vectors(doubled).filter((_vector, index) => isFirst[index])).toEqual(vectors(traffic));
  });

  it("does not depend on the order of an order's lines", () => {
    const items = [
      { item_id: "mug", price: 2, quantity: 1 },
      { item_id: "pot", price: 900, quantity: 3 },
    ];
    expect(vectorAfter(history, purchase({ items }))).toEqual(
      vectorAfter(history, purchase({ items: items.toReversed() })),
    );
  });

  it("is missing throughout for an event that is no payment attempt, so that browsing is never an anomaly", () => {
    const page = purchase({ name: "page_view", value: undefined, items: undefined });
    expect(Object.values(vectorAfter(history, page))).toEqual(FEATURES.map(() => MISSING));
  });

  it("sees a thief's device and country as new although the thief looked around first", () => {
    const thief = { client_id: "thief" };
    const around = repeated(5, () => purchase({ name: "page_view", ...thief }, { country: "NG" }, 10 * MINUTE_MS));
    const known = vectorAfter([...history, ...around], purchase(thief, { country: "NG" }));
    expect(known["new_device"]).toBeGreaterThan(2);
    expect(known["new_country"]).toBeGreaterThan(2);
  });

  it("finds a new device less strange for a customer who often has one", () => {
    const random = seededRandom(9);
    const restless = history.map(({ event, signals }) => ({
      event: { ...event, client_id: pick(random, ["a", "b", "c", "d", "e", "f"]) },
      signals,
    }));
    const now = purchase({ client_id: "new" });
    expect(vectorAfter(restless, now)["new_device"]).toBeLessThan(vectorAfter(history, now)["new_device"] ?? 0);
  });
});

describe("factsOf", () => {
  it.each([
    { event: {}, kind: "customer", because: "a customer is the subject before anyone" },
    { event: { user_id: undefined, email_hash: "e-1" }, kind: "email", because: "then the e-mail" },
    { event: { user_id: undefined }, kind: "client", because: "then the client" },
  ])("takes the $kind for the subject, $because", ({ event, kind }) => {
    const { event: kept, signals } = purchase(event);
    const facts = factsOf(kept, signals, recallAll(newMemory(), kept, signals));
    expect(facts.subject?.kind).toBe(kind);
    expect(facts.counters.map((counter) => counter.kind)).not.toContain(kind);
  });

  it("keeps each line's name beside its own usual price when lines without a price lie between", () => {
    const memory = newMemory();
    for (const { event, signals } of history) recallAll(memory, event, signals);
    const items = [
      { item_name: "Gift wrap" },
      { item_name: "Free", price: 0 },
      { item_id: "mug", item_name: "Mug", price: 20 },
    ];
    const { event, signals } = purchase({ items });
    const facts = factsOf(event, signals, recallAll(memory, event, signals));
    expect(facts.items).toMatchObject([{ name: "Mug", quantity: 1, usual: { orders: 10 } }]);
  });
});
