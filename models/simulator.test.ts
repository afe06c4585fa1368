import { describe, expect, it } from "vitest";
import { KeptEvent } from "../shared/event.ts";
import { Signals } from "../shared/signals.ts";
import { ATTACK_NAMES, SHOPS, simulate, type Shop, type Simulated, type Simulation } from "./simulator.ts";

const DAY_MS = 86_400_000;
const FROM_MS = Date.parse("2025-05-05T00:00:00Z");

/** A small fashion shop for a fortnight. */
function run(changes: Partial<Simulation> = {}): Simulated[] {
  const shop = { ...SHOPS.fashion, ordersPerDay: 60, customers: 400 };
  return [...simulate({ shop, seed: 1, fromMs: FROM_MS, days: 14, ...changes })];
}

/** Each kind of attack more or less daily; those that need an established customer oftener, as there may be none. */
const ATTACKED = {
  card_testing: 0.3,
  account_takeover: 0.8,
  velocity: 0.3,
  geo_anomaly: 0.8,
  bulk_reseller: 0.4,
  inventory_hoarding: 0.4,
  coupon_abuse: 0.4,
  refund_abuse: 0.4,
  price_glitch: 0.4,
  bot_traffic: 0.4,
  unusual_cart: 0.6,
} as const;
const purchases = (events: readonly Simulated[]) => events.filter(({ event }) => event.name === "purchase");
const share = <T>(list: readonly T[], has: (one: T) => boolean) => list.filter(has).length / list.length;
const hourOf = ({ event }: Simulated) => new Date(event.timestamp).getUTCHours();

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function spanMs(events: readonly Simulated[]): number {
  const times = events.map(({ event }) => Date.parse(event.timestamp));
  return Math.max(...times) - Math.min(...times);
}

describe("simulate", () => {
  it("gives the same events for the same seed, attacks included", () => {
    expect(run({ attacksPerDay: ATTACKED })).toEqual(run({ attacksPerDay: ATTACKED }));
  });

  it("gives other events for another seed", () => {
    const values = (seed: number) => purchases(run({ seed, days: 1 })).map(({ event }) => event.value);
    expect(values(1)).not.toEqual(values(2));
  });

  it("comes in the order of time, with an id for each event, and not before it begins", () => {
    const events = run({ attacksPerDay: ATTACKED, sessionsPerOrder: 2 });
    const times = events.map(({ event }) => event.timestamp);
    expect(times).toEqual(times.toSorted());
    expect(Date.parse(times[0] ?? "")).toBeGreaterThanOrEqual(FROM_MS);
    expect(new Set(events.map(({ event }) => event.id)).size).toBe(events.length);
  });

  it.each(Object.values(SHOPS))("makes events of $name as the edge would keep them", (shop) => {
    const small = { ...shop, ordersPerDay: 15, customers: 80 };
    for (const { event, signals } of run({ shop: small, days: 5, attacksPerDay: ATTACKED, sessionsPerOrder: 1 })) {
      expect(KeptEvent.safeParse(event).error?.issues).toBeUndefined();
      expect(Signals.safeParse(signals).success).toBe(true);
    }
  });

  it("keeps days apart that were simulated at different lengths", () => {
    const long = run({ days: 3 }).filter(({ event }) => Date.parse(event.timestamp) < FROM_MS + 2 * DAY_MS);
    expect(run({ days: 2 })).toEqual(long);
  });

  it("refuses to begin in the middle of a day", () => {
    expect(() => run({ fromMs: FROM_MS + 1 })).toThrow(RangeError);
  });
});

