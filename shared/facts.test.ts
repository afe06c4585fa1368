import { describe, expect, it } from "vitest";
import type { KeptEvent } from "./event.ts";
import { factsOf, who } from "./facts.ts";
import { newMemory, recallAll } from "./memory.ts";

let made = 0;

function purchase(changes: Partial<KeptEvent> = {}): KeptEvent {
  return {
    id: `evt_${String(++made).padStart(8, "0")}`,
    name: "purchase",
    timestamp: "2026-03-10T12:00:00.000Z",
    user_id: "u-1",
    email_hash: "e-1",
    client_id: "c-1",
    value: 20,
    currency: "EUR",
    payment: { card_fingerprint: "card-1" },
    items: [{ item_id: "mug", item_name: "Mug", price: 20, quantity: 1 }],
    ...changes,
  };
}

function factsAfter(before: readonly KeptEvent[], event: KeptEvent) {
  const memory = newMemory();
  const signals = { ip_hash: "ip-1" };
  for (const one of before) recallAll(memory, one, signals);
  return factsOf(event, signals, recallAll(memory, event, signals));
}

describe("factsOf", () => {
  it.each([
    { event: {}, kind: "customer", word: "customer", because: "a customer before anyone" },
    { event: { user_id: undefined }, kind: "email", word: "customer", because: "then the e-mail" },
    {
      event: { user_id: undefined, email_hash: undefined },
      kind: "client",
      word: "device",
      because: "then the client",
    },
  ])("takes the $kind for the subject: $because", ({ event, kind, word }) => {
    const facts = factsAfter([], purchase(event));
    expect(facts.subject?.kind).toBe(kind);
    expect(who(facts)).toBe(word);
    const all = ["customer", "email", "client", "card", "ip"];
    expect(facts.counters.map((counter) => counter.kind)).toEqual(all.slice(all.indexOf(kind) + 1));
  });

  it("holds an event against nobody that names only what many share", () => {
    const facts = factsAfter([], purchase({ user_id: undefined, email_hash: undefined, client_id: undefined }));
    expect(facts.subject).toBeNull();
    expect(facts.counters.map(({ kind }) => kind)).toEqual(["card", "ip"]);
  });

  it("leaves out whose profile did not answer", () => {
    const { event, signals } = { event: purchase(), signals: { ip_hash: "ip-1" } };
    const { profiles, prices } = recallAll(newMemory(), event, signals);
    const { customer: _customer, card: _card, ...answered } = profiles;
    const facts = factsOf(event, signals, { profiles: answered, prices });
    expect(facts.subject?.kind).toBe("email");
    expect(facts.counters.map(({ kind }) => kind)).toEqual(["client", "ip"]);
  });

  it("keeps each line's name beside its own usual price when lines without a price lie between", () => {
    const items = [
      { item_name: "Gift wrap" },
      { item_name: "Free", price: 0 },
      { item_id: "new", price: 5 },
      { item_id: "mug", item_name: "Mug", price: 20 },
    ];
    expect(factsAfter([purchase(), purchase()], purchase({ items })).items).toMatchObject([
      { name: "new", quantity: 1, usual: null },
      { name: "Mug", quantity: 1, usual: { orders: 2 } },
    ]);
  });
});
