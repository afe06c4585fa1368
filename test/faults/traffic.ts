import { below, chance, pick, pickWeighted, type Random } from "../../shared/random.ts";

const MOST_LATE_MS = 2 * 3_600_000;
/** Two of these do not fit into one message. */
const LARGE = "x".repeat(28_000);

export type SentEvent = Record<string, unknown> & { id: string };

/** What a shop sends: any of the ways an event can be, of few customers, sessions and orders that many events name. */
export function randomEvent(random: Random, id: string, nowMs: number): SentEvent {
  const name = pickWeighted(random, ["page_view", "purchase", "refund", "payment_failed"], [4, 5, 3, 1]);
  return {
    id,
    name,
    timestamp: new Date(nowMs - below(random, MOST_LATE_MS)).toISOString(),
    ...(chance(random, 0.8) ? { client_id: `client-${below(random, 4)}` } : {}),
    ...(chance(random, 0.8) ? { session_id: `session-${below(random, 6)}` } : {}),
    ...(chance(random, 0.1) ? { properties: { large: LARGE } } : {}),
    ...(chance(random, 0.5) ? { context: { geo: { country: pick(random, ["DE", "FR"]) } } } : {}),
    ...(name === "page_view" ? {} : randomMoney(random, name)),
  };
}

/** A refund may name an order whose purchase comes later, or never. */
function randomMoney(random: Random, name: string): Record<string, unknown> {
  const price = below(random, 10_000) / 100;
  return {
    transaction_id: `order-${below(random, 8)}`,
    value: price,
    currency: pick(random, ["EUR", "USD"]),
    ...(name === "purchase" ? { items: [{ item_id: "mug", item_category: "mugs", price, quantity: 1 }] } : {}),
  };
}

/** What no edge takes, with an id or without. */
export function randomRefuse(random: Random, id: string): unknown {
  return pick(random, [{ id, name: "purchase" }, { id, name: "page_view", nam: "misspelt" }, { name: 7 }, null]);
}
