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

const ATTACKED = { card_testing: 0.3, account_takeover: 0.8, price_glitch: 0.4, velocity: 0.3 };
const purchases = (events: readonly Simulated[]) => events.filter(({ event }) => event.name === "purchase");
const share = <T>(list: readonly T[], has: (one: T) => boolean) => list.filter(has).length / list.length;
const hourOf = ({ event }: Simulated) => new Date(event.timestamp).getUTCHours();

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
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
  const attacked = run({ days: 42, attacksPerDay: ATTACKED });
  const made = (name: (typeof ATTACK_NAMES)[number]) => attacked.filter(({ attack }) => attack === name);
  const incidents = (name: (typeof ATTACK_NAMES)[number]) => [
    ...Map.groupBy(made(name), ({ incident }) => incident).values(),
  ];

  it("are only there when asked for", () => {
    expect(run().every(({ attack, incident }) => attack === null && incident === null)).toBe(true);
  });

  it.each(ATTACK_NAMES)("come about as often as asked for: %s", (name) => {
    const expected = 42 * ATTACKED[name];
    expect(incidents(name).length).toBeGreaterThan(expected / 2);
    expect(incidents(name).length).toBeLessThan(expected * 1.6);
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

  it("take accounts over: a known customer, an unknown device, another country", () => {
    for (const own of incidents("account_takeover")) {
      const [login] = own;
      const earlier = attacked.slice(0, attacked.indexOf(login as Simulated)); // every incident has a first event
      const victim = earlier.filter(({ event, attack }) => event.user_id === login?.event.user_id && attack === null);
      expect(login?.event.name).toBe("login");
      expect(victim.length).toBeGreaterThan(0);
      expect(earlier.some(({ event }) => event.client_id === login?.event.client_id)).toBe(false);
      expect(victim.some(({ signals }) => signals.country !== login?.signals.country)).toBe(true);
    }
    const factor = incidents("account_takeover").map((own) =>
      median(purchases(own).map(({ event }) => event.value ?? 0)),
    );
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
      const times = own.map(({ event }) => Date.parse(event.timestamp));
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(6 * 3_600_000);
    }
  });
});
