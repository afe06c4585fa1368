import { describe, expect, it } from "vitest";
import type { KeptEvent } from "./event.ts";
import { labelAll, newMemory, recallAll } from "./memory.ts";

let made = 0;

function purchase(changes: Partial<KeptEvent> = {}): KeptEvent {
  return {
    id: `evt_${String(++made).padStart(8, "0")}`,
    name: "purchase",
    timestamp: "2026-03-10T12:00:00.000Z",
    user_id: "u-1",
    client_id: "c-1",
    email_hash: "e-1",
    transaction_id: `t-${made}`,
    value: 20,
    currency: "EUR",
    items: [{ item_id: "mug", price: 20, quantity: 1 }],
    payment: { card_fingerprint: "card-1" },
    ...changes,
  };
}

describe("recallAll", () => {
  it("asks every entity an event names, each for its own past", () => {
    const memory = newMemory();
    recallAll(memory, purchase({ user_id: "u-other", email_hash: "e-other" }), { ip_hash: "ip-1" });
    recallAll(memory, purchase({ client_id: "c-other" }), { ip_hash: "ip-1" });
    const { profiles } = recallAll(memory, purchase(), { ip_hash: "ip-1" });
    const orders = Object.entries(profiles).map(([kind, { orders: before }]) => [kind, before]);
    expect(Object.fromEntries(orders)).toEqual({ customer: 1, email: 1, client: 1, card: 2, ip: 2 });
  });

  it("does not mistake a customer for a card of the same key", () => {
    const memory = newMemory();
    recallAll(memory, purchase({ user_id: "same", payment: {} }), {});
    expect(recallAll(memory, purchase({ payment: { card_fingerprint: "same" } }), {}).profiles.card?.orders).toBe(0);
  });

  it("knows the prices of purchases, and learns none from anything else", () => {
    const memory = newMemory();
    recallAll(memory, purchase({ name: "add_to_cart" }), {});
    expect(recallAll(memory, purchase(), {}).prices).toEqual([null]);
    expect(recallAll(memory, purchase(), {}).prices).toMatchObject([{ orders: 1 }]);
    expect(recallAll(memory, purchase({ items: [] }), {}).prices).toEqual([]);
  });

  it("learns from an id once, however many others came between and whatever it says the second time", () => {
    const memory = newMemory();
    const event = purchase();
    recallAll(memory, event, {});
    for (let other = 0; other < 100; other++) recallAll(memory, purchase(), {});
    const learned = structuredClone(memory);
    expect(recallAll(memory, { ...event, value: 900 }, {}).profiles.customer?.orders).toBe(101);
    expect(memory).toEqual(learned);
  });

  it("answers nothing and keeps nothing for an event that names nobody", () => {
    const memory = newMemory();
    const event: KeptEvent = { id: "evt_00000000", name: "page_view", timestamp: "2026-03-10T12:00:00.000Z" };
    expect(recallAll(memory, event, {})).toEqual({ profiles: {}, prices: [] });
    expect(memory.profiles.size).toBe(0);
  });
});

describe("labelAll", () => {
  const AT_MS = Date.parse("2026-03-10T12:00:00.000Z");
  const DAY_MS = 86_400_000;
  const frauds = (memory: ReturnType<typeof newMemory>, changes: Partial<KeptEvent> = {}) => {
    const { profiles } = recallAll(memory, purchase(changes), { ip_hash: "ip-1" });
    return Object.fromEntries(Object.entries(profiles).map(([kind, { frauds7d }]) => [kind, frauds7d]));
  };

  it("tells everybody an event came through, and nobody else", () => {
    const memory = newMemory();
    labelAll(memory, purchase({ user_id: "u-thief", client_id: "c-thief" }), {}, AT_MS - DAY_MS, 1);
    expect(frauds(memory)).toEqual({ customer: 0, email: 1, client: 0, card: 1, ip: 0 });
    expect(frauds(memory, { user_id: "u-thief", client_id: "c-thief" })).toMatchObject({ customer: 1, client: 1 });
  });

  it("is known from when it became known, and never was once it is taken back", () => {
    const memory = newMemory();
    labelAll(memory, purchase(), {}, AT_MS + DAY_MS, 1);
    expect(frauds(memory)["card"]).toBe(0);
    labelAll(memory, purchase(), {}, AT_MS, 1);
    expect(frauds(memory)["card"]).toBe(1);
    labelAll(memory, purchase(), {}, AT_MS, -1);
    expect(frauds(memory)["card"]).toBe(0);
  });
});