describe("simulated shoppers", () => {
  const month = run({ days: 28 });
  const orders = purchases(month);

  it("order by day more than by night, and most in the evening", () => {
    const evening = orders.filter((one) => [18, 19, 20].includes(hourOf(one))).length;
    const night = orders.filter((one) => [1, 2, 3].includes(hourOf(one))).length;
    const noon = orders.filter((one) => [11, 12, 13].includes(hourOf(one))).length;
    expect(evening).toBeGreaterThan(noon);
    expect(noon).toBeGreaterThan(5 * night);
  });

  it("order more at the end of November than in January", () => {
    const week = (from: string) => purchases(run({ fromMs: Date.parse(from), days: 7 })).length;
    expect(week("2025-11-24T00:00:00Z")).toBeGreaterThan(1.5 * week("2026-01-12T00:00:00Z"));
  });

  it("come back: few place much of what is ordered", () => {
    const counts = [...Map.groupBy(orders, ({ event }) => event.email_hash ?? event.client_id).values()]
      .map((own) => own.length)
      .toSorted((a, b) => b - a);
    const top = counts.slice(0, Math.ceil(counts.length / 10)).reduce((sum, count) => sum + count, 0);
    expect(top / orders.length).toBeGreaterThan(0.2);
    expect(counts.filter((count) => count === 1).length / counts.length).toBeGreaterThan(0.3);
  });

  it("spend about what the shop's customers like to, with a long tail", () => {
    const values = orders.map(({ event }) => event.value ?? 0);
    expect(median(values)).toBeGreaterThan(Math.exp(SHOPS.fashion.basketLog.mean) / 2);
    expect(median(values)).toBeLessThan(Math.exp(SHOPS.fashion.basketLog.mean) * 2);
    expect(Math.max(...values)).toBeGreaterThan(8 * median(values));
  });

  it("mostly take one of a thing, but for wholesale buyers", () => {
    const quantities = (events: readonly Simulated[]) =>
      purchases(events).flatMap(({ event }) => (event.items ?? []).map(({ quantity }) => quantity ?? 1));
    expect(share(quantities(month), (quantity) => quantity === 1)).toBeGreaterThan(0.7);
    const wholesale = run({ shop: { ...SHOPS.giftware, customers: 200 }, days: 7 });
    expect(share(quantities(wholesale), (quantity) => quantity >= 12)).toBeGreaterThan(0.1);
  });

  it("are sometimes guests, are sometimes declined, and sometimes get their money back", () => {
    const guests = share(orders, ({ event }) => event.user_id === undefined);
    expect(guests).toBeGreaterThan(0.05);
    expect(guests).toBeLessThan(0.4);
    const failed = month.filter(({ event }) => event.name === "payment_failed").length / orders.length;
    expect(failed).toBeGreaterThan(0.03);
    expect(failed).toBeLessThan(0.25);
    const refunds = month.filter(({ event }) => event.name === "refund");
    expect(refunds.length).toBeGreaterThan(orders.length * 0.03);
    const paid = new Map(orders.map(({ event }) => [event.transaction_id, event.value ?? 0]));
    for (const { event } of refunds) {
      expect(event.value).toBeLessThanOrEqual(paid.get(event.transaction_id) ?? 0);
    }
  });

  it("share networks, and seldom leave home", () => {
    const byNetwork = Map.groupBy(orders, ({ signals }) => signals.ip_hash);
    const busiest = [...byNetwork.values()].map((own) => new Set(own.map(({ event }) => event.email_hash)).size);
    expect(Math.max(...busiest)).toBeGreaterThan(10);
    const abroad = share(orders, ({ event, signals }) => event.shipping_address?.country !== signals.country);
    expect(abroad).toBeGreaterThan(0);
    expect(abroad).toBeLessThan(0.08);
  });

  it("pay in the currency of their country where the shop has it", () => {
    const inFrancs = share(orders, ({ event }) => event.currency === "CHF");
    expect(inFrancs).toBeGreaterThan(0.03);
    expect(inFrancs).toBeLessThan(0.2);
    expect(new Set(orders.map(({ event }) => event.currency))).toEqual(new Set(["EUR", "CHF"]));
  });

  it("find prices that stay within a few times their usual, unless each order names its own", () => {
    const lines = orders.flatMap(({ event }) =>
      (event.items ?? []).map(({ item_id, item_category, price }) => ({
        key: `${item_id} ${event.currency}`,
        item_category,
        price,
      })),
    );
    for (const own of Map.groupBy(lines, ({ key }) => key).values()) {
      const prices = own.map(({ price = 0 }) => price);
      if (own[0]?.item_category !== "gift cards") expect(Math.max(...prices) / Math.min(...prices)).toBeLessThan(6);
    }
  });

  it("seldom enter a coupon that is refused, and mostly get it right then", () => {
    const coupons = month.filter(({ event }) => event.name.startsWith("coupon_"));
    const refused = coupons.filter(({ event }) => event.name === "coupon_rejected");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(coupons.length / 2);
    expect(coupons.every(({ event }) => event.coupon !== undefined)).toBe(true);
    expect(share(orders, ({ event }) => event.coupon !== undefined)).toBeGreaterThan(0.04);
  });

  it("sign up once, before their first order, and log in to come back", () => {
    const signUps = month.filter(({ event }) => event.name === "sign_up");
    expect(new Set(signUps.map(({ event }) => event.user_id)).size).toBe(signUps.length);
    const firsts = new Map(orders.toReversed().map(({ event }) => [event.user_id, event.timestamp]));
    const late = signUps.filter(({ event }) => event.timestamp > (firsts.get(event.user_id) ?? "9"));
    expect(late).toEqual([]);
    expect(month.filter(({ event }) => event.name === "login").length).toBeGreaterThan(orders.length / 5);
  });

  it("travel no faster than an airliner, however often they look", () => {
    const shop = { ...SHOPS.grocery, ordersPerDay: 60, customers: 120, newShare: 0, encoreShare: 0.4 };
    const events = run({ shop, days: 60, sessionsPerOrder: 1 }).filter(
      ({ event }) => event.user_id !== undefined && event.name !== "refund",
    );
    const byCustomer = Map.groupBy(events, ({ event }) => event.user_id);
    const journeyHours = [...byCustomer.values()].flatMap((own) =>
      own.slice(1).flatMap(({ event, signals }, index) => {
        const before = own[index];
        const hours = (Date.parse(event.timestamp) - Date.parse(before?.event.timestamp ?? "")) / 3_600_000;
        return before?.signals.country === signals.country ? [] : [hours];
      }),
    );
    expect(journeyHours.length).toBeGreaterThan(0);
    expect(Math.min(...journeyHours)).toBeGreaterThan(12);
  });

  it("press something now and then, and are driven by no script", () => {
    const { properties } =
      run({ days: 1, sessionsPerOrder: 1 }).find(({ event }) => event.name === "add_to_cart")?.event ?? {};
    expect(properties?.["_signals"]).toMatchObject({ on_page_ms: expect.any(Number), webdriver: false });
  });

  it("share the shop with search engines, which say so, when sessions are asked for", () => {
    const bots = run({ days: 5, sessionsPerOrder: 1 }).filter(({ signals }) => signals.bot);
    expect(bots.length).toBeGreaterThan(10);
    expect(bots.every(({ attack, event }) => attack === null && /bot/.test(event.context?.user_agent ?? ""))).toBe(
      true,
    );
  });

  it("look around before they order when sessions are asked for, and mostly leave without", () => {
    const events = run({ days: 3, sessionsPerOrder: 5 });
    const sessions = [...Map.groupBy(events, ({ event }) => event.session_id).values()];
    const buying = sessions.filter((own) => own.some(({ event }) => event.name === "purchase"));
    expect(buying.every((own) => own[0]?.event.name === "page_view")).toBe(true);
    expect(buying.length / sessions.length).toBeLessThan(0.3);
  });
});

