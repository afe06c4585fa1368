import { beforeAll, describe, expect, it } from "vitest";
import { simulate, SHOPS, type Simulated } from "../../models/simulator.ts";
import type { KeptEvent } from "../event.ts";
import { factsOf } from "../facts.ts";
import { labelAll, newMemory, recallAll, type Memory } from "../memory.ts";
import { below, pick, seededRandom, type Random } from "../random.ts";
import { isPayment } from "../profile/observation.ts";
import type { Signals } from "../signals.ts";
import { FEATURE_NAMES, FEATURES, featureVector, MISSING } from "./features.ts";
import { countriesOf } from "./places.ts";
import { isQuiet } from "./quiet.ts";

/** A Tuesday. */
const NOW_MS = Date.parse("2026-03-10T12:00:00Z");
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface Seen {
  event: KeptEvent;
  signals: Signals;
  /** Confirmed as fraud when it had happened. */
  isFraud?: boolean;
}

let made = 0;

/** Something a known customer does at home, so long before now. */
function happened(changes: Partial<KeptEvent> = {}, signals: Partial<Signals> = {}, agoMs = 0): Seen {
  const event: KeptEvent = {
    id: `evt_${String(++made).padStart(8, "0")}`,
    name: "purchase",
    timestamp: new Date(NOW_MS - agoMs).toISOString(),
    user_id: "u-1",
    client_id: "laptop",
    email_hash: "e-1",
    email_domain: "mail.example",
    session_id: `s-${Math.floor(agoMs / DAY_MS)}`,
    ...changes,
  };
  const home = { country: "DE", ip_hash: "home", latitude: 52.5, longitude: 13.4, email_digits: 0 };
  return { event, signals: { ...home, browser: "Firefox", os: "Linux", bot: false, ...signals } };
}

/** A mug for 20, which is what the customer always buys. */
function purchase(changes: Partial<KeptEvent> = {}, signals: Partial<Signals> = {}, agoMs = 0): Seen {
  const order = {
    transaction_id: `t-${made}`,
    value: 20,
    currency: "EUR",
    items: [{ item_id: "mug", item_name: "Mug", item_category: "Kitchen", price: 20, quantity: 1 }],
    payment: { card_fingerprint: "card-1", card_country: "DE", outcome: "authorized" as const },
    shipping_address: { country: "DE", postal_code: "10115" },
  };
  return happened({ ...order, ...changes }, signals, agoMs);
}

/** So many, each a second before the one after it, the last one just now. */
function many(count: number, one: (index: number, agoMs: number) => Seen): Seen[] {
  return Array.from({ length: count }, (_each, index) => one(index, (count - index) * SECOND_MS));
}

/** Of whom nothing is known, not even who it is. */
const nobody = {
  user_id: undefined,
  client_id: undefined,
  email_hash: undefined,
  email_domain: undefined,
  session_id: undefined,
  payment: undefined,
  shipping_address: undefined,
};
const nowhere = {
  ip_hash: undefined,
  country: undefined,
  latitude: undefined,
  longitude: undefined,
  browser: undefined,
  os: undefined,
  bot: undefined,
  email_digits: undefined,
};
const NOBODY = purchase(nobody, nowhere);
const VIEW = happened({ name: "page_view" });
const DECLINED = { payment: { card_fingerprint: "card-1", outcome: "declined" as const } };

/** A sign-up and ten ordinary orders, one every five days, each from a look around; the last look is of five minutes ago. */
const history: Seen[] = [
  happened({ name: "sign_up" }, {}, 60 * DAY_MS),
  ...Array.from({ length: 10 }, (_each, index) => (10 - index) * 5 * DAY_MS).flatMap((agoMs) => [
    happened({ name: "page_view" }, {}, agoMs + 5 * MINUTE_MS),
    purchase({}, {}, agoMs),
  ]),
  happened({ name: "page_view", session_id: "s-0" }, {}, 5 * MINUTE_MS),
];

interface Case {
  name: string;
  before?: Seen[];
  strange: Seen;
  least: number;
  /** Another ordinary event than one more order like the others. */
  harmless?: Seen;
  /** An event of which this cannot be known; of nobody unless told. */
  unknown?: Seen;
}

/** Each feature with an event that is plainly strange in its way. */
const CASES: Case[] = [
  { name: "amount_log", strange: purchase({ value: 5_000 }), least: 8, unknown: VIEW },
  { name: "amount_z", strange: purchase({ value: 400 }), least: 2.5 },
  { name: "amount_ew_z", strange: purchase({ value: 400 }), least: 2.5 },
  { name: "amount_over_max", strange: purchase({ value: 400 }), least: 2.5 },
  { name: "amount_over_mean", strange: purchase({ value: 400 }), least: 2.5 },
  {
    name: "amount_z_7d",
    before: [purchase({ value: 300 }, {}, 2 * DAY_MS), purchase({ value: 300 }, {}, DAY_MS)],
    strange: purchase(),
    least: 2,
  },
  { name: "counter_amount_z", strange: purchase({ user_id: "u-other", value: 900 }), least: 2.5 },
  { name: "amount_1d", before: [purchase({ value: 2_000 }, {}, 2 * HOUR_MS)], strange: purchase(), least: 7 },
  { name: "order_burst", before: many(6, () => purchase({}, {}, 5 * MINUTE_MS)), strange: purchase(), least: 2.5 },
  { name: "orders_1m", before: many(4, (_index, agoMs) => purchase({}, {}, agoMs)), strange: purchase(), least: 1.6 },
  { name: "orders_1h", before: many(6, () => purchase({}, {}, 5 * MINUTE_MS)), strange: purchase(), least: 1.9 },
  {
    name: "week_burst",
    before: many(12, (index) => purchase({}, {}, (6 - index / 2) * DAY_MS)),
    strange: purchase(),
    least: 1,
  },
  {
    name: "counter_order_burst",
    before: many(6, (index) => purchase({ user_id: `u-${index}-other` }, {}, 5 * MINUTE_MS)),
    strange: purchase(),
    least: 2.5,
  },
  {
    name: "counter_orders_1m",
    before: many(6, (index, agoMs) => purchase({ user_id: `u-${index}-other` }, {}, agoMs)),
    strange: purchase(),
    least: 1.9,
  },
  {
    name: "counter_attempts_1h",
    before: many(20, () => happened({ name: "payment_failed" }, {}, 10 * MINUTE_MS)),
    strange: purchase(),
    least: 3,
  },
  {
    name: "counter_declines_1h",
    before: many(20, () => purchase(DECLINED, {}, 10 * MINUTE_MS)),
    strange: purchase(),
    least: 3,
  },
  {
    name: "declines_in_a_row",
    before: many(5, () => purchase(DECLINED, {}, DAY_MS)),
    strange: purchase(),
    least: 1.7,
  },
  {
    name: "counter_customers_7d",
    before: many(12, (index) => purchase({ user_id: `u-${index}-other` }, {}, DAY_MS)),
    strange: purchase(),
    least: 2.5,
    unknown: purchase({ ...nobody, client_id: "laptop" }),
  },
  {
    name: "counter_customers_known",
    before: [1, 2, 3].map((index) => purchase({ user_id: `u-${index}-other`, client_id: "hall" }, {}, 40 * DAY_MS)),
    strange: purchase({ client_id: "hall" }),
    least: 1.3,
    unknown: purchase({ ...nobody, client_id: "laptop" }),
  },
  {
    name: "counter_cards_1h",
    before: many(9, (index) => purchase({ payment: { card_fingerprint: `stolen-${index}` } }, {}, MINUTE_MS)),
    strange: purchase(),
    least: 2.3,
    unknown: purchase({ payment: undefined }),
  },
  {
    name: "counter_devices_7d",
    before: many(9, (index) => happened({ name: "login", client_id: `phone-${index}` }, {}, DAY_MS)),
    strange: purchase(),
    least: 2.3,
  },
  {
    name: "new_country",
    strange: purchase({ shipping_address: { country: "NG" } }),
    least: 2.3,
    unknown: purchase({ shipping_address: undefined }, { country: undefined }),
  },
  {
    name: "new_device",
    strange: purchase({ client_id: "someone-elses" }),
    least: 2.3,
    unknown: purchase({ client_id: undefined }, { browser: undefined, os: undefined }),
  },
  {
    name: "new_card",
    strange: purchase({ payment: { card_fingerprint: "card-2" } }),
    least: 2.3,
    unknown: purchase({ payment: undefined }),
  },
  {
    name: "new_address",
    strange: purchase({ shipping_address: { country: "DE", postal_code: "80331" } }),
    least: 2.3,
    unknown: purchase({ shipping_address: { country: "DE" } }),
  },
  {
    name: "travel_speed",
    strange: happened({ name: "login" }, { latitude: 40.7, longitude: -74 }),
    least: 5,
    harmless: happened({ name: "login" }, { latitude: 52.4, longitude: 13.1 }),
    unknown: purchase({}, { latitude: undefined, longitude: undefined }),
  },
  {
    name: "country_mismatch",
    strange: purchase({ payment: { card_country: "US" }, shipping_address: { country: "NG" } }),
    least: 2,
    unknown: purchase({}, { country: undefined }),
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
  {
    name: "new_category",
    strange: purchase({ items: [{ item_id: "phone", item_category: "Phones", price: 20 }] }),
    least: 2.3,
    unknown: purchase({ items: [{ item_id: "phone", price: 20 }] }),
  },
  {
    name: "checkout_haste",
    before: [happened({ name: "view_item", session_id: "s-quick" }, {}, 2 * SECOND_MS)],
    strange: purchase({ session_id: "s-quick" }),
    least: 2.3,
    unknown: purchase({ session_id: "s-never seen" }),
  },
  {
    name: "odd_hour",
    strange: purchase({ timestamp: "2026-03-11T00:00:00.000Z" }),
    least: 0.9,
    harmless: purchase({ timestamp: "2026-03-10T13:30:00.000Z" }),
  },
  {
    name: "new_account",
    before: [happened({ name: "sign_up", user_id: "u-new" }, {}, MINUTE_MS)],
    strange: purchase({ user_id: "u-new" }),
    least: 7,
    unknown: purchase({ user_id: "u-2", client_id: "tablet", email_hash: "e-2" }),
  },
  {
    name: "sign_ups_1d",
    before: many(9, (index) => happened({ name: "sign_up", user_id: `u-${index}-new` }, {}, 3 * HOUR_MS)),
    strange: happened({ name: "sign_up", user_id: "u-new" }),
    least: 2.3,
    harmless: happened({ name: "login" }),
  },
  {
    name: "logins_1h",
    before: many(29, (index) => happened({ name: "login", user_id: `u-${index}-other` }, {}, MINUTE_MS)),
    strange: happened({ name: "login" }),
    least: 3.4,
    harmless: happened({ name: "login" }),
  },
  {
    name: "coupons_refused_1h",
    before: many(9, (index) => happened({ name: "coupon_rejected", coupon: `TRY-${index}` }, {}, MINUTE_MS)),
    strange: happened({ name: "coupon_rejected", coupon: "TRY-9" }),
    least: 2.3,
    harmless: happened({ name: "coupon_rejected", coupon: "SALE" }),
  },
  {
    name: "coupons_7d",
    before: many(9, (index) => purchase({ user_id: `u-${index}-other`, coupon: "WELCOME" }, {}, DAY_MS)),
    strange: purchase({ coupon: "WELCOME" }),
    least: 2.3,
    harmless: purchase({ coupon: "WELCOME" }),
  },
  {
    name: "refund_share_30d",
    before: many(6, (index) => happened({ name: "refund", value: 200, currency: "EUR" }, {}, index * DAY_MS)),
    strange: happened({ name: "refund", value: 20, currency: "EUR" }),
    least: 1,
    harmless: happened({ name: "refund", value: 20, currency: "EUR" }),
  },
  {
    name: "view_pace",
    before: many(110, (index) => happened({ name: "page_view" }, {}, index * (SECOND_MS / 2))),
    strange: VIEW,
    least: 1.3,
    harmless: VIEW,
  },
  {
    name: "even_pace",
    before: many(15, (_index, agoMs) => happened({ name: "view_item", client_id: "robot" }, {}, 3 * agoMs)),
    strange: happened({ name: "view_item", client_id: "robot" }),
    least: 3,
    harmless: happened({ name: "view_item" }),
  },
  {
    name: "bot_evidence",
    strange: happened({ name: "page_view", context: { screen: { width: 800, height: 600 } } }, { bot: true }),
    least: 3,
    harmless: happened({ name: "page_view", context: { screen: { width: 1920, height: 1080 }, locale: "de-DE" } }),
  },
  {
    name: "throwaway_email",
    strange: purchase({ email_domain: "mx.mailinator.com" }),
    least: 1,
    unknown: purchase({ email_domain: undefined }),
  },
  {
    name: "fraud_share_30d",
    before: many(3, (index) => ({ ...purchase({}, {}, (index + 1) * DAY_MS), isFraud: true })),
    strange: purchase(),
    least: 0.2,
    harmless: VIEW,
  },
  {
    name: "counter_fraud_share_30d",
    before: many(3, (index) => ({ ...purchase({ user_id: `u-${index}-other` }, {}, DAY_MS), isFraud: true })),
    strange: purchase(),
    least: 0.2,
  },
  {
    name: "counter_fraud_share_7d",
    before: many(3, (index) => ({ ...purchase({ user_id: `u-${index}-other` }, {}, DAY_MS), isFraud: true })),
    strange: purchase(),
    least: 0.2,
  },
  {
    name: "frauds_7d",
    before: many(3, (index) => ({ ...purchase({ user_id: `u-${index}-other` }, {}, DAY_MS), isFraud: true })),
    strange: purchase(),
    least: 1.3,
  },
];

function learn(memory: Memory, { event, signals, isFraud = false }: Seen) {
  const facts = factsOf(event, signals, recallAll(memory, event, signals));
  if (isFraud) labelAll(memory, event, signals, Date.parse(event.timestamp), 1);
  return facts;
}

function factsAfter(before: readonly Seen[], now: Seen) {
  const memory = newMemory();
  for (const seen of before) learn(memory, seen);
  return learn(memory, now);
}

function vectorAfter(before: readonly Seen[], now: Seen): Record<string, number> {
  const vector = featureVector(factsAfter(before, now));
  return Object.fromEntries([...vector].map((value, index) => [FEATURE_NAMES[index] ?? "", value]));
}

/** Those whose words have no figure to name. */
const WITHOUT_FIGURES: ReadonlySet<string> = new Set(["country_mismatch", "throwaway_email"]);
/** What no words may have in them. */
const NO_WORDS = /NaN|undefined|null|Infinity|\[object/;

describe("FEATURES", () => {
  it("has each feature in the table of cases above, so that none goes untested", () => {
    expect(CASES.map(({ name }) => name)).toEqual(FEATURE_NAMES);
  });

  it.each(CASES)("$name is harmless for an ordinary event", ({ name, harmless = purchase() }) => {
    const value = vectorAfter(history, harmless)[name];
    expect(value).toBe(name === "amount_log" ? Math.fround(Math.log1p(20)) : 0);
  });

  it.each(CASES)("$name is at least $least where it is strange", ({ name, before = [], strange, least }) => {
    expect(vectorAfter([...history, ...before], strange)[name]).toBeGreaterThanOrEqual(least - 0.01);
  });

  it("says nothing of the pace of who opens all that was found at once", () => {
    const pages = many(25, (_index, agoMs) => happened({ name: "page_view" }, {}, agoMs));
    expect(vectorAfter([...history, ...pages], VIEW)["view_pace"]).toBe(0);
  });

  it("makes no more of a payment 1 s after the session began than 6 s after it, as a session renewed at the checkout looks so", () => {
    const hasteAfter = (agoMs: number) =>
      vectorAfter(
        [...history, happened({ name: "view_item", session_id: "s-quick" }, {}, agoMs)],
        purchase({ session_id: "s-quick" }),
      )["checkout_haste"];
    expect(hasteAfter(SECOND_MS)).toBe(hasteAfter(6 * SECOND_MS));
    expect(hasteAfter(SECOND_MS)).toBeGreaterThan(hasteAfter(7 * SECOND_MS) ?? Infinity);
  });

  it.each(CASES)("$name is missing, not harmless, where it cannot be known", ({ name, unknown = NOBODY }) => {
    expect(vectorAfter(history, unknown)[name]).toBe(MISSING);
  });

  it.each(CASES)("$name says what it found with the real figures", ({ name, before = [], strange }) => {
    const facts = factsAfter([...history, ...before], strange);
    const words = FEATURES.find((feature) => feature.name === name)?.words(facts) ?? "";
    expect(words).toMatch(WITHOUT_FIGURES.has(name) ? /\w{3}/ : /\d/);
    expect(words).not.toMatch(NO_WORDS);
  });
});

describe("featureVector", () => {
  let traffic: Simulated[];
  beforeAll(() => {
    traffic = [
      ...simulate({
        shop: { ...SHOPS.digital, ordersPerDay: 60, customers: 60 },
        seed: 5,
        fromMs: Date.parse("2026-03-02T00:00:00Z"),
        days: 8,
        attacksPerDay: { card_testing: 0.3, account_takeover: 0.5, price_glitch: 0.3, velocity: 0.3 },
        sessionsPerOrder: 1,
      }),
    ];
  });

  const vectors = (events: readonly Seen[]) => {
    const memory = newMemory();
    return events.map((seen) => featureVector(learn(memory, seen)));
  };

  /** Anything at all: every field there or not, times that run back and forth, names and amounts from few to many. */
  function anything(random: Random): Seen {
    const some = <T>(value: T): T | undefined => (random() < 0.6 ? value : undefined);
    const event: KeptEvent = {
      id: `evt_${String(++made).padStart(8, "0")}`,
      name: pick(random, NAMES),
      timestamp: new Date(NOW_MS + Math.floor((random() - 0.5) * 10 ** (3 + below(random, 8)))).toISOString(),
      user_id: some(`u-${below(random, 5)}`),
      client_id: some(`c-${below(random, 5)}`),
      email_hash: some(`e-${below(random, 5)}`),
      email_domain: some(pick(random, ["mail.example", "mailinator.com"])),
      session_id: some(`s-${below(random, 5)}`),
      coupon: some(`k-${below(random, 5)}`),
      value: some(10 ** (10 * random())),
      currency: some(pick(random, ["EUR", "JPY", "KWD"])),
      payment: some({ card_fingerprint: some(`k-${below(random, 5)}`), card_country: some("US") }),
      shipping_address: some({ country: some(pick(random, ["DE", "US"])), postal_code: some("1") }),
      items: some([
        {
          item_id: some(`i-${below(random, 3)}`),
          item_category: some("Kitchen"),
          price: some(10 ** (6 * random() - 2)),
        },
        { item_id: "i-0", price: 20, quantity: some(1 + below(random, 1_000_000)) },
      ]),
      context: some({ screen: some({ width: some(0), height: some(0) }), locale: some("C.UTF-8") }),
    };
    const place = { latitude: some(180 * random() - 90), longitude: some(360 * random() - 180) };
    const agent = { bot: some(random() < 0.5), browser: some("Firefox"), os: some("Linux"), tls_class: some("t") };
    return {
      event,
      signals: { ...place, ...agent, ip_hash: some("n-1"), country: some("DE"), email_digits: some(random()) },
      isFraud: random() < 0.1,
    };
  }
  const NAMES =
    "purchase payment_failed refund login sign_up coupon_rejected add_to_cart begin_checkout page_view view_item custom".split(
      " ",
    );

  it("is as long as the table and finite and at least 0 or missing, whatever comes, and has words for all above 0", () => {
    const random = seededRandom(21);
    const memory = newMemory();
    const wrong: unknown[] = [];
    const filled = new Float32Array(FEATURES.length);
    let quiet = 0;
    for (let event = 0; event < 4_000; event++) {
      const facts = learn(memory, anything(random));
      if (isQuiet(facts)) quiet++;
      const vector = featureVector(facts, filled);
      expect(vector.length).toBe(FEATURES.length);
      for (const [index, feature] of FEATURES.entries()) {
        const isAsked = feature.on === "all" || isPayment(facts.seen.act);
        const value = isAsked ? feature.value(facts) : MISSING;
        if (value !== MISSING && !(value >= 0 && value < Infinity)) wrong.push({ feature: feature.name, value });
        if (vector[index] !== Math.fround(value)) wrong.push({ feature: feature.name, value, vector: vector[index] });
        const words = value > 0 ? feature.words(facts) : "nothing";
        if (words === "" || NO_WORDS.test(words)) wrong.push({ feature: feature.name, words });
      }
    }
    expect(wrong).toEqual([]);
    expect(Math.min(quiet, 4_000 - quiet)).toBeGreaterThan(200);
  });

  it("counts the countries that differ as they are told", () => {
    const random = seededRandom(22);
    const memory = newMemory();
    const at = FEATURE_NAMES.indexOf("country_mismatch");
    for (let event = 0; event < 2_000; event++) {
      const facts = learn(memory, anything(random));
      if (!isPayment(facts.seen.act)) continue;
      const { here, others } = countriesOf(facts);
      const isKnown = here !== undefined && others.length > 0;
      const differing = others.filter(({ country }) => country !== here).length;
      expect(featureVector(facts)[at]).toBe(isKnown ? differing : MISSING);
    }
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

  it("says nothing of paying at an event that is no payment, so that browsing is never held against orders", () => {
    const view = vectorAfter(history, VIEW);
    const measured = FEATURE_NAMES.filter((name) => view[name] !== MISSING);
    expect(measured).toEqual([
      "travel_speed",
      "sign_ups_1d",
      "logins_1h",
      "coupons_refused_1h",
      "refund_share_30d",
      "view_pace",
      "even_pace",
      "bot_evidence",
      "throwaway_email",
      "fraud_share_30d",
      "counter_fraud_share_30d",
      "counter_fraud_share_7d",
      "frauds_7d",
    ]);
    expect(measured.filter((name) => view[name] !== 0)).toEqual([]);
  });

  it("sees a thief's device and country as new although the thief looked around first", () => {
    const thief = { client_id: "thief" };
    const around = many(5, () => happened({ name: "page_view", ...thief }, { country: "NG" }, 10 * MINUTE_MS));
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

  it("knows fraud from when it was confirmed, and not before", () => {
    const memory = newMemory();
    const [stolen, next] = [purchase({}, {}, 2 * DAY_MS), purchase({}, {}, DAY_MS)];
    learn(memory, stolen);
    labelAll(memory, stolen.event, stolen.signals, NOW_MS, 1);
    const at = FEATURE_NAMES.indexOf("frauds_7d");
    expect(featureVector(learn(memory, next))[at]).toBe(0);
    expect(featureVector(learn(memory, purchase()))[at]).toBeGreaterThan(0);
  });
});