describe("what a shop withholds", () => {
  it.each([
    { withheld: "card", sent: ({ event }: Simulated) => event.payment?.card_fingerprint ?? event.payment?.bin },
    {
      withheld: "device",
      sent: ({ event, signals }: Simulated) => event.client_id ?? signals.browser ?? event.context,
    },
    { withheld: "network", sent: ({ signals }: Simulated) => signals.ip_hash ?? signals.country },
    { withheld: "account", sent: ({ event }: Simulated) => event.user_id },
    { withheld: "email", sent: ({ event }: Simulated) => event.email_hash ?? event.email_domain },
    { withheld: "address", sent: ({ event }: Simulated) => event.shipping_address },
    { withheld: "items", sent: ({ event }: Simulated) => event.items?.[0] },
    {
      withheld: "decline_amount",
      sent: ({ event }: Simulated) => (event.name === "payment_failed" ? event.value : undefined),
    },
  ] as const)("is sent by others and not by a shop without $withheld", ({ withheld, sent }) => {
    const shop: Shop = { ...SHOPS.fashion, ordersPerDay: 30, customers: 100, withholds: [withheld] };
    expect(run({ days: 3 }).some((one) => sent(one) !== undefined)).toBe(true);
    expect(run({ shop, days: 3 }).every((one) => sent(one) === undefined)).toBe(true);
  });
});

describe("simulated attacks", () => {
  // So few items that each is sold often enough to have a usual price.
  const shop = { ...SHOPS.fashion, ordersPerDay: 60, customers: 400, items: 200 };
  const attacked = run({ shop, days: 42, attacksPerDay: ATTACKED });
  const made = (name: (typeof ATTACK_NAMES)[number]) => attacked.filter(({ attack }) => attack === name);
  const incidents = (name: (typeof ATTACK_NAMES)[number]) => [
    ...Map.groupBy(made(name), ({ incident }) => incident).values(),
  ];

  it("are only there when asked for", () => {
    expect(run().every(({ attack, incident }) => attack === null && incident === null)).toBe(true);
  });

  it.each(ATTACK_NAMES)("come about as often as asked for: %s", (name) => {
    const expected = 42 * ATTACKED[name];
    expect(Math.abs(incidents(name).length - expected)).toBeLessThan(3 * Math.sqrt(expected));
  });

  it("test cards: many cards, most of them declined, each for little", () => {
    for (const own of incidents("card_testing")) {
      const cards = new Set(own.map(({ event }) => event.payment?.card_fingerprint));
      expect(cards.size).toBeGreaterThan(own.length / 2);
      expect(share(own, ({ event }) => event.payment?.outcome === "declined")).toBeGreaterThan(0.5);
    }
    const sources = incidents("card_testing").map((own) => new Set(own.map(({ signals }) => signals.ip_hash)).size);
    expect(Math.min(...sources)).toBe(1);
    expect(Math.max(...sources)).toBeGreaterThan(1);
  });

  it("take accounts over: a known customer, an unknown device, mostly another country", () => {
    let abroad = 0;
    for (const own of incidents("account_takeover")) {
      const [login] = own;
      const earlier = attacked.slice(0, attacked.indexOf(login as Simulated)); // every incident has a first event
      const victim = earlier.filter(({ event, attack }) => event.user_id === login?.event.user_id && attack === null);
      expect(login?.event.name).toBe("login");
      expect(victim.length).toBeGreaterThan(0);
      expect(earlier.some(({ event }) => event.client_id === login?.event.client_id)).toBe(false);
      abroad += Number(victim.some(({ signals }) => signals.country !== login?.signals.country));
    }
    expect(abroad / incidents("account_takeover").length).toBeGreaterThan(0.6);
    const factor = incidents("account_takeover")
      .filter((own) => purchases(own).length > 0)
      .map((own) => median(purchases(own).map(({ event }) => event.value ?? 0)));
    expect(Math.max(...factor) / Math.min(...factor)).toBeGreaterThan(3);
  });

  it("sell at wrong prices: one item each, at least twice too cheap or too dear", () => {
    const usual = Map.groupBy(
      attacked.filter(({ attack }) => attack === null).flatMap(({ event }) => event.items ?? []),
      ({ item_id }) => item_id,
    );
    const known = incidents("price_glitch").filter((own) => {
      const sold = own.flatMap(({ event }) => event.items ?? []);
      return sold.every(({ item_id }) => (usual.get(item_id)?.length ?? 0) >= 3);
    });
    expect(known.length).toBeGreaterThan(2);
    for (const own of known) {
      const wrong = own.map(({ event }) =>
        (event.items ?? []).filter(({ item_id, price = 0 }) => {
          const ratio = price / median((usual.get(item_id) ?? []).map((line) => line.price ?? 0));
          return ratio < 0.5 || ratio > 2;
        }),
      );
      const always = wrong[0]?.find(({ item_id }) =>
        wrong.every((lines) => lines.some((line) => line.item_id === item_id)),
      );
      expect(always).toBeDefined();
    }
  });

  it("spend a stolen card: one card, one device, many orders within hours", () => {
    for (const own of incidents("velocity")) {
      expect(new Set(own.map(({ event }) => event.payment?.card_fingerprint)).size).toBe(1);
      expect(new Set(own.map(({ event }) => event.client_id)).size).toBe(1);
      expect(own.length).toBeGreaterThanOrEqual(8);
      expect(spanMs(own)).toBeLessThan(6 * 3_600_000);
    }
  });

  it("use an account where its owner cannot be: the owner was elsewhere within the hours before", () => {
    for (const own of incidents("geo_anomaly")) {
      const [first] = own;
      const before = attacked
        .slice(0, attacked.indexOf(first as Simulated)) // every incident has a first event
        .findLast(({ event, attack }) => event.user_id === first?.event.user_id && attack === null);
      const hours = (Date.parse(first?.event.timestamp ?? "") - Date.parse(before?.event.timestamp ?? "")) / 3_600_000;
      expect(before?.signals.country).not.toBe(first?.signals.country);
      expect(hours).toBeLessThan(4);
      expect(purchases(own).length).toBeGreaterThan(0);
    }
  });

  it("buy up one item: in a few large orders, or in many small ones to one address", () => {
    for (const own of incidents("bulk_reseller")) {
      const items = own.flatMap(({ event }) => event.items ?? []);
      expect(new Set(items.map(({ item_id }) => item_id)).size).toBe(1);
      expect(items.reduce((sum, { quantity = 0 }) => sum + quantity, 0)).toBeGreaterThanOrEqual(16);
      expect(new Set(own.map(({ event }) => event.shipping_address?.postal_code)).size).toBeLessThanOrEqual(2);
    }
  });

  it("hoard: one item is put into carts over and over, and none of it is paid for", () => {
    for (const own of incidents("inventory_hoarding")) {
      expect(new Set(own.map(({ event }) => event.name))).toEqual(new Set(["add_to_cart"]));
      const pieces = own.flatMap(({ event }) => event.items ?? []).map(({ quantity = 0 }) => quantity);
      expect(pieces.reduce((sum, quantity) => sum + quantity, 0)).toBeGreaterThan(30);
    }
  });

  it("abuse coupons: guessed by the dozen, or for ever new customers on one network", () => {
    for (const own of incidents("coupon_abuse")) {
      const refused = own.filter(({ event }) => event.name === "coupon_rejected").length;
      const signUps = own.filter(({ event }) => event.name === "sign_up").length;
      expect(refused >= 20 || signUps >= 6).toBe(true);
      expect(new Set(own.map(({ signals }) => signals.ip_hash)).size).toBe(1);
    }
  });

  it("abuse refunds: most of the money or more of it goes back, to few cards, within days", () => {
    const ended = incidents("refund_abuse").filter(
      (own) => own[0] && Date.parse(own[0].event.timestamp) < FROM_MS + 20 * DAY_MS,
    );
    for (const own of ended) {
      const sum = (name: string) =>
        own.filter(({ event }) => event.name === name).reduce((total, { event }) => total + (event.value ?? 0), 0);
      expect(sum("refund")).toBeGreaterThan(0.9 * sum("purchase"));
      expect(new Set(own.map(({ event }) => event.payment?.card_fingerprint)).size).toBe(1);
    }
  });

  it("send bots: a great many pages, log-ins or sign-ups at an even pace, without a hand on the pointer", () => {
    for (const own of incidents("bot_traffic")) {
      expect(own.length).toBeGreaterThan(10);
      expect(own.every(({ event }) => JSON.stringify(event.properties).includes("pointer"))).toBe(false);
      expect(spanMs(own) / own.length).toBeLessThan(20_000);
    }
  });

  it("make carts that nobody makes: worth over 10,000, under 1, or of over 100 adds a minute", () => {
    for (const own of incidents("unusual_cart")) {
      const adds = own.filter(({ event }) => event.name === "add_to_cart").length;
      const extreme = purchases(own).every(({ event }) => (event.value ?? 0) > 10_000 || (event.value ?? 0) < 1);
      expect(adds === 0 ? extreme : adds / (spanMs(own) / 60_000) > 100).toBe(true);
    }
  });
});
